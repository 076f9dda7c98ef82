"""A comparison as CSV and as JSON, an evaluation as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from core.compare import Comparison
from core.experiment.evaluation import Evaluation
from core.experiment.rows import columns, experiment_rows
from core.metrics import COMPARISON_COLUMNS, comparison_rows
from core.result import GenerationResult


def as_csv(comparison: Comparison, *, include_reasoning: bool = False) -> str:
    """One row per run, under core.metrics.COMPARISON_COLUMNS; empty where there is no figure.

    include_reasoning: a last column `analysis`, empty where it was not captured.
    """
    runs = (run for one in comparison.tellings() for run in one.runs)
    return _csv([*COMPARISON_COLUMNS], comparison_rows(comparison), runs, include_reasoning)


def evaluation_csv(evaluation: Evaluation, *, include_reasoning: bool = False) -> str:
    """One row per run, under core.experiment.EXPERIMENT_COLUMNS and the other columns of the file.

    include_reasoning: a last column `analysis`, empty where it was not captured.
    """
    experiment, runs = evaluation.experiment, (o.result for o in evaluation.outcomes)
    rows = experiment_rows(experiment, evaluation.outcomes)
    return _csv(columns(experiment), rows, runs, include_reasoning)


def _csv(
    names: list[str],
    rows: Iterable[dict[str, object]],
    runs: Iterable[GenerationResult],
    include_reasoning: bool,
) -> str:
    text = io.StringIO()
    head = [*names, "analysis"] if include_reasoning else names
    # All texts are quoted: pandas would take a bare carriage return for the end of a row.
    writer = csv.DictWriter(text, head, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    for row, run in zip(rows, runs, strict=True):
        writer.writerow(row | {"analysis": run.reasoning} if include_reasoning else row)
    return text.getvalue()


def as_json(comparison: Comparison, *, include_reasoning: bool = False) -> str:
    """The object of `counterpoint compare --json`.

    include_reasoning: with analysis, and with the raw token ids of each run as `token_ids`, as far
    as they were captured.
    """
    shown = comparison if include_reasoning else comparison.without_reasoning()
    value = shown.as_dict()
    if include_reasoning:
        for columns in (value.get("levels"), value.get("variants")):
            for label, column in (columns or {}).items():
                column["runs"] = [_with_tokens(run) for run in shown.runs[label]]
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _with_tokens(run: GenerationResult) -> dict[str, Any]:
    return run.as_dict() | {"token_ids": run.token_ids and list(run.token_ids)}
