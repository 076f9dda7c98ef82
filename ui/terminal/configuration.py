"""`counterpoint config`: every setting, its value, and where that came from."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import typer

from ui.terminal.options import GenerationOptions, with_generation_options
from ui.terminal.telling import print_json, told


@with_generation_options
def config(options: GenerationOptions) -> None:
    """Show each setting with its value and where it came from: flag, environment, .env, default."""
    with told(options.verbose):
        rows = _rows(options)
        dotenv = Path(".env").resolve()
        read = str(dotenv) if dotenv.is_file() else None
        if options.json:
            print_json({"settings": rows, "env_file": read})
            return
        wide = max(map(len, rows)), max(len(_typed(row["value"])) for row in rows.values())
        for name, row in rows.items():
            value = _typed(row["value"])
            source, named = row["source"], row["variable"]
            typer.echo(f"{name:<{wide[0]}}  {value:<{wide[1]}}  {source:<11}  {named}")
        typer.echo(f"\n.env: {read or 'there is none in this folder'}", err=True)


def _rows(options: GenerationOptions) -> dict[str, dict[str, Any]]:
    """By setting: its value as JSON has it, its source and its variable. Raises InvalidSetting."""
    from core.config import variable
    from core.sources import sources

    values = options.config().model_dump(mode="json")
    flags = (field.name for field in fields(options))
    given = [name for name in flags if getattr(options, name) is not None]
    return {
        name: {"value": values[name], "source": source.value, "variable": variable(name)}
        for name, source in sources(given).items()
    }


def _typed(value: object) -> str:
    """A value as people type it."""
    if value is None:
        return "–"
    return str(value).lower() if isinstance(value, bool) else str(value)
