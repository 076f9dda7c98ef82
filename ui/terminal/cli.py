"""The command line. Commands import what they need when they run, so that --help is quick."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ui.terminal import models
from ui.terminal.bench import bench
from ui.terminal.chat import chat
from ui.terminal.compare import compare
from ui.terminal.configuration import config
from ui.terminal.evaluate import evaluate
from ui.terminal.generate import generate
from ui.terminal.options import (
    Harmony,
    Json,
    Model,
    Verbose,
    settings,
    with_generation_options,
)
from ui.terminal.telling import FAILED, print_json, said_full, told

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
    try:
        app(with_default_command(sys.argv[1:]), prog_name="counterpoint")
    except OSError as error:  # of a help text; those of the commands are told by them
        if not said_full(error):
            raise
        sys.exit(FAILED)


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
    present: Annotated[
        bool,
        typer.Option(
            "--present",
            help="Large type, plain captions, and no thinking until it is asked for; the page's "
            "switch changes it.",
        ),
    ] = False,
    keep_history: Annotated[
        bool | None,
        typer.Option(
            "--keep-history/--no-history",
            help="Write chats and comparisons to disk; the page's settings can change it.",
        ),
    ] = None,
    auth: Annotated[
        str | None,
        typer.Option(
            help="Ask for this login before the page opens. COUNTERPOINT_AUTH does the same, and "
            "does not stand in the list of processes.",
            metavar="USER:PASSWORD",
        ),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Open the page in the browser."""
    with told(verbose):
        from ui.terminal.serve import Address, serve

        chosen = {
            "model": model,
            "use_harmony_format": use_harmony_format,
            "keep_history": keep_history,
            "auth": auth,
        }
        serve(Address(host, port), chosen, browser=not no_browser, present=present)


app.command()(generate)
app.command()(with_generation_options(compare))
app.command()(chat)
app.command()(config)
app.command()(with_generation_options(evaluate, without=["show_reasoning"]))
app.command()(bench)
app.add_typer(models.app, name="models")


@app.command()
def doctor(
    model: Model = None,
    use_harmony_format: Harmony = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Check everything that a run needs, try the model, and say what to do where it is amiss."""
    with told(verbose):
        from ui.terminal.doctor import examine

        checks = []
        chosen = {"model": model, "use_harmony_format": use_harmony_format}
        given = [name for name, value in chosen.items() if value is not None]
        for check in examine(settings(chosen), given):
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


def _set_up_streams() -> None:
    """A terminal that cannot show a character gets a question mark, not a failure; what a closed
    stream would get is dropped."""
    if sys.stdout is None or sys.stderr is None:
        nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
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
