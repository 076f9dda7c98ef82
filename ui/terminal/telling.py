"""How a command ends: its errors as one sentence on stderr, its JSON, its exit status."""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from core.errors import CoreError, InvalidInput

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
OK, FAILED, BAD_USAGE, INTERRUPTED = 0, 1, 2, 130


@contextmanager
def told(verbose: bool) -> Iterator[None]:
    """Errors as one sentence on stderr and the exit status they stand for."""
    try:
        yield
        # Here, and not when python ends: there a failure would be no sentence.
        sys.stdout.flush()
    except CoreError as error:
        status = BAD_USAGE if isinstance(error, InvalidInput) else FAILED
        say(str(error), verbose)
    except KeyboardInterrupt:
        status = INTERRUPTED
        say("Stopped.", verbose=False)
    except BrokenPipeError:
        _drop_output()
        status = FAILED
    except Exception as error:
        status = FAILED
        if not said_full(error):
            advice = "This is a fault of Counterpoint; run it again with --verbose to see where."
            say(f"{type(error).__name__}: {error}. {advice}", verbose)
    else:
        return
    raise typer.Exit(status)


def _drop_output() -> None:
    """What stdout still holds goes nowhere: python would complain once more when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


def said_full(error: Exception) -> bool:
    """Say it where a full disk is what went wrong, and drop what could not be written."""
    if not isinstance(error, OSError) or error.errno not in _FULL:
        return False
    _drop_output()
    where = f" {error.filename}" if error.filename else ""
    advice = "Make room on the disk, or send the output elsewhere."
    say(f"Writing{where} failed ({error.strerror}). {advice}", verbose=False)
    return True


def say(sentence: str, verbose: bool) -> None:
    """A sentence on stderr; with `verbose`, the traceback of the error at hand before it."""
    if verbose:
        traceback.print_exc()
    typer.echo(sentence, err=True)


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
