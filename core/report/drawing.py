"""Plots as rows of marks, in the units of the SVG that plot.html draws of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from core import plots

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Of a page that runs nothing and loads nothing."""
LEFT: Final = 150
WIDTH: Final = 430
ROW: Final = 24

Figure = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Part:
    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a plot, in the plot's units. dots, low, middle, high: places along the line."""

    label: str
    level: str
    y: int
    total: str
    parts: tuple[Part, ...] = ()
    dots: tuple[float, ...] = ()
    low: float = 0.0
    middle: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Plot:
    title: str
    note: str
    keys: list[tuple[str, str]]
    rows: list[Row]

    @property
    def height(self) -> int:
        return ROW * len(self.rows)


def bars(lines: list[plots.Bar], kinds: tuple[str, ...], figure: Figure) -> list[Row]:
    rows = []
    for n, bar in enumerate(lines):
        at, parts = float(LEFT), []
        for kind, share in zip(kinds, bar.shares, strict=True):
            parts.append(Part(kind, round(at, 2), round(share * WIDTH, 2)))
            at += share * WIDTH
        rows.append(Row(label_of(bar.label), bar.level, ROW * n, figure(bar.total), tuple(parts)))
    return rows


def dots(lines: list[plots.Dots], figure: Figure) -> list[Row]:
    def place(share: float) -> float:
        return round(LEFT + share * WIDTH, 2)

    return [
        Row(
            label_of(line.label),
            line.level,
            ROW * n,
            figure(line.median),
            dots=tuple(map(place, line.at)),
            low=place(line.low),
            middle=place(line.middle),
            high=place(line.high),
        )
        for n, line in enumerate(lines)
    ]


def label_of(label: str) -> str:
    return label if len(label) <= 20 else f"{label[:19]}…"


@cache
def template(name: str) -> Template:
    """One of the templates here; every value in it is escaped."""
    folder = Path(__file__).parent
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)
