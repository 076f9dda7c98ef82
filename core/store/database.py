"""The history's file: SQLite in WAL mode, one short-lived connection per operation.

Any number of threads and processes may use the file at once: readers never wait, a writer waits for
another one ten seconds at most. A commit survives the death of the process; a power cut may cost
the last moments (`synchronous = NORMAL`), never the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from core.errors import StoreError
from core.store import schema

_WAIT_S: Final = 10.0
_ELSEWHERE = "Set COUNTERPOINT_HOME to another folder, or"


class Database:
    """One file. Opening makes it where there is none, and brings an older one up to date.

    Raises StoreError, as every operation does, where the file or its folder cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(_no_folder(file, error)) from error
        with _told(file), closing(self._connect()) as connection:
            _require_full_text(connection)
            self._refuse_newer(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            self._migrate(connection)
        # While it stands, no operation is the last to leave: that one would copy the log into the
        # file and wait for the disk each time.
        with _told(file):
            self._anchor = self._connect(any_thread=True)
            self._anchor.execute("SELECT count(*) FROM entries WHERE n = 0").fetchone()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file for as long as it is open."""
        with _told(self.file), closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is written at the end, or nothing where the body raises."""
        with _told(self.file), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                # A full disk has ended the transaction already.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        """Leave the file; what was written goes from the log into it. Safe to call twice."""
        self._anchor.close()

    def _connect(self, any_thread: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.file, timeout=_WAIT_S, isolation_level=None, check_same_thread=not any_thread
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            # What was deleted is overwritten, not only left out.
            connection.execute("PRAGMA secure_delete = ON")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _refuse_newer(self, connection: sqlite3.Connection) -> None:
        found, known = _version(connection), len(schema.MIGRATIONS)
        if found > known:
            raise StoreError(
                f"The history {self.file} is of version {found}, written by a newer Counterpoint; "
                f"this one reads versions up to {known}. {_ELSEWHERE} update Counterpoint. "
                "The file was not changed."
            )

    def _migrate(self, connection: sqlite3.Connection) -> None:
        if _version(connection) == len(schema.MIGRATIONS):
            return
        connection.execute("BEGIN IMMEDIATE")
        # Read again: another process may have done it while this one waited.
        for number, statements in enumerate(schema.MIGRATIONS):
            if number >= _version(connection):
                for statement in statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _require_full_text(connection: sqlite3.Connection) -> None:
    options = {name for (name,) in connection.execute("PRAGMA compile_options")}
    if "ENABLE_FTS5" not in options:
        raise StoreError(
            f"This Python's SQLite {sqlite3.sqlite_version} was built without full-text search "
            "(FTS5), which the history needs. Use a Python from python.org, Homebrew, uv or your "
            "distribution. Chats go on without a history."
        )


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """SQLite's errors as sentences."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_sentence(file, error)) from error


def _sentence(file: Path, error: sqlite3.Error) -> str:
    name: str = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return (
            f"The disk that holds the history {file} is full. Free some space; until then what is "
            "new is kept in memory only."
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return (
            f"The history {file} is damaged or no SQLite file ({error}). {_ELSEWHERE} move the "
            "file away to begin a new history. It was not changed."
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return (
            f"The history {file} cannot be written ({error}). {_ELSEWHERE} make file and folder "
            "writable."
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return (
            f"Another program has held the history {file} for {_WAIT_S:.0f} seconds. Close it, or "
            "try again later."
        )
    return f"The history {file} could not be used ({name or type(error).__name__}: {error})."


def _no_folder(file: Path, error: OSError) -> str:
    return (
        f"The folder {file.parent} of the history cannot be made ({error.strerror}). "
        f"{_ELSEWHERE} make it writable. Chats go on without a history."
    )
