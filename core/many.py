"""Many runs, a bounded number of them at once, so that they share a batch and little memory."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

from core.errors import Busy
from core.result import GenerationResult
from core.run import Run

AT_ONCE: Final = 32
"""As many as mlx-lm decodes in one batch."""
_TICK_S: Final = 0.05
_PATIENCE_S: Final = 30.0

_Name = TypeVar("_Name")


def run_all(
    starts: Iterable[tuple[_Name, Callable[[], Run]]], at_once: int = AT_ONCE
) -> Iterator[tuple[_Name, GenerationResult]]:
    """Start runs one after the other, `at_once` under way at any time; results as they end.

    starts: what to call a run, and how to start it; at most `at_once` are read ahead. Closing the
    iterator, and any error, cancels what is under way. Times are those of a shared batch.

    Where the engine's queue has no room for so many, a run waits until some have ended. Raises the
    engine's Busy where none of these is under way, and after half a minute there is still no room.
    """
    left = iter(starts)
    waiting: deque[tuple[_Name, Callable[[], Run]]] = deque()
    under_way: list[tuple[_Name, Run]] = []
    idle_since: float | None = None
    try:
        while True:
            waiting.extend(islice(left, at_once - len(under_way) - len(waiting)))
            full = _start(waiting, under_way)
            if under_way:
                idle_since = None
                under_way[0][1].wait(_TICK_S)
            elif full is not None:
                idle_since = idle_since or time.monotonic()
                if time.monotonic() - idle_since > _PATIENCE_S:
                    raise full
                time.sleep(_TICK_S)
            else:
                return
            for pair in tuple(under_way):
                name, run = pair
                run.drain()
                if run.done:
                    under_way.remove(pair)
                    yield name, run.result()
    finally:
        for _, run in under_way:
            run.cancel()


def _start(
    waiting: deque[tuple[_Name, Callable[[], Run]]], under_way: list[tuple[_Name, Run]]
) -> Busy | None:
    """Start those that wait, as far as there is room; what was said where there is no more."""
    while waiting:
        name, start = waiting[0]
        try:
            run = start()
        except Busy as full:
            return full
        waiting.popleft()
        under_way.append((name, run))
    return None
