"""Where the chat reads and writes: lines of a pipe, or a person at a terminal."""

from __future__ import annotations

import os
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console

from core.errors import InvalidInput
from ui.terminal.render import harmless, stderr
from ui.terminal.repl_display import Display, LiveDisplay, PlainDisplay


class NotText(InvalidInput):
    """A line of standard input is no UTF-8."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What the prompt shows. draft: text that stands in it already."""

    level: str
    status: str
    draft: str = ""


class Reader(Protocol):
    """Where lines come from."""

    def read(self, cue: Cue) -> str:
        """The next line. Raises EOFError at the end, KeyboardInterrupt on Ctrl-C."""


class PipeReader:
    """Lines of standard input; a backslash at the end of a line goes on with the next one."""

    def read(self, _cue: Cue) -> str:
        """See Reader. Raises NotText; the lines behind it can still be read."""
        lines: list[str] = []
        while raw := sys.stdin.buffer.readline():
            try:
                line = raw.decode("utf-8-sig").rstrip("\r\n")
            except UnicodeDecodeError:
                raise NotText(
                    "A line of standard input is not valid UTF-8, and was left out. "
                    "Send text as UTF-8."
                ) from None
            lines.append(line.removesuffix("\\"))
            if not line.endswith("\\"):
                break
        if not lines:
            raise EOFError
        return "\n".join(lines)


class Screen:
    """What the chat prints to. json: stdout holds JSON alone, all else goes to stderr."""

    def __init__(self, *, json: bool, reasoning: bool) -> None:
        self.notes = stderr()
        self._stdout = Console(highlight=False, markup=False)
        self.out = self.notes if json else self._stdout
        self._json = json
        self._reasoning = reasoning

    def say(self, text: str) -> None:
        """A sentence on stderr."""
        self.notes.print(harmless(text))

    def display(self) -> Display:
        """What shows the next run."""
        shown = self._stdout
        if shown.is_terminal and not shown.is_dumb_terminal:
            return LiveDisplay(shown, self.notes, answer=not self._json, reasoning=self._reasoning)
        return PlainDisplay(answer=not self._json, reasoning=self._reasoning)


@contextmanager
def no_echo() -> Iterator[None]:
    """Until the end of the block, keys that are pressed do not show; the next prompt gets them."""
    if not sys.stdin.isatty():
        yield
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    quiet = list(before)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def at_a_terminal() -> bool:
    """Whether a person can type here and see what they type."""
    shown = sys.stdout.isatty() or sys.stderr.isatty()
    return sys.stdin.isatty() and shown and os.environ.get("TERM") != "dumb"
