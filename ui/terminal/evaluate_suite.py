"""`counterpoint evaluate --suite`: questions that the embedded model was trained for, at every
level."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

import typer

from core.errors import InvalidSetting
from ui.terminal.options import GenerationOptions, settings
from ui.terminal.progress import progress
from ui.terminal.telling import INTERRUPTED, OK, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from core.demo.scores import Row
    from core.demo.suite import Outcome
    from core.demo.tasks import Level
    from core.sampling import SamplingParams

EMBEDDED = "embedded"
OWN: dict[str, Any] = {"temperature": 0.0, "max_tokens": 1024, "seed": 1}
"""Sampling, whatever environment and .env say: the same figures on every machine."""
TOOL = "tool"
"""The family of the suite that offers a tool."""


def evaluate_suite(
    options: GenerationOptions,
    suite: str,
    each: int,
    levels: str | None,
    at_once: int,
    csv_file: Path | None,
    as_markdown: bool,
) -> int:
    """Run the suite and print what came of it; the exit status. Raises CoreError.

    It has settings of its own, the same everywhere.
    """
    from core.sampling import SamplingParams

    _check(suite)
    params = SamplingParams(**(OWN | options.sampling()))
    asked = Asked(each, _levels(levels), params, params.seed or 0, at_once)
    named = {"model": options.model or EMBEDDED, "use_harmony_format": options.use_harmony_format}
    done = _measured(asked, settings(named), csv_file)
    if options.json:
        print_json(done.as_dict())
    elif as_markdown:
        typer.echo(done.markdown())
    else:
        _print(done)
    return INTERRUPTED if done.stopped else OK


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure."""

    each: int
    levels: list[Level]
    params: SamplingParams
    seed: int
    at_once: int

    def command(self) -> str:
        """The command line that measures the same."""
        levels = "" if len(self.levels) == 3 else f" --levels {','.join(self.levels)}"
        return (
            f"counterpoint evaluate --suite {EMBEDDED} --each {self.each}{levels} "
            f"--temperature {self.params.temperature:g} --seed {self.seed}"
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured. total: answers that were asked for; stopped: Ctrl-C came before them.

    format: how the model was asked; remarks: what must be said of that, a sentence each.
    """

    asked: Asked
    model: str
    outcomes: list[Outcome]
    total: int
    seconds: float
    stopped: bool
    format: str
    remarks: list[str]

    def rows(self) -> list[Row]:
        from core.demo.scores import rows

        return rows(self.outcomes, self.asked.levels)

    def notes(self) -> list[str]:
        """What must be said beside the table, one paragraph each."""
        from core.many import AT_ONCE
        from core.statistics import Share

        asked, n = self.asked, len(self.outcomes)
        formed = Share(sum(o.well_formed for o in self.outcomes), n)
        cut = ""
        if self.stopped:
            cut = f" Stopped: {n:,} of {self.total:,} answers are counted, short ones before long."
        figures = (
            f"{self.model}: {n:,} answers in {self.seconds:.0f} s, temperature "
            f"{asked.params.temperature:g}.{cut} Right answers with Wilson's 95 % interval; tokens "
            "of analysis and seconds per answer are medians. Up to "
            f"{min(asked.at_once, AT_ONCE)} answers shared a batch: the seconds are those of the "
            "batch, not of an answer alone."
        )
        well = (
            f"Well-formed (nothing repaired, ended by itself): {formed.hits:,} of {n:,}, {formed}."
        )
        return [figures, well, *self.remarks, f"Measured with `{asked.command()}`."]

    def markdown(self) -> str:
        """The table and its notes, for a README."""
        from core.demo.scores import markdown

        table = markdown(self.rows(), self.asked.levels)
        return "\n\n".join([table, *self.notes()])

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of `evaluate --json`."""
        return {
            "suite": EMBEDDED,
            "model": self.model,
            "format": self.format,
            "each": self.asked.each,
            "levels": self.asked.levels,
            "at_once": self.asked.at_once,
            "sampling": asdict(self.asked.params),
            "answers": len(self.outcomes),
            "asked": self.total,
            "complete": not self.stopped,
            "wall_s": self.seconds,
            "rows": {
                row.name: {level: score.as_dict() for level, score in row.scores.items()}
                for row in self.rows()
            },
        }


def _measured(asked: Asked, config: Any, csv_file: Path | None) -> Measured:
    """Run the suite, with a progress bar on stderr. Ctrl-C keeps what is done so far."""
    from core.demo.suite import evaluate as answers
    from core.demo.suite import suite
    from core.demo.tasks import FAMILIES
    from ui.terminal import engine as terminal_engine

    outcomes: list[Outcome] = []
    stopped = False
    with ExitStack() as stack:
        write = stack.enter_context(_csv_writer(csv_file)) if csv_file else None
        engine = stack.enter_context(terminal_engine.open_engine(config))
        form = engine.format
        families = [name for name in FAMILIES if form.call_ids or name != TOOL]
        total = len(families) * asked.each * len(asked.levels)
        advance = stack.enter_context(progress(total))
        questions = suite(families, asked.levels, asked.each, asked.seed)
        began = time.monotonic()
        try:
            for outcome in answers(engine, questions, asked.params, asked.at_once):
                outcomes.append(outcome)
                if write:
                    write(outcome)
                advance()
        except KeyboardInterrupt:
            stopped = True
        seconds = time.monotonic() - began
        name = engine.model
    left_out = None if form.call_ids else f"{form.name} has no tools: that family was left out."
    remarks = [remark for remark in (form.remark, left_out) if remark]
    return Measured(asked, name, outcomes, total, seconds, stopped, form.name, remarks)


@contextmanager
def _csv_writer(file: Path) -> Iterator[Any]:
    """Write rows as they come: a run that is stopped leaves what it has. Raises InvalidSetting."""
    from core.demo.suite import Outcome

    try:
        stream: TextIO = file.open("w", newline="", encoding="utf-8")
    except OSError as error:
        raise InvalidSetting(
            f"--csv is {str(file)!r}, and it cannot be written ({error.strerror}); allowed: a file "
            "in a folder that is there."
        ) from None
    names = [f.name for f in fields(Outcome) if f.name != "turn"]
    with stream:
        writer = csv.writer(stream)
        writer.writerow(names)

        def write(outcome: Outcome) -> None:
            row = {**asdict(outcome), "repairs": "; ".join(outcome.repairs)}
            writer.writerow([row[name] for name in names])

        yield write


def _check(suite: str) -> None:
    if suite != EMBEDDED:
        raise InvalidSetting(f"--suite is {suite!r}; allowed: {EMBEDDED}.")


def _levels(given: str | None) -> list[Literal["low", "medium", "high"]]:
    from core.config import reasoning_level

    order: tuple[Literal["low", "medium", "high"], ...] = ("low", "medium", "high")
    if given is None:
        return list(order)
    named = {reasoning_level(word).value for word in given.split(",")}
    return [level for level in order if level in named]


def _print(done: Measured) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    console.print(_table(done.rows()))
    for note in done.notes():
        console.print(f"\n{note}")


def _table(rows: Sequence[Row]) -> Table:
    """One line per family and level: narrower than the table for a README."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("family", "level"):
        table.add_column(name)
    for name in ("n", "right", "tokens", "seconds", "well-formed"):
        table.add_column(name, justify="right")
    for row in rows:
        for n, (level, score) in enumerate(row.scores.items()):
            formed = f"{score.well_formed.hits} of {score.well_formed.n}"
            cells = (score.right.n, score.right, score.tokens, score.time, formed)
            table.add_row("" if n else row.name, level, *map(str, cells))
    return table
