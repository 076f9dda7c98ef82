"""A comparison while it runs, on a terminal: a column for each level, and gone when it has ended.

It is drawn on the terminal's second screen, as editors do: nothing of it stays in the scrollback,
and a window of another size is drawn anew.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final

from rich.console import Console
from rich.live import Live

from core.comparing import Watch
from core.events import Event
from core.run import Run
from core.variants import Variant
from ui.terminal.compare_columns import Column, began, folded
from ui.terminal.compare_frame import Frame
from ui.terminal.repl_screen import no_echo

_FRAME_S: Final = 0.1
_SHARE: Final = 4
"""A frame that took long to draw is followed by a pause so many times as long."""


def live_console() -> Console | None:
    """Where columns can be drawn: stdout, or stderr while stdout goes to a file. None in a pipe,
    whose reader may draw on the same terminal."""
    if sys.stdout.isatty():
        console = Console(highlight=False, markup=False)
    elif sys.stderr.isatty() and _goes_to_a_file():
        console = Console(stderr=True, highlight=False, markup=False)
    else:
        return None
    return None if console.is_dumb_terminal else console


def _goes_to_a_file() -> bool:
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False


@contextmanager
def watching(
    prompt: str, variants: Sequence[Variant], repeats: int, *, reasoning: bool, json: bool
) -> Iterator[Watch | None]:
    """What to tell the events of a comparison, so that they are seen; None where they cannot be.

    reasoning: show the analysis. json: stdout is for a program.
    """
    console = None if json else live_console()
    if console is None:
        yield None
        return
    view = LiveColumns(console, prompt, variants, repeats, reasoning=reasoning)
    with view:
        yield view.watch


class LiveColumns(AbstractContextManager["LiveColumns"]):
    """Draws columns from the first event on, until the block ends."""

    def __init__(
        self,
        console: Console,
        prompt: str,
        variants: Sequence[Variant],
        repeats: int,
        *,
        reasoning: bool,
    ) -> None:
        self._prompt = prompt
        self._columns = {v.label: Column(v.label, v.level) for v in variants}
        self._repeats = repeats
        self._reasoning = reasoning
        self._live = Live(
            console=console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._open = ExitStack()
        self._due = 0.0

    def watch(self, variant: Variant, repeat: int, run: Run, events: Sequence[Event]) -> None:
        """See core.comparing.Watch."""
        column = self._columns[variant.label]
        if repeat != column.repeat:
            column = began(column, repeat)
        self._columns[variant.label] = folded(column, events, run.timing)
        if not self._live.is_started:
            self._open.enter_context(no_echo())
            self._open.enter_context(self._live)
        start = time.monotonic()
        if start < self._due:
            return
        columns = [*self._columns.values()]
        shown = Frame(self._prompt, columns, self._repeats, reasoning=self._reasoning)
        self._live.update(shown, refresh=True)
        cost = time.monotonic() - start
        self._due = start + cost + max(_FRAME_S, _SHARE * cost)

    def __exit__(self, *_: object) -> None:
        self._open.close()
