"""One run into its row: events as they come, in batches; all of them in one piece at the end."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from core.events import Event, Finished, Inserted, MessageDone, Started
from core.result import Transcript
from core.run import Run
from core.store import rows, search
from core.store.journal import Redactor, Timed, lines, packed, timed
from core.store.values import RunFacts, Status
from core.store.writer import Unit, Writer

BATCH_S: Final = 0.25
"""What a crash may cost of a run under way, about; the ends of messages are written at once."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """What was read at once. at, token_times: seconds since the run was submitted; one of the
    latter for each token that the model wrote in these events."""

    events: Sequence[Event]
    at: float
    token_times: list[float]


class RunRecorder(Unit):
    """A listener of a run. ensure: makes the row of its turn, and gives its number."""

    def __init__(
        self,
        writer: Writer,
        owner: str,
        ensure: Callable[[sqlite3.Connection], int],
        run: Run,
        place: int,
    ) -> None:
        self.id = uuid.uuid4().hex
        self._writer = writer
        self._owner = owner
        self._ensure = ensure
        self._run = run
        self._place = place
        self._facts = _facts_of(run)
        self._lock = threading.Lock()
        # What the reader hands over:
        self._batches: list[_Batch] = []
        self._generated = 0
        self._due = 0.0
        self._status = Status.RUNNING
        self._failure: str | None = None
        self._is_written = threading.Event()
        # Of the writer's thread alone:
        self._converter = _Converter(keeps_reasoning=run.capture_reasoning)
        self._pending: list[Timed] = []
        self._begun = False
        self._settled = False
        self._attempt: tuple[int, Status] = (0, Status.RUNNING)
        writer.soon(self)

    def __call__(self, events: Sequence[Event]) -> None:
        """Take in what was read. Costs an append, and now and then a word to the writer."""
        generated = self._run.transcript.generated_tokens
        times = self._run.token_times(self._generated)[: generated - self._generated]
        batch = _Batch(events, self._run.timing.total_s, times)
        ended = isinstance(events[-1], Finished)
        with self._lock:
            self._batches.append(batch)
            self._generated = generated
            if ended:
                self._status = Status.FINISHED
        now = time.perf_counter()
        if ended or now >= self._due or any(isinstance(e, MessageDone) for e in events):
            self._due = now + BATCH_S
            self._writer.soon(self)

    def close(self, failure: str | None = None) -> None:
        """Nobody reads the run any more. failure: why, where the machine failed.

        Changes nothing where the run has come to its end. Safe to call twice.
        """
        with self._lock:
            if self._status is not Status.RUNNING:
                return
            self._status = Status.INTERRUPTED if failure is None else Status.FAILED
            self._failure = failure
        self._writer.soon(self)

    def wait_written(self, timeout: float) -> bool:
        """Wait until the run is in the file as it ended. False where `timeout` seconds ran out."""
        return self._is_written.wait(timeout)

    # On the writer's thread.

    def write(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            batches, self._batches = self._batches, []
            status, failure, tokens = self._status, self._failure, self._generated
        for batch in batches:
            self._pending += self._converter.converted(batch)
        self._attempt = (len(self._pending), status)
        run = None if self._settled else self._row(connection)
        if run is None:
            return
        if status is Status.RUNNING:
            if self._pending:
                _add_chunk(connection, run, lines(self._pending))
                connection.execute("UPDATE runs SET tokens = ? WHERE n = ?", (tokens, run))
            return
        text = rows.unfinished(connection, run) + lines(self._pending)
        said = rows.said(self._converter.seen, self._facts.captured)
        settle(connection, run, Ending(status, failure, tokens, said, text))

    def written(self) -> None:
        count, status = self._attempt
        del self._pending[:count]
        self._begun = True
        if status is not Status.RUNNING:
            self._settled = True
            self._is_written.set()

    def _row(self, connection: sqlite3.Connection) -> int | None:
        """The number of the run's row. None where it was there, and was deleted since."""
        row = connection.execute("SELECT n FROM runs WHERE id = ?", (self.id,)).fetchone()
        if row is not None or self._begun:
            return row and int(row[0])
        turn, facts = self._ensure(connection), self._facts
        cursor = connection.execute(
            "INSERT INTO runs (id, turn, place, status, owner, facts, level, model)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.id,
                turn,
                self._place,
                Status.RUNNING,
                self._owner,
                rows.FACTS.dump_json(facts).decode(),
                facts.level,
                rows.plain(facts.model),
            ),
        )
        rows.count(connection, _entry_of(connection, turn))
        return int(cursor.lastrowid or 0)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended. said: what of it can be searched. text: its events, as lines."""

    status: Status
    failure: str | None
    tokens: int
    said: str
    text: str


def settle(connection: sqlite3.Connection, run: int, ending: Ending) -> None:
    """Put a run that is over into one piece, and let it be found."""
    connection.execute("DELETE FROM chunks WHERE run = ?", (run,))
    turn = connection.execute(
        "UPDATE runs SET status = ?, owner = NULL, tokens = ?, failure = ?, text = ?, journal = ?"
        " WHERE n = ? RETURNING turn",
        (
            ending.status,
            ending.tokens,
            ending.failure and rows.plain(ending.failure),
            ending.said,
            packed(ending.text),
            run,
        ),
    ).fetchone()[0]
    search.index_turn(connection, turn)
    entry = _entry_of(connection, turn)
    connection.execute("UPDATE entries SET updated_at = ? WHERE n = ?", (time.time(), entry))
    rows.count(connection, entry)


def _entry_of(connection: sqlite3.Connection, turn: int) -> int:
    return int(connection.execute("SELECT entry FROM turns WHERE n = ?", (turn,)).fetchone()[0])


def _add_chunk(connection: sqlite3.Connection, run: int, body: str) -> None:
    connection.execute(
        "INSERT INTO chunks (run, n, body)"
        " SELECT ?, coalesce(max(n), 0) + 1, ? FROM chunks WHERE run = ?",
        (run, body, run),
    )


def _facts_of(run: Run) -> RunFacts:
    return RunFacts(
        run.level,
        run.prompt.reasoning_level_in_prompt,
        run.model,
        run.format.name,
        run.params,
        run.capture_reasoning,
        time.time() - run.timing.total_s,
        run.notes,
    )


class _Converter:
    """Events as they are stored: each token with its time, and no reasoning where none is kept.

    seen: what is stored, folded.
    """

    def __init__(self, keeps_reasoning: bool) -> None:
        self.seen = Transcript()
        self._redact = None if keeps_reasoning else Redactor()
        self._at_token = 0
        self._not_written: list[range] = []

    def converted(self, batch: _Batch) -> Iterator[Timed]:
        """The events of a batch, to be used up at once."""
        token_times = iter(batch.token_times)
        for event in batch.events:
            if isinstance(event, Started):
                self._not_written.append(range(event.given_tokens))
            elif isinstance(event, Inserted):
                # Half a header that was given is not in the record: what follows was written.
                given = [range(min(r.stop, event.at_token)) for r in self._not_written]
                inserted = range(event.at_token, event.at_token + event.count)
                self._not_written = [*given, inserted]
            times = [self._time(token_times, batch.at) for _ in event.tokens] or [batch.at]
            kept = event if self._redact is None else self._redact(event)
            if kept is not None:
                self.seen.add(kept)
                yield timed(kept, times)

    def _time(self, token_times: Iterator[float], now: float) -> float:
        at = self._at_token
        self._at_token += 1
        written = not any(at in tokens for tokens in self._not_written)
        return next(token_times, now) if written else now
