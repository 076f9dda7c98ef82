"""A comparison as one HTML page that stands alone: no script, no link, nothing to load.

Every value is escaped by the template engine, and the page's own policy forbids scripts and loading
besides. The plots are drawn as SVG from the shares that core.plots gives.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from core import figures, plots
from core.compare import Comparison
from core.report.drawing import LEFT, POLICY, WIDTH, Plot, bars, dots, template
from core.report.reading import columns, differences
from core.variants import Varied

_NAMES: Final = {"analysis": "Thinking", "commentary": "Commentary", "answer": "Answer"}
_TOKEN_KEYS: Final = [*_NAMES.items(), ("markers", "Markers")]
_TIME_KEYS: Final = [
    ("queued", "Queued"),
    ("reading", "Reading the prompt"),
    ("analysis", "Thinking"),
    ("answer", "Answering"),
]


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
    return template("report.html").render(
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
        left=LEFT,
        width=WIDTH,
    )


def _notes(comparison: Comparison) -> list[str]:
    """What must be said of the format and the levels, each once."""
    runs = (run for results in comparison.runs.values() for run in results)
    return list(dict.fromkeys(note for run in runs for note in run.notes))


def _plots(comparison: Comparison) -> list[Plot]:
    several = comparison.asked.repeats > 1
    middle = "The middle run of each, by tokens." if several else ""
    shown = [
        Plot(
            "Tokens by channel",
            middle,
            _TOKEN_KEYS,
            bars(plots.token_bars(comparison), plots.TOKEN_PARTS, _count),
        ),
        Plot(
            "Time line of every run",
            "Seconds from sending to the end.",
            _TIME_KEYS,
            bars(plots.time_bars(comparison), plots.TIME_PARTS, figures.seconds),
        ),
    ]
    if several:
        note = "A dot for each run; the tick is the median, the line goes from least to most."
        shown += [
            Plot("Tokens, run by run", note, [], dots(plots.token_dots(comparison), _count)),
            Plot("Time, run by run", note, [], dots(plots.time_dots(comparison), figures.seconds)),
        ]
    return [plot for plot in shown if plot.rows]


def _count(value: float) -> str:
    return figures.count(round(value))
