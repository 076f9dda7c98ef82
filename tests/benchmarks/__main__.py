"""`make bench`: medians of interleaved pairs with their spread. Exit 1 where a target is missed.

ARGS="--pairs 3 --only caching --json figures.json": fewer pairs, one part of it, and the figures as
JSON besides.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.models import ModelLoader
from tests.benchmarks import (
    caching,
    decode,
    growing_chat,
    history,
    page,
    parsing,
    prompting,
    startup,
)
from tests.benchmarks.machine import in_words, machine
from tests.benchmarks.pairs import PAIRS, Row

WITHOUT_A_MODEL: dict[str, Callable[[int], Iterable[Row]]] = {
    "prompting": prompting.rows,
    "parsing": parsing.rows,
    "history": history.rows,
    "page": page.rows,
}
WITH_THE_MODEL: dict[str, Callable[[InferenceEngine, ModelLoader, int], Iterable[Row]]] = {
    "startup": startup.rows,
    "decode": decode.rows,
    "caching": caching.rows,
    "growing_chat": growing_chat.rows,
}


def main() -> int:
    asked = arguments()
    console = Console(width=150)
    facts = machine()
    console.print(f"{in_words(facts)}; {asked.pairs} pairs")
    rows: list[Row] = []
    for name in asked.only:
        if name in WITHOUT_A_MODEL:
            rows += WITHOUT_A_MODEL[name](asked.pairs)
    named = [name for name in asked.only if name in WITH_THE_MODEL]
    if named:
        with TemporaryDirectory() as home:
            loader = ModelLoader(cache=Path(home) / "cache")
            with InferenceEngine(loader, InferenceConfig(_env_file=None)) as engine:
                for name in named:
                    rows += WITH_THE_MODEL[name](engine, loader, asked.pairs)
    console.print(table(rows))
    if asked.json:
        figures = {"machine": facts, "pairs": asked.pairs, "rows": [asdict(row) for row in rows]}
        asked.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    return 0 if all(row.met for row in rows) else 1


def arguments() -> argparse.Namespace:
    parts = [*WITHOUT_A_MODEL, *WITH_THE_MODEL]
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"default: {PAIRS}")
    parser.add_argument("--only", choices=parts, nargs="+", default=parts, help="default: all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    return parser.parse_args()


def table(rows: list[Row]) -> Table:
    shown = Table("what", "unit", "ours", "theirs", "ours / theirs", "target", "")
    for row in rows:
        compared = [row.theirs or "–", row.ratio or "–", row.target or "–"]
        verdict = ("met" if row.met else "missed") if row.target else ""
        shown.add_row(*map(str, [row.name, row.unit, row.ours, *compared]), verdict)
    return shown


if __name__ == "__main__":
    sys.exit(main())
