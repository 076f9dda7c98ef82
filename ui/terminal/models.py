"""`counterpoint models`: which models there are here, and what each is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.machine import free_disk, memory, needed, size
from ui.terminal.options import Json, Verbose
from ui.terminal.telling import print_json, told

if TYPE_CHECKING:
    from core.catalogue import Absent
    from core.models import LocalModel, ModelInfo

app = typer.Typer(help="Which models are on this machine, and what each is.", no_args_is_help=True)


@app.command("list")
def list_models(as_json: Json = False, verbose: Verbose = False) -> None:
    """The embedded model, the gpt-oss models in the hub's cache, and some to download."""
    with told(verbose):
        from core.machine import fits_in_memory
        from core.models import known_elsewhere, local_models

        found = local_models()
        others = known_elsewhere(found)
        if as_json:
            listed = [_facts(model) for model in found]
            known = [
                {
                    "name": other.name,
                    "weight_bytes": other.weight_bytes,
                    "fits_in_memory": fits_in_memory(other.weight_bytes),
                }
                for other in others
            ]
            print_json({"models": listed, "downloadable": known, "memory_bytes": memory()})
            return
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("model", overflow="fold")
        table.add_column("size", justify="right")
        table.add_column("fits in memory")
        table.add_column("here")
        for model in found:
            fits = "yes" if model.fits_in_memory else "no"
            table.add_row(model.name, size(model.weight_bytes), fits, "yes")
        for other in others:
            fits = "yes" if fits_in_memory(other.weight_bytes) else "no"
            table.add_row(other.name, f"~{size(other.weight_bytes)}", fits, "no")
        Console(highlight=False, markup=False).print(table)


@app.command()
def download(
    name: Annotated[str, typer.Argument(metavar="ID", help="A hub id: openai/gpt-oss-20b.")],
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also a model too large for this machine's memory.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Fetch a model into the hub's cache; files that an earlier try has left whole are kept."""
    with told(verbose):
        from core.download import download as fetch
        from core.errors import InvalidSetting
        from core.hub_cache import is_hub_id

        if not is_hub_id(name):
            raise InvalidSetting(
                f"{name!r} is no hub id; allowed: OWNER/NAME, such as openai/gpt-oss-20b. "
                "`counterpoint models list` shows some."
            )
        typer.echo(fetch(name, check_memory=not anyway))


@app.command()
def info(
    name: Annotated[str, typer.Argument(metavar="NAME", help="embedded, a folder, or a hub id.")],
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """What a model is; one that is not here yet: what it would take. Asks no network.

    For the embedded model: its card, with how it was made and measured.
    """
    with told(verbose):
        from core.catalogue import absent
        from core.hub_cache import in_hub_cache, is_hub_id
        from core.models import EMBEDDED, ModelLoader, folder_named, model_card

        if name == EMBEDDED and not as_json:
            _print_card(model_card())
            return
        if not folder_named(name) and is_hub_id(name) and not in_hub_cache(name):
            missing = absent(name)
            if as_json:
                print_json(missing.as_dict())
            else:
                typer.echo("\n".join(_would_take(missing)))
            return
        found = ModelLoader(name, download=False).info
        if as_json:
            print_json(_info(found))
            return
        for key, value in _info(found).items():
            typer.echo(f"{key.replace('_', ' ')}: {'–' if value is None else value}")


def _print_card(card: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    if console.is_terminal:
        console.print(Markdown(card))
    else:
        typer.echo(card, nl=False)


def _would_take(missing: Absent) -> Iterator[str]:
    """What a model that is not here would take, a line each."""
    from core.hub_cache import cache_folder

    folder, has = cache_folder(), f"this machine has {size(memory())}"
    free = f"{size(free_disk(folder))} are free on the disk of {folder}"
    begun = f" ({size(missing.here_bytes)} of it are here)" if missing.here_bytes else ""
    if missing.memory_needed_bytes is None or missing.disk_needed_bytes is None:
        yield f"{missing.name} is not on this machine{begun}, and not in the catalogue."
        yield "size: only the hub can tell; the download looks first whether it fits"
        yield f"disk: {free}"
        yield f"memory: {has}; a model needs its weights and a quarter more"
    else:
        yield f"{missing.name} is not on this machine{begun}."
        yield f"disk: about {size(missing.disk_needed_bytes)} to download; {free}"
        verdict = "it would run" if missing.fits_in_memory else "it would not run here"
        yield f"memory: about {size(missing.memory_needed_bytes)}; {has}: {verdict}"
    yield f"to download it: {missing.command}"


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
        "here": True,
        "path": str(found.path),
        "context_length": found.context_length,
        "weight_bytes": found.weight_bytes,
        "quantization": found.quantization,
        "model_type": found.model_type,
        "fits_in_memory": found.fits_in_memory,
        "memory_needed_bytes": needed(found.weight_bytes),
        "memory_bytes": memory(),
    }
