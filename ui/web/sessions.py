"""What the server remembers of a browser tab: its chat, and the runs under way.

Kept in a dict by Gradio's session hash, with a time to live: gr.State and unload events each hold
a connection open, and a browser allows six per host. A tab carries an id of its own through a
reload, so that its session is found again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.conversation import Conversation, Message

if TYPE_CHECKING:
    from gradio.blocks import Block

    from core.run import Run
    from core.store.recording import EntryRecorder
    from core.store.replay import Replay

SIX_HOURS = 6 * 3600.0
_WAITS, _WAIT_S = 40, 0.05
MOST = 500
"""Sessions kept at once; the one unused for longest goes first."""


@dataclass(slots=True)
class Turn:
    """One question and what came back.

    shown: the answer as the log shows it. messages: what goes back into the next prompt. kept: it
    may be written to the history.
    """

    question: str
    shown: str = ""
    messages: tuple[Message, ...] = ()
    kept: bool = True


@dataclass(slots=True)
class Session:
    """One tab.

    epoch: counts clears, so that a run begun before a clear does not write after it.
    unfinished: the last run and its prompt, where it thought and gave no answer. It holds the
        thinking, and goes with the page that shows it.
    model: the one that the page names, but for the frames of a run.
    tab: the tab's own id. record: where the chat is written in the history; None before its first
        turn. loaded: the history was asked what this tab had shown.
    chat_run: what fills the chat now: a run, or the replay of one.
    comparing: a comparison is under way; between two of its runs `compare_runs` is empty.
    chat_panels, compare_panels: the last values shown, to be shown again after a reload.
    chat_seen: what the chat's panels hold now, what is held back included; like `unfinished`.
    presenting: the thinking is held back, in the chat until `thinking_asked`.
    """

    turns: list[Turn] = field(default_factory=list)
    current_date: str | None = None
    epoch: int = 0
    tab: str = ""
    record: EntryRecorder | None = None
    loaded: bool = False
    chat_run: Run | Replay | None = None
    unfinished: tuple[Conversation, Run] | None = None
    compare_runs: tuple[Run | Replay, ...] = ()
    comparing: bool = False
    chat_panels: dict[Block, Any] | None = None
    compare_panels: dict[Block, Any] | None = None
    chat_seen: dict[Block, Any] | None = None
    presenting: bool = False
    thinking_asked: bool = False
    model: str = ""
    seen: float = 0.0

    @property
    def busy(self) -> bool:
        """True while a run of this tab is under way."""
        return self.chat_run is not None or self.comparing

    @property
    def holds_thinking(self) -> bool:
        """Whether the chat's thinking may not go to the browser."""
        return self.presenting and not self.thinking_asked

    def stop_chat(self) -> None:
        """Ask the chat's run to end; what it wrote is kept."""
        if self.chat_run is not None:
            self.chat_run.cancel()

    def stop_compare(self) -> None:
        """Ask the columns' runs to end; what they wrote is kept."""
        for run in self.compare_runs:
            run.cancel()

    async def stop_all(self) -> None:
        """End all runs of this tab, and wait until what they wrote is kept, two seconds at most."""
        self.stop_chat()
        self.stop_compare()
        for _ in range(_WAITS):
            if not self.busy:
                return
            await asyncio.sleep(_WAIT_S)


class Sessions:
    """Sessions by session hash, forgotten `ttl_s` seconds after their last use.

    presenting: whether a new one holds thinking back.
    """

    def __init__(
        self,
        ttl_s: float = SIX_HOURS,
        clock: Callable[[], float] = time.monotonic,
        *,
        presenting: bool = False,
    ) -> None:
        self.presenting = presenting
        self._ttl_s = ttl_s
        self._clock = clock
        self._by_hash: dict[str, Session] = {}
        self._by_tab: dict[str, Session] = {}

    def get(self, session_hash: str | None) -> Session:
        """The session of a connection; a new one where there is none."""
        session = self._by_hash.setdefault(session_hash or "", self._new())
        session.seen = self._clock()
        self._forget()
        return session

    def adopt(self, session_hash: str | None, tab: str) -> Session:
        """The session that this tab had before it was loaded again, or else the connection's.

        The latter holds what was done on the page before it could say which tab it is.
        """
        begun = (self._by_hash.get(session_hash) if session_hash else None) or self._new()
        session = self._by_tab.setdefault(tab, begun) if tab else begun
        self._by_hash[session_hash or ""] = session
        session.tab = tab
        session.seen = self._clock()
        self._forget()
        return session

    def __len__(self) -> int:
        return len({id(s) for s in (*self._by_hash.values(), *self._by_tab.values())})

    def _new(self) -> Session:
        return Session(presenting=self.presenting)

    def _forget(self) -> None:
        oldest_first = sorted(
            {id(s): s for s in self._by_hash.values()}.values(), key=lambda s: s.seen
        )
        surplus = len(oldest_first) - MOST
        too_old = self._clock() - self._ttl_s
        gone = {
            id(s)
            for rank, s in enumerate(oldest_first)
            if (s.seen < too_old or rank < surplus) and not s.busy
        }
        self._by_hash = {k: s for k, s in self._by_hash.items() if id(s) not in gone}
        self._by_tab = {k: s for k, s in self._by_tab.items() if id(s) not in gone}
