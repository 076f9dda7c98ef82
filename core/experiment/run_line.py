"""A run as a line of JSON and back; lines that were read are checked, as anybody may write one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from core.config import ReasoningLevel
from core.events import FinishReason, Timing, Usage
from core.experiment.experiment import Experiment, Outcome, Trial
from core.result import GenerationResult


@dataclass(frozen=True, slots=True)
class _Line:
    """A run. reasoning: None unless it was captured."""

    question: int
    level: ReasoningLevel
    repeat: int
    at_once: int
    text: str
    reasoning: str | None
    commentary: str
    finish_reason: FinishReason
    usage: Usage
    timing: Timing
    repairs: tuple[str, ...]
    model: str
    prompt_sha256: str
    format: str
    notes: tuple[str, ...]
    seed: int | None
    peak_memory: int | None


_LINE: Final = TypeAdapter(_Line)


def written(outcome: Outcome) -> bytes:
    """A run as its line, without the end of it."""
    return _LINE.dump_json(_line_of(outcome))


def _line_of(outcome: Outcome) -> _Line:
    trial, result = outcome.trial, outcome.result
    return _Line(
        question=trial.question,
        level=trial.level,
        repeat=trial.repeat,
        at_once=outcome.at_once,
        text=result.text,
        reasoning=result.reasoning,
        commentary=result.commentary,
        finish_reason=result.finish_reason,
        usage=result.usage,
        timing=result.timing,
        repairs=result.repairs,
        model=result.model,
        prompt_sha256=result.prompt_sha256,
        format=result.format,
        notes=result.notes,
        seed=result.seed,
        peak_memory=result.peak_memory,
    )


def outcome_of(text: bytes, experiment: Experiment) -> Outcome:
    """A run out of its line. Raises ValidationError, and IndexError for a prompt there is not."""
    line = _LINE.validate_json(text)
    shown = {"analysis": line.reasoning, "commentary": line.commentary, "final": line.text}
    result = GenerationResult(
        text=line.text,
        reasoning=line.reasoning,
        commentary=line.commentary,
        channels={name: text for name, text in shown.items() if text},
        messages=(),
        finish_reason=line.finish_reason,
        reasoning_level=line.level,
        model=line.model,
        prompt_sha256=line.prompt_sha256,
        usage=line.usage,
        timing=line.timing,
        repairs=line.repairs,
        peak_memory=line.peak_memory,
        format=line.format,
        notes=line.notes,
        seed=line.seed,
    )
    if line.question < 1:
        raise IndexError(line.question)
    question = experiment.questions[line.question - 1]
    return Outcome(Trial(line.repeat, line.question, line.level), question, result, line.at_once)
