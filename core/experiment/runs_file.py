"""The file that keeps each run as it ends, so that an experiment can go on where it stopped.

JSON Lines: the fingerprint, then a line for each run. A line goes to the file in one piece; one
that was cut off (kill -9, a full disk) is dropped when the file is opened again.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from pydantic import TypeAdapter, ValidationError

from core.errors import InvalidFile
from core.experiment.experiment import Experiment, Outcome, Trial
from core.experiment.fingerprint import Fingerprint
from core.experiment.run_line import outcome_of, written

_OTHERWISE: Final = "name another file with --runs, or remove this one"


@dataclass(frozen=True, slots=True)
class _Head:
    counterpoint_runs: int
    asked: Fingerprint


_HEAD: Final = TypeAdapter(_Head)
_VERSION: Final = 1
_BEGINNING: Final = b'{"counterpoint_runs":'


class RunsFile:
    """An open file of runs. outcomes: those that it held when it was opened."""

    def __init__(self, stream: BinaryIO, outcomes: tuple[Outcome, ...]) -> None:
        self.outcomes = outcomes
        self._stream = stream

    def append(self, outcome: Outcome) -> None:
        """Keep a run that has ended: it is in the operating system's hands when this returns.

        Raises OSError where the disk is full.
        """
        _write(self._stream, written(outcome))


def check_runs(path: Path, *, resume: bool) -> None:
    """Raise InvalidFile where `open_runs` would for what is there: before a model is loaded."""
    if not path.exists():
        folder = path.absolute().parent
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise _cannot_write(path, "there is no such folder, or it is not yours to write to")
        return
    _lines_of(path)
    if not resume:
        raise InvalidFile(
            f"The runs file {str(path)!r} is there already, from an earlier run; nothing was run. "
            f"Go on with it by --resume, or {_OTHERWISE}."
        )


def date_of(path: Path) -> str | None:
    """The date in the prompts of a file's runs; None where there is no such file yet."""
    lines = _lines_of(path)
    return _head_of(path, lines[0]).asked.date if lines else None


@contextmanager
def open_runs(
    path: Path, experiment: Experiment, asked: Fingerprint, *, resume: bool
) -> Iterator[RunsFile]:
    """A file for an experiment's runs: a new one, or with `resume` one that may be there.

    Raises InvalidFile for one that holds something else, or that another process has open.
    """
    check_runs(path, resume=resume)
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(path.open("r+b" if path.exists() else "x+b", buffering=0))
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InvalidFile(
                f"The runs file {str(path)!r} is in use by another run; allowed: one at a time. "
                "Wait for it, or name another file with --runs."
            ) from None
        except OSError as error:
            raise _cannot_write(path, error.strerror) from None
        lines = _lines_of(path)
        outcomes = tuple(_outcomes(path, lines, experiment, asked))
        # What was cut off goes.
        stream.truncate(sum(map(len, lines)) + len(lines))
        stream.seek(0, 2)
        if not lines:
            _write(stream, _HEAD.dump_json(_Head(_VERSION, asked)))
        yield RunsFile(stream, outcomes)


def _write(stream: BinaryIO, line: bytes) -> None:
    left = memoryview(line + b"\n")
    while left:
        left = left[stream.write(left) :]


def _lines_of(path: Path) -> list[bytes]:
    """The whole lines of a file of runs; what has no end of its line is none. Raises InvalidFile
    for any other file, which is never changed."""
    try:
        *whole, rest = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InvalidFile(
            f"The runs file {str(path)!r} cannot be read ({error.strerror}); {_OTHERWISE}."
        ) from None
    if whole:
        _head_of(path, whole[0])
    elif not (rest.startswith(_BEGINNING) or _BEGINNING.startswith(rest)):
        raise _not_ours(path)
    return whole


def _head_of(path: Path, line: bytes) -> _Head:
    try:
        head = _HEAD.validate_json(line)
    except ValidationError:
        raise _not_ours(path) from None
    if head.counterpoint_runs != _VERSION:
        raise InvalidFile(
            f"The runs file {str(path)!r} was written by another version of Counterpoint (its "
            f"format is {head.counterpoint_runs}, this one reads {_VERSION}): {_OTHERWISE}."
        )
    return head


def _cannot_write(path: Path, why: str | None) -> InvalidFile:
    return InvalidFile(
        f"The runs file {str(path)!r} cannot be written ({why}); allowed: a file in a folder that "
        "you may write to. Name one with --runs."
    )


def _not_ours(path: Path) -> InvalidFile:
    return InvalidFile(
        f"{str(path)!r} is no file of runs that Counterpoint wrote, and stays as it is. Name "
        "another file with --runs."
    )


def _outcomes(
    path: Path, lines: list[bytes], experiment: Experiment, asked: Fingerprint
) -> Iterator[Outcome]:
    if not lines:
        return
    others = _head_of(path, lines[0]).asked.differences(asked)
    if others:
        raise InvalidFile(
            f"The runs file {str(path)!r} belongs to other runs: {'; '.join(others)}. Give what "
            f"was given then, or {_OTHERWISE}."
        )
    expected, seen = set(experiment.trials()), set[Trial]()
    for number, line in enumerate(lines[1:], 2):
        try:
            outcome = outcome_of(line, experiment)
        except (ValidationError, IndexError):
            raise InvalidFile(
                f"The runs file {str(path)!r} is damaged: line {number} is no run. Remove that "
                "line and resume, and it is run again."
            ) from None
        if outcome.trial not in expected:
            trial = outcome.trial
            raise InvalidFile(
                f"The runs file {str(path)!r} holds prompt {trial.question} at {trial.level}, "
                f"repeat {trial.repeat}, for which you do not ask now. Ask for that, too (--levels "
                f"and --repeats may grow), or {_OTHERWISE}."
            )
        if outcome.trial not in seen:
            seen.add(outcome.trial)
            yield outcome
