"""One run under way: the backend's steps become events when somebody asks for them.

The backend's thread only appends steps; parsing happens on the reader's thread, in chunks as large
as the reader is slow. Reading never blocks generation.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

from core.backends.base import EndReason, EndStep, Handle, PrefillStep, Step, TokenStep
from core.clock import Clock
from core.config import ReasoningLevel
from core.conversation import Channel
from core.errors import CoreError, PromptTooLong
from core.events import (
    Event,
    Finished,
    FinishReason,
    Inserted,
    ParserEvent,
    Prefill,
    Scored,
    Started,
    TextDelta,
    Timing,
    Usage,
)
from core.format import Format
from core.rendered import RenderedPrompt
from core.result import GenerationResult, Transcript, result_of
from core.sampling import SamplingParams, TokenScore
from core.stops import StopStrings

GoOn = Callable[[tuple[int, ...], int], Handle]
"""Starts a run's model again: the tokens behind the prompt, how many it may write -> its handle.
Raises PromptTooLong where there is no room, and BackendError."""


class Run:
    """One generation under way, made by `InferenceEngine.start`.

    Read it in one of three ways, from one reader: `drain()` when you like, `for event in run`, or
    `async for event in run`. `cancel()`, `finish_now()` and `timing` are safe from any thread.

    level: the reasoning level asked for; `prompt.reasoning_level_in_prompt` is what was rendered.
    format_: how the prompt was written, and how the output is read.
    given: the tokens that the turn begins with, as the caller gave them.
    listener: gets every batch of events that is read, on the reader's thread; None by default.
    """

    def __init__(
        self,
        format_: Format,
        prompt: RenderedPrompt,
        level: ReasoningLevel,
        params: SamplingParams,
        model: str,
        capture_reasoning: bool,
        given: tuple[int, ...] = (),
    ) -> None:
        self.format = format_
        self.prompt = prompt
        self.given = given
        self.level = level
        self.params = params
        self.model = model
        self.capture_reasoning = capture_reasoning
        self.transcript = Transcript()
        self.done = False
        self.listener: Callable[[Sequence[Event]], None] | None = None
        self._parser = format_.parser(prompt)
        self._steps: deque[Step] = deque()
        self._news = threading.Event()
        self._wake: Callable[[], None] | None = None
        self._handle: Handle | None = None
        self._go_on: GoOn | None = None
        self._cancelled = False
        self._hurried = False
        self._stops = StopStrings(params.stop) if params.stop else None
        self._cached_tokens = 0
        self._scores: list[TokenScore] = []
        self._failure: Exception | None = None
        self._clock = Clock()
        self._news.set()

    def on_step(self, step: Step) -> None:
        """The backend's callback."""
        self._steps.append(step)
        self._news.set()
        wake = self._wake
        if wake is not None:
            wake()

    def attach(self, handle: Handle, go_on: GoOn | None = None) -> None:
        """Called by the engine once the backend has the request."""
        self._handle, self._go_on = handle, go_on

    def cancel(self) -> None:
        """End the run; its text so far is kept and Finished(cancelled) follows."""
        self._cancelled = True
        if self._handle is not None:
            self._handle.cancel()

    def finish_now(self) -> bool:
        """Make a model that is thinking answer now: its thinking ends, and the answer is opened.

        The run goes on, with the same events; Inserted tells which tokens the model did not write.
        It takes effect as the run is read. False, and nothing happens, where the run as far as it
        was read does not think (`transcript.thinks`), and on a second call.
        """
        if self._hurried or self._go_on is None or self._handle is None:
            return False
        self._hurried = self.transcript.thinks
        if self._hurried:
            self._handle.cancel()
        return self._hurried

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said of the format and the level, one sentence each."""
        return tuple(said for said in (self.format.remark, self.prompt.note) if said)

    @property
    def timing(self) -> Timing:
        """Times so far; those of the end once it was drained."""
        return self._clock.timing()

    def token_times(self, start: int = 0) -> list[float]:
        """When each token came that the model wrote, from the `start`-th on: seconds since the run
        was submitted."""
        clock = self._clock
        return [at - clock.submitted_at for at in clock.stamps[start:]]

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until there is something to drain. False where the timeout (seconds) ran out."""
        return self._news.wait(timeout)

    def drain(self) -> list[Event]:
        """The events since the last call; never waits.

        Where the machine failed, the events before it come first; the next call raises its
        CoreError, once.
        """
        events = self._new_events()
        if events and self.listener is not None:
            self.listener(events)
        return events

    def _new_events(self) -> list[Event]:
        self._news.clear()
        self._raise_failure()
        if self.done:
            return []
        events = [] if self.transcript.run_id else self._begin()
        tokens: list[int] = []
        end: EndStep | None = None
        while self._steps:
            step = self._steps.popleft()
            match step:
                case TokenStep(token, at, score):
                    tokens.append(token)
                    self._clock.token(at)
                    if score is not None:
                        self._scores.append(score)
                case PrefillStep(done, total, cached, at):
                    self._clock.reading(at, done == total)
                    self._cached_tokens = self._cached_tokens if self._hurried else cached
                    events.append(Prefill(done, total, cached))
                    self.transcript.add(events[-1])
                case EndStep():
                    end = step
        parser = self._parser
        parsed = self._stops.feed(parser, tokens) if self._stops else parser.feed(tokens)
        events += self._recorded(parsed)
        if parser.over or (self._stops and self._stops.found):
            return events + self._stopped()
        return events if end is None else events + self._ended(end)

    def _ended(self, end: EndStep) -> list[Event]:
        """The last events; or, where the model is to answer now, those of its going on."""
        if end.reason is EndReason.CANCELLED and self._hurried and not self._cancelled:
            return self._answering(end)
        self._clock.ended_at = end.at
        parser = self._parser
        events = self._recorded(self._stops.finish(parser) if self._stops else parser.finish())
        if end.error is not None:
            self._failure = end.error
            self._news.set()
            return events
        return [*events, self._finish(end.reason, end.peak_memory)]

    def _stopped(self) -> list[Event]:
        """A stop string, or the end of the turn as text, was written: the run is over, and what
        came behind it never was."""
        if self._handle is not None:
            self._handle.cancel()
        del self._clock.stamps[self.transcript.generated_tokens :]
        self._clock.ended_at = self._clock.stamps[-1]
        return [self._finish(EndReason.STOP)]

    def _answering(self, end: EndStep) -> list[Event]:
        """Open the answer, and let the model go on from there."""
        seen = self.transcript
        written = len(self._clock.stamps)
        if len(seen.tokens) < seen.given_tokens + written:
            # Half a header, the model's or the caller's: it would be taken for the answer's. It is
            # left out of the record.
            del self._clock.stamps[seen.generated_tokens :]
            self._scores.clear()
            self._parser = self.format.parser(self.prompt)
            self._parser.feed(seen.tokens)
        opening: tuple[int, ...] = ()
        if seen.thinks:  # else it has begun to answer meanwhile
            opening = self.format.opening(seen)
        try:
            if self._go_on is None or written >= self.params.max_tokens:
                raise PromptTooLong
            self._handle = self._go_on((*seen.tokens, *opening), self.params.max_tokens - written)
        except PromptTooLong:
            return self._ended(EndStep(EndReason.LENGTH, end.at))
        except CoreError as error:
            return self._ended(EndStep(EndReason.FAILED, end.at, error))
        if self._cancelled:
            self._handle.cancel()
        if not opening:
            return []
        seen.add(inserted := Inserted(len(seen.tokens), len(opening)))
        return [inserted, *self._given(opening)]

    def _given(self, tokens: tuple[int, ...]) -> list[Event]:
        """The events of tokens that the model did not write."""
        events = self._parser.feed(tokens)
        if self._stops:
            self._stops.saw(events)
        for event in events:
            self.transcript.add(event)
        return [*events]

    def _begin(self) -> list[Event]:
        """The events that wait for nothing: the start, and the part of the turn that was given."""
        run_id, prompt = uuid.uuid4().hex, self.prompt
        started = Started(run_id, len(prompt.token_ids), prompt.sha256, len(self.given))
        self.transcript.add(started)
        return [started, *self._given(self.given)]

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
        return result_of(
            self.transcript,
            self.level,
            self.model,
            self.capture_reasoning,
            self.format.name,
            self.notes,
            self.params.seed,
        )

    def _recorded(self, parsed: Sequence[ParserEvent]) -> list[Event]:
        """Fold in what was parsed, and how likely the tokens were that it put on record.

        The scores of a header that is still open wait for it, and go with it where it is dropped.
        """
        for event in parsed:
            self._take(event)
        seen = self.transcript
        fresh = max(0, seen.generated_tokens - len(seen.scores))
        told = tuple(self._scores[:fresh])
        if not told:
            return [*parsed]
        del self._scores[:fresh]
        seen.add(scored := Scored(len(seen.tokens) - fresh, told))
        return [*parsed, scored]

    def _take(self, event: Event) -> None:
        """Fold in what the model wrote; final's first content sets the time to first answer."""
        seen, clock = self.transcript, self._clock
        if (
            clock.first_answer_at is None
            and isinstance(event, TextDelta)
            and event.tokens
            and seen.messages[event.index].channel is Channel.FINAL
        ):
            clock.first_answer_at = clock.stamps[seen.generated_tokens]
        self.transcript.add(event)

    def _finish(self, reason: EndReason, peak_memory: int | None = None) -> Finished:
        self.done = True
        seen = self.transcript
        finish, calls = FinishReason(reason.value), self.format.call_ids
        if finish is FinishReason.STOP and seen.tokens and seen.tokens[-1] in calls:
            finish = FinishReason.TOOL_CALL
        usage = Usage(
            prompt_tokens=seen.prompt_tokens,
            cached_tokens=self._cached_tokens,
            analysis_tokens=seen.content_tokens(Channel.ANALYSIS),
            commentary_tokens=seen.content_tokens(Channel.COMMENTARY),
            final_tokens=seen.content_tokens(Channel.FINAL),
            generated_tokens=seen.generated_tokens,
            given_tokens=len(seen.tokens) - seen.generated_tokens,
        )
        seen.add(finished := Finished(finish, usage, self.timing, peak_memory))
        return finished
