"""What `counterpoint evaluate FILE` prints: the levels, the pairs of them, the sentence."""

from __future__ import annotations

import re

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core import figures
from core.experiment import Evaluation
from core.experiment.summary import LevelSummary, Pair
from ui.terminal.render import harmless

_Cells = list[list[str]]


def print_evaluation(evaluation: Evaluation) -> None:
    """Both tables and the verdict, to stdout."""
    console = Console(highlight=False, markup=False)
    for cells in _tables(evaluation):
        console.print(_table(cells))
        console.print()
    console.print(Text(harmless("\n".join(_said(evaluation)))), soft_wrap=True)


def as_markdown(evaluation: Evaluation) -> str:
    """The same as Markdown, for an issue or a README."""
    verdict, *rest = _said(evaluation)
    parts = [f"**{_line(verdict)}**", *map(_markdown, _tables(evaluation)), *map(_line, rest)]
    return "\n\n".join(parts)


def _said(evaluation: Evaluation) -> list[str]:
    verdict = evaluation.verdict
    lines = [verdict.reason, verdict.detail, verdict.limits, *evaluation.conditions()]
    return [line for line in lines if line]


def _tables(evaluation: Evaluation) -> list[_Cells]:
    """Rows of cells, the first of them the heads; names to the left, figures to the right."""
    experiment, summary = evaluation.experiment, evaluation.summary
    marked, levels = experiment.marked, list(summary.levels.values())
    share = ["right"] if marked else [f"as {levels[-1].level}"] if len(levels) > 1 else []
    heads = ["level", "runs", *share, "analysis", "answer", "seconds", "cut off", "no answer"]
    tables = [[heads, *(_of_level(one, marked, len(share)) for one in levels)]]
    if marked and summary.pairs:
        names = ["pair", "prompts", "better", "worse", "difference, points", "p"]
        tables.append([names, *map(_of_pair, summary.pairs)])
    return tables


def _of_level(one: LevelSummary, marked: bool, shares: int) -> list[str]:
    share = [str(one.right if marked else one.alike)][:shares]
    medians = [one.analysis_tokens, one.final_tokens]
    tokens = [figures.NONE if value is None else figures.count(round(value)) for value in medians]
    seconds = figures.seconds(one.seconds).removesuffix(" s")
    ends = [str(one.cut_off), str(one.no_answer)]
    return [one.level.value, figures.count(one.runs), *share, *tokens, seconds, *ends]


def _of_pair(pair: Pair) -> list[str]:
    low, high = (100 * end for end in pair.interval)
    return [
        f"{pair.lower} to {pair.higher}",
        str(pair.questions),
        str(pair.better),
        str(pair.worse),
        f"{100 * pair.difference:+.0f} ({low:+.0f} to {high:+.0f})",
        f"{pair.p:.2g}",
    ]


def _table(cells: _Cells) -> Table:
    heads, *rows = cells
    table = Table(box=None, pad_edge=False, header_style="bold")
    for n, head in enumerate(heads):
        table.add_column(head, justify="right" if n else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _markdown(cells: _Cells) -> str:
    heads, *rows = cells
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _line(text: str) -> str:
    """One line in which nothing is Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#|!&~$])", r"\\\1", " ".join(text.split()))
