"""Which processes write to the history, and which of them are dead.

Each holds a lock on a file of its own for as long as it lives. The operating system drops the lock
with the process, however that ended: no pid that was given out again and no clock can mislead.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from contextlib import suppress
from pathlib import Path

from core.errors import StoreError


class Owner:
    """This process as one that writes. name: stands beside every run that it has under way.

    Raises StoreError where the lock cannot be taken.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.name, self._file = _locked(folder)
        except OSError as error:
            raise StoreError(
                f"The history cannot be written in {folder} ({error.strerror}). Set "
                "COUNTERPOINT_HOME to a folder of yours on a local disk."
            ) from error

    def is_dead(self, name: str | None) -> bool:
        """Whether the process of that name has ended. What it had locked is removed then."""
        if name == self.name:
            return False
        if name is None or not name.isalnum():
            return True
        lock = _lock(self._folder, name)
        try:
            file = os.open(lock, os.O_RDWR)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lock.unlink(missing_ok=True)
        except OSError:
            return False
        finally:
            os.close(file)
        return True

    def sweep(self) -> None:
        """Remove what processes that are dead have left."""
        for lock in self._folder.glob("*.lock"):
            self.is_dead(lock.stem)

    def close(self) -> None:
        """End as one that writes. Safe to call twice."""
        if self._file >= 0:
            with suppress(OSError):
                _lock(self._folder, self.name).unlink(missing_ok=True)
            os.close(self._file)
            self._file = -1


def _locked(folder: Path) -> tuple[str, int]:
    """A name, and its file, locked. Raises OSError."""
    while True:
        name = uuid.uuid4().hex
        path = _lock(folder, name)
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists():
                return name, file
        except BlockingIOError:
            pass  # as below: another process took the file for a dead one's before it was locked
        except OSError:
            os.close(file)
            raise
        os.close(file)


def _lock(folder: Path, name: str) -> Path:
    return folder / f"{name}.lock"
