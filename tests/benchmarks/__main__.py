"""`make bench`: medians of interleaved pairs with their spread. Exit 1 where a target is missed."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.models import ModelLoader
from tests.benchmarks import decode, parsing, prompting
from tests.benchmarks.pairs import PAIRS, Row


def main() -> int:
    console = Console(width=150)
    console.print(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {PAIRS} pairs"
    )
    rows = [*prompting.rows(), *parsing.rows()]
    with TemporaryDirectory() as cache:
        loader = ModelLoader(cache=Path(cache))
        with InferenceEngine(loader, InferenceConfig(_env_file=None)) as engine:
            rows += decode.rows(engine, loader)
    console.print(table(rows))
    return 0 if all(row.met for row in rows) else 1


def table(rows: list[Row]) -> Table:
    shown = Table("what", "unit", "ours", "theirs", "ours / theirs", "target", "")
    for row in rows:
        cells = [row.name, row.unit, row.ours, row.theirs or "–", row.ratio or "–", row.target]
        shown.add_row(*map(str, cells), "met" if row.met else "missed")
    return shown


if __name__ == "__main__":
    sys.exit(main())
