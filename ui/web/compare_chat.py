"""From a column of Compare into the chat: its prompt and answer become the first turn of one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import gradio as gr
from gradio.blocks import Block

from core.conversation import Channel
from core.events import FinishReason
from core.result import kept_messages
from ui.web.board import Board, Slot
from ui.web.boards import Boards
from ui.web.chat import ChatTab
from ui.web.compare_column import name_of
from ui.web.compare_frames import BUSY, GONE, ColumnParts, CompareFrames
from ui.web.live import QUIET, Frame
from ui.web.sessions import Sessions, Turn
from ui.web.settings import Inputs, SettingsDrawer

REFUSED = "Nothing was continued"

# Where it was refused, the strip says why, and the page stays.
_FOLLOW = """() => {
    const refused = document.querySelector("#compare-verdict .strip[data-state=error]");
    if (!refused) counterpoint.showTab("Chat");
}"""


class CompareToChat:
    """The button of each column; one object for the app."""

    def __init__(
        self,
        sessions: Sessions,
        drawer: SettingsDrawer,
        chat: ChatTab,
        boards: Boards,
        frames: CompareFrames,
    ) -> None:
        self._sessions = sessions
        self._drawer = drawer
        self._chat = chat
        self._boards = boards
        self._frames = frames

    def wire(self, tabs: gr.Tabs, columns: list[ColumnParts]) -> None:
        """Connect the events. tabs: all of the page's."""
        self._tabs = tabs
        instructions, parts = self._drawer.instructions, self._chat.parts
        outputs = [tabs, *self._frames.outputs, *parts.outputs, parts.level, instructions]
        for part in columns:
            inputs: set[Block] = {instructions}
            carried = part.carry.click(
                self._carried(part.position), inputs, outputs, queue=False, **QUIET
            )
            carried.then(None, js=_FOLLOW)

    def _carried(self, at: int) -> Callable[[Inputs, gr.Request], Coroutine[Any, Any, Frame]]:
        async def handler(inputs: Inputs, request: gr.Request) -> Frame:
            session = self._sessions.get(request.session_hash)
            board = self._boards.get(session)
            if board is None or board.hidden or at >= len(board.slots):
                return self._frames.refused(GONE, REFUSED)
            if session.comparing:
                return self._frames.refused(BUSY, REFUSED)
            slot = board.shown()[at]
            why = why_not(slot)
            if why:
                return self._frames.refused(why, REFUSED)
            await session.stop_all()
            wanted = slot.variant.instructions or board.asked.instructions or ""
            changed = wanted != (inputs[self._drawer.instructions] or "").strip()
            self._chat.begun_with(
                session, turn_of(board, slot), board.asked.date, _said(slot, changed)
            )
            return {
                self._tabs: gr.Tabs(selected="chat"),
                **self._chat.restored(session),
                self._chat.parts.level: slot.variant.level.value,
                self._drawer.instructions: wanted,
            }

        return handler


def why_not(slot: Slot) -> str:
    """Why a chat cannot go on from a column, in a sentence; empty where it can."""
    name, run = name_of(slot.variant.label), slot.run
    finished = run.transcript.finished if run is not None else None
    if run is None or finished is None:
        return f"{name} has not come to its end. Run it again first."
    if finished.reason is FinishReason.CANCELLED:
        return f"{name} was stopped before its end. Run it again first."
    if not run.transcript.text(Channel.FINAL).strip():
        return f"{name} gave no answer that a chat could go on from."
    return ""


def turn_of(board: Board, slot: Slot) -> Turn:
    """The turn that a column's question and answer make; what was not kept stays so."""
    if slot.run is None:
        return Turn(board.asked.prompt)
    seen = slot.run.transcript
    kept = board.recorder is not None
    answer = seen.text(Channel.FINAL)
    return Turn(board.asked.prompt, answer, kept_messages(seen.messages), kept)


def _said(slot: Slot, changed: bool) -> str:
    said = f"A new chat, from the answer of {name_of(slot.variant.label)} in a comparison."
    return f"{said} Its instructions stand in the settings now." if changed else said
