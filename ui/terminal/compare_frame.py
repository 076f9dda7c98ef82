"""A comparison while it runs, drawn: one column of a terminal for each of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.box import ASCII, ROUNDED
from rich.console import Console, ConsoleOptions, RenderResult
from rich.layout import Layout
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from core.config import ReasoningLevel
from ui.terminal.compare_columns import Column, State
from ui.terminal.render import harmless, seconds

COLOURS: Final = {
    ReasoningLevel.LOW: "cyan",
    ReasoningLevel.MEDIUM: "yellow",
    ReasoningLevel.HIGH: "magenta",
}
BARS: Final = {ReasoningLevel.LOW: "▂", ReasoningLevel.MEDIUM: "▂▄", ReasoningLevel.HIGH: "▂▄▆"}
NARROWEST: Final = 24
"""Cells of a column beside others; where there are fewer, the columns stand one under another."""
_TALL: Final = 12
"""Lines within a column, from which on each figure has one of its own."""
_FLOW: Final = 1024
"""A long text is wrapped from a multiple of so many characters on, so that it does not shift."""


class Frame:
    """A whole screen."""

    def __init__(
        self, prompt: str, columns: Sequence[Column], repeats: int, *, reasoning: bool
    ) -> None:
        self._prompt = prompt
        self._columns = columns
        self._repeats = repeats
        self._reasoning = reasoning

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Side by side where there is room, else one under another."""
        panels = [Layout(self._panel(column, options)) for column in self._columns]
        body = Layout()
        if options.max_width >= NARROWEST * len(panels):
            body.split_row(*panels)
        else:
            body.split_column(*panels)
        asked = Text(
            harmless(" ".join(self._prompt.split())), "bold", no_wrap=True, overflow="ellipsis"
        )
        help_ = Text("Ctrl-C stops, and keeps what is written.", "dim", no_wrap=True)
        whole = Layout()
        whole.split_column(Layout(asked, size=1), body, Layout(help_, size=1))
        yield whole

    def _panel(self, column: Column, options: ConsoleOptions) -> Panel:
        colour = COLOURS[column.level]
        bars = "|" * len(BARS[column.level]) if options.ascii_only else BARS[column.level]
        title = Text.assemble((bars, colour), " ", (harmless(column.label), "bold"))
        if self._repeats > 1:
            title.append(f" {column.repeat + 1} of {self._repeats}", "dim")
        return Panel(
            _Body(column, reasoning=self._reasoning),
            box=ASCII if options.ascii_only else ROUNDED,
            title=title,
            title_align="left",
            border_style=colour,
        )


class _Body:
    """What stands in a column: what it does, its figures, and as much of its text as fits."""

    def __init__(self, column: Column, *, reasoning: bool) -> None:
        self._column = column
        self._thinking = harmless(column.thinking) if reasoning else ""
        self._answer = harmless(column.answer)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The end of the texts; the answer goes before the thinking."""
        column, width = self._column, options.max_width
        height = options.height or options.max_height
        ended = column.state is State.DONE
        yield Text(column.doing, "" if ended else "italic", no_wrap=True, overflow="ellipsis")
        if height >= _TALL:
            figures = _figures(column)
            yield figures
            yield Text()
            rows = height - figures.row_count - 2
        else:
            yield _in_a_line(column)
            rows = height - 2
        answer = _tail(console, self._answer, width, rows)
        yield from _tail(console, self._thinking, width, rows - len(answer) - 1, "dim")
        if self._thinking and answer and rows > len(answer):
            yield Text()
        yield from answer


def _figures(column: Column) -> Table:
    table = Table.grid(expand=True)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True, justify="right")
    timing = column.timing
    table.add_row("analysis", f"{column.analysis_tokens:,} tokens")
    if column.commentary_tokens:
        table.add_row("commentary", f"{column.commentary_tokens:,} tokens")
    table.add_row("final", f"{column.final_tokens:,} tokens")
    table.add_row("first token", seconds(timing.first_token_s))
    table.add_row("first answer", seconds(timing.first_answer_s))
    return table


def _in_a_line(column: Column) -> Text:
    timing = column.timing
    said = (
        f"{column.analysis_tokens:,} analysis, {column.final_tokens:,} final, first "
        f"{seconds(timing.first_token_s)}, answer {seconds(timing.first_answer_s)}"
    )
    return Text(said, "dim", no_wrap=True, overflow="ellipsis")


def _tail(console: Console, text: str, width: int, rows: int, style: str = "") -> list[Text]:
    """The last lines of a text that fit."""
    if not text or rows < 1:
        return []
    start = max(0, len(text) - rows * width) // _FLOW * _FLOW
    lines = list(Text(text[start:].rstrip(), style).wrap(console, width))[-rows:]
    return lines if lines[0].plain.strip() else lines[1:]
