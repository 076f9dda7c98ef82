"""Markdown that is written while it comes: what is finished stays, what is open is drawn again.

The text is cut into blocks (paragraph, list, table, code). A block that another one follows is
printed once and scrolls away as any other output does. The open block at the end is drawn again as
it grows: only the lines that changed, in one write, so that nothing flickers. Of an open block that
is taller than the screen the upper lines are let go too; should the end of the block change them
after all (a table that grew wider), it is printed again from there, and nothing is lost.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.cells import cell_len
from rich.console import Console
from rich.markdown import Markdown

_FRAME_S: Final = 0.05
_SHARE: Final = 4
"""A frame that took long to draw is followed by a pause so many times as long."""
_STYLING = re.compile(r"\x1b\[[0-9;]*m")
# A terminal that knows synchronized output shows a frame at once; others ignore the marks.
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"


class Reader:
    """Reads answers: HTML is text, and a line break is one."""

    def __init__(self) -> None:
        self._parser = MarkdownIt("commonmark", {"html": False})
        self._parser.enable(["table", "strikethrough"])

    def parse(self, source: str) -> list[Token]:
        """Markdown as tokens, the way rich takes them."""
        tokens = self._parser.parse(source)
        for token in tokens:
            for child in token.children or ():
                if child.type == "softbreak":
                    child.type = "hardbreak"
        return tokens


def blocks(source: str, reader: Reader) -> list[str]:
    """Cut Markdown into its top-level blocks; joined they are the source.

    The last one is open. A block whose first line is not yet whole may still turn out to belong to
    the one before it, and is not cut off.
    """
    lines = source.splitlines(keepends=True)
    whole = len(lines) - (not source.endswith("\n"))
    starts = [token.map[0] for token in reader.parse(source) if token.map and not token.level]
    cuts = [at for at in dict.fromkeys(starts) if 0 < at < whole]
    edges = [0, *cuts, len(lines)]
    return ["".join(lines[a:b]) for a, b in pairwise(edges)]


class MarkdownStream:
    """Writes one answer to a terminal. `feed` it text, `finish` it in the end; also after a stop.

    Between the two nothing else may be written to the terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._reader = Reader()
        self._open = ""
        self._live: list[str] = []
        """Lines on the screen that may still change; the cursor stands under them."""
        self._gone: list[str] = []
        """Lines of the open block that were let go, and stay as they are."""
        self._any_before = False
        self._due = 0.0
        self._stale = False

    def feed(self, text: str) -> None:
        """More of the answer, without control characters."""
        self._open += text
        self._stale = True
        self.tick()

    def tick(self) -> None:
        """Draw what is new, if it is time for the next frame."""
        began = time.monotonic()
        if not self._stale or began < self._due:
            return
        *finished, self._open = blocks(self._open, self._reader) or [""]
        kept: list[str] = []
        for block in finished:
            kept += self._closed(block)
        lines = self._lines(self._open)[len(self._gone) :]
        room = max(1, self._console.size.height - 2)
        over = max(0, len(lines) - room)
        self._gone += lines[:over]
        self._draw(kept + lines[:over], lines[over:])
        self._stale = False
        cost = time.monotonic() - began
        self._due = began + cost + max(_FRAME_S, _SHARE * cost)

    def finish(self) -> None:
        """Print what is left as it is to stay."""
        kept: list[str] = []
        for block in blocks(self._open, self._reader):
            kept += self._closed(block)
        self._draw(kept, [])
        self._open, self._stale = "", False

    def _closed(self, block: str) -> list[str]:
        """The lines of a block at its end, but for those that went before and are still right."""
        lines = self._lines(block)
        gone = self._gone
        right = len([*takewhile(_agree, zip(gone, lines, strict=False))])
        self._gone = []
        self._any_before = self._any_before or bool(lines)
        return lines[right:]

    def _lines(self, block: str) -> list[str]:
        """A block as lines for the terminal, styled, with an empty one before it if not first."""
        shown = Markdown("", code_theme="ansi_dark", hyperlinks=False)
        shown.parsed = self._reader.parse(block)
        if not shown.parsed:
            return []
        with self._console.capture() as captured:
            # One column less: a full line would leave the cursor in doubt.
            self._console.print(shown, width=max(1, self._console.width - 1))
        lines = [line.rstrip() for line in captured.get().rstrip("\n").split("\n")]
        return ["", *lines] if self._any_before else lines

    def _draw(self, kept: Sequence[str], live: Sequence[str]) -> None:
        """Put lines that stay, and under them those that may change, in place of the live ones."""
        lines = [*kept, *live]
        same = len(
            [*takewhile(lambda pair: pair[0] == pair[1], zip(self._live, lines, strict=False))]
        )
        width = max(1, self._console.width)
        # Lines that a narrower window has wrapped take more than one row.
        up = sum(max(1, -(-_cells(line) // width)) for line in self._live[same:])
        new = lines[same:]
        self._live = list(live)
        if not up and not new:
            return
        move = f"\x1b[{up}A" if up else ""
        # Erased behind each line, not before: the old text stays until the new one is there.
        text = "".join(f"{line}\x1b[K\n" for line in new)
        self._console.file.write(f"{_BEGIN}{move}\r{text}\x1b[J{_END}")
        self._console.file.flush()


def _plain(line: str) -> str:
    return " ".join(_STYLING.sub("", line).split())


def _cells(line: str) -> int:
    return cell_len(_STYLING.sub("", line))


def _agree(pair: tuple[str, str]) -> bool:
    """Whether a line that went before says what it would say now."""
    return _plain(pair[0]) == _plain(pair[1])
