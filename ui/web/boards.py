"""The last comparison of each browser tab: for its votes, exports, and columns run again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from ui.web.board import Board
from ui.web.sessions import Session

MOST: Final = 100
"""Comparisons kept at once; the oldest goes first."""


class Boards:
    """Boards by session. A board holds its session, so that another cannot take its place."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[Session, Board]] = OrderedDict()

    def get(self, session: Session) -> Board | None:
        """The session's last comparison."""
        found = self._kept.get(id(session))
        return found[1] if found else None

    def put(self, session: Session, board: Board) -> None:
        """Keep a session's comparison in the place of the one before."""
        self._kept[id(session)] = (session, board)
        self._kept.move_to_end(id(session))
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
