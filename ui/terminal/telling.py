"""How a command ends: its errors as one sentence on stderr, its JSON, its exit status."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from core.errors import CoreError, InvalidInput

OK, FAILED, BAD_USAGE, INTERRUPTED = 0, 1, 2, 130


@contextmanager
def told(verbose: bool) -> Iterator[None]:
    """Errors as one sentence on stderr and the exit status they stand for."""
    try:
        yield
    except CoreError as error:
        status = BAD_USAGE if isinstance(error, InvalidInput) else FAILED
        say(str(error), verbose)
    except KeyboardInterrupt:
        status = INTERRUPTED
        say("Stopped.", verbose=False)
    except BrokenPipeError:
        # The reader has left; python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FAILED
    except Exception as error:
        status = FAILED
        advice = "This is a fault of Counterpoint; run it again with --verbose to see where."
        say(f"{type(error).__name__}: {error}. {advice}", verbose)
    else:
        return
    raise typer.Exit(status)


def say(sentence: str, verbose: bool) -> None:
    """A sentence on stderr; with `verbose`, the traceback of the error at hand before it."""
    if verbose:
        traceback.print_exc()
    typer.echo(sentence, err=True)


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
