"""A live comparison into the history: its runs as they go, and at the end what came of it.

    recorder = ComparisonRecorder.new(store, asked)
    recorder.began(variant, run, repeat)    # before the run's events are read
    …                                       # the run is read, by whoever reads it
    recorder.ended(variant)
    recorder.judged(comparison)

Nothing here raises or waits, as in core.store.recording.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from core.asked import Asked
from core.compare import Comparison
from core.run import Run
from core.store.comparisons import Place, StoredComparison, asked_json
from core.store.history import Store
from core.store.recording import EntryRecorder, TurnRecorder
from core.store.run_recorder import RunRecorder
from core.store.values import Kind, title_of
from core.variants import Variant


class ComparisonRecorder:
    """One comparison that is written as it goes. attempts: as in StoredComparison."""

    def __init__(
        self,
        entry: EntryRecorder,
        turn: TurnRecorder,
        asked: Asked,
        attempts: Mapping[str, int] | None = None,
    ) -> None:
        self._entry = entry
        self._turn = turn
        self._asked = asked
        self._attempts = dict(attempts or {})
        self._columns = {variant.label: n for n, variant in enumerate(asked.variants)}
        self._open: dict[str, RunRecorder] = {}
        self._begun = False

    @classmethod
    def new(cls, store: Store, asked: Asked) -> ComparisonRecorder:
        """An entry of its own, made with the first run."""
        entry = store.recorder(
            Kind.COMPARISON,
            title_of(asked.prompt),
            instructions=asked.instructions,
            current_date=asked.date or None,
        )
        return cls(entry, entry.turn(asked.prompt), asked)

    @classmethod
    def going_on(cls, store: Store, stored: StoredComparison) -> ComparisonRecorder:
        """One that was read, for columns that are run again."""
        entry = store.going_on(stored.entry)
        first = stored.entry.turns[0]
        turn = TurnRecorder(entry, first.id, first.question, 0)
        return cls(entry, turn, stored.asked, stored.attempts)

    @property
    def id(self) -> str:
        """The entry's id."""
        return self._entry.id

    def began(self, variant: Variant, run: Run, repeat: int) -> None:
        """Record a run from now on. repeat: from 0."""
        label = variant.label
        place = Place(self._columns[label], repeat, self._attempts.get(label, 0))
        self._open[label] = self._turn.follow(run, place.number(self._asked))
        if not self._begun:
            # Behind the run, which makes the entry's row.
            self._begun = True
            self._entry.note({"asked": asked_json(self._asked)})

    def anew(self, variant: Variant) -> None:
        """A column is run again: what it had stays in the entry, and counts no more."""
        self._attempts[variant.label] = self._attempts.get(variant.label, 0) + 1

    def ended(self, variant: Variant, failure: str | None = None) -> None:
        """Nobody reads the column's run any more. failure: why, where the machine failed."""
        recorder = self._open.get(variant.label)
        if recorder is not None:
            recorder.close(failure)

    def judged(self, comparison: Comparison, *, blind: bool = False) -> None:
        """Keep what came of it."""
        self._note(
            comparison, interrupted=None, verdict=comparison.verdict.as_dict(), blind=blind or None
        )

    def interrupted(self, comparison: Comparison) -> None:
        """Nobody follows it any more."""
        for recorder in self._open.values():
            recorder.close()
        self._note(comparison, interrupted=True)

    def _note(self, comparison: Comparison, **facts: object) -> None:
        if self._begun:
            # What is None here is taken away there.
            now = {"stopped": comparison.stopped or None, "failure": comparison.failure}
            self._entry.note({**now, **facts})

    def wait_written(self, timeout: float) -> bool:
        """Wait until all runs are in the file as they ended. False where `timeout` seconds ran
        out."""
        until = time.monotonic() + timeout
        return all(
            recorder.wait_written(max(0.0, until - time.monotonic()))
            for recorder in self._open.values()
        )
