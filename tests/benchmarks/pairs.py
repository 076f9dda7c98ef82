"""Interleaved pairs: ours, theirs, ours, theirs …, so that a noisy machine disturbs both alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

PAIRS = 9


@dataclass(frozen=True)
class Spread:
    """Median, least and greatest of repeated measurements."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        seen = list(values)
        return cls(median(seen), min(seen), max(seen))

    def __str__(self) -> str:
        return f"{self.median:.3g} ({self.least:.3g} – {self.greatest:.3g})"


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, both sides, their ratio by pair, the target.

    theirs, ratio: None where there is nothing to compare with. target: empty where none is set.
    """

    name: str
    unit: str
    ours: Spread
    theirs: Spread | None = None
    ratio: Spread | None = None
    target: str = ""
    met: bool = True


def interleaved(
    ours: Callable[[], float], theirs: Callable[[], float], pairs: int = PAIRS
) -> tuple[Spread, Spread, Spread]:
    """Measure both `pairs` times in turns, after one round that does not count.

    Each callable returns its own figure. Gives the spreads of ours, theirs, and ours / theirs.
    """
    ours(), theirs()
    measured = []
    for n in range(pairs):
        if n % 2:
            second, first = theirs(), ours()
        else:
            first, second = ours(), theirs()
        measured.append((first, second))
    return (
        Spread.of(a for a, _ in measured),
        Spread.of(b for _, b in measured),
        Spread.of(a / b for a, b in measured),
    )


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
