"""Many runs, a bounded number of them at once, so that they share a batch and little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

from core.result import GenerationResult
from core.run import Run

AT_ONCE: Final = 32
"""As many as mlx-lm decodes in one batch."""
_TICK_S: Final = 0.05

_Name = TypeVar("_Name")


def run_all(
    starts: Iterable[tuple[_Name, Callable[[], Run]]], at_once: int = AT_ONCE
) -> Iterator[tuple[_Name, GenerationResult]]:
    """Start runs one after the other, `at_once` under way at any time; results as they end.

    starts: what to call a run, and how to start it; read only as far as runs are started. Closing
    the iterator, and any error, cancels what is under way. Times are those of a shared batch.
    """
    left = iter(starts)
    under_way: list[tuple[_Name, Run]] = []
    try:
        while True:
            for name, start in islice(left, at_once - len(under_way)):
                under_way.append((name, start()))
            if not under_way:
                return
            under_way[0][1].wait(_TICK_S)
            for pair in tuple(under_way):
                name, run = pair
                run.drain()
                if run.done:
                    under_way.remove(pair)
                    yield name, run.result()
    finally:
        for _, run in under_way:
            run.cancel()
