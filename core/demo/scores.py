"""Outcomes folded into a table: right answers, tokens and time by family and level, and pooled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from core.demo.suite import Outcome
from core.demo.tasks import LEVELS, LOW_IS_ENOUGH, PAYS, Level
from core.statistics import Share

NONE = "–"
POOLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("where thinking pays", PAYS),
    ("where low is enough", LOW_IS_ENOUGH),
)


@dataclass(frozen=True, slots=True)
class Score:
    """The answers of one row and level. Medians are None where there are none."""

    right: Share
    well_formed: Share
    analysis_tokens: float | None
    seconds: float | None

    @property
    def tokens(self) -> str:
        """The median analysis tokens, for people."""
        return NONE if self.analysis_tokens is None else f"{self.analysis_tokens:.0f}"

    @property
    def time(self) -> str:
        """The median seconds, for people."""
        return NONE if self.seconds is None else f"{self.seconds:.1f}"

    def as_dict(self) -> dict[str, Any]:
        """For `evaluate --json`."""
        low, high = self.right.interval
        return {
            "n": self.right.n,
            "right": self.right.hits,
            "accuracy": self.right.value,
            "wilson_95": [low, high],
            "well_formed": self.well_formed.hits,
            "median_analysis_tokens": self.analysis_tokens,
            "median_seconds_in_batch": self.seconds,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A family, or several pooled, at every level asked."""

    name: str
    scores: dict[Level, Score]

    def cells(self) -> list[str]:
        """name, n, right answers of each level, then tokens, seconds and well-formed of all."""
        scores = list(self.scores.values())
        counts = {s.right.n for s in scores}
        formed = sum(s.well_formed.hits for s in scores)
        return [
            self.name,
            str(*counts) if len(counts) == 1 else _each(s.right.n for s in scores),
            *(str(s.right) for s in scores),
            _each(s.tokens for s in scores),
            _each(s.time for s in scores),
            f"{formed} of {sum(s.well_formed.n for s in scores)}",
        ]


def header(levels: Sequence[Level]) -> list[str]:
    """The heads of `Row.cells`."""
    return ["family", "n", *levels, "analysis tokens", "seconds", "well-formed"]


def rows(outcomes: Sequence[Outcome], levels: Sequence[Level] = LEVELS) -> list[Row]:
    """One row per family that was asked, in alphabetical order; then the pools, and all."""
    names = sorted({o.family for o in outcomes})
    table = [
        Row(name, _scores([o for o in outcomes if o.family == name], levels)) for name in names
    ]
    for name, families in POOLS:
        pooled = [o for o in outcomes if o.family in families]
        if pooled:
            table.append(Row(name, _scores(pooled, levels)))
    return [*table, Row("all", _scores(outcomes, levels))]


def markdown(table: Sequence[Row], levels: Sequence[Level] = LEVELS) -> str:
    """The table for a README."""
    heads = header(levels)
    lines = [heads, ["---"] * len(heads), *(row.cells() for row in table)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _scores(outcomes: Sequence[Outcome], levels: Sequence[Level]) -> dict[Level, Score]:
    return {level: score([o for o in outcomes if o.level == level]) for level in levels}


def score(outcomes: Sequence[Outcome]) -> Score:
    """The answers of one row and level."""
    n = len(outcomes)
    return Score(
        Share(sum(o.right for o in outcomes), n),
        Share(sum(o.well_formed for o in outcomes), n),
        median(o.analysis_tokens for o in outcomes) if n else None,
        median(o.seconds for o in outcomes) if n else None,
    )


def _each(values: Iterable[object]) -> str:
    return " / ".join(map(str, values))
