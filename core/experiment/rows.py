"""An experiment's runs as rows and as a pandas frame; `EXPERIMENT_COLUMNS` says what each holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from core.agreement import answer
from core.experiment.experiment import Experiment, Outcome
from core.metrics import COMPARISON_COLUMNS, results_row

if TYPE_CHECKING:
    import pandas as pd

_NOT_OURS: Final = ("column", "verdict_column", "verdict")

EXPERIMENT_COLUMNS: Final[dict[str, str]] = {
    "number": "the question's place in the file, from 1",
    "id": "the file's column id; empty without one",
    **{name: said for name, said in COMPARISON_COLUMNS.items() if name not in _NOT_OURS},
    "seed": "the seed of the run; the same for all questions and levels of a repeat",
}
"""The other columns of the file stand behind these; one of the same name as `file.name`."""


def experiment_frame(experiment: Experiment, outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """One row per run, question by question, with the columns of `columns`; missing values are
    NaN."""
    import pandas as pd

    return pd.DataFrame(experiment_rows(experiment, outcomes), columns=columns(experiment))


def columns(experiment: Experiment) -> list[str]:
    """EXPERIMENT_COLUMNS, and those that the file has besides."""
    return [*EXPERIMENT_COLUMNS, *_carried(experiment).values()]


def in_order(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Question by question, level by level from the lowest, repeat by repeat."""
    levels = ("low", "medium", "high")
    return sorted(
        outcomes, key=lambda o: (o.trial.question, levels.index(o.trial.level), o.trial.repeat)
    )


def experiment_rows(
    experiment: Experiment, outcomes: Iterable[Outcome]
) -> Iterator[dict[str, object]]:
    """The rows of `experiment_frame`, without pandas; missing values are None."""
    carried = _carried(experiment)
    for outcome in in_order(outcomes):
        row = _row(experiment, outcome)
        more = {name: outcome.question.more.get(head) for head, name in carried.items()}
        yield {name: row[name] for name in EXPERIMENT_COLUMNS} | more


def _row(experiment: Experiment, outcome: Outcome) -> dict[str, object]:
    question, result, trial = outcome.question, outcome.result, outcome.trial
    params = experiment.sampling(trial.repeat)
    row = results_row(result)
    rate = row.pop("tokens_per_s")
    return {
        "number": question.number,
        "id": question.id,
        "repeat": trial.repeat,
        "seed": result.seed,
        "temperature": params.temperature,
        "top_p": params.top_p,
        "top_k": params.top_k,
        "max_tokens": params.max_tokens,
        "instructions": question.instructions or experiment.instructions,
        **row,
        "tokens_per_s_in_batch": rate if outcome.at_once > 1 else None,
        "tokens_per_s_alone": None if outcome.at_once > 1 else rate,
        "counts": outcome.counts,
        "comes_down_to": answer(result.text).value if outcome.counts else None,
        "right": outcome.right,
        "prompt_sha256": result.prompt_sha256,
        "model": result.model,
        "prompt": question.prompt,
        "expected": question.expected,
    }


def _carried(experiment: Experiment) -> dict[str, str]:
    """The name in our rows of each further column of the file."""
    heads: Sequence[str] = list(
        dict.fromkeys(head for question in experiment.questions for head in question.more)
    )
    ours = {*EXPERIMENT_COLUMNS, "analysis"}
    return {head: f"file.{head}" if head in ours else head for head in heads}
