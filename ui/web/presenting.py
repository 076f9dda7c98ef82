"""Presenting: large type, plain captions, and no thinking sent to the browser until asked for.

What is held back stays on the server: nothing here hides what the page already has.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.blocks import Block

from ui.web import panels
from ui.web.chat import ChatTab
from ui.web.compare import CompareTab
from ui.web.held_back import thinking_button
from ui.web.history import HistoryTab
from ui.web.history_view import no_detail
from ui.web.live import QUIET, Frame
from ui.web.sessions import Session, Sessions
from ui.web.view import caption


class Presenting:
    """The switch in the header, and the buttons that show the thinking; one object for the app.

    chat, compare, history: built before `wire`.
    """

    def __init__(
        self, sessions: Sessions, chat: ChatTab, compare: CompareTab, history: HistoryTab
    ) -> None:
        self._sessions = sessions
        self._chat = chat
        self._compare = compare
        self._history = history

    def build(self) -> None:
        """Lay the header out: name, switches, settings."""
        self.header = panels.panel(
            "header", {"presenting": self._sessions.presenting}, panels.HEADER, elem_id="header"
        )

    @property
    def outputs(self) -> list[Block]:
        """What the switch changes of the page."""
        chat, compare = self._chat.parts, self._compare.frames
        return [self.header, *self._chat.tabs.values(), *chat.panels, *compare.held_parts]

    def wire(self) -> None:
        """Connect the events; to be called once all of the page is laid out."""
        at_once: dict[str, Any] = {"queue": False, **QUIET}
        switched: list[Block] = [*self.outputs, self._history.detail]
        self.header.click(self._switched, None, switched, **at_once)
        chat, compare = self._chat.parts, self._compare.frames
        unfold = "() => counterpoint.unfold()"
        chat.think.click(self._chat_asked, None, chat.panels, js=unfold, **at_once)
        compare.think.click(self._compare_asked, None, compare.held_parts, **at_once)

    def shown(self, session: Session) -> Frame:
        """The switch, the captions and the buttons as they are in a session."""
        on, board = session.presenting, self._compare.boards.get(session)
        return {
            self.header: {"presenting": on},
            **{tab: gr.Tab(label=caption(name, on)) for name, tab in self._chat.tabs.items()},
            self._chat.parts.think: thinking_button(on, session.holds_thinking),
            self._compare.frames.think: thinking_button(on, board.held_back if board else on),
        }

    # Handlers

    def _switched(self, request: gr.Request) -> Frame:
        session = self._sessions.get(request.session_hash)
        session.presenting, session.thinking_asked = not session.presenting, False
        board = self._compare.boards.get(session)
        if board is not None:
            board.held_back = session.presenting
        return {
            **self._chat.panels_now(session),
            **self._compare.columns_now(session),
            **self.shown(session),
            # The entry that is open may show its thinking.
            self._history.detail: no_detail(),
        }

    def _chat_asked(self, request: gr.Request) -> Frame:
        session = self._sessions.get(request.session_hash)
        session.thinking_asked = not session.thinking_asked
        return self._chat.panels_now(session)

    def _compare_asked(self, request: gr.Request) -> Frame:
        session = self._sessions.get(request.session_hash)
        board = self._compare.boards.get(session)
        if board is not None:
            board.held_back = session.presenting and not board.held_back
        return self._compare.columns_now(session)
