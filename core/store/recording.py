"""A live run into the history, batch by batch, and never on the reader's time.

    chat = store.recorder(Kind.CHAT, title)
    turn = chat.turn(question, position=0)
    recorder = turn.follow(run)         # before the run's events are read
    …                                   # the run is read, by whoever reads it
    recorder.close()                    # in a `finally`: harmless where the run has ended

Nothing here raises or waits. What could not be written (a full disk) stays in memory and is tried
again with the next batch; `Store.trouble` says so in a sentence.
"""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.run import Run
from core.store import rows, search
from core.store.run_recorder import RunRecorder
from core.store.values import Kind, StoredEntry, StoredTurn
from core.store.writer import Unit, Writer


@dataclass(eq=False)
class EntryRecorder:
    """An entry that grows. Its row is made with its first turn.

    tab: the browser's tab that shows it, so that it is found again; None for none.
    known: ids of the turns that the caller has seen. Where others stand in the place of a turn,
    somebody else went on with this entry: then this one goes on as an entry of its own.
    """

    writer: Writer
    owner: str
    kind: Kind
    title: str
    instructions: str | None = None
    current_date: str | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    known: set[str] = field(default_factory=set)
    tab: str | None = None
    _source: str | None = None

    def turn(self, question: str, position: int = 0) -> TurnRecorder:
        """The turn at this position, counted from 0; what stood there and behind is replaced."""
        return TurnRecorder(self, uuid.uuid4().hex, question, position)

    def begin_with(self, turns: tuple[StoredTurn, ...]) -> None:
        """Turns that stand before the first one recorded here, and are known from elsewhere."""
        self.known |= {turn.id for turn in turns}
        self.writer.soon(_Begin(self, turns))

    def cut(self, position: int) -> None:
        """Take away the turns from this position on; the entry too where none is left."""
        self.writer.soon(_Cut(self, position))

    def show(self) -> None:
        """Let the tab show this entry, also before it has gone on with it."""
        if self.tab is not None:
            self.writer.soon(_Show(self, self.tab))

    def leave(self) -> None:
        """Let the tab show another chat; the entry stays."""
        if self.tab is not None:
            self.writer.soon(_Leave(self.tab))

    def part(self, connection: sqlite3.Connection, position: int) -> None:
        """Where turns of somebody else stand from this position on: go on as an entry of its own,
        with the turns before it. On the writer's thread."""
        others = connection.execute(
            "SELECT t.id FROM turns t JOIN entries e ON t.entry = e.n"
            " WHERE e.id = ? AND t.position >= ?",
            (self.id, position),
        )
        if not self.known.issuperset(turn for (turn,) in others):
            self._source, self.id = self.id, uuid.uuid4().hex
        # Asked each time: what was written may have been undone with its transaction.
        if self._source is None or number_of(connection, self.id) is not None:
            return
        whole = rows.read_entry(connection, self._source)
        if whole is not None and position:
            mine = whole.called(self.id)
            kept = mine.turns[:position]
            number = rows.put_entry(connection, replace(mine, turns=kept, votes=()))
            self.known |= {turn.id for turn in kept}
            if self.tab is not None:
                show(connection, self.tab, number)

    def note(self, facts: Mapping[str, Any]) -> None:
        """Add facts of the entry's kind, as JSON: a verdict, say. The same names are replaced."""
        self.writer.soon(_Note(self, json.dumps(dict(facts))))


@dataclass(eq=False)
class TurnRecorder:
    """One question of an entry, and its runs."""

    entry: EntryRecorder
    id: str
    question: str
    position: int

    def follow(self, run: Run, place: int = 0) -> RunRecorder:
        """Record a run from now on. place: its order among the runs of the turn."""
        recorder = RunRecorder(self.entry.writer, self.entry.owner, self.ensure, run, place)
        run.listener = recorder
        return recorder

    def ensure(self, connection: sqlite3.Connection) -> int:
        """The number of the turn's row; made where there is none, what it replaces taken away."""
        found = connection.execute("SELECT n FROM turns WHERE id = ?", (self.id,)).fetchone()
        if found is not None:
            return int(found[0])
        entry = self._entry(connection)
        cut(connection, entry, self.position)
        number = connection.execute(
            "INSERT INTO turns (id, entry, position, question) VALUES (?, ?, ?, ?)",
            (self.id, entry, self.position, rows.plain(self.question)),
        ).lastrowid
        self.entry.known.add(self.id)
        search.index_turn(connection, int(number or 0))
        return int(number or 0)

    def _entry(self, connection: sqlite3.Connection) -> int:
        entry = self.entry
        entry.part(connection, self.position)
        now = time.time()
        title = rows.plain(entry.title)
        instructions = entry.instructions and rows.plain(entry.instructions)
        number, title = connection.execute(
            "INSERT INTO entries (id, kind, title, created_at, updated_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET deleted_at = NULL RETURNING n, title",
            (entry.id, entry.kind, title, now, now),
        ).fetchone()
        connection.execute(
            "UPDATE entries SET updated_at = ?, instructions = ?, day = ? WHERE n = ?",
            (now, instructions, entry.current_date, number),
        )
        search.index_title(connection, number, title)
        if entry.tab is not None:
            show(connection, entry.tab, number)
        return int(number)


class _Cut(Unit):
    def __init__(self, entry: EntryRecorder, position: int) -> None:
        self._entry = entry
        self._position = position

    def write(self, connection: sqlite3.Connection) -> None:
        self._entry.part(connection, self._position)
        number = number_of(connection, self._entry.id)
        if number is None:
            return
        cut(connection, number, self._position)
        rows.count(connection, number)
        if not connection.execute("SELECT 1 FROM turns WHERE entry = ?", (number,)).fetchone():
            connection.execute("DELETE FROM entries WHERE n = ?", (number,))


class _Begin(Unit):
    def __init__(self, entry: EntryRecorder, turns: tuple[StoredTurn, ...]) -> None:
        self._entry = entry
        self._turns = turns

    def write(self, connection: sqlite3.Connection) -> None:
        entry, now = self._entry, time.time()
        if number_of(connection, entry.id) is None:
            whole = StoredEntry(entry.id, entry.kind, entry.title, now, now, turns=self._turns)
            rows.put_entry(connection, whole)


class _Show(Unit):
    def __init__(self, entry: EntryRecorder, tab: str) -> None:
        self._entry = entry
        self._tab = tab

    def write(self, connection: sqlite3.Connection) -> None:
        number = number_of(connection, self._entry.id)
        if number is not None:
            show(connection, self._tab, number)


class _Leave(Unit):
    def __init__(self, tab: str) -> None:
        self._tab = tab

    def write(self, connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM tabs WHERE tab = ?", (self._tab,))


class _Note(Unit):
    def __init__(self, entry: EntryRecorder, facts: str) -> None:
        self._entry = entry
        self._facts = facts

    def write(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "UPDATE entries SET facts = json_patch(facts, ?) WHERE id = ?",
            (self._facts, self._entry.id),
        )


def cut(connection: sqlite3.Connection, entry: int, position: int) -> None:
    """Take away the turns of an entry from this position on."""
    connection.execute("DELETE FROM turns WHERE entry = ? AND position >= ?", (entry, position))


def show(connection: sqlite3.Connection, tab: str, entry: int) -> None:
    """Remember that a tab shows entry number `entry`, and nothing else."""
    connection.execute(
        "INSERT INTO tabs (tab, entry, seen_at) VALUES (?, ?, ?) ON CONFLICT (tab)"
        " DO UPDATE SET entry = excluded.entry, seen_at = excluded.seen_at",
        (tab, entry, time.time()),
    )


def number_of(connection: sqlite3.Connection, entry_id: str) -> int | None:
    """The number of an entry's row; None where there is none."""
    row = connection.execute("SELECT n FROM entries WHERE id = ?", (entry_id,)).fetchone()
    return None if row is None else int(row[0])
