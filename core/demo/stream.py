"""Batches made by a process of their own, a few ahead: they cost a few per cent of a core."""

import multiprocessing
import queue
from collections.abc import Iterator
from typing import Any

from core.demo.batches import Batch, Batches
from core.demo.compact import Compact

AHEAD = 8
PATIENCE = 120.0  # seconds without a batch after which the process is taken for dead


class Stream:
    """The batches of `Batches(compact, seed)`, in their order; close it at the end."""

    def __init__(self, compact: Compact, seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._queue: Any = context.Queue(AHEAD)
        self._process = context.Process(
            target=_fill, args=(compact, seed, self._queue), name="batches", daemon=True
        )
        self._process.start()

    def __iter__(self) -> Iterator[Batch]:
        while True:
            try:
                batch: Batch = self._queue.get(timeout=PATIENCE)
            except queue.Empty:
                raise RuntimeError("The process that makes the batches has stopped.") from None
            yield batch

    def close(self) -> None:
        self._process.terminate()
        self._process.join()


def _fill(compact: Compact, seed: int, into: Any) -> None:
    for batch in Batches(compact, seed):
        into.put(batch)
