"""The runs of one column, told: which of them count, what they usually answer, what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from core.agreement import Answer, answer, matches
from core.events import FinishReason
from core.result import GenerationResult
from core.statistics import Share

Runs = Mapping[str, Sequence[GenerationResult]]
"""Results by the label of their column; those of one column in the order of their seeds."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One column's runs.

    counted: runs that came to their own end with an answer. usual: what most of these come down
        to, the earliest of equals; text: one such answer, whole. agreeing: how many of the runs
        give it; right: how many give the expected answer, None without one. Both are shares of the
        runs that were not stopped: what ran out of tokens, or was empty, is among them.
    """

    label: str
    runs: tuple[GenerationResult, ...]
    counted: tuple[GenerationResult, ...]
    usual: Answer | None
    text: str
    agreeing: Share
    right: Share | None

    @property
    def steady(self) -> bool:
        """Whether more than half of the runs give the usual answer."""
        return self.usual is not None and 2 * self.agreeing.hits > self.agreeing.n

    @property
    def tokens(self) -> float:
        """Median of the generated tokens of what counts."""
        return median(run.usage.generated_tokens for run in self.counted)

    @property
    def seconds(self) -> float:
        """Median seconds from sending to the end, of what counts."""
        return median(run.timing.total_s for run in self.counted)

    @property
    def missing(self) -> str:
        """Which runs do not count, and why; empty where all do."""
        out = [why_not(run) for run in self.runs]
        reasons = {why: out.count(why) for why in out if why}
        if not reasons:
            return "" if self.runs else f"{self.label} did not run"
        if len(self.runs) == 1:
            return f"{self.label} {next(iter(reasons))}"
        told = [f"{n} of {len(self.runs)} {why}" for why, n in reasons.items()]
        return f"{self.label} ({', '.join(told)})"


def told(label: str, runs: Sequence[GenerationResult], expected: str | None) -> Telling:
    """Look through one column's runs."""
    counted = tuple(run for run in runs if why_not(run) is None)
    stopped = sum(run.finish_reason is FinishReason.CANCELLED for run in runs)
    answers = [answer(run.text) for run in counted]
    usual = max(answers, key=answers.count) if answers else None
    n = len(runs) - stopped
    right = None
    if expected is not None:
        right = Share(sum(matches(run.text, expected) for run in counted), n)
    return Telling(
        label,
        tuple(runs),
        counted,
        usual,
        counted[answers.index(usual)].text if usual else "",
        Share(answers.count(usual) if usual else 0, n),
        right,
    )


def why_not(run: GenerationResult) -> str | None:
    """Why a run never counts, in words behind its column's name; None where it does."""
    thinking = "" if run.text.strip() else " while thinking"
    match run.finish_reason:
        case FinishReason.CANCELLED:
            return "was stopped"
        case FinishReason.LENGTH:
            return f"ran out of tokens{thinking}"
        case FinishReason.TOOL_CALL:
            return "called a tool"
    if not run.text.strip():
        return "gave an empty answer"
    return "was told to answer early" if run.finished_early else None
