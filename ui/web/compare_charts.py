"""The charts of Compare: shares of their width, for the page's script to draw."""

from __future__ import annotations

from collections.abc import Sequence

from core import figures, plots
from core.compare import Comparison
from core.config import ReasoningLevel
from core.conversation import Channel
from ui.web.compare_column import Column, name_of
from ui.web.view import LEVEL_NAMES, Values

_CHANNELS = (Channel.ANALYSIS, Channel.COMMENTARY, Channel.FINAL)


def idle_bars() -> Values:
    """The bars before the first run."""
    names = [(level, LEVEL_NAMES[level]) for level in ReasoningLevel]
    return {
        "tokens": [_row(*name, [0.0] * len(plots.TOKEN_PARTS), figures.NONE) for name in names],
        "time": [_row(*name, [0.0] * len(plots.TIME_PARTS), figures.NONE) for name in names],
        "token_dots": [],
        "time_dots": [],
        "of": "",
    }


def bars(columns: Sequence[Column | None]) -> Values:
    """Both charts, live. Shares are of the longest bar, so that columns can be compared by eye."""
    begun = [one for one in columns if one is not None]
    counts = [[*map(one.content, _CHANNELS), one.markers] for one in begun]
    times = [plots.time_spans(one.timing) for one in begun]
    most = max(map(sum, counts), default=0) or 1
    longest = max(map(sum, times), default=0.0) or 1.0
    return {
        "tokens": [
            _row(one.level, one.name, [n / most for n in c], figures.count(sum(c)))
            for one, c in zip(begun, counts, strict=True)
        ],
        "time": [
            _row(one.level, one.name, [s / longest for s in t], figures.seconds(one.timing.total_s))
            for one, t in zip(begun, times, strict=True)
        ],
        "token_dots": [],
        "time_dots": [],
        "of": "the latest run of each" if any(one.repeats > 1 for one in begun) else "",
    }


def dots(comparison: Comparison) -> Values:
    """The spread over repeats; empty lists where there was one run of each."""
    if comparison.asked.repeats < 2:
        return {"token_dots": [], "time_dots": []}
    tokens, times = plots.token_dots(comparison), plots.time_dots(comparison)
    return {
        "token_dots": [_dots(line, figures.count(round(line.median))) for line in tokens],
        "time_dots": [_dots(line, figures.seconds(line.median)) for line in times],
    }


def _row(level: ReasoningLevel, name: str, shares: Sequence[float], total: str) -> Values:
    percent = [_percent(share) for share in shares]
    return {"level": level.value, "name": name, "percent": percent, "total": total}


def _dots(line: plots.Dots, total: str) -> Values:
    return {
        "level": line.level.value,
        "name": name_of(line.label),
        "at": [_percent(at) for at in line.at],
        "low": _percent(line.low),
        "middle": _percent(line.middle),
        "high": _percent(line.high),
        "total": total,
    }


def _percent(share: float) -> float:
    return round(100 * share, 2)
