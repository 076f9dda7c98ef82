"""What the plots of a comparison show, as shares of their width; who draws them adds the ink.

Three pictures: tokens by channel, the time line of every run, and the spread over repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.compare import Comparison
from core.config import ReasoningLevel
from core.events import Timing
from core.result import GenerationResult
from core.spread import Spread, spread
from core.tellings import Telling

TOKEN_PARTS = ("analysis", "commentary", "answer", "markers")
TIME_PARTS = ("queued", "reading", "analysis", "answer")


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a plot. shares: of the plot's width, one for each part, side by side."""

    label: str
    level: ReasoningLevel
    shares: tuple[float, ...]
    total: float


@dataclass(frozen=True, slots=True)
class Dots:
    """The runs of one column on one scale. at, low, middle, high: shares of the plot's width."""

    label: str
    level: ReasoningLevel
    at: tuple[float, ...]
    low: float
    middle: float
    high: float
    median: float


def token_counts(result: GenerationResult) -> tuple[int, ...]:
    """Tokens of each of TOKEN_PARTS; given ones among them."""
    usage = result.usage
    content = usage.analysis_tokens, usage.commentary_tokens, usage.final_tokens
    return (*content, max(0, usage.generated_tokens + usage.given_tokens - sum(content)))


def time_spans(timing: Timing) -> tuple[float, ...]:
    """Seconds of each of TIME_PARTS; together they are the run's total."""
    total = timing.total_s
    queued = min(timing.queued_s, total)
    first = total if timing.first_token_s is None else timing.first_token_s
    answer = total if timing.first_answer_s is None else timing.first_answer_s
    return (queued, max(0.0, first - queued), max(0.0, answer - first), max(0.0, total - answer))


def token_bars(comparison: Comparison) -> list[Bar]:
    """A bar for each column that ran: its middle run by tokens, so that the parts add up."""
    chosen = [(one.label, _middle(one)) for one in comparison.tellings() if one.runs]
    return _bars([(label, run.reasoning_level, token_counts(run)) for label, run in chosen])


def time_bars(comparison: Comparison) -> list[Bar]:
    """A bar for each run, column by column."""
    runs = [(one.label, run) for one in comparison.tellings() for run in one.runs]
    return _bars([(label, run.reasoning_level, time_spans(run.timing)) for label, run in runs])


def token_dots(comparison: Comparison) -> list[Dots]:
    """Generated tokens of every run that was not stopped."""
    return _dots(comparison, lambda run: run.usage.generated_tokens)


def time_dots(comparison: Comparison) -> list[Dots]:
    """Seconds of every run that was not stopped."""
    return _dots(comparison, lambda run: run.timing.total_s)


def _middle(column: Telling) -> GenerationResult:
    runs = sorted(column.runs, key=lambda run: run.usage.generated_tokens)
    return runs[(len(runs) - 1) // 2]


def _bars(rows: Sequence[tuple[str, ReasoningLevel, Sequence[float]]]) -> list[Bar]:
    longest = max((sum(parts) for _, _, parts in rows), default=0) or 1
    return [
        Bar(label, level, tuple(part / longest for part in parts), sum(parts))
        for label, level, parts in rows
    ]


def _dots(comparison: Comparison, figure: Callable[[GenerationResult], float]) -> list[Dots]:
    rows: list[tuple[str, ReasoningLevel, list[float], Spread]] = []
    for label in comparison.runs:
        runs = comparison.finished(label)
        values = [figure(run) for run in runs]
        seen = spread(values)
        if seen is not None:
            rows.append((str(label), runs[0].reasoning_level, values, seen))
    most = max((seen.high for *_, seen in rows), default=0) or 1
    return [
        Dots(
            label,
            level,
            tuple(value / most for value in values),
            seen.low / most,
            seen.median / most,
            seen.high / most,
            seen.median,
        )
        for label, level, values, seen in rows
    ]
