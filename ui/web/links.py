"""Addresses that open something of the history: `/?comparison=<id>` and `/?chat=<id>`."""

from __future__ import annotations

import json
from dataclasses import dataclass

from core.errors import StoreError
from core.store.values import Kind
from ui.web.chat import ChatTab
from ui.web.compare import CompareTab
from ui.web.live import Frame
from ui.web.memory import Memory
from ui.web.sessions import Session
from ui.web.view import Tone

UNOPENED = "Nothing was opened"


@dataclass(frozen=True, slots=True)
class Link:
    """What a page's address asks for: ids of entries, empty where it does not. again: the page was
    loaded again, so that what it showed goes before its address."""

    comparison: str = ""
    chat: str = ""
    again: bool = False

    @classmethod
    def read(cls, text: str) -> Link:
        """What the page's script says; anything odd asks for nothing."""
        try:
            data = json.loads(text or "{}")
            return cls(
                str(data.get("comparison") or ""), str(data.get("chat") or ""), bool(data["again"])
            )
        except (ValueError, AttributeError, KeyError):
            return cls()


class Links:
    """Follows a link as a page is loaded."""

    def __init__(self, memory: Memory, chat: ChatTab, compare: CompareTab) -> None:
        self._memory = memory
        self._chat = chat
        self._compare = compare

    def followed(self, session: Session, link: Link) -> tuple[str, Frame]:
        """Let the tab show what a link asks for. The id of the page's tab that shows it, empty for
        none, and what must be said where it cannot be shown."""
        if link.comparison:
            return "compare", self._comparison(session, link)
        if link.chat:
            return "chat", self._opened_chat(session, link)
        return "", {}

    def _comparison(self, session: Session, link: Link) -> Frame:
        if link.again and session.compare_panels:
            return {}
        try:
            self._compare.replays.opened(session, self._memory.comparison(link.comparison))
        except StoreError as error:
            return self._compare.frames.refused(str(error), UNOPENED)
        return {}

    def _opened_chat(self, session: Session, link: Link) -> Frame:
        if link.again and session.turns:
            return {}
        try:
            if self._memory.store is None:
                raise StoreError(self._memory.why_none)
            entry = self._memory.store.entry(link.chat)
            if entry.kind is not Kind.CHAT:
                raise StoreError(f"“{entry.title}” is a {entry.kind}, and no chat.")
        except StoreError as error:
            said = {"text": f"{UNOPENED}: {error}", "tone": Tone.BAD.value}
            return {self._chat.parts.notice: said}
        self._chat.opened(session, entry)
        return {}
