"""What a program drew on the second screen of a terminal, frame by frame."""

from __future__ import annotations

import re

from rich.cells import cell_len

ENTER, LEAVE, HOME = "\x1b[?1049h", "\x1b[?1049l", "\x1b[H"
STYLE = re.compile(r"\x1b\[[\d;]*m")
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:[349][0-7]|10[0-7]|[34]8;[\d;]+)m")


def frames(written: str) -> list[list[str]]:
    """The lines of each frame, without styles. Fails where something else was written there."""
    drawn, _, _ = written.partition(ENTER)[2].partition(LEAVE)
    pieces = STYLE.sub("", drawn.replace("\x1b[?25l", "").replace("\x1b[?25h", "")).split(HOME)
    found = [piece.replace("\r", "").split("\n") for piece in pieces]
    assert not any("\x1b" in line for lines in found for line in lines)
    return [lines for lines in found if any(map(str.strip, lines))]


def size(lines: list[str]) -> tuple[int, int]:
    """Rows and columns of a frame, all of whose lines are of one width."""
    (width,) = {cell_len(line) for line in lines}
    return len(lines), width


def after(written: str) -> str:
    """What stands on the first screen: what was written before the second one, and behind it."""
    before, _, rest = written.partition(ENTER)
    return STYLE.sub("", before + rest.partition(LEAVE)[2]).replace("\r\n", "\n")
