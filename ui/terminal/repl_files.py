"""Files of the chat: written whole or not at all, read with a bound, every failure a sentence."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from core.errors import CoreError, InvalidInput

MOST_BYTES: Final = 64 * 2**20
_STAYS = "The chat stays as it is."


class FileNotWritten(CoreError):
    """The disk refused."""


class BadFile(InvalidInput):
    """The file that was named cannot be used."""


def path_of(name: str) -> Path:
    """A file as people name it: quotes around it and a leading ~ are read."""
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1]
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def write_text(path: Path, text: str, *, replace: bool) -> None:
    """Write a file whole or not at all, as UTF-8.

    replace: take the place of a file that is there. Raises BadFile where one is and must stay, and
    FileNotWritten where the disk refuses.
    """
    data = text.encode("utf-8", "replace")
    try:
        if path.is_dir():
            raise BadFile(f"{path} is a folder; allowed: a file. Name one in it. {_STAYS}")
        if path.exists() and not replace:
            raise BadFile(
                f"{path} is there already; give another name, or put -f before it to replace it. "
                f"{_STAYS}"
            )
        _write(path, data)
    except (OSError, ValueError) as error:
        if isinstance(error, BadFile):
            raise
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise FileNotWritten(
            f"{path} could not be written ({why}). {_STAYS} "
            "Name a file in a folder that you may write to, on a disk with room."
        ) from None


def _write(path: Path, data: bytes) -> None:
    target = path.resolve()
    if target.exists() and not target.is_file():
        # A device or a pipe: nothing may take its place.
        target.write_bytes(data)
        return
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            Path(beside).chmod(mode)
        Path(beside).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise


def read_text(path: Path) -> str:
    """A file's text. Raises BadFile where it cannot be read, is no file, no UTF-8 or too large."""
    try:
        if path.exists() and not path.is_file():
            raise BadFile(f"{path} is no file; allowed: a file that /save wrote. {_STAYS}")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BadFile(f"{path} holds {size:,} bytes; allowed: up to {MOST_BYTES:,}. {_STAYS}")
        return path.read_text("utf-8-sig")
    except UnicodeError:
        raise BadFile(
            f"{path} is not UTF-8 text; allowed: a file that /save wrote. {_STAYS}"
        ) from None
    except (OSError, ValueError) as error:
        if isinstance(error, BadFile):
            raise
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise BadFile(f"{path} could not be read ({why}). {_STAYS}") from None
