"""Commands for the owner thread, and how many requests may be under way and waiting."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.backends.base import Step, TokenRequest
from core.backends.first_draw import FirstDraw
from core.errors import BackendError, Busy

AT_ONCE: Final = 32
"""Sequences in one batch; whoever comes later waits for a place, first come, first served."""


@dataclass(eq=False, slots=True)
class Job:
    """A request on its way through the batch.

    uid: once it was inserted. cached: how many of the prompt's tokens a cache held. borders: after
    how many tokens a snapshot is to be taken. reading, writing: whether it has begun to. ahead: it
    is read for the cache alone, when nothing else is to be done. first: the token that is told
    before the generator gives it. told_early: whether it was, and the generator has still to. late:
    a snapshot's tokens and layers, to be kept when that token was told.
    """

    request: TokenRequest
    uid: int | None = None
    cached: int = 0
    borders: frozenset[int] = frozenset()
    reading: bool = False
    writing: bool = False
    ahead: bool = False
    first: FirstDraw = field(default_factory=FirstDraw)
    told_early: bool = False
    late: tuple[Sequence[int], Sequence[Any]] | None = None

    def tell(self, step: Step) -> None:
        self.request.on_step(step)


@dataclass(frozen=True, slots=True)
class Submit:
    """Start these together."""

    jobs: Sequence[Job]


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """Read this for the cache, when nothing else is to be done."""

    job: Job


@dataclass(frozen=True, slots=True)
class Cancel:
    """End this one, wherever it is."""

    job: Job


class Close:
    """End everything."""


Command = Submit | ReadAhead | Cancel | Close


class Inbox:
    """Commands in the order they came; nothing gets in behind the command to close.

    queue_limit: requests that may wait while the batch is full.
    """

    def __init__(self, queue_limit: int) -> None:
        self._queue_limit = queue_limit
        self._queue: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._under_way = 0
        self._closed = False

    def put(self, command: Command) -> None:
        """Raises BackendError for what is to be read behind the Close, and Busy where the queue is
        full.

        Of one Submit all get in or none. What is read ahead takes no place.
        """
        with self._lock:
            if isinstance(command, Submit | ReadAhead):
                self._admit(len(command.jobs) if isinstance(command, Submit) else 0)
            elif self._closed:
                return
            self._closed = isinstance(command, Close)
            self._queue.put(command)

    def _admit(self, count: int) -> None:
        if self._closed:
            raise BackendError("The engine is closed; make a new InferenceEngine.")
        if count and self._under_way + count > AT_ONCE + self._queue_limit:
            waiting = max(0, self._under_way - AT_ONCE)
            raise Busy(
                f"The queue is full: {waiting} wait while {self._under_way - waiting} run, and "
                f"{count} more came; {self._queue_limit} may wait. Try again when some have "
                "ended, or let more wait with COUNTERPOINT_QUEUE_LIMIT."
            )
        self._under_way += count

    def left(self, count: int) -> None:
        """So many requests have ended; their places are free."""
        with self._lock:
            self._under_way -= count

    @property
    def under_way(self) -> int:
        """Requests that run or wait."""
        with self._lock:
            return self._under_way

    def shut(self) -> list[Command]:
        """Let nothing more in; what was still waiting."""
        with self._lock:
            self._closed = True
            return list(self.take(wait=False))

    def take(self, wait: bool) -> Iterator[Command]:
        """Everything that is in; `wait` for the first."""
        if wait:
            yield self._queue.get()
        while not self._queue.empty():
            yield self._queue.get()
