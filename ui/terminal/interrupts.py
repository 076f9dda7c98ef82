"""Ctrl-C as a request, taken note of where it can be answered."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.run import Run
    from ui.terminal.render import Stream

_TICK_S = 0.1


def followed(run: Run, stream: Stream) -> bool:
    """Print a run until it ends. Ctrl-C while it thinks makes it answer; at any other time, and a
    second time, it cancels the run, and its text so far is kept: then True.
    """
    presses: list[None] = []
    heard, stopped = 0, False
    with ctrl_c(lambda: presses.append(None), patience=2):
        while not run.done:
            run.wait(_TICK_S)
            if len(presses) > heard:
                heard += 1
                if run.finish_now():
                    stream.note("The model is told to answer now; Ctrl-C again stops it.")
                else:
                    run.cancel()
                    stopped = True
            stream.show(run.drain(), run.transcript)
    return stopped


@contextmanager
def ctrl_c(act: Callable[[], None] | None = None, patience: int = 1) -> Iterator[threading.Event]:
    """Until the end of the block a Ctrl-C sets the event and calls `act`; what runs goes on to its
    own end. One more than `patience` raises KeyboardInterrupt.

    `act` may only take note: it runs amid whatever this thread is doing, its locks held.
    """
    pressed = threading.Event()
    left = patience

    def on_interrupt(*_: object) -> None:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        pressed.set()
        if act is not None:
            act()

    # A handler rather than `except`: an exception in the midst of drain() would lose events.
    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
