"""An experiment with what has run of it, looked through: what the terminal, a page and the reports
show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from core.experiment.deciding import decide
from core.experiment.experiment import Experiment, Outcome
from core.experiment.rows import experiment_frame, in_order
from core.experiment.summary import Summary, summarize
from core.many import AT_ONCE
from core.verdict import Verdict

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Evaluation:
    """outcomes: question by question. stopped: somebody ended it before all had run. failure: what
    ended it in the machine, in a sentence."""

    experiment: Experiment
    outcomes: tuple[Outcome, ...]
    summary: Summary
    verdict: Verdict
    stopped: bool = False
    failure: str | None = None

    @property
    def model(self) -> str:
        """The model's name; empty where nothing has run."""
        return self.outcomes[0].result.model if self.outcomes else ""

    @property
    def batched(self) -> bool:
        """Whether runs shared a batch, so that their times are those of the batch."""
        return any(outcome.at_once > 1 for outcome in self.outcomes)

    def frame(self) -> pd.DataFrame:
        """One row per run; see EXPERIMENT_COLUMNS."""
        return experiment_frame(self.experiment, self.outcomes)

    def conditions(self) -> list[str]:
        """How it was measured, a sentence each: what makes the figures fair, and what they are."""
        experiment = self.experiment
        date = experiment.date or "none"
        said = [f"Every level got the same prompts, the same seeds and the same date, {date}."]
        if experiment.repeats > 1:
            said.append(
                f"Every prompt was asked {experiment.repeats} times at each level, each time with "
                "the next seed. It counts once, by the share of its runs: runs of one prompt are "
                "not independent of each other."
            )
        if experiment.marked:
            said.append(
                "Right is an answer that comes down to the expected one: the same number, the same "
                "JSON, or its words. A run that ran out of tokens, or gave no answer, is not right."
            )
        said.append("In brackets: Wilson's 95 % interval, over prompts.")
        if self.batched:
            most = min(AT_ONCE, max(outcome.at_once for outcome in self.outcomes))
            said.append(
                f"Up to {most} runs shared a batch: seconds are those of the batch, not of a run "
                "alone."
            )
        else:
            said.append("One run after the other: seconds are of a run alone.")
        notes = (note for outcome in self.outcomes for note in outcome.result.notes)
        return [*said, *dict.fromkeys(notes)]

    def without_reasoning(self) -> Evaluation:
        """The same without what the model thought."""
        return replace(self, outcomes=tuple(map(_bare, self.outcomes)))

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of `counterpoint evaluate FILE --json`."""
        experiment, summary = self.experiment, self.summary
        return {
            "model": self.model,
            "levels": {level: one.as_dict() for level, one in summary.levels.items()},
            "pairs": [pair.as_dict() for pair in summary.pairs] if experiment.marked else [],
            "verdict": self.verdict.as_dict(),
            "sampling": asdict(experiment.params),
            "instructions": experiment.instructions,
            "date": experiment.date,
            "prompts": len(experiment.questions),
            "repeats": experiment.repeats,
            "ran": summary.ran,
            "asked": summary.asked,
            "complete": summary.complete,
            "stopped": self.stopped,
            "failure": self.failure,
            "runs": [_run(outcome) for outcome in self.outcomes],
        }


def evaluated(
    experiment: Experiment,
    outcomes: Iterable[Outcome],
    *,
    stopped: bool = False,
    failure: str | None = None,
) -> Evaluation:
    """Look through what has run so far."""
    ran = tuple(in_order(outcomes))
    summary = summarize(experiment, ran)
    return Evaluation(experiment, ran, summary, decide(experiment, summary), stopped, failure)


def _bare(outcome: Outcome) -> Outcome:
    channels = {name: text for name, text in outcome.result.channels.items() if name != "analysis"}
    messages = tuple(m for m in outcome.result.messages if m.channel != "analysis")
    result = replace(
        outcome.result,
        reasoning=None,
        channels=channels,
        messages=messages,
        token_ids=None,
        scores=None,
    )
    return replace(outcome, result=result)


def _run(outcome: Outcome) -> dict[str, Any]:
    question, trial = outcome.question, outcome.trial
    whole = outcome.result.as_dict()
    del whole["messages"]  # a file of runs does not keep them
    return {
        "number": question.number,
        "id": question.id,
        "prompt": question.prompt,
        "expected": question.expected,
        "level": trial.level,
        "repeat": trial.repeat,
        "counts": outcome.counts,
        "right": outcome.right,
        **whole,
    }
