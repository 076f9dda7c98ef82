"""A terminal in few lines: what it shows, and what has scrolled away above it."""

from __future__ import annotations

import re

_PIECE = re.compile(r"\x1b\[(\??)([\d;]*)([a-zA-Z])|([^\x1b])", re.DOTALL)


class Terminal:
    """Takes what a program writes. Knows what the chat uses, and refuses all else.

    lines: all that was ever shown and is still in the scrollback, and the screen at its end.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.lines = [""]
        self.row = self.column = 0

    def write(self, text: str) -> None:
        for private, numbers, letter, character in _PIECE.findall(text):
            if character:
                self._put(character)
            elif not private and letter != "m":
                self._move(letter, int(numbers or 1))

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        return True

    def _move(self, letter: str, count: int) -> None:
        match letter:
            case "A":
                top = max(0, len(self.lines) - self.height)
                assert self.row - count >= top, "the cursor would leave the screen"
                self.row -= count
            case "K":
                self.lines[self.row] = self.lines[self.row][: self.column]
            case "J":
                self.lines[self.row] = self.lines[self.row][: self.column]
                del self.lines[self.row + 1 :]
            case _:
                raise AssertionError(f"an escape sequence that nothing here uses: {letter}")

    def _put(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row, self.column = self.row + 1, 0
            if self.row == len(self.lines):
                self.lines.append("")
        else:
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + character + line[self.column + 1 :]
            self.column += 1
            assert self.column < self.width, "a line is as wide as the screen"

    def shown(self) -> list[str]:
        """All lines, without the spaces and the empty lines at their end."""
        lines = [line.rstrip() for line in self.lines]
        while lines and not lines[-1]:
            lines.pop()
        return lines
