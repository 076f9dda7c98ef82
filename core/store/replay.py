"""A stored run as the event stream that it was, at its real speed or faster.

Nothing is generated: who shows a replay says so, with the speed and when the run really was.
Without `captured` the stream holds no reasoning and no token ids, and takes as long all the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from core.conversation import Channel
from core.errors import InvalidSetting
from core.events import Event, MessageDone, MessageStarted, TextDelta, Timing
from core.result import Transcript
from core.store.journal import Timed
from core.store.values import StoredRun

AT_ONCE: Final = float("inf")
"""A speed: all events at the first reading."""
NOT_CAPTURED: Final = "The reasoning was not captured."


class Replay:
    """Reads like a Run: `drain()` when you like, or `for event in replay`.

    speed: 1 is the recorded one, 4 four times faster. clock: seconds; it starts at the first
    reading. Raises InvalidSetting for a speed that is not above 0.
    """

    def __init__(
        self,
        stored: StoredRun,
        speed: float = 1.0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        if not speed > 0:
            raise InvalidSetting(
                f"The speed of a replay is {speed!r}; allowed: a number above 0. 1 is the real one."
            )
        self.stored = stored
        self.speed = speed
        self.transcript = Transcript()
        self._clock = clock
        self._started: float | None = None
        self._read = 0
        self._at = 0.0
        self._first_answer_s: float | None = None
        self._first_token_s: float | None = None
        self._unnamed = 0
        self._cancelled = threading.Event()

    @property
    def done(self) -> bool:
        """All events have been read, or the replay was cancelled."""
        return self._read == len(self.stored.events) or self._cancelled.is_set()

    def cancel(self) -> None:
        """End the replay. Safe from any thread, and twice."""
        self._cancelled.set()

    def finish_now(self) -> bool:
        """False: what was recorded does not change."""
        return False

    @property
    def timing(self) -> Timing:
        """The recorded times, as far as they have come."""
        finished = self.transcript.finished
        if finished is not None:
            return finished.timing
        return Timing(0.0, self._first_token_s, self._first_answer_s, self._at)

    @property
    def tokens(self) -> int:
        """Tokens of the turn so far, also where their ids were not kept: then to within a few, and
        exact once it has finished."""
        finished = self.transcript.finished
        if finished is not None:
            return finished.usage.generated_tokens + finished.usage.given_tokens
        return len(self.transcript.tokens) + self._unnamed

    def drain(self) -> list[Event]:
        """The events that are due by now; never waits."""
        if self._started is None:
            self._started = self._clock()
        due = (self._clock() - self._started) * self.speed if self.speed < AT_ONCE else AT_ONCE
        events = []
        while not self.done and self.stored.events[self._read].at <= due:
            one = self.stored.events[self._read]
            self._read += 1
            self._note(one.event, one.times[0], one.at)
            self.transcript.add(one.event)
            if not self.stored.facts.captured:
                self._count(one)
            events.append(one.event)
        return events

    def __iter__(self) -> Iterator[Event]:
        while not self.done:
            yield from self.drain()
            if not self.done:
                self._cancelled.wait(self._wait())

    def _wait(self) -> float:
        """Seconds until the next event."""
        elapsed = self._clock() - (self._started or 0.0)
        return max(0.0, self.stored.events[self._read].at / self.speed - elapsed)

    def _note(self, event: Event, first: float, at: float) -> None:
        self._at = at
        if isinstance(event, MessageStarted) and self._first_token_s is None:
            self._first_token_s = first
        if isinstance(event, TextDelta) and self._first_answer_s is None:
            message = self.transcript.messages[event.index]
            if message.channel is Channel.FINAL:
                self._first_answer_s = first

    def _count(self, one: Timed) -> None:
        """Count the tokens of an event that holds none: it has a time for each."""
        event, count = one.event, len(one.times)
        if isinstance(event, TextDelta):
            self.transcript.messages[event.index].content_tokens += count
        if isinstance(event, MessageStarted | TextDelta) or (
            isinstance(event, MessageDone) and event.complete
        ):
            self._unnamed += count
