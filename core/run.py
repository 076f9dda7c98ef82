"""One run under way: the backend's steps become events when somebody asks for them.

The backend's thread only appends steps; parsing happens on the reader's thread, in chunks as large
as the reader is slow. Reading never blocks generation.
"""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from array import array
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator

from core.backends.base import EndReason, EndStep, Handle, PrefillStep, Step, TokenStep
from core.config import ReasoningLevel
from core.conversation import Channel
from core.events import (
    Event,
    Finished,
    FinishReason,
    Prefill,
    Scored,
    Started,
    TextDelta,
    Timing,
    Usage,
)
from core.parser import ChannelParser
from core.prompt import HarmonyPrompt
from core.result import GenerationResult, Transcript, result_of
from core.sampling import SamplingParams, TokenScore
from core.vocabulary import CALL

_FINISH = {
    EndReason.STOP: FinishReason.STOP,
    EndReason.LENGTH: FinishReason.LENGTH,
    EndReason.CANCELLED: FinishReason.CANCELLED,
}


class Run:
    """One generation under way, made by `InferenceEngine.start`.

    Read it in one of three ways, from one reader: `drain()` when you like, `for event in run`, or
    `async for event in run`. `cancel()` and `timing` are safe from any thread.

    level: the reasoning level asked for; `prompt.reasoning_level_in_prompt` is what was rendered.
    given: the tokens that the turn begins with, as the caller gave them.
    """

    def __init__(
        self,
        prompt: HarmonyPrompt,
        level: ReasoningLevel,
        params: SamplingParams,
        model: str,
        capture_reasoning: bool,
        given: tuple[int, ...] = (),
    ) -> None:
        self.prompt = prompt
        self.given = given
        self.level = level
        self.params = params
        self.model = model
        self.capture_reasoning = capture_reasoning
        self.transcript = Transcript()
        self.done = False
        self._parser = ChannelParser()
        self._steps: deque[Step] = deque()
        self._news = threading.Event()
        self._wake: Callable[[], None] | None = None
        self._handle: Handle | None = None
        self._cached_tokens = 0
        self._failure: Exception | None = None
        self._clock = _Clock()
        self._news.set()

    def on_step(self, step: Step) -> None:
        """The backend's callback."""
        self._steps.append(step)
        self._news.set()
        wake = self._wake
        if wake is not None:
            wake()

    def attach(self, handle: Handle) -> None:
        """Called by the engine once the backend has the request."""
        self._handle = handle

    def cancel(self) -> None:
        """End the run; its text so far is kept and Finished(cancelled) follows."""
        if self._handle is not None:
            self._handle.cancel()

    @property
    def timing(self) -> Timing:
        """Times so far; those of the end once it was drained."""
        return self._clock.timing()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until there is something to drain. False where the timeout (seconds) ran out."""
        return self._news.wait(timeout)

    def drain(self) -> list[Event]:
        """The events since the last call; never waits.

        Where the machine failed, the events before it come first; the next call raises its
        CoreError, once.
        """
        self._news.clear()
        self._raise_failure()
        events = [] if self.transcript.run_id else self._begin()
        begun = len(events)
        tokens: list[int] = []
        scores: list[TokenScore | None] = []
        scored_from = len(self.given) + len(self._clock.stamps)
        end: EndStep | None = None
        while self._steps:
            step = self._steps.popleft()
            match step:
                case TokenStep(token, at, score):
                    tokens.append(token)
                    self._clock.token(at)
                    scores.append(score)
                case PrefillStep(done, total, cached, at):
                    self._clock.reading(at, done == total)
                    self._cached_tokens = cached
                    events.append(Prefill(done, total, cached))
                case EndStep():
                    end = step
        events += self._parser.feed(tokens)
        events += _scored(scored_from, scores)
        if end is not None:
            self._clock.ended_at = end.at
            events += self._parser.finish()
        for event in events[begun:]:
            self._take(event)
        if end is None:
            return events
        if end.error is not None:
            self._failure = end.error
            self._news.set()
            return events
        self.done = True
        finished = self._finished(end.reason, end.peak_memory)
        self.transcript.add(finished)
        return [*events, finished]

    def _begin(self) -> list[Event]:
        """The events that wait for nothing: the start, and the part of the turn that was given."""
        prompt = self.prompt
        run_id = uuid.uuid4().hex
        started = Started(run_id, len(prompt.token_ids), prompt.sha256, len(self.given))
        events: list[Event] = [started, *self._parser.feed(self.given)]
        for event in events:
            self.transcript.add(event)
        return events

    def _raise_failure(self) -> None:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            self.done = True
            raise failure

    def __iter__(self) -> Iterator[Event]:
        try:
            while not self.done:
                self.wait()
                yield from self.drain()
        finally:
            if not self.done:
                self.cancel()

    async def __aiter__(self) -> AsyncIterator[Event]:
        loop = asyncio.get_running_loop()
        news = asyncio.Event()

        def wake() -> None:
            # The loop may have been closed under a reader that was torn down.
            if not loop.is_closed():
                loop.call_soon_threadsafe(news.set)

        self._wake = wake
        try:
            while not self.done:
                news.clear()
                for event in self.drain():
                    yield event
                if not self.done:
                    await news.wait()
        finally:
            self._wake = None
            if not self.done:
                self.cancel()

    def result(self) -> GenerationResult:
        """Read the run to its end and fold it. Raises the CoreError of a failed machine."""
        for _ in self:
            pass
        return result_of(self.transcript, self.level, self.model, self.capture_reasoning)

    def _take(self, event: Event) -> None:
        """Fold in what the model wrote; final's first content sets the time to first answer."""
        seen, clock = self.transcript, self._clock
        if (
            clock.first_answer_at is None
            and isinstance(event, TextDelta)
            and event.tokens
            and seen.messages[event.index].channel is Channel.FINAL
        ):
            clock.first_answer_at = clock.stamps[len(seen.tokens) - len(self.given)]
        self.transcript.add(event)

    def _finished(self, reason: EndReason, peak_memory: int | None) -> Finished:
        seen = self.transcript
        finish = _FINISH[reason]
        if finish is FinishReason.STOP and seen.tokens and seen.tokens[-1] == CALL:
            finish = FinishReason.TOOL_CALL
        usage = Usage(
            prompt_tokens=seen.prompt_tokens,
            cached_tokens=self._cached_tokens,
            analysis_tokens=seen.content_tokens(Channel.ANALYSIS),
            commentary_tokens=seen.content_tokens(Channel.COMMENTARY),
            final_tokens=seen.content_tokens(Channel.FINAL),
            generated_tokens=len(seen.tokens) - len(self.given),
            given_tokens=len(self.given),
        )
        return Finished(finish, usage, self.timing, peak_memory)


def _scored(at_token: int, scores: list[TokenScore | None]) -> list[Event]:
    told = tuple(score for score in scores if score is not None)
    return [Scored(at_token, told)] if told else []


class _Clock:
    """When things happened, in perf_counter seconds; `stamps` has one per generated token."""

    def __init__(self) -> None:
        self.submitted_at = time.perf_counter()
        self.reading_at: float | None = None
        self.read_at: float | None = None
        self.first_answer_at: float | None = None
        self.ended_at: float | None = None
        self.stamps = array("d")

    def reading(self, at: float, whole: bool) -> None:
        if self.reading_at is None:
            self.reading_at = at
        if whole:
            self.read_at = at

    def token(self, at: float) -> None:
        self.stamps.append(at)

    def timing(self) -> Timing:
        now = self.ended_at or time.perf_counter()
        first = self.stamps[0] if self.stamps else None
        last = self.stamps[-1] if self.stamps else None
        decoding = last - first if first is not None and last is not None else 0.0
        return Timing(
            queued_s=(self.reading_at or now) - self.submitted_at,
            first_token_s=self._since_submitted(first),
            first_answer_s=self._since_submitted(self.first_answer_at),
            total_s=now - self.submitted_at,
            tokens_per_s=(len(self.stamps) - 1) / decoding if decoding else None,
            prefill_s=self.read_at - self.reading_at if self.read_at and self.reading_at else None,
        )

    def _since_submitted(self, at: float | None) -> float | None:
        return None if at is None else at - self.submitted_at
