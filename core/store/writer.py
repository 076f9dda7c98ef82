"""One thread that writes, so that no reader of a run ever waits for the disk."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from core.errors import StoreError
from core.store.database import Database


class Unit:
    """Something to be written in one transaction; as often as it takes, and once too often."""

    def write(self, connection: sqlite3.Connection) -> None:
        """Write what has come since the last time. May be undone: then it is called again."""
        raise NotImplementedError

    def written(self) -> None:
        """What `write` wrote last is in the file."""


class Writer:
    """Writes units in the order in which they were given, each as soon as it can.

    trouble: why the last attempt failed, in a sentence; None where it did not.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1, "history")
        self._lock = threading.Lock()
        self._waiting: dict[Unit, None] = {}
        self.trouble: str | None = None

    def soon(self, unit: Unit) -> None:
        """Write a unit; returns at once. After `close` nothing happens."""
        with self._lock:
            self._waiting.setdefault(unit)
        with suppress(RuntimeError):
            self._thread.submit(self._write_all)

    def flush(self) -> None:
        """Return when all that was given before has been tried."""
        with suppress(RuntimeError):
            self._thread.submit(self._write_all).result()

    def close(self) -> None:
        """Try what is left, and end the thread. Safe to call twice."""
        self.flush()
        self._thread.shutdown()

    def _write_all(self) -> None:
        while (unit := self._next()) is not None:
            try:
                with self._database.writing() as connection:
                    unit.write(connection)
            except StoreError as error:
                self.trouble = str(error)
                with self._lock:
                    # First again: the others may build on it.
                    self._waiting = {unit: None, **self._waiting}
                return
            self.trouble = None
            unit.written()

    def _next(self) -> Unit | None:
        with self._lock:
            unit = next(iter(self._waiting), None)
            if unit is not None:
                del self._waiting[unit]
            return unit
