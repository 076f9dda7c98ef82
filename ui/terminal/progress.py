"""How far a long command is, as a bar on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: int, done: int = 0, what: str = "Answers") -> Iterator[Callable[[], None]]:
    """Until the end of the block a bar, where stderr is a terminal; call what it gives for each
    step. done: steps that were there before."""
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    from ui.terminal.render import stderr

    console = stderr()
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total, completed=done)
        yield lambda: bar.advance(task)
