"""`counterpoint evaluate`: a file of prompts, or the embedded model's suite, at every level."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.errors import InvalidSetting
from ui.terminal.options import CsvFile, GenerationOptions, HtmlFile, IncludeReasoning
from ui.terminal.telling import told

EACH = 40
"""Questions of each family of the suite."""


def evaluate(
    options: GenerationOptions,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="Prompts: CSV or JSON Lines, in UTF-8, with a column `prompt` and, where they are "
            "known, right answers in `expected`; - reads standard input.",
            show_default=False,
        ),
    ] = None,
    suite: Annotated[
        str | None,
        typer.Option(
            help="In place of FILE: embedded, questions of the kinds that the embedded model was "
            "trained for. It is what runs without FILE, greedily, 1,024 tokens at most, on the "
            "embedded model unless another is named.",
            metavar="NAME",
            show_default=False,
        ),
    ] = None,
    each: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=f"Questions of each family of the suite; {EACH} unless given.",
            show_default=False,
        ),
    ] = None,
    levels: Annotated[
        str | None,
        typer.Option(
            help="Levels to run, comma-separated; all unless given.",
            metavar="LEVELS",
            show_default=False,
        ),
    ] = None,
    repeats: Annotated[
        int, typer.Option(min=1, help="Runs of each prompt and level, each with the next seed.")
    ] = 1,
    at_once: Annotated[
        int,
        typer.Option(min=1, help="Answers under way at any time; up to 32 of them share a batch."),
    ] = 32,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on where an earlier run of the same prompts and settings stopped.",
        ),
    ] = False,
    runs: Annotated[
        Path | None,
        typer.Option(
            help="Where each run is kept as it ends, for --resume; FILE.runs.jsonl unless given.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    csv: CsvFile = None,
    html: HtmlFile = None,
    include_reasoning: IncludeReasoning = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table as Markdown.")
    ] = False,
) -> None:
    """Run a set of prompts at every level, and say which level is enough for them."""
    with told(options.verbose):
        if as_markdown and options.json:
            raise InvalidSetting("--markdown and --json are both given; give one of them.")
        levels = _levels(levels, options)
        if file is None:
            own = {
                "--repeats": repeats > 1,
                "--resume": resume,
                "--runs": runs is not None,
                "--html": html is not None,
                "--include-reasoning": include_reasoning,
                "--capture-reasoning": bool(options.capture_reasoning),
                "--instructions": options.instructions is not None,
            }
            _refuse(own, "for prompts of your own, and no FILE is given. Name one, or leave it out")
            from ui.terminal.evaluate_suite import EMBEDDED, evaluate_suite

            status = evaluate_suite(
                options, suite or EMBEDDED, each or EACH, levels, at_once, csv, as_markdown
            )
        else:
            suites = {"--suite": suite is not None, "--each": each is not None}
            _refuse(suites, f"for the suite, and FILE is given ({file!r}). Give one of the two")
            from ui.terminal.evaluate_file import Wanted, evaluate_file

            wanted = Wanted(
                file=file,
                levels=levels,
                repeats=repeats,
                at_once=at_once,
                resume=resume,
                runs=runs,
                csv=csv,
                html=html,
                include_reasoning=include_reasoning,
                markdown=as_markdown,
            )
            status = evaluate_file(options, wanted)
    if status:
        raise typer.Exit(status)


def _levels(levels: str | None, options: GenerationOptions) -> str | None:
    only = options.reasoning_level
    if levels is not None and only is not None:
        raise InvalidSetting("--levels and --reasoning-level are both given; give one of them.")
    return levels if levels is not None else only


def _refuse(given: dict[str, bool], why: str) -> None:
    names = [flag for flag, is_given in given.items() if is_given]
    if names:
        raise InvalidSetting(f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} {why}.")
