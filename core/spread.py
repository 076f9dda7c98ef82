"""What repeated measurements came to: median, least and most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """Of `n` figures; all in their unit."""

    median: float
    low: float
    high: float
    n: int

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return {"median": self.median, "min": self.low, "max": self.high, "n": self.n}


def spread(figures: Iterable[float | None]) -> Spread | None:
    """The spread of the figures that are there; None where none is."""
    there = [figure for figure in figures if figure is not None]
    return Spread(median(there), min(there), max(there), len(there)) if there else None
