"""The Chat tab: the final channel as a chat, the other channels beside it. Layout and events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import gradio as gr
from gradio.blocks import Block

from core.engine import InferenceEngine
from core.store.values import StoredEntry
from ui.web import examples, held_back, panels, view
from ui.web.chat_replay import ChatReplays
from ui.web.chat_run import BUSY, ChatAnswers, ChatParts
from ui.web.chat_watch import blank_panels
from ui.web.inert import original
from ui.web.live import QUIET, STREAMING, Frame
from ui.web.memory import Memory
from ui.web.models import note
from ui.web.sessions import Session, Sessions, Turn
from ui.web.settings import Inputs, SettingsDrawer
from ui.web.view import Values, caption


class ChatTab:
    """The tab; one object for the app. The state of each browser tab lies in `sessions`."""

    def __init__(
        self,
        engine: InferenceEngine,
        sessions: Sessions,
        drawer: SettingsDrawer,
        memory: Memory | None = None,
    ) -> None:
        self._engine = engine
        self._sessions = sessions
        self._drawer = drawer
        self._memory = memory or Memory()

    def build(self) -> None:
        """Lay the tab out."""
        folded = "" if self._engine.config.show_reasoning else "folded"
        status = view.status_line(self._engine.model, None, None)
        with gr.Row(elem_id="chat", elem_classes=folded, equal_height=True):
            with gr.Column(elem_id="chat-main", scale=11, min_width=420):
                main: dict[str, Any] = {
                    **self._build_head(status),
                    "log": self._build_log(),
                    "notice": panels.panel(
                        "notice", {"text": ""}, panels.NOTICE, elem_id="chat-notice"
                    ),
                    **self._build_composer(),
                }
            with gr.Column(elem_id="chat-side", scale=9, min_width=360):
                side = self._build_side()
        self.parts = ChatParts(**main, **side)
        self._answers = ChatAnswers(self._engine, self._drawer, self.parts, self._memory)
        self.replays = ChatReplays(self._engine, self._answers)

    def _build_head(self, status: Values) -> dict[str, Any]:
        with gr.Row(elem_id="chat-head"):
            chip = panels.panel("status", status, panels.STATUS, elem_id="chat-status")
            think = held_back.ask_button(self._sessions.presenting, "chat-show-thinking")
        return {"status": chip, "think": think}

    def _build_log(self) -> gr.Chatbot:
        return gr.Chatbot(
            [],
            label="Chat",
            show_label=False,
            container=False,
            elem_id="chat-log",
            height="100%",
            layout="bubble",
            buttons=["copy", "copy_all"],
            editable="user",
            placeholder=note(self._engine),
            examples=[{"display_text": e.label, "text": e.prompt} for e in examples.CHAT],
            feedback_options=None,
            allow_tags=False,
            latex_delimiters=panels.LATEX,
            group_consecutive_messages=False,
        )

    def _build_composer(self) -> dict[str, Any]:
        with gr.Column(elem_id="chat-composer"):
            text = gr.Textbox(
                label="Message",
                show_label=False,
                placeholder="Ask something; Enter sends, Shift+Enter breaks the line",
                lines=1,
                max_lines=8,
                container=False,
                autofocus=True,
                elem_id="chat-input",
            )
            with gr.Row(elem_id="chat-controls"):
                level = gr.Radio(
                    [(name, level.value) for level, name in view.LEVEL_NAMES.items()],
                    value=self._engine.config.reasoning_level.value,
                    label="Reasoning",
                    container=False,
                    elem_id="chat-level",
                    elem_classes="levels",
                )
                finish = gr.Button(
                    "Finish now", elem_id="chat-finish", visible=False, scale=0, min_width=112
                )
                stop = gr.Button(
                    "Stop", elem_id="chat-stop", interactive=False, scale=0, min_width=84
                )
                send = gr.Button(
                    "Send", variant="primary", elem_id="chat-send", scale=0, min_width=84
                )
        return {"input": text, "level": level, "finish": finish, "stop": stop, "send": send}

    def _build_side(self) -> dict[str, Any]:
        blank = blank_panels()
        tabs = {
            "analysis": ("text", panels.ANALYSIS),
            "commentary": ("parts", panels.COMMENTARY),
            "tokens": ("tokens", panels.TOKENS),
            "metrics": ("metrics", panels.METRICS),
        }
        built: dict[str, Any] = {}
        self.tabs: dict[str, gr.Tab] = {}
        with gr.Tabs(elem_id="chat-panels"):
            for name, (script, template) in tabs.items():
                with gr.Tab(caption(name, self._sessions.presenting), id=name) as self.tabs[name]:
                    if name == "tokens":
                        built["scores"] = self._build_switch()
                    built[name] = panels.panel(
                        script, blank[name], template, elem_id=f"chat-{name}"
                    )
        return built

    def _build_switch(self) -> gr.Checkbox:
        return gr.Checkbox(
            False,
            label="How likely each token was",
            info="From the next answer on. Takes some time for every token.",
            container=False,
            elem_id="chat-scores",
        )

    def wire(self) -> None:
        """Connect the events; to be called once all of the page is laid out."""
        parts = self.parts
        inputs: set[Block] = {parts.input, parts.level, parts.scores, *self._drawer.fields}
        outputs = parts.outputs
        # Only while the log is told of progress does it hold back its Undo, Retry and Edit.
        streaming = STREAMING | {"show_progress_on": parts.log}
        gr.on(
            [parts.send.click, parts.input.submit],
            self._sent,
            inputs,
            outputs,
            # Else the browser drops what is sent while a run that was cleared comes to its end.
            trigger_mode="multiple",
            **streaming,
        )
        parts.log.example_select(self._example_chosen, inputs, outputs, **streaming)
        parts.log.retry(self._retried, inputs, outputs, **streaming)
        parts.log.edit(self._edited, inputs, outputs, **streaming)
        parts.log.undo(self._undone, parts.input, outputs, queue=False, **QUIET)
        parts.log.clear(self._cleared, None, outputs, queue=False, **QUIET)
        parts.finish.click(self._finished, None, outputs, **streaming)
        parts.stop.click(self._stopped, None, None, queue=False, **QUIET)

    @property
    def restorable(self) -> list[Block]:
        """The components that `restored` fills."""
        return [c for c in self.parts.outputs if c is not self.parts.input]

    def restored(self, session: Session) -> Frame:
        """What a page that was loaded again shows: its chat, and the last run's panels."""
        session.unfinished = None
        kept = session.chat_panels or {}
        return self._answers.blank_frame(session) | self._answers.allowed(session, kept)

    def panels_now(self, session: Session) -> Frame:
        """The panels, and the button over them, as far as they may go to the browser."""
        return self._answers.panels_now(session)

    def opened(self, session: Session, entry: StoredEntry) -> None:
        """Let the tab show a stored chat, and the panels its last run."""
        self._memory.open(session, entry)
        session.thinking_asked = False
        self.replays.show_last(session, entry)

    def begun_with(self, session: Session, turn: Turn, date: str, said: str) -> None:
        """Let the tab show a new chat that begins with a turn from elsewhere; the history keeps the
        one before. date: ISO date in its prompts. said: stands over the message box."""
        self._empty(session)
        session.turns, session.current_date = [turn], date or None
        session.chat_panels = {self.parts.notice: {"text": said, "tone": view.Tone.IDLE.value}}

    # Handlers. `inputs` holds values by component.

    async def _sent(self, inputs: Inputs, request: gr.Request) -> AsyncIterator[Frame]:
        session = self._sessions.get(request.session_hash)
        question = inputs[self.parts.input] or ""
        async for frame in self._answers.answered(
            session, session.turns, question, inputs, typed=True
        ):
            yield frame

    async def _example_chosen(
        self, inputs: Inputs, event: gr.SelectData, request: gr.Request
    ) -> AsyncIterator[Frame]:
        session = self._sessions.get(request.session_hash)
        question = str(event.value["text"])
        async for frame in self._answers.answered(session, session.turns, question, inputs):
            yield frame

    async def _retried(
        self, inputs: Inputs, event: gr.RetryData, request: gr.Request
    ) -> AsyncIterator[Frame]:
        session = self._sessions.get(request.session_hash)
        kept, question = _cut(session.turns, event.index)
        async for frame in self._answers.answered(session, kept, question, inputs):
            yield frame

    async def _edited(
        self, inputs: Inputs, event: gr.EditData, request: gr.Request
    ) -> AsyncIterator[Frame]:
        session = self._sessions.get(request.session_hash)
        kept, _ = _cut(session.turns, event.index)
        async for frame in self._answers.answered(
            session, kept, original(_plain(event.value)), inputs
        ):
            yield frame

    def _undone(self, typed: str, event: gr.UndoData, request: gr.Request) -> Frame:
        session = self._sessions.get(request.session_hash)
        if session.chat_run is not None:
            return self._answers.refused(session, BUSY)
        session.turns, question = _cut(session.turns, event.index)
        session.chat_panels, session.chat_seen, session.unfinished = None, None, None
        self._memory.cut(session)
        # What was typed since is the user's; the question comes back only into an empty box.
        return self._answers.blank_frame(session) | {self.parts.input: typed or question}

    def _cleared(self, request: gr.Request) -> Frame:
        session = self._sessions.get(request.session_hash)
        self._empty(session)
        return self._answers.blank_frame(session)

    def _empty(self, session: Session) -> None:
        session.stop_chat()
        session.epoch += 1
        self._memory.leave(session)
        session.turns, session.current_date = [], None
        session.chat_run, session.chat_panels, session.unfinished = None, None, None
        session.chat_seen, session.thinking_asked = None, False

    async def _finished(self, request: gr.Request) -> AsyncIterator[Frame]:
        session = self._sessions.get(request.session_hash)
        async for frame in self._answers.finished(session):
            yield frame

    def _stopped(self, request: gr.Request) -> None:
        self._sessions.get(request.session_hash).stop_chat()


def _cut(turns: list[Turn], index: int | tuple[int, int]) -> tuple[list[Turn], str]:
    """The turns before the log's entry `index`, and the question asked there."""
    at = (index if isinstance(index, int) else index[0]) // 2
    question = turns[at].question if at < len(turns) else ""
    return turns[:at], question


def _plain(value: Any) -> str:
    """The text of an edited message, however Gradio wraps it."""
    if isinstance(value, list):
        return "".join(_plain(part) for part in value)
    return str(value.get("text", "")) if isinstance(value, dict) else str(value)
