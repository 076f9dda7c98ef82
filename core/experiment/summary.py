"""What the runs of an experiment came to: each level by itself, each two levels pair by pair.

A question is one observation however often it was run: the repeats of one question are not
independent of each other. What it is worth is the share of its repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, median
from typing import Any

from core.agreement import answer
from core.config import ReasoningLevel
from core.events import FinishReason
from core.experiment.experiment import Experiment, Outcome
from core.statistics import by_chance, paired_difference, percent, wilson
from core.tellings import told

Scores = Mapping[int, float]
"""From 0 to 1, by the question's number."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The mean of questions' scores. value: None where there is none."""

    value: float | None
    questions: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval over questions; with repeats it is wider than it need be."""
        return wilson((self.value or 0.0) * self.questions, self.questions)

    def __str__(self) -> str:
        """`83% (64%–93%)`; a dash where there is none."""
        if self.value is None:
            return "–"
        low, high = self.interval
        return f"{percent(self.value)} ({percent(low)}–{percent(high)})"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "value": self.value,
            "wilson_95": list(self.interval),
            "questions": self.questions,
        }


@dataclass(frozen=True, slots=True)
class LevelSummary:
    """The runs of one level. Medians are None where nothing ran.

    right: over questions with an expected answer. alike: how many runs answered as the highest
        level usually does, over questions that both ran.
    cut_off: runs whose budget ran out; no_answer: others that gave no answer that counts.
    tokens: all that was written, markers included. seconds: from the moment the model began to read
        the prompt to the end, beside the others of the batch.
    """

    level: ReasoningLevel
    runs: int
    right: Rate
    alike: Rate
    cut_off: int
    no_answer: int
    analysis_tokens: float | None
    final_tokens: float | None
    tokens: float | None
    seconds: float | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "runs": self.runs,
            "right": self.right.as_dict(),
            "as_highest": self.alike.as_dict(),
            "cut_off": self.cut_off,
            "no_answer": self.no_answer,
            "median_analysis_tokens": self.analysis_tokens,
            "median_final_tokens": self.final_tokens,
            "median_generated_tokens": self.tokens,
            "median_seconds": self.seconds,
        }


@dataclass(frozen=True, slots=True)
class Pair:
    """Two levels on the questions that both ran, and that have an expected answer.

    better, worse: questions that the higher level was right on more often, and less often, than the
        lower. difference: of their shares of right answers; interval: its 95 %.
    p: how often chance alone would split those questions so unevenly.
    """

    lower: ReasoningLevel
    higher: ReasoningLevel
    questions: int
    better: int
    worse: int
    difference: float
    interval: tuple[float, float]

    @property
    def p(self) -> float:
        """Two-sided; see core.statistics.by_chance."""
        return by_chance(self.better, self.worse)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "lower": self.lower,
            "higher": self.higher,
            "questions": self.questions,
            "better": self.better,
            "worse": self.worse,
            "difference": self.difference,
            "interval_95": list(self.interval),
            "p": self.p,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """An experiment's runs so far. pairs: each two levels, the lower first."""

    levels: dict[ReasoningLevel, LevelSummary]
    pairs: tuple[Pair, ...]
    ran: int
    asked: int

    @property
    def complete(self) -> bool:
        """Whether all has run."""
        return self.ran == self.asked


def summarize(experiment: Experiment, outcomes: Sequence[Outcome]) -> Summary:
    """Look through what has run so far."""
    levels = experiment.reasoning_levels
    by_level = {level: [o for o in outcomes if o.trial.level is level] for level in levels}
    right = {level: _right(ran) for level, ran in by_level.items()}
    alike = _alike(by_level)
    return Summary(
        {
            level: _of_level(level, ran, right[level], alike[level])
            for level, ran in by_level.items()
        },
        tuple(_pair(one, other, right) for one, other in combinations(levels, 2)),
        len(outcomes),
        len(experiment),
    )


def _of_level(
    level: ReasoningLevel, ran: Sequence[Outcome], right: Scores, alike: Scores
) -> LevelSummary:
    results = [outcome.result for outcome in ran]
    cut = sum(result.finish_reason is FinishReason.LENGTH for result in results)
    return LevelSummary(
        level,
        len(ran),
        _rate(right),
        _rate(alike),
        cut,
        sum(not outcome.counts for outcome in ran) - cut,
        _median(result.usage.analysis_tokens for result in results),
        _median(result.usage.final_tokens for result in results),
        _median(result.usage.generated_tokens for result in results),
        _median(result.timing.total_s - result.timing.queued_s for result in results),
    )


def _pair(
    lower: ReasoningLevel, higher: ReasoningLevel, right: Mapping[ReasoningLevel, Scores]
) -> Pair:
    both = right[lower].keys() & right[higher].keys()
    apart = [right[higher][number] - right[lower][number] for number in both]
    gains = sum(one for one in apart if one > 0)
    losses = -sum(one for one in apart if one < 0)
    return Pair(
        lower,
        higher,
        len(both),
        sum(one > 0 for one in apart),
        sum(one < 0 for one in apart),
        fmean(apart) if apart else 0.0,
        paired_difference(gains, losses, len(both)),
    )


def _right(ran: Sequence[Outcome]) -> Scores:
    return _scores(
        [o for o in ran if o.question.expected is not None], lambda outcome: bool(outcome.right)
    )


def _alike(by_level: Mapping[ReasoningLevel, Sequence[Outcome]]) -> dict[ReasoningLevel, Scores]:
    """How often each level answers as the highest usually does, by question."""
    highest = max(by_level, key=list(ReasoningLevel).index)
    usual = {
        number: told(highest.value, [o.result for o in ran], None).usual
        for number, ran in _by_question(by_level[highest]).items()
    }

    def same(outcome: Outcome) -> bool:
        return outcome.counts and answer(outcome.result.text) == usual[outcome.trial.question]

    return {
        level: _scores([o for o in ran if usual.get(o.trial.question) is not None], same)
        for level, ran in by_level.items()
    }


def _scores(ran: Sequence[Outcome], good: Callable[[Outcome], bool]) -> Scores:
    return {number: fmean(map(good, those)) for number, those in _by_question(ran).items()}


def _by_question(ran: Sequence[Outcome]) -> dict[int, list[Outcome]]:
    found: dict[int, list[Outcome]] = {}
    for outcome in sorted(ran, key=lambda one: one.trial):
        found.setdefault(outcome.trial.question, []).append(outcome)
    return found


def _rate(scores: Scores) -> Rate:
    return Rate(fmean(scores.values()) if scores else None, len(scores))


def _median(figures: Any) -> float | None:
    there = list(figures)
    return median(there) if there else None
