"""One comparison of the page: its steps one after the other, and what each column shows of them.

The page calls `tick` again and again; nothing here waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from random import Random

from core.asked import Asked, Step
from core.compare import Comparison
from core.comparing import Record, Start
from core.errors import CoreError
from core.events import FinishReason
from core.model_turns import ModelTurns
from core.run import Run
from core.store.comparison_recorder import ComparisonRecorder
from core.store.replay import Replay
from core.variants import Variant
from ui.web import view
from ui.web.chat_watch import health_of
from ui.web.compare_column import Column
from ui.web.live import drained, facts


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


class Board:
    """A comparison under way, and after its end.

    blind: the columns stand in a random order, unnamed, until `voted` is set.
    interrupted: nobody follows the runs any more. failure: what ended it, in a sentence.
    held_back: its thinking may not go to the browser, until a presenter asks for it.
    forgotten: the page that showed its thinking is gone, and nobody wanted that kept.
    turns: makes what loads the models, where these differ; they go when all has run.
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
        turns: Callable[[], ModelTurns | None] = lambda: None,
        recorder: ComparisonRecorder | None = None,
    ) -> None:
        self.asked = asked
        self.keep_reasoning = keep_reasoning
        self.blind = blind
        self.voted = False
        self.held_back = False
        self.forgotten = False
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
        self._steps = asked.steps()
        self._over = False
        self._new_turns = turns
        self._turns: ModelTurns | None = None
        self._coming: tuple[Future[bool], Step] | None = None
        self._anew: Variant | None = None

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
        self._turns = self._new_turns()
        self._enter(next(self._steps))

    @property
    def loading(self) -> Variant | None:
        """The column whose model is being loaded."""
        return self._coming[1].variants[0] if self._coming else None

    def tick(self) -> bool:
        """Take in what is new, and go on to the next step where one ended. False after the last."""
        if self._coming is not None:
            self._over = not self._arrived(*self._coming)
            return self._told()
        for slot in self._now:
            if slot.run is not None and not slot.run.done:
                slot.failure = drained(slot.run)
        if all(slot.run is None or slot.run.done for slot in self._now):
            self._settle()
            self._over = not self._next()
        return self._told()

    def stop(self) -> None:
        """End it all; what was written is kept."""
        self.stopped = True
        for run in self.under_way:
            run.cancel()
        if self._coming is not None:
            self._leave()

    def interrupt(self) -> None:
        """Nobody follows any more: end it all, at once."""
        for run in self.under_way:
            run.cancel()
        self.interrupted = True
        self._leave()

    def stop_one(self, slot: Slot) -> None:
        """End one column; the others go on."""
        slot.stopped = True
        if slot in self._now and slot.run is not None:
            slot.run.cancel()

    def again(self, slot: Slot) -> None:
        """Run one column anew, alone, with the same seeds. Raises CoreError; then nothing runs."""
        # Where models differ, its own is loaded again, and warmed up again.
        steps = [
            replace(step, variants=(slot.variant,))
            for step in self.asked.steps()
            if slot.variant in step.variants and (step.model or not step.warm_up)
        ]
        self._steps, self._anew = iter(steps), slot.variant
        self.begin()
        slot.stopped = self.stopped = self._over = self.interrupted = False
        self.forgotten = False
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
        if run is None or (self.warming and slot in self._now):
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

    def waits_for(self, slot: Slot) -> str:
        """Why a column has nothing to show yet, in a word or two."""
        if slot.variant is self.loading:
            return "Loading its model"
        if self.warming and slot in self._now:
            return "Warming up"
        return "Waits its turn" if self.running else "Did not run"

    def _enter(self, step: Step) -> None:
        """Start a step, or the loading of its model."""
        if self._turns is None or step.model is None:
            self._begin(step)
        else:
            self.warming, self._coming = False, (self._turns.load(step.model), step)

    def _arrived(self, loaded: Future[bool], step: Step) -> bool:
        """Start the step whose model is there. False where nothing runs any more."""
        if not loaded.done():
            return True
        self._coming = None
        try:
            if loaded.result() and not self.stopped:
                self._begin(step)
                return True
        except CoreError as error:
            self.failure = str(error)
        return False

    def _told(self) -> bool:
        if self._over:
            self._leave()
        return self.running

    def _leave(self) -> None:
        """Let the engine have its own model again; nobody waits for it."""
        if self._turns is not None:
            self._turns.back()
            self._turns = None

    def _begin(self, step: Step) -> None:
        runs = self._started(step)
        if self._anew is not None and not step.warm_up:
            self._record.anew(self._anew)
            if self.recorder is not None:
                self.recorder.anew(self._anew)
            self._anew = None
        self.warming = step.warm_up
        self._now = [slot for slot in self.slots if slot.variant in step.variants]
        for slot, run in zip(self._now, runs, strict=True):
            slot.run, slot.failure = run, None
            slot.number, slot.beside = step.repeat + 1, len(runs)
            self._began(slot, run)

    def _started(self, step: Step) -> Sequence[Run | Replay]:
        """The runs of a step. Raises CoreError."""
        params = replace(self.asked.params, seed=step.seed)
        if step.warm_up:
            params = replace(params, max_tokens=1)
        return self._start(step.variants, params)

    def _began(self, slot: Slot, run: Run | Replay) -> None:
        """Keep what shows that a run was asked for, and follow it."""
        if isinstance(run, Replay) or self.warming:
            return
        self._record.began(slot.variant, run)
        if self.recorder is not None:
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
                    self._enter(replace(step, variants=variants))
                except CoreError as error:
                    self.failure = str(error)
                    break
                return True
        self.warming = False
        return False
