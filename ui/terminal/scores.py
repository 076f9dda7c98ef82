"""How likely every token was: a line each on stderr, or a list in the JSON."""

from __future__ import annotations

import json
from typing import Any

from rich.cells import cell_len
from rich.console import Console

from core.result import TokenKind
from core.run import Run
from core.scored import Candidate, ScoredToken, percent, scored_tokens
from ui.terminal.render import harmless

_HEAD = ("token", "channel", "probability", "entropy", "likeliest")
_WIDEST = 24
"""Cells of a column; what is longer moves the rest of its line."""


def scores_of(run: Run, *, reasoning: bool) -> list[dict[str, Any]]:
    """The `scores` of the JSON object, a token each; without `reasoning` none of the analysis."""
    found = scored_tokens(run.transcript, run.format.token_text, reasoning=reasoning)
    return [token.as_dict() for token in found]


def print_scores(run: Run, console: Console, *, reasoning: bool) -> None:
    """A line for each token of a run that has a score."""
    found = scored_tokens(run.transcript, run.format.token_text, reasoning=reasoning)
    if not found:
        return
    rows = [_HEAD, *map(_row, found)]
    *aligned, _ = zip(*rows, strict=True)
    widths = [min(_WIDEST, max(map(cell_len, column))) for column in aligned]
    for *cells, last in rows:
        padded = [c + " " * (w - cell_len(c)) for c, w in zip(cells, widths, strict=True)]
        console.print("  ".join((*padded, last)))


def left_out(run: Run, flag: str, *, reasoning: bool) -> list[str]:
    """That the scores of the analysis are not told, and how they would be: a sentence, or none.

    flag: the option that has them told.
    """
    if reasoning or TokenKind.ANALYSIS not in run.transcript.kinds:
        return []
    return [f"The scores of the analysis are left out; {flag} has them told too."]


def _row(token: ScoredToken) -> tuple[str, ...]:
    return (
        _quoted(token.written),
        token.channel or "–",
        percent(token.written.probability),
        f"{token.entropy_bits:.2f} bits",
        ", ".join(f"{_quoted(c)} {percent(c.probability)}" for c in token.top),
    )


def _quoted(candidate: Candidate) -> str:
    return harmless(json.dumps(candidate.text, ensure_ascii=False))
