"""Markers in typed text, made inert: what a person writes must not end their turn.

A format that is written as text, or whose tokenizer finds special tokens in text, cannot tell a
typed `<|im_end|>` from its own. So a typed one is broken apart by a zero-width space behind its
first character: it looks the same, but its characters no longer stand together. No encoding of such
a text holds a marker's tokens, since tokens that decode to a marker would be a marker in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

BREAK: Final = "\N{ZERO WIDTH SPACE}"


def without_markers(text: str, markers: Iterable[str]) -> str:
    """The text with every marker broken apart, in whatever case it is written.

    markers: two characters or more each; shorter ones cannot be broken and are left out.
    """
    pattern = _pattern(tuple(markers))
    # A look-ahead, so that markers that overlap are each found.
    return text if pattern is None else pattern.sub(lambda found: found.group() + BREAK, text)


@lru_cache(maxsize=16)
def _pattern(markers: tuple[str, ...]) -> re.Pattern[str] | None:
    breakable = sorted({m for m in markers if len(m) > 1})
    if not breakable:
        return None
    starts = "|".join(f"{re.escape(m[0])}(?={re.escape(m[1:])})" for m in breakable)
    return re.compile(starts, re.IGNORECASE)
