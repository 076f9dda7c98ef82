"""One comparison of the page: its steps one after the other, and what each column shows of them.

The page calls `tick` again and again; nothing here waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from core.asked import Asked
from core.compare import Comparison
from core.comparing import Record, Start
from core.errors import CoreError
from core.events import FinishReason
from core.run import Run
from core.store.comparison_recorder import ComparisonRecorder
from core.store.replay import Replay
from core.variants import Variant
from ui.web import view
from ui.web.chat_watch import health_of
from ui.web.compare_view import Column
from ui.web.live import drained, facts

WAITS = view.Health("Waits its turn", "", view.Tone.IDLE)


@dataclass(slots=True)
class Slot:
    """One column. run: the latest; number: which repeat that is, from 1; beside: runs in its batch.

    stopped: somebody ended this column alone, and no more of its repeats begin.
    """

    variant: Variant
    run: Run | Replay | None = None
    number: int = 0
    beside: int = 1
    failure: str | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What runs at once. number: which repeat it is, from 1."""

    number: int
    seed: int
    variants: tuple[Variant, ...]
    warm_up: bool = False


class Board:
    """A comparison under way, and after its end.

    blind: the columns stand in a random order, unnamed, until `voted` is set.
    interrupted: nobody follows the runs any more. failure: what ended it, in a sentence.
    recorder: where it is written as it goes; None where nothing is kept. trouble: why it could not
    be written, in a sentence.
    """

    def __init__(
        self,
        start: Start,
        asked: Asked,
        *,
        keep_reasoning: bool,
        blind: bool = False,
        recorder: ComparisonRecorder | None = None,
    ) -> None:
        self.asked = asked
        self.keep_reasoning = keep_reasoning
        self.blind = blind
        self.voted = False
        self.interrupted = False
        self.stopped = False
        self.failure: str | None = None
        self.warming = False
        self.recorder = recorder
        self.trouble = ""
        self.slots = [Slot(variant) for variant in asked.variants]
        self._start = start
        self._order = [*self.slots]
        if blind:
            Random().shuffle(self._order)
        self._record = Record(asked)
        self._now: list[Slot] = []
        self._steps = _planned(asked)
        self._over = False

    @property
    def id(self) -> str:
        """The id of its entry in the history; empty where nothing is kept."""
        return self.recorder.id if self.recorder is not None else ""

    @property
    def hidden(self) -> bool:
        """Whether names, figures and thinking are held back: a blind vote is still open."""
        return self.blind and not self.voted

    @property
    def running(self) -> bool:
        return not (self._over or self.interrupted)

    @property
    def under_way(self) -> tuple[Run | Replay, ...]:
        return tuple(slot.run for slot in self._now if slot.run is not None)

    def shown(self) -> list[Slot]:
        """The columns from left to right; in their own order once there is nothing to hide."""
        return self._order if self.hidden else self.slots

    def begin(self) -> None:
        """Start the first step. Raises CoreError where it cannot be started: then nothing runs."""
        self._begin(next(self._steps))

    def tick(self) -> bool:
        """Take in what is new, and go on to the next step where one ended. False after the last."""
        for slot in self._now:
            if slot.run is not None and not slot.run.done:
                slot.failure = drained(slot.run)
        if all(slot.run is None or slot.run.done for slot in self._now):
            self._settle()
            self._over = not self._next()
        return self.running

    def stop(self) -> None:
        """End it all; what was written is kept."""
        self.stopped = True
        for run in self.under_way:
            run.cancel()

    def stop_one(self, slot: Slot) -> None:
        """End one column; the others go on."""
        slot.stopped = True
        if slot in self._now and slot.run is not None:
            slot.run.cancel()

    def again(self, slot: Slot) -> None:
        """Run one column anew, alone, with the same seeds. Raises CoreError; then nothing runs."""
        steps = [step for step in _planned(self.asked) if slot.variant in step.variants]
        alone = [replace(step, variants=(slot.variant,)) for step in steps if not step.warm_up]
        self._steps = iter(alone)
        if self.recorder is not None:
            self.recorder.anew(slot.variant)
        self._begin(next(self._steps))
        self._record.anew(slot.variant)
        slot.stopped = self.stopped = self._over = self.interrupted = False
        self.failure = None

    def comparison(self) -> Comparison:
        """What has ended so far, judged."""
        stopped = self.stopped or self.interrupted
        return self._record.comparison(stopped=stopped, failure=self.failure)

    def columns(self) -> list[Column | None]:
        """What the columns show, from left to right; None for one that waits for its turn."""
        return [self._column(slot) for slot in self.shown()]

    def _column(self, slot: Slot) -> Column | None:
        run = slot.run
        if run is None or self.warming:
            return None
        health = health_of(run, slot.failure)
        if self.interrupted and not run.done:
            health = view.INTERRUPTED
        return Column(
            slot.variant.level,
            run.transcript,
            run.timing,
            facts(run),
            health,
            label=slot.variant.label,
            number=slot.number,
            repeats=self.asked.repeats,
            beside=slot.beside,
            written=run.tokens if isinstance(run, Replay) else None,
        )

    def _begin(self, step: Batch) -> None:
        runs = self._started(step)
        self.warming = step.warm_up
        self._now = [slot for slot in self.slots if slot.variant in step.variants]
        for slot, run in zip(self._now, runs, strict=True):
            slot.run, slot.failure = run, None
            slot.number, slot.beside = step.number, len(runs)
            self._began(slot, run)

    def _started(self, step: Batch) -> Sequence[Run | Replay]:
        """The runs of a step. Raises CoreError."""
        params = replace(self.asked.params, seed=step.seed)
        if step.warm_up:
            params = replace(params, max_tokens=1)
        return self._start(step.variants, params)

    def _began(self, slot: Slot, run: Run | Replay) -> None:
        """Keep what shows that a run was asked for, and follow it."""
        if isinstance(run, Replay):
            return
        self._record.began(slot.variant, run)
        if self.recorder is not None and not self.warming:
            self.recorder.began(slot.variant, run, slot.number - 1)

    def _settle(self) -> None:
        """Keep what the step came to."""
        for slot in self._now:
            if slot.run is not None and not isinstance(slot.run, Replay):
                self._ended(slot, slot.run)
        self._now = []

    def _ended(self, slot: Slot, run: Run) -> None:
        if not self.warming:
            self._record.ended(slot.variant, run)
            if self.recorder is not None:
                self.recorder.ended(slot.variant, slot.failure)
        ending = run.transcript.finished
        if ending and ending.reason is FinishReason.CANCELLED and not slot.stopped:
            self.stopped = True
        self.failure = self.failure or slot.failure

    def _next(self) -> bool:
        """Start the next step that still has a column to run. False where there is none."""
        for step in self._steps:
            if self.stopped or self.failure:
                break
            gone = [slot.variant for slot in self.slots if slot.stopped]
            variants = tuple(v for v in step.variants if v not in gone)
            if variants:
                try:
                    self._begin(replace(step, variants=variants))
                except CoreError as error:
                    self.failure = str(error)
                    break
                return True
        self.warming = False
        return False


def _planned(asked: Asked) -> Iterator[Batch]:
    if asked.warm_up:
        yield Batch(1, asked.params.seed or 0, asked.variants, warm_up=True)
    for step in asked.steps():
        yield Batch(step.repeat + 1, step.seed, step.variants)
