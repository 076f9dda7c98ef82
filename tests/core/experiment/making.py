"""Experiments, and runs of them made by hand or replayed."""

from __future__ import annotations

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig, ReasoningLevel
from core.engine import InferenceEngine
from core.experiment import Experiment, Outcome, Question, Trial
from core.vocabulary import encoding
from tests.core.comparisons import HIGH, LOW, MEDIUM, result

DATE = "2026-01-31"


def sums(n: int) -> tuple[Question, ...]:
    return tuple(Question(k, f"What is {k} + {k}?", str(2 * k)) for k in range(1, n + 1))


def ran(
    right: dict[ReasoningLevel, list[bool]], tokens: dict[ReasoningLevel, int] | None = None
) -> tuple[Experiment, list[Outcome]]:
    """An experiment whose questions each level got right, or not, one after the other."""
    n = len(next(iter(right.values())))
    experiment = Experiment(sums(n), list(right), date=DATE)
    cost = {LOW: 10, MEDIUM: 40, HIGH: 120} | (tokens or {})
    outcomes = [
        Outcome(
            Trial(1, k + 1, level),
            experiment.questions[k],
            result(level, str(2 * (k + 1)) if good else "none", cost[level]),
            32,
        )
        for level, marks in right.items()
        for k, good in enumerate(marks)
    ]
    return experiment, outcomes


def scripted(rate: float | None = None, context_length: int = 4096) -> InferenceEngine:
    """Answers every prompt with its own words, so that runs can be told apart."""

    def write(request):
        asked = encoding().decode([token for part in request.segments for token in part])
        said = asked.rpartition("<|message|>")[2].partition("<|end|>")[0]
        turn = f"<|channel|>final<|message|>{said}<|return|>"
        return encoding().encode(turn, allowed_special="all")

    backend = ScriptedBackend(write, rate, context_length)
    return InferenceEngine(backend, InferenceConfig(_env_file=None, current_date=DATE))
