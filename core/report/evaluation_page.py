"""The evaluation of a prompt set as one HTML page that stands alone, made as a comparison's is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Final

from core import figures, plots
from core.config import ReasoningLevel
from core.experiment.evaluation import Evaluation
from core.experiment.experiment import Outcome
from core.experiment.prompt_set import Question
from core.experiment.summary import LevelSummary, Rate
from core.report.drawing import LEFT, POLICY, WIDTH, Plot, bars, dots, template
from core.statistics import percent
from core.tellings import why_not

SHOWN: Final = 400
"""Characters of a prompt or an answer: the page is for reading, the CSV holds all."""
_KEYS: Final = [
    ("analysis", "Thinking"),
    ("commentary", "Commentary"),
    ("answer", "Answer"),
    ("markers", "Markers"),
]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one level came to on one question. right: None where no answer is expected."""

    level: ReasoningLevel
    text: str
    reasoning: str | None
    why: str
    right: int | None
    runs: int


@dataclass(frozen=True, slots=True)
class Line:
    """A question, and a cell for each level."""

    question: Question
    prompt: str
    expected: str
    cells: tuple[Cell, ...]


def evaluation_html(
    evaluation: Evaluation,
    *,
    source: str,
    include_reasoning: bool = False,
    made_at: datetime | None = None,
    command: str | None = None,
) -> str:
    """The page, for somebody who was not there.

    source: the name of the file of prompts. made_at, command: as for a comparison.
    """
    shown = evaluation if include_reasoning else evaluation.without_reasoning()
    made = made_at or datetime.now().astimezone()
    experiment = shown.experiment
    return template("evaluation.html").render(
        evaluation=shown,
        experiment=experiment,
        summary=shown.summary,
        verdict=shown.verdict,
        lines=_lines(shown),
        plots=_plots(shown),
        several=len(experiment.reasoning_levels) > 1,
        source=source,
        thought=any(outcome.result.reasoning for outcome in shown.outcomes),
        made=f"{made:%Y-%m-%d %H:%M %Z}",
        command=command,
        policy=POLICY,
        figures=figures,
        percent=percent,
        shown=SHOWN,
        left=LEFT,
        width=WIDTH,
    )


def _lines(evaluation: Evaluation) -> list[Line]:
    by_question: dict[int, list[Outcome]] = {}
    for outcome in evaluation.outcomes:
        by_question.setdefault(outcome.trial.question, []).append(outcome)
    levels = evaluation.experiment.reasoning_levels
    return [
        Line(
            question,
            _short(question.prompt),
            _short(question.expected or ""),
            tuple(_cell(level, by_question.get(question.number, [])) for level in levels),
        )
        for question in evaluation.experiment.questions
    ]


def _cell(level: ReasoningLevel, outcomes: Sequence[Outcome]) -> Cell:
    """The answer of the first repeat, and how many of all were right."""
    ran = [outcome for outcome in outcomes if outcome.trial.level is level]
    if not ran:
        return Cell(level, "", None, "did not run", None, 0)
    first = ran[0]
    marked = first.question.expected is not None
    return Cell(
        level,
        _short(first.result.text),
        first.result.reasoning,
        why_not(first.result) or "",
        sum(bool(outcome.right) for outcome in ran) if marked else None,
        len(ran),
    )


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()}…"


def _plots(evaluation: Evaluation) -> list[Plot]:
    there = list(evaluation.summary.levels.values())
    note = "The dot is what was measured, the line its 95 % interval."
    shown = []
    if evaluation.experiment.marked:
        shown.append(Plot("Right answers", note, [], dots(_rates(there, right=True), percent)))
    elif len(there) > 1:
        title = f"Answers as {there[-1].level} gives them"
        shown.append(Plot(title, note, [], dots(_rates(there, right=False), percent)))
    tokens = bars(_token_bars(evaluation), plots.TOKEN_PARTS, lambda n: figures.count(round(n)))
    shown.append(Plot("Tokens of a run, by channel", "Means.", _KEYS, tokens))
    return [plot for plot in shown if plot.rows]


def _rates(there: Sequence[LevelSummary], *, right: bool) -> list[plots.Dots]:
    return [
        _dot(one.level, rate, rate.value)
        for one in there
        if (rate := one.right if right else one.alike).value is not None
    ]


def _dot(level: ReasoningLevel, rate: Rate, value: float) -> plots.Dots:
    low, high = rate.interval
    return plots.Dots(level.value, level, (value,), low, value, high, value)


def _token_bars(evaluation: Evaluation) -> list[plots.Bar]:
    """The mean of each channel, on the scale of the level that writes most: means add up."""
    means = {}
    for level in evaluation.experiment.reasoning_levels:
        counts = [
            plots.token_counts(o.result) for o in evaluation.outcomes if o.trial.level is level
        ]
        if counts:
            means[level] = [fmean(part) for part in zip(*counts, strict=True)]
    most = max((sum(parts) for parts in means.values()), default=0.0) or 1.0
    return [
        plots.Bar(level.value, level, tuple(part / most for part in parts), sum(parts))
        for level, parts in means.items()
    ]
