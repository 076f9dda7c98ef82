"""`counterpoint compare`: one prompt at several levels or on several models, a verdict, reports."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import InvalidSetting
from ui.terminal.interrupts import ctrl_c
from ui.terminal.options import CsvFile, GenerationOptions, HtmlFile, IncludeReasoning
from ui.terminal.question import Files, Prompt, conversation_of
from ui.terminal.reports import check_files, write_files
from ui.terminal.telling import FAILED, INTERRUPTED, print_json, told

if TYPE_CHECKING:
    from core.compare import Comparison
    from core.config import InferenceConfig
    from core.report.files import CannotWrite
    from core.variants import Variant


def compare(
    options: GenerationOptions,
    prompt: Prompt = None,
    file: Files = None,
    levels: Annotated[
        str | None,
        typer.Option(help="Levels to run, comma-separated.", metavar="LEVELS", show_default=False),
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(
            help="Models to run instead of levels, two to four, comma-separated; one is loaded at "
            "a time, so they run one after the other.",
            metavar="MODELS",
            show_default=False,
        ),
    ] = None,
    repeats: Annotated[
        int, typer.Option(min=1, help="Runs of each level, each with the next seed.")
    ] = 1,
    expected: Annotated[
        str | None,
        typer.Option(help="The right answer: it decides.", metavar="TEXT", show_default=False),
    ] = None,
    together: Annotated[
        bool,
        typer.Option(
            "--together/--in-turn", help="All levels in one batch, or one after the other."
        ),
    ] = True,
    csv: CsvFile = None,
    html: HtmlFile = None,
    markdown: Annotated[
        Path | None,
        typer.Option(help="Write the report as Markdown.", metavar="FILE", show_default=False),
    ] = None,
    include_reasoning: IncludeReasoning = False,
) -> None:
    """Run one prompt at several levels, or on several models, and say what came of it."""
    with told(options.verbose):
        from ui.terminal.compare_live import watching
        from ui.terminal.engine import open_engine
        from ui.terminal.render import print_comparison, stderr

        files = _Files(csv, html, markdown, include_reasoning)
        files.check()
        config = options.config()
        variants = _variants(levels, models, options, config)
        config = _on_first(config, variants)
        shown = config.show_reasoning and not options.json
        kept = config.capture_reasoning
        conversation = conversation_of(prompt, file, options.instructions)
        prompt = conversation.messages[-1].text
        with (
            open_engine(_capturing(config, shown or include_reasoning)) as engine,
            ctrl_c() as stop,
            watching(prompt, variants, repeats, reasoning=shown, json=options.json) as watch,
        ):
            comparison = engine.compare(
                conversation,
                repeats=repeats,
                variants=variants,
                expected=expected,
                together=together,
                stop=stop,
                watch=watch,
            )
            model = engine.loader.model if engine.loader else None
        if options.json:
            print_json((comparison if kept else comparison.without_reasoning()).as_dict())
        else:
            print_comparison(comparison, reasoning=shown)
        sys.stdout.flush()
        failures = [str(failure) for failure in files.written(comparison, model)]
        failures += [comparison.failure] if comparison.failure else []
        for failure in failures:
            stderr().print(failure)
    if failures:
        raise typer.Exit(FAILED)
    if comparison.stopped:
        raise typer.Exit(INTERRUPTED)


@dataclass(frozen=True, slots=True)
class _Files:
    """Where reports go, as given."""

    csv: Path | None
    html: Path | None
    markdown: Path | None
    include_reasoning: bool

    def check(self) -> None:
        """Raise InvalidSetting before anything runs, where a file cannot be written."""
        files = {"--csv": self.csv, "--html": self.html, "--markdown": self.markdown}
        check_files(files)
        if self.include_reasoning and not any(files.values()):
            raise InvalidSetting(
                "--include-reasoning is given without a file; give --csv, --html or --markdown, "
                "or --capture-reasoning for --json."
            )

    def written(self, comparison: Comparison, model: str | None) -> Iterator[CannotWrite]:
        """Write all that can be written; what cannot comes back in words."""
        return write_files(self._texts(comparison, model))

    def _texts(self, comparison: Comparison, model: str | None) -> Iterator[tuple[Path, str]]:
        included = self.include_reasoning
        if self.csv:
            from core.report.tables import as_csv

            yield self.csv, as_csv(comparison, include_reasoning=included)
        if self.html:
            from core.report.command import command_of
            from core.report.page import as_html

            command = command_of(comparison.asked, model)
            yield self.html, as_html(comparison, include_reasoning=included, command=command)
        if self.markdown:
            from core.report.markdown import as_markdown

            yield self.markdown, as_markdown(comparison, include_reasoning=included)


def _capturing(config: InferenceConfig, needed: bool) -> InferenceConfig:
    return config.model_copy(update={"capture_reasoning": True}) if needed else config


def _on_first(config: InferenceConfig, variants: Sequence[Variant]) -> InferenceConfig:
    """With the first of the models, which then needs no loading again; fetch all that are not here.

    Raises ModelError for one that cannot be had.
    """
    from core.models import ModelLoader

    named = [variant.model for variant in variants if variant.model is not None]
    for model in named:
        ModelLoader(model).check_fits()
    return config.model_copy(update={"model": named[0]}) if named else config


def _variants(
    levels: str | None, models: str | None, options: GenerationOptions, config: InferenceConfig
) -> tuple[Variant, ...]:
    """The columns: --models at one level, else --levels, the one of --reasoning-level, or all."""
    from core.config import ReasoningLevel, reasoning_level
    from core.variants import of_levels, of_models

    only = options.reasoning_level
    if models is not None:
        for name, other in (("--levels", levels), ("--model", options.model)):
            if other is not None:
                raise InvalidSetting(f"--models and {name} are both given; give one of them.")
        return of_models(models.split(","), config.reasoning_level)
    if levels is not None and only is not None:
        raise InvalidSetting("--levels and --reasoning-level are both given; give one of them.")
    asked = levels if levels is not None else only
    return of_levels(ReasoningLevel if asked is None else map(reasoning_level, asked.split(",")))
