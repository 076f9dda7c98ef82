"""The history of one folder: list and search, read, record, rename, delete with undo."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from core.errors import StoreError
from core.store import rows, search
from core.store.database import Database
from core.store.journal import folded, from_lines
from core.store.owners import Owner
from core.store.recording import EntryRecorder, number_of
from core.store.run_recorder import Ending, settle
from core.store.values import Kind, Page, Status, StoredEntry, StoredRun
from core.store.writer import Writer

FILE: Final = "history.sqlite3"
DELETED_KEPT_S: Final = 24 * 3600.0
"""What was deleted can be brought back for a day; after that the next start of Counterpoint, or of
another that uses the folder, removes it from the file."""
TABS_KEPT_S: Final = 30 * 24 * 3600.0
"""A tab that stayed open is given its chat again for a month after its last question."""
PAGE: Final = 50


class Store:
    """The history in a folder. Safe to use from many threads, and from many processes at once.

    Opening it makes the file where there is none, marks runs of processes that died as interrupted,
    and removes what was deleted more than a day ago. Every method raises StoreError where the file
    cannot be used; recorders never do.
    """

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / FILE)
        try:
            self._owner = Owner(folder / "writers")
        except StoreError:
            self._database.close()
            raise
        self._writer = Writer(self._database)
        try:
            self.mend()
            self.purge()
            self._owner.sweep()
        except StoreError:
            self.close()
            raise

    @property
    def file(self) -> Path:
        """Where the history lies."""
        return self._database.file

    @property
    def trouble(self) -> str | None:
        """Why what is new could not be written, in a sentence; None where all is well."""
        return self._writer.trouble

    def close(self) -> None:
        """Write what is left, and leave the file. Safe to call twice."""
        self._writer.close()
        self._owner.close()
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Recording

    def recorder(
        self,
        kind: Kind,
        title: str,
        *,
        instructions: str | None = None,
        current_date: str | None = None,
        tab: str | None = None,
    ) -> EntryRecorder:
        """A new entry, to be filled by live runs; see core.store.recording.

        tab: the browser's tab that shows it, an id of that tab alone.
        """
        return EntryRecorder(
            self._writer, self._owner.name, kind, title, instructions, current_date, tab=tab
        )

    def going_on(self, entry: StoredEntry, tab: str | None = None) -> EntryRecorder:
        """An entry that was read, to be gone on with. tab: the browser's tab that does."""
        return EntryRecorder(
            self._writer,
            self._owner.name,
            entry.kind,
            entry.title,
            entry.instructions,
            entry.current_date,
            entry.id,
            {turn.id for turn in entry.turns},
            tab,
        )

    def flush(self) -> None:
        """Return when all that was recorded so far is in the file, or `trouble` says why not."""
        self._writer.flush()

    # Reading

    def page(
        self, query: str = "", kind: Kind | None = None, offset: int = 0, limit: int = PAGE
    ) -> Page:
        """The entries that hold all words of the query, newest first; see core.store.search."""
        where, values = "e.deleted_at IS NULL", list[Any]()
        if kind is not None:
            where, values = f"{where} AND e.kind = ?", [*values, kind]
        if query.strip():
            asked = search.expression(query)
            if asked is None:
                return Page((), 0)
            where, values = f"{where} AND e.n IN ({search.MATCHING})", [*values, asked]
        with self._database.reading() as connection:
            total = connection.execute(
                f"SELECT count(*) FROM entries e WHERE {where}",  # noqa: S608
                values,
            ).fetchone()[0]
            found = connection.execute(
                f"SELECT {rows.SUMMARY} FROM entries e WHERE {where}"  # noqa: S608
                " ORDER BY e.updated_at DESC, e.n DESC LIMIT ? OFFSET ?",
                [*values, limit, offset],
            ).fetchall()
        return Page(tuple(map(rows.summary, found)), total)

    def entry(self, entry_id: str) -> StoredEntry:
        """An entry with its turns and runs. Raises StoreError where there is none."""
        with self._database.reading() as connection:
            entry = rows.read_entry(connection, entry_id)
        if entry is None:
            raise StoreError(
                f"There is no entry {entry_id[:40]!r} in this history: it was deleted, or stands "
                "in another one."
            )
        return entry

    def shown_in(self, tab: str) -> StoredEntry | None:
        """The chat that a browser's tab shows; None for none, and for one that was deleted."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT e.id FROM tabs JOIN entries e ON e.n = tabs.entry"
                " WHERE tabs.tab = ? AND e.deleted_at IS NULL",
                (tab,),
            ).fetchone()
            return None if row is None else rows.read_entry(connection, row[0])

    def run(self, run_id: str) -> StoredRun:
        """One run. Raises StoreError where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT {rows.RUN} FROM runs r WHERE r.id = ?",  # noqa: S608
                (run_id,),
            ).fetchone()
            if row is None:
                raise StoreError(f"There is no run {run_id!r} in the history; it was deleted.")
            return rows.run_from(connection, row)

    # Changing

    def add(self, entries: Sequence[StoredEntry]) -> int:
        """Insert entries, all or none; how many there were that were not here already.

        One that is here to the letter is left as it is, and brought back where it was deleted. One
        whose id is taken by something else comes in under an id of its own.
        """
        added = 0
        with self._database.writing() as connection:
            for entry in entries:
                if rows.read_entry(connection, entry.id) == entry:
                    _mark(connection, [entry.id], None)
                    continue
                taken = rows.is_taken(connection, entry)
                rows.put_entry(connection, entry.called(uuid.uuid4().hex) if taken else entry)
                added += 1
        return added

    def rename(self, entry_id: str, title: str) -> None:
        """Give an entry another title; one without a letter changes nothing."""
        title = rows.plain(" ".join(title.split()))
        if not title:
            return
        with self._database.writing() as connection:
            number = number_of(connection, entry_id)
            if number is not None:
                connection.execute("UPDATE entries SET title = ? WHERE n = ?", (title, number))
                search.index_title(connection, number, title)

    def delete(self, entry_ids: Sequence[str]) -> None:
        """Take entries out of the list; `restore` brings them back for a day."""
        with self._database.writing() as connection:
            _mark(connection, entry_ids, time.time())

    def restore(self, entry_ids: Sequence[str]) -> None:
        """Bring deleted entries back."""
        with self._database.writing() as connection:
            _mark(connection, entry_ids, None)

    def votes(self) -> list[Any]:
        """The votes of all entries that are not deleted, in the order they came."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT v.facts FROM votes v JOIN entries e ON v.entry = e.n"
                " WHERE e.deleted_at IS NULL ORDER BY v.n"
            ).fetchall()
        return [json.loads(facts) for (facts,) in found]

    def vote(self, entry_id: str, facts: Mapping[str, Any]) -> bool:
        """Add a vote to an entry, as a JSON object. False where there is no such entry."""
        with self._database.writing() as connection:
            number = number_of(connection, entry_id)
            if number is not None:
                rows.put_vote(connection, number, facts)
        return number is not None

    def purge(self, kept_s: float = DELETED_KEPT_S) -> int:
        """Remove for good what was deleted longer ago; how many entries that were."""
        with self._database.writing() as connection:
            gone = connection.execute(
                "DELETE FROM entries WHERE deleted_at < ?", (time.time() - kept_s,)
            ).rowcount
            if gone:
                # Else words of what was deleted would stay in the index until it is merged.
                connection.execute("INSERT INTO search (search) VALUES ('optimize')")
            too_old = time.time() - TABS_KEPT_S
            connection.execute("DELETE FROM tabs WHERE seen_at < ?", (too_old,))
        return gone

    def mend(self) -> int:
        """Mark runs whose process has died as interrupted, with their text so far; how many."""
        with self._database.reading() as connection:
            owners = connection.execute(
                "SELECT DISTINCT owner FROM runs WHERE status = 'running'"
            ).fetchall()
        dead = [name for (name,) in owners if self._owner.is_dead(name)]
        if not dead:
            return 0
        mended = 0
        with self._database.writing() as connection:
            for name in dead:
                left = connection.execute(
                    "SELECT n, tokens, facts FROM runs WHERE status = 'running' AND owner IS ?",
                    (name,),
                ).fetchall()
                for run, tokens, facts in left:
                    _interrupt(connection, run, tokens, facts)
                mended += len(left)
        return mended


def _mark(
    connection: sqlite3.Connection, entry_ids: Sequence[str], deleted_at: float | None
) -> None:
    connection.executemany(
        "UPDATE entries SET deleted_at = ? WHERE id = ?",
        [(deleted_at, entry_id) for entry_id in entry_ids],
    )


def _interrupt(connection: sqlite3.Connection, run: int, tokens: int, facts: str) -> None:
    text = rows.unfinished(connection, run)
    captured = rows.FACTS.validate_json(facts).captured
    said = rows.said(folded(from_lines(text)), captured)
    settle(connection, run, Ending(Status.INTERRUPTED, None, tokens, said, text))
