"""The Compare tab: one prompt asked in two to four ways, live columns, and a verdict."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import gradio as gr
from gradio.blocks import Block

from core.config import ReasoningLevel
from core.conversation import Conversation
from core.engine import InferenceEngine
from core.errors import CoreError
from core.variants import MOST
from core.votes import VoteBook, VotesInMemory
from ui.web import compare_charts, compare_column, compare_strip, examples, held_back, panels
from ui.web.board import Board, Slot
from ui.web.boards import Boards
from ui.web.compare_after import CompareAfter
from ui.web.compare_frames import BUSY, GONE, ColumnParts, CompareFrames
from ui.web.compare_options import CompareOptions
from ui.web.compare_replay import CompareReplays
from ui.web.live import FAST_TICK_S, MANY, QUIET, SLOW_TICK_S, STREAMING, Frame, why_not_started
from ui.web.memory import WRITE_S, Memory
from ui.web.sessions import Session, Sessions
from ui.web.settings import Inputs, SettingsDrawer

LEVELS = (*ReasoningLevel, None)
EMPTY = "The prompt is empty; type a question or an instruction."


class CompareTab:
    """The tab; one object for the app. The state of each browser tab lies in `sessions`.

    votes: where blind votes are kept; None keeps them until the server ends.
    """

    def __init__(
        self,
        engine: InferenceEngine,
        sessions: Sessions,
        drawer: SettingsDrawer,
        votes: VoteBook | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._engine = engine
        self._sessions = sessions
        self._drawer = drawer
        self._memory = memory or Memory()
        self.boards = Boards()
        self._options = CompareOptions(engine.config, models=engine.loader is not None)
        self._after = CompareAfter(votes if votes is not None else VotesInMemory())

    def build(self) -> None:
        """Lay the tab out."""
        with gr.Row(elem_id="compare-ask", equal_height=True):
            self.input = gr.Textbox(
                label="Prompt",
                show_label=False,
                placeholder="Ask the same thing at low, medium and high",
                lines=1,
                max_lines=4,
                container=False,
                elem_id="compare-input",
                scale=1,
            )
            self.run = gr.Button(
                "Compare", variant="primary", elem_id="compare-run", scale=0, min_width=112
            )
            self.stop = gr.Button(
                "Stop", elem_id="compare-stop", interactive=False, scale=0, min_width=84
            )
        with gr.Row(elem_id="compare-examples"):
            gr.HTML("Try", elem_classes="hint", apply_default_css=False)
            self.examples = [
                (gr.Button(e.label, size="sm", scale=0, min_width=20), e.prompt)
                for e in examples.COMPARE
            ]
            self.think = held_back.ask_button(self._sessions.presenting, "compare-show-thinking")
            gr.HTML(
                panels.OPTIONS_SWITCH,
                js_on_load="counterpoint.optionsSwitch(element)",
                apply_default_css=False,
                elem_id="compare-options-switch",
            )
        self._options.build()
        self.strip = panels.panel(
            "strip", compare_strip.idle_strip(), panels.STRIP, elem_id="compare-verdict"
        )
        self._after.build_vote()
        with gr.Row(elem_id="compare-columns", equal_height=True):
            self.columns = [self._build_column(n, LEVELS[n]) for n in range(MOST)]
        self.charts = panels.panel(
            "charts", compare_charts.idle_bars(), panels.CHARTS, elem_id="compare-charts"
        )
        self._after.build()
        self.frames = CompareFrames(
            self.run, self.stop, self.strip, self.columns, self.charts, self._after, self.think
        )
        self.replays = CompareReplays(
            self._engine, self._memory, self.boards, self.frames, self.input
        )

    def _build_column(self, position: int, level: ReasoningLevel | None) -> ColumnParts:
        opens = "opens" if self._engine.config.show_reasoning else "stays"
        named = [f"level-{level}"] if level else []
        panel = panels.panel(
            "column",
            compare_column.idle_column(level),
            panels.COLUMN,
            elem_id=f"compare-column-{position + 1}",
            elem_classes=["level-column", *named, opens],
        )
        with panel:
            answer = gr.Markdown(
                "",
                elem_classes="answer",
                latex_delimiters=panels.LATEX,
                container=False,
                line_breaks=True,
            )
            with gr.Row(elem_classes="actions"):
                stop = gr.Button("Stop", size="sm", elem_classes="stop")
                finish = gr.Button("Finish now", size="sm", elem_classes="finish")
                again = gr.Button("Run again", size="sm", elem_classes="again")
                carry = gr.Button("Continue in chat", size="sm", elem_classes="carry")
                take = gr.Button("This one is best", size="sm", elem_classes="take")
        return ColumnParts(position, panel, answer, stop, finish, again, take, carry)

    def wire(self) -> None:
        """Connect the events; to be called once all of the page is laid out."""
        inputs: set[Block] = {self.input, *self._drawer.fields, *self._options.fields}
        outputs = self.restorable
        gr.on([self.run.click, self.input.submit], self._ran, inputs, outputs, **STREAMING)
        for button, prompt in self.examples:
            chosen = button.click(self._chosen(prompt), None, self.input, queue=False, **QUIET)
            chosen.then(self._ran, inputs, outputs, **STREAMING)
        self.stop.click(self._stopped, None, None, queue=False, **QUIET)
        self._options.wire()
        for part in self.columns:
            at = part.position
            part.stop.click(self._on_slot(at, Board.stop_one), None, None, queue=False, **QUIET)
            part.finish.click(self._on_slot(at, _finish), None, None, queue=False, **QUIET)
            part.again.click(self._again(at), self._drawer.history, outputs, **STREAMING)
            part.take.click(self._voted(at), None, outputs, queue=False, **QUIET)
        self._after.no_difference.click(self._voted(None), None, outputs, queue=False, **QUIET)
        self._after.wire(self._board_of)

    @property
    def restorable(self) -> list[Block]:
        """The components that `restored` fills; those that a run writes are among them."""
        return [self.input, *self.frames.outputs]

    def restored(self, session: Session) -> Frame:
        """What a page that was loaded again shows."""
        board = self.boards.get(session)
        if board is not None and not board.running:
            board.forgotten = not board.keep_reasoning
        return self.frames.blank() | (session.compare_panels or {})

    def columns_now(self, session: Session) -> Frame:
        """The columns' panels, and the button that asks for their thinking, as they may go to the
        browser; to be kept for a reload as well."""
        board = self.boards.get(session)
        if board is None:
            return {}
        frame = self.frames.columns_now(board)
        kept = self.frames.kept(board, frame, self.input)
        if session.compare_panels is not None:
            session.compare_panels |= kept
        return {c: kept[c] for c in frame} if board.forgotten else frame

    # Handlers. `inputs` holds values by component.

    def _board_of(self, request: gr.Request) -> Board | None:
        return self.boards.get(self._sessions.get(request.session_hash))

    def _chosen(self, prompt: str) -> Callable[[gr.Request], Any]:
        def put(request: gr.Request) -> Any:
            # While a comparison runs, its prompt stays in the box.
            busy = self._sessions.get(request.session_hash).comparing
            return gr.skip() if busy else prompt

        return put

    def _stopped(self, request: gr.Request) -> None:
        board = self._board_of(request)
        if board is not None:
            board.stop()

    def _on_slot(self, at: int, act: Callable[[Board, Slot], None]) -> Callable[[gr.Request], None]:
        def handler(request: gr.Request) -> None:
            board = self._board_of(request)
            if board is not None and board.running and at < len(board.slots):
                act(board, board.shown()[at])

        return handler

    def _again(self, at: int) -> Callable[[bool, gr.Request], AsyncIterator[Frame]]:
        async def handler(keep_history: bool, request: gr.Request) -> AsyncIterator[Frame]:
            session = self._sessions.get(request.session_hash)
            board = self.boards.get(session)
            if board is None or at >= len(board.slots):
                yield self.frames.refused(GONE)
                return
            if session.comparing:
                yield self.frames.refused(BUSY)
                return
            if not keep_history:
                # What is in the history of it stays as it is.
                board.recorder = None
            try:
                board.again(board.shown()[at])
            except CoreError as error:
                yield self.frames.refused(why_not_started(error))
                return
            async for frame in self._followed(session, board):
                yield frame

        return handler

    def _voted(self, at: int | None) -> Callable[[gr.Request], Frame]:
        def handler(request: gr.Request) -> Frame:
            session = self._sessions.get(request.session_hash)
            board = self.boards.get(session)
            if board is None or board.running or not board.hidden:
                return self.frames.refused(GONE)
            taken = None if at is None else board.shown()[at].variant.label
            said = self._after.voted(board, taken)
            frame = self.frames.ended(board, said)
            session.compare_panels = self.frames.kept(board, frame, self.input)
            return frame

        return handler

    async def _ran(self, inputs: Inputs, request: gr.Request) -> AsyncIterator[Frame]:
        session = self._sessions.get(request.session_hash)
        if session.comparing:
            yield self.frames.refused(BUSY)
            return
        if not (inputs[self.input] or "").strip():
            yield self.frames.refused(EMPTY)
            return
        try:
            board = self._begun(inputs)
        except CoreError as error:
            yield self.frames.refused(why_not_started(error))
            return
        board.held_back = session.presenting
        self.boards.put(session, board)
        async for frame in self._followed(session, board):
            yield frame

    def _begun(self, inputs: Inputs) -> Board:
        """A comparison whose first runs are under way."""
        settings = self._drawer.read(inputs)
        options = self._options.read(inputs, settings.params)
        conversation, asked = self._engine.asked(
            Conversation(instructions=settings.instructions).with_user(inputs[self.input]),
            options.variants,
            options.how,
            settings.params,
        )
        start = partial(
            self._engine.start_variants, conversation, capture_reasoning=settings.keep_reasoning
        )
        board = Board(
            start,
            asked,
            keep_reasoning=settings.keep_reasoning,
            blind=options.blind,
            turns=partial(self._engine.model_turns, asked),
            recorder=self._memory.compares(asked) if settings.keep_history else None,
        )
        board.begin()
        return board

    async def _followed(self, session: Session, board: Board) -> AsyncIterator[Frame]:
        """A comparison under way as frames of the page; the last shows what came of it."""
        session.compare_runs, session.compare_panels = board.under_way, None
        session.comparing = True
        ended = False
        try:
            sent: Frame = {}
            told = 0
            new = self.frames.begun()
            while board.tick():
                session.compare_runs = board.under_way
                new |= self.frames.running(board)
                yield self.frames.changed(sent, new)
                sent |= new
                new = {}
                told, before = sum(len(run.transcript.tokens) for run in board.under_way), told
                # A slow machine writes little, and its browser has little time for frames.
                await asyncio.sleep(FAST_TICK_S if told - before >= MANY else SLOW_TICK_S)
            await self._written(board)
            ended = True
            session.compare_runs, session.comparing = (), False
            final = self.frames.ended(board)
            session.compare_panels = self.frames.kept(board, final, self.input)
            yield final
        finally:
            # Also reached when the page is gone; nothing may be yielded here.
            if not ended:
                session.compare_runs = ()
                session.comparing = False
                if board.running:
                    board.interrupt()
                    if board.recorder is not None:
                        board.recorder.interrupted(board.comparison())
                last = self.frames.ended(board)
                session.compare_panels = self.frames.kept(board, last, self.input)

    async def _written(self, board: Board) -> None:
        """What is shown as done is in the history, or it is said why not."""
        recorder = board.recorder
        if recorder is None:
            return
        recorder.judged(board.comparison(), blind=board.blind)
        await asyncio.to_thread(recorder.wait_written, WRITE_S)
        board.trouble = self._memory.trouble


def _finish(_: Board, slot: Slot) -> None:
    if slot.run is not None:
        slot.run.finish_now()
