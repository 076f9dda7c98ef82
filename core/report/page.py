"""A comparison as one HTML page that stands alone: no script, no link, nothing to load.

Every value is escaped by the template engine, and the page's own policy forbids scripts and loading
besides. The plots are drawn as SVG from the shares that core.plots gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from core import figures, plots
from core.compare import Comparison
from core.report.reading import columns, differences
from core.variants import Varied

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_NAMES: Final = {"analysis": "Thinking", "commentary": "Commentary", "answer": "Answer"}
_TOKEN_KEYS: Final = [*_NAMES.items(), ("markers", "Markers")]
_TIME_KEYS: Final = [
    ("queued", "Queued"),
    ("reading", "Reading the prompt"),
    ("analysis", "Thinking"),
    ("answer", "Answering"),
]
_LEFT: Final = 150
_WIDTH: Final = 430
_ROW: Final = 24

_Figure = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a plot, in the plot's units. dots, low, middle, high: places along the line."""

    label: str
    level: str
    y: int
    total: str
    parts: tuple[_Part, ...] = ()
    dots: tuple[float, ...] = ()
    low: float = 0.0
    middle: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class _Plot:
    title: str
    note: str
    keys: list[tuple[str, str]]
    rows: list[_Row]

    @property
    def height(self) -> int:
        return _ROW * len(self.rows)


def as_html(
    comparison: Comparison,
    *,
    include_reasoning: bool = False,
    made_at: datetime | None = None,
    command: str | None = None,
) -> str:
    """The page, for somebody who was not there.

    made_at: when it is made; None is now. command: the command line that measures the same.
    """
    shown = comparison if include_reasoning else comparison.without_reasoning()
    made = made_at or datetime.now().astimezone()
    return _template().render(
        comparison=shown,
        asked=shown.asked,
        verdict=shown.verdict,
        columns=columns(shown),
        differences=differences(shown),
        plots=_plots(shown),
        levels=shown.asked.varied is Varied.LEVELS,
        notes=_notes(shown),
        batched=any(shown.in_batch(label) for label in shown.runs),
        alone=not all(shown.in_batch(label) for label in shown.runs),
        made=f"{made:%Y-%m-%d %H:%M %Z}",
        command=command,
        policy=POLICY,
        figures=figures,
        left=_LEFT,
        width=_WIDTH,
    )


@cache
def _template() -> Template:
    folder = Path(__file__).parent
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("report.html")


def _notes(comparison: Comparison) -> list[str]:
    """What must be said of the format and the levels, each once."""
    runs = (run for results in comparison.runs.values() for run in results)
    return list(dict.fromkeys(note for run in runs for note in run.notes))


def _plots(comparison: Comparison) -> list[_Plot]:
    several = comparison.asked.repeats > 1
    middle = "The middle run of each, by tokens." if several else ""
    shown = [
        _Plot(
            "Tokens by channel",
            middle,
            _TOKEN_KEYS,
            _bars(plots.token_bars(comparison), plots.TOKEN_PARTS, _count),
        ),
        _Plot(
            "Time line of every run",
            "Seconds from sending to the end.",
            _TIME_KEYS,
            _bars(plots.time_bars(comparison), plots.TIME_PARTS, figures.seconds),
        ),
    ]
    if several:
        note = "A dot for each run; the tick is the median, the line goes from least to most."
        shown += [
            _Plot("Tokens, run by run", note, [], _dots(plots.token_dots(comparison), _count)),
            _Plot(
                "Time, run by run", note, [], _dots(plots.time_dots(comparison), figures.seconds)
            ),
        ]
    return [plot for plot in shown if plot.rows]


def _bars(bars: list[plots.Bar], kinds: tuple[str, ...], figure: _Figure) -> list[_Row]:
    rows = []
    for n, bar in enumerate(bars):
        at, parts = float(_LEFT), []
        for kind, share in zip(kinds, bar.shares, strict=True):
            parts.append(_Part(kind, round(at, 2), round(share * _WIDTH, 2)))
            at += share * _WIDTH
        rows.append(_Row(_label(bar.label), bar.level, _ROW * n, figure(bar.total), tuple(parts)))
    return rows


def _dots(lines: list[plots.Dots], figure: _Figure) -> list[_Row]:
    def place(share: float) -> float:
        return round(_LEFT + share * _WIDTH, 2)

    return [
        _Row(
            _label(line.label),
            line.level,
            _ROW * n,
            figure(line.median),
            dots=tuple(map(place, line.at)),
            low=place(line.low),
            middle=place(line.middle),
            high=place(line.high),
        )
        for n, line in enumerate(lines)
    ]


def _count(value: float) -> str:
    return figures.count(round(value))


def _label(label: str) -> str:
    return label if len(label) <= 20 else f"{label[:19]}…"
