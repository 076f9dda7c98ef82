"""A comparison's columns in words and figures, for the reports that people read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from core import figures
from core.compare import Comparison
from core.config import ReasoningLevel
from core.difference import Divergence, Piece, difference, first_divergence
from core.result import GenerationResult
from core.spread import Spread
from core.statistics import Share
from core.tellings import Telling, why_not


@dataclass(frozen=True, slots=True)
class Column:
    """One column. text: an answer that it usually gives; reasoning: the thinking before that one.

    agreeing, right: shares in words. tokens, first_answer, total: median, least and most.
    """

    label: str
    level: ReasoningLevel
    instructions: str | None
    runs: tuple[GenerationResult, ...]
    text: str
    reasoning: str | None
    why: str
    alike: int
    agreeing: str
    right: str
    tokens: str
    first_answer: str
    total: str
    system_line: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Difference:
    """How one column's answer goes over into another's."""

    one: str
    other: str
    pieces: tuple[Piece, ...]
    parts: Divergence | None


def columns(comparison: Comparison) -> list[Column]:
    """Every column, in order."""
    return [
        _column(comparison, told, variant.level, variant.instructions)
        for told, variant in zip(comparison.tellings(), comparison.asked.variants, strict=True)
    ]


def differences(comparison: Comparison) -> list[Difference]:
    """Between the usual answers of neighbouring columns, where they are not the same text."""
    told = [one for one in comparison.tellings() if one.text]
    return [
        Difference(
            one.label,
            other.label,
            difference(one.text, other.text),
            first_divergence(one.text, other.text),
        )
        for one, other in pairwise(told)
        if one.text != other.text
    ]


def _column(
    comparison: Comparison, told: Telling, level: ReasoningLevel, instructions: str | None
) -> Column:
    label = told.label
    chosen = next((run for run in told.counted if run.text == told.text), None)
    reasons = [why_not(run) for run in told.runs]
    proof = comparison.proofs.get(label)
    return Column(
        label=label,
        level=level,
        instructions=instructions,
        runs=told.runs,
        text=told.text,
        reasoning=chosen.reasoning if chosen else None,
        why=next((why for why in reasons if why), "did not run"),
        alike=told.agreeing.hits,
        agreeing=_share(told.agreeing),
        right=figures.NONE if told.right is None else _share(told.right),
        tokens=in_words(comparison.tokens(label), lambda n: figures.count(round(n))),
        first_answer=in_words(comparison.first_answers(label), figures.seconds),
        total=in_words(comparison.seconds(label), figures.seconds),
        system_line=proof.line if proof else "",
        sha256=proof.sha256 if proof else "",
    )


def in_words(seen: Spread | None, figure: Callable[[float], str]) -> str:
    """`40 (38–44)`: the median, the least and the most; one figure where there is one."""
    if seen is None:
        return figures.NONE
    middle, low, high = map(figure, (seen.median, seen.low, seen.high))
    return middle if low == high else f"{middle} ({low}–{high})"


def _share(share: Share) -> str:
    return f"{share.hits} of {share.n}"
