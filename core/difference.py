"""Where two texts differ: word by word, and the place where they first part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
_MOST: Final = 3000
"""Words and spaces compared of each text: the time grows with their product."""
_AROUND: Final = 40


class Change(StrEnum):
    """What became of a piece of the first text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that only one of the two holds, or both."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where two texts part. word: how many words they share before it; before: the end of those.

    one, other: how each goes on; empty where it ends there.
    """

    word: int
    before: str
    one: str
    other: str


def difference(one: str, other: str) -> tuple[Piece, ...]:
    """The pieces from `one` to `other`.

    Same and removed pieces joined are `one`, same and added ones are `other`. What lies behind the
    first 3,000 words and spaces is compared as a whole.
    """
    a, b = _cut(one), _cut(other)
    pieces: list[Piece] = []
    for _, a_from, a_to, b_from, b_to in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        pieces += _pieces("".join(a[a_from:a_to]), "".join(b[b_from:b_to]))
    return tuple(pieces)


def first_divergence(one: str, other: str) -> Divergence | None:
    """Where the texts first part, at a border of words; None where they are the same."""
    if one == other:
        return None
    a, b = _PIECES.findall(one), _PIECES.findall(other)
    shared = next(
        (n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    before = "".join(a[:shared])
    return Divergence(
        word=len(before.split()),
        before=before if len(before) <= _AROUND else f"…{before[-_AROUND:]}",
        one=_start(one[len(before) :]),
        other=_start(other[len(before) :]),
    )


def _cut(text: str) -> list[str]:
    pieces = _PIECES.findall(text)
    rest = "".join(pieces[_MOST:])
    return pieces[:_MOST] + ([rest] if rest else [])


def _pieces(old: str, new: str) -> Iterator[Piece]:
    if old == new:
        yield Piece(Change.SAME, old)
        return
    if old:
        yield Piece(Change.REMOVED, old)
    if new:
        yield Piece(Change.ADDED, new)


def _start(text: str) -> str:
    return text if len(text) <= _AROUND else f"{text[:_AROUND]}…"
