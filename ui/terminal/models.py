"""`counterpoint models`: which models there are here, and what each is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.terminal.options import Json, Verbose
from ui.terminal.telling import print_json, told

if TYPE_CHECKING:
    from core.models import LocalModel, ModelInfo

app = typer.Typer(help="Which models are on this machine, and what each is.", no_args_is_help=True)


@app.command("list")
def list_models(as_json: Json = False, verbose: Verbose = False) -> None:
    """The embedded model, and the gpt-oss models in the hub's cache."""
    with told(verbose):
        from core.models import local_models

        found = local_models()
        if as_json:
            print_json({"models": [_facts(model) for model in found]})
            return
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("model", overflow="fold")
        table.add_column("size", justify="right")
        table.add_column("fits in memory")
        for model in found:
            fits = "yes" if model.fits_in_memory else "no"
            table.add_row(model.name, size(model.weight_bytes), fits)
        Console(highlight=False, markup=False).print(table)


@app.command()
def info(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="embedded, a folder, or a hub id in the cache.")
    ],
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """What a model is. For the embedded model: its card, with how it was made and measured."""
    with told(verbose):
        from core.models import EMBEDDED, ModelLoader, model_card

        if name == EMBEDDED and not as_json:
            _print_card(model_card())
            return
        found = ModelLoader(name, download=False).info
        if as_json:
            print_json(_info(found))
            return
        for key, value in _info(found).items():
            typer.echo(f"{key.replace('_', ' ')}: {'–' if value is None else value}")


def size(weight_bytes: int) -> str:
    """6_100_000 -> '6 MB', 13_800_000_000 -> '13.8 GB'."""
    megabytes = weight_bytes / 1e6
    return f"{megabytes:,.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:,.1f} GB"


def _print_card(card: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    if console.is_terminal:
        console.print(Markdown(card))
    else:
        typer.echo(card, nl=False)


def _facts(model: LocalModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "source": model.source,
        "weight_bytes": model.weight_bytes,
        "fits_in_memory": model.fits_in_memory,
    }


def _info(found: ModelInfo) -> dict[str, Any]:
    return {
        "name": found.name,
        "source": found.source,
        "path": str(found.path),
        "context_length": found.context_length,
        "weight_bytes": found.weight_bytes,
        "quantization": found.quantization,
        "model_type": found.model_type,
        "fits_in_memory": found.fits_in_memory,
    }
