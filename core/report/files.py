"""Files that are either written whole or not at all, and never over another."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from core.errors import CoreError, InvalidSetting


class CannotWrite(CoreError):
    """A report could not be written."""


def check_new(file: Path, option: str) -> None:
    """Raise InvalidSetting where `write_new` would fail: before an answer is waited for."""
    if file.exists():
        raise InvalidSetting(
            f"{option} is {str(file)!r}, and that is there already; allowed: a new file. Choose "
            "another name, or remove it."
        )
    folder = file.absolute().parent
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise InvalidSetting(
            f"{option} is {str(file)!r}, and nothing can be written there; allowed: a file in a "
            "folder that is there and that you may write to."
        )


def write_new(file: Path, text: str) -> None:
    """Write UTF-8 text to a file that is not there yet. Raises CannotWrite, and leaves no rest."""
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            errors="replace",
            newline="\n",
            dir=file.absolute().parent,
            prefix=f".{file.name}.",
            delete=False,
        ) as part:
            half = Path(part.name)
            try:
                part.write(text)
                part.flush()
                half.chmod(0o644)
                _name(half, file)
            finally:
                half.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(
            f"{str(file)!r} could not be written ({error.strerror or error}); nothing is lost on "
            "the screen. Choose another file and run it again."
        ) from None


def _name(half: Path, file: Path) -> None:
    """Give a whole file its name. Raises FileExistsError where that is taken."""
    try:
        os.link(half, file)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links.
        if file.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file)) from None
        half.rename(file)
