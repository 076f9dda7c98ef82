"""The command line. Commands import what they need when they run, so that --help is quick."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ui.terminal import models
from ui.terminal.asking import Prompt, ctrl_c, read_conversation
from ui.terminal.compare import compare
from ui.terminal.evaluate import evaluate
from ui.terminal.options import (
    GenerationOptions,
    Harmony,
    Json,
    Model,
    Verbose,
    settings,
    with_generation_options,
)
from ui.terminal.telling import FAILED, INTERRUPTED, print_json, told

if TYPE_CHECKING:
    from core.run import Run
    from ui.terminal.render import Stream

_TICK_S = 0.1

app = typer.Typer(
    help="See gpt-oss think: a local page, and the same from the terminal.",
    epilog="Without a command, the page opens. Settings also come from the environment and .env.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """The `counterpoint` command."""
    _set_up_streams()
    _set_up_log()
    app(with_default_command(sys.argv[1:]), prog_name="counterpoint")


def with_default_command(arguments: Sequence[str]) -> list[str]:
    """`counterpoint --port 7861` is `counterpoint ui --port 7861`."""
    if not arguments or (
        arguments[0].startswith("-") and arguments[0] not in ("--help", "--version")
    ):
        return ["ui", *arguments]
    return list(arguments)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from importlib.metadata import PackageNotFoundError
        from importlib.metadata import version as installed

        try:
            typer.echo(f"counterpoint {installed('counterpoint')}")
        except PackageNotFoundError:
            typer.echo("counterpoint, not installed (running from its source folder)")


@app.command()
def ui(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets the whole network in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    model: Model = None,
    use_harmony_format: Harmony = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open a browser.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Open the page in the browser."""
    with told(verbose):
        from ui.terminal.serve import Address, serve

        chosen = {"model": model, "use_harmony_format": use_harmony_format}
        serve(Address(host, port), chosen, browser=not no_browser)


@app.command()
@with_generation_options
def generate(
    prompt: Prompt,
    options: GenerationOptions,
    stop: Annotated[
        list[str] | None,
        typer.Option(
            help="End the answer right before this text; may be given several times.",
            metavar="TEXT",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Answer one prompt: the answer to stdout, all else to stderr."""
    with told(options.verbose):
        from ui.terminal.engine import open_engine
        from ui.terminal.render import Stream, remarks, stderr, summary

        config = options.config()
        params = replace(config.sampling(), stop=tuple(stop or ()))
        conversation = read_conversation(prompt, options.instructions)
        notes = stderr()
        with open_engine(config) as engine:
            run = engine.start(conversation, params)
            interrupted = _followed(
                run, Stream(answer=not options.json, reasoning=config.show_reasoning)
            )
            result = run.result()
        if options.json:
            print_json(result.as_dict())
        for remark in remarks(result, run.params.max_tokens):
            notes.print(remark)
        if options.verbose:
            notes.print(summary(result))
    if interrupted:
        raise typer.Exit(INTERRUPTED)


app.command()(with_generation_options(compare))
app.command()(evaluate)
app.add_typer(models.app, name="models")


@app.command()
def doctor(
    model: Model = None,
    use_harmony_format: Harmony = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Check everything that a run needs, and run one token."""
    with told(verbose):
        from ui.terminal.doctor import examine

        checks = []
        chosen = {"model": model, "use_harmony_format": use_harmony_format}
        for check in examine(settings(chosen)):
            checks.append(check)
            if not as_json:
                typer.echo(check.line())
        well = all(check.ok for check in checks)
        if as_json:
            print_json({"ok": well, "checks": {check.name: check.as_dict() for check in checks}})
        else:
            typer.echo("All is well." if well else "Something is amiss: see the lines marked ✗.")
    if not well:
        raise typer.Exit(FAILED)


def _followed(run: Run, stream: Stream) -> bool:
    """Print a run until it ends. Ctrl-C while it thinks makes it answer; at any other time, and a
    second time, it cancels the run, and its text so far is kept: then True.
    """
    presses: list[None] = []
    heard, stopped = 0, False
    with ctrl_c(lambda: presses.append(None), patience=2):
        while not run.done:
            run.wait(_TICK_S)
            if len(presses) > heard:
                heard += 1
                if run.finish_now():
                    stream.note("The model is told to answer now; Ctrl-C again stops it.")
                else:
                    run.cancel()
                    stopped = True
            stream.show(run.drain(), run.transcript)
    return stopped


def _set_up_streams() -> None:
    """A terminal that cannot show a character gets a question mark, not a failure."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _set_up_log() -> None:
    """What the engine tells in passing, such as the unpacking of the model, goes to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("core")
    log.setLevel(logging.INFO)
    log.addHandler(handler)


if __name__ == "__main__":
    main()
