"""Ctrl-C while something runs: noted, so that what runs comes to an end of its own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
