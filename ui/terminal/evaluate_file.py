"""`counterpoint evaluate FILE`: prompts of the user's own, kept run by run, told at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from core.errors import CoreError, InvalidInput, InvalidSetting
from ui.terminal.options import GenerationOptions
from ui.terminal.progress import progress
from ui.terminal.reports import check_files, write_files
from ui.terminal.telling import FAILED, INTERRUPTED, OK, print_json

if TYPE_CHECKING:
    from core.config import InferenceConfig
    from core.experiment import Evaluation, Experiment, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to run, and where it goes, as given."""

    file: str
    levels: str | None
    repeats: int
    at_once: int
    resume: bool
    runs: Path | None
    csv: Path | None
    html: Path | None
    include_reasoning: bool
    markdown: bool

    @property
    def runs_file(self) -> Path | None:
        """Where runs are kept; None for prompts of standard input without --runs."""
        if self.runs is not None or self.file == "-":
            return self.runs
        return Path(f"{self.file}.runs.jsonl")


def evaluate_file(options: GenerationOptions, wanted: Wanted) -> int:
    """Run what is left to run, and print what came of it all; the exit status. Raises CoreError."""
    from ui.terminal.evaluate_table import as_markdown, print_evaluation
    from ui.terminal.render import stderr

    _check(wanted)
    config = options.config()
    experiment = _experiment(options, wanted, config)
    done, model = _measured(experiment, config, wanted)
    shown = done if config.capture_reasoning else done.without_reasoning()
    if options.json:
        print_json({"file": wanted.file, **shown.as_dict()})
    elif wanted.markdown:
        typer.echo(as_markdown(shown))
    else:
        print_evaluation(shown)
    sys.stdout.flush()
    notes = [done.failure] if done.failure else []
    if done.summary.complete:
        command = _command(experiment, wanted, config, model)
        notes += map(str, write_files(_texts(done, wanted, command)))
    failed = bool(notes)
    if not done.summary.complete:
        notes.append(_how_to_go_on(done, wanted))
    for note in notes:
        stderr().print(note)
    if failed:
        return FAILED
    return INTERRUPTED if done.stopped else OK


def _check(wanted: Wanted) -> None:
    """What can be refused before a model is loaded. Raises InvalidInput."""
    from core.experiment.runs_file import check_runs

    if wanted.runs_file is not None:
        check_runs(wanted.runs_file, resume=wanted.resume)
    elif wanted.resume:
        raise InvalidSetting(
            "--resume is given for prompts from standard input, of which no runs are kept; name "
            "the file that keeps them with --runs, or the file of prompts."
        )
    if wanted.runs_file in (wanted.csv or "", wanted.html or ""):
        raise InvalidSetting(
            f"A report is to be written to {str(wanted.runs_file)!r}, where the runs are kept; "
            "allowed: a file for each. Change one."
        )
    check_files({"--csv": wanted.csv, "--html": wanted.html})
    if wanted.include_reasoning and not (wanted.csv or wanted.html):
        raise InvalidSetting(
            "--include-reasoning is given without a file; give --csv or --html, or "
            "--capture-reasoning for --json."
        )


def _experiment(options: GenerationOptions, wanted: Wanted, config: InferenceConfig) -> Experiment:
    from core.config import ReasoningLevel
    from core.experiment import Experiment, read_prompts
    from core.experiment.runs_file import date_of

    kept = date_of(wanted.runs_file) if wanted.runs_file else None
    return Experiment(
        read_prompts(wanted.file),
        tuple(ReasoningLevel) if wanted.levels is None else wanted.levels.split(","),
        wanted.repeats,
        config.sampling(),
        options.instructions or None,
        # What goes on another day goes on with the date that it began with.
        config.current_date or kept or config.date_now(),
    )


def _measured(
    experiment: Experiment, config: InferenceConfig, wanted: Wanted
) -> tuple[Evaluation, str | None]:
    """Run what is left, with a progress bar on stderr; and the model, as --model takes it.

    Ctrl-C, and a failure of the machine, keep what is done so far.
    """
    from core.experiment import evaluated, fingerprint, open_runs
    from ui.terminal import engine as terminal_engine

    capture = config.capture_reasoning or wanted.include_reasoning
    stopped, failure = False, None
    with ExitStack() as stack:
        engine = stack.enter_context(terminal_engine.open_engine(config))
        kept = None
        if wanted.runs_file is not None:
            asked = fingerprint(experiment, engine)
            opened = open_runs(wanted.runs_file, experiment, asked, resume=wanted.resume)
            kept = stack.enter_context(opened)
        outcomes: list[Outcome] = list(kept.outcomes) if kept else []
        advance = stack.enter_context(progress(len(experiment), len(outcomes), "Runs"))
        try:
            ran = experiment.run(engine, tuple(outcomes), wanted.at_once, capture)
            for outcome in ran:
                if kept:
                    kept.append(outcome)
                outcomes.append(outcome)
                advance()
        except KeyboardInterrupt:
            stopped = True
        except InvalidInput:
            raise
        except CoreError as error:
            failure = str(error)
        model = engine.loader.model if engine.loader else None
    return evaluated(experiment, outcomes, stopped=stopped, failure=failure), model


def _command(
    experiment: Experiment, wanted: Wanted, config: InferenceConfig, model: str | None
) -> str:
    from core.report.command import evaluation_command

    return evaluation_command(experiment, wanted.file, model, harmony=config.use_harmony_format)


def _texts(done: Evaluation, wanted: Wanted, command: str) -> Iterator[tuple[Path, str]]:
    included = wanted.include_reasoning
    if wanted.csv:
        from core.report.tables import evaluation_csv

        shown = done if included else done.without_reasoning()
        yield wanted.csv, evaluation_csv(shown, include_reasoning=included)
    if wanted.html:
        from core.report.evaluation_page import evaluation_html

        source = "Standard input" if wanted.file == "-" else Path(wanted.file).name
        page = evaluation_html(done, source=source, include_reasoning=included, command=command)
        yield wanted.html, page


def _how_to_go_on(done: Evaluation, wanted: Wanted) -> str:
    ran, asked = done.summary.ran, done.summary.asked
    later = ", and write the reports then" if wanted.csv or wanted.html else ""
    if wanted.runs_file is None:
        return f"{ran:,} of {asked:,} runs ended; they are not kept without --runs."
    return (
        f"{ran:,} of {asked:,} runs are kept in {str(wanted.runs_file)!r}. The same command with "
        f"--resume goes on with the others{later}."
    )
