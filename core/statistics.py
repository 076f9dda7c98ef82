"""Shares with their uncertainty: pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Z_95: Final = 1.959964


def wilson(hits: float, n: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a share, from 0 to 1; (0, 1) where nothing was counted.

    hits: a sum of shares where each of the n was tried several times; the interval is then wider
        than it need be. Formula: E. B. Wilson, "Probable inference, the law of succession, and
        statistical inference", 1927.
    """
    if n == 0:
        return 0.0, 1.0
    p, w = hits / n, z * z / n
    middle = (p + w / 2) / (1 + w)
    half = z * math.sqrt(p * (1 - p) / n + w / (4 * n)) / (1 + w)
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == n else min(1.0, middle + half)
    return low, high


def by_chance(wins: int, losses: int) -> float:
    """How often a fair coin gives a split at least so uneven: the two-sided sign test.

    Where each pair is right or wrong this is McNemar's exact test: Q. McNemar, "Note on the
    sampling error of the difference between correlated proportions or percentages", 1947.
    """
    n = wins + losses
    tail = ways = 1
    for k in range(min(wins, losses)):
        ways = ways * (n - k) // (k + 1)
        tail += ways
    return min(1.0, 2 * tail / (1 << n))


def paired_difference(gains: float, losses: float, n: int, z: float = Z_95) -> tuple[float, float]:
    """The interval of a difference of two shares that were measured on the same n things.

    gains, losses: how many of them only the one, and only the other, got right; sums of shares
        where each was tried several times. From -1 to 1, which stands where nothing was measured.
    D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a difference of binomial
    proportions based on paired data", 2012.
    """
    if n == 0:
        return -1.0, 1.0
    more, less = (gains + 1) / (n + 2), (losses + 1) / (n + 2)
    middle = more - less
    half = z * math.sqrt((more + less - middle**2) / (n + 2))
    return max(-1.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None where nothing was counted."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval."""
        return wilson(self.hits, self.n)

    def __str__(self) -> str:
        """`95% (84%–99%)`; a dash where nothing was counted."""
        if self.value is None:
            return "–"
        low, high = self.interval
        return f"{percent(self.value)} ({percent(low)}–{percent(high)})"


def percent(share: float) -> str:
    """Whole percents; `100%` and `0%` only where it is exactly that, else `>99%` and `<1%`."""
    if 0.995 <= share < 1:
        return ">99%"
    if 0 < share < 0.005:
        return "<1%"
    return f"{share:.0%}"
