"""A comparison of the history on the board: played at its speed, or all at once as it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.asked import Step
from core.comparing import Start
from core.model_turns import ModelTurns
from core.run import Run
from core.store.comparison_recorder import ComparisonRecorder
from core.store.comparisons import StoredComparison
from core.store.replay import Replay
from ui.web.board import Board, Slot


class StoredBoard(Board):
    """A board whose runs are replays. Once they are over it is like any other: a column can be run
    again by `start`, and `recorder` writes that behind the rest.

    speed: 1 is the recorded one; AT_ONCE shows the end with the first tick of each step.
    """

    def __init__(
        self,
        stored: StoredComparison,
        start: Start,
        speed: float,
        recorder: ComparisonRecorder | None = None,
        turns: Callable[[], ModelTurns | None] = lambda: None,
    ) -> None:
        super().__init__(
            start, stored.asked, keep_reasoning=stored.captured, turns=turns, recorder=recorder
        )
        self.stored = stored
        self._speed = speed
        self._replaying = True
        self._steps = stored.steps()
        whole = stored.comparison()
        self._record.runs = {label: [*runs] for label, runs in whole.runs.items()}
        self._record.proofs = {**whole.proofs}
        self._record.again = {*whole.again}

    def begin(self) -> None:
        if self._replaying:  # no model is loaded for it
            self._enter(next(self._steps))
        else:
            super().begin()

    def again(self, slot: Slot) -> None:
        self._replaying = False
        super().again(slot)

    def _started(self, step: Step) -> Sequence[Run | Replay]:
        if not self._replaying:
            return super()._started(step)
        runs = self.stored.runs
        return [Replay(runs[v.label][step.repeat], self._speed) for v in step.variants]

    def _began(self, slot: Slot, run: Run | Replay) -> None:
        super()._began(slot, run)
        if isinstance(run, Replay):
            slot.beside = self.stored.beside(slot.variant.label, slot.number - 1)

    def _next(self) -> bool:
        goes_on = super()._next()
        if self._replaying and not goes_on:
            self._replaying = False
            self.stopped, self.failure = self.stored.stopped, self.stored.failure
            self.interrupted = self.stored.broken
        return goes_on
