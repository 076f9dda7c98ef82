"""One answer of the chat: a run under way as frames of the page, and what is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace

import gradio as gr
from gradio.blocks import Block

from core.conversation import Channel, Conversation
from core.engine import InferenceEngine
from core.errors import CoreError
from core.run import Run
from ui.web import held_back, view
from ui.web.chat_watch import Watch, blank_panels, log_value
from ui.web.live import (
    FAST_TICK_S,
    MANY,
    TICK_S,
    Frame,
    buttons,
    changed,
    facts,
    why_not_started,
)
from ui.web.memory import WRITE_S, Memory
from ui.web.models import note
from ui.web.sessions import Session, Turn
from ui.web.settings import Inputs, Settings, SettingsDrawer
from ui.web.token_view import RIVALS
from ui.web.view import INTERRUPTED, Tone

BUSY = "An answer is still being written. Press Stop first, or wait for its end."
EMPTY = "The message is empty; type a question or an instruction."


@dataclass(frozen=True, slots=True)
class ChatParts:
    """The tab's components that a run reads or writes."""

    status: gr.HTML
    log: gr.Chatbot
    notice: gr.HTML
    input: gr.Textbox
    level: gr.Radio
    finish: gr.Button
    stop: gr.Button
    send: gr.Button
    think: gr.Button
    analysis: gr.HTML
    commentary: gr.HTML
    scores: gr.Checkbox
    tokens: gr.HTML
    metrics: gr.HTML

    @property
    def outputs(self) -> list[Block]:
        """What a run writes."""
        return [
            self.input,
            self.log,
            self.status,
            self.notice,
            self.analysis,
            self.commentary,
            self.tokens,
            self.metrics,
            self.send,
            self.finish,
            self.stop,
            self.think,
        ]

    @property
    def panels(self) -> list[Block]:
        """What is held back while presenting, and the button that asks for it."""
        return [self.analysis, self.commentary, self.tokens, self.metrics, self.think]


class ChatAnswers:
    """Answers questions of any session, frame by frame."""

    def __init__(
        self,
        engine: InferenceEngine,
        drawer: SettingsDrawer,
        parts: ChatParts,
        memory: Memory | None = None,
    ) -> None:
        self._engine = engine
        self._drawer = drawer
        self._memory = memory or Memory()
        self.parts = parts

    async def answered(
        self,
        session: Session,
        before: list[Turn],
        question: str,
        inputs: Inputs,
        typed: bool = False,
    ) -> AsyncIterator[Frame]:
        """Answer `question` after the turns `before`: a frame per tick, the last shows the end."""
        if session.chat_run is not None:
            # The run under way fills the page; what was typed stays in its box.
            yield self._log_only(session)
            return
        if not question.strip():
            yield self.refused(session, EMPTY)
            return
        try:
            settings = self._drawer.read(inputs)
            asked = self._asked(session, before, question, settings)
            level = inputs[self.parts.level]
            scored = replace(settings.params, logprobs=RIVALS if inputs[self.parts.scores] else 0)
            run = self._engine.start(asked, scored, level, settings.keep_reasoning)
        except CoreError as error:
            # An edit, or an example, would be gone; it does not push out what was typed meanwhile.
            kept: Frame = {} if inputs[self.parts.input] else {self.parts.input: question}
            yield self.refused(session, why_not_started(error)) | kept
            return
        first: Frame = {self.parts.input: ""} if typed else {}
        following = self._follow(session, before, question, asked, run, settings.keep_history)
        async with aclosing(following) as frames:
            async for frame in frames:
                yield frame | first
                first = {}

    async def finished(self, session: Session) -> AsyncIterator[Frame]:
        """Let the model answer now, from what it has thought: a run that thinks goes on, one that
        is over begins again from there."""
        if session.chat_run is not None:
            # Its own frames show what comes of it.
            session.chat_run.finish_now()
            return
        if session.unfinished is None or not session.turns:
            yield self._log_only(session)
            return
        asked, over = session.unfinished
        *before, last = session.turns
        try:
            prefix = over.format.answer_follows(over.transcript.tokens)
            run = self._engine.start(
                asked, over.params, over.level, over.capture_reasoning, prefix=prefix
            )
        except CoreError as error:
            yield self.refused(session, str(error))
            return
        following = self._follow(session, before, last.question, asked, run, last.kept)
        async with aclosing(following) as frames:
            async for frame in frames:
                yield frame

    async def _follow(
        self,
        session: Session,
        before: list[Turn],
        question: str,
        asked: Conversation,
        run: Run,
        keep_history: bool,
    ) -> AsyncGenerator[Frame, None]:
        """A frame per tick of a run; the last shows its end."""
        turn = Turn(question, kept=keep_history)
        session.turns, session.chat_run, session.chat_panels = [*before, turn], run, None
        session.unfinished = None
        keep_reasoning = run.capture_reasoning
        watch = Watch(run, turn, session.epoch, run.format.token_text)
        recorder = self._memory.follow(session, asked, before, turn, run)
        try:
            sent: Frame = {}
            told = 0
            while watch.tick() and session.epoch == watch.epoch:
                new = self.allowed(session, self.frame(session, watch))
                yield changed(sent, new, self._growing(watch))
                sent = new
                told, earlier = len(run.transcript.tokens), told
                await asyncio.sleep(FAST_TICK_S if told - earlier >= MANY else TICK_S)
            if recorder is not None and session.epoch == watch.epoch:
                recorder.close(watch.failure)
                # What is shown as done is written.
                await asyncio.to_thread(recorder.wait_written, WRITE_S)
            if session.epoch != watch.epoch:
                # Cleared. A frame that was on its way may have come behind the empty page.
                another = session.chat_run not in (None, run)
                yield self._log_only(session) if another else self.blank_frame(session)
                return
            watch.settle()
            session.chat_run = None
            if view.can_finish(run.transcript) and run.transcript.finished:
                session.unfinished = (asked, run)
            final = self.frame(session, watch)
            session.chat_panels = self._kept(final, watch, keep_reasoning)
            self._read_ahead(asked, turn, run)
            yield self.allowed(session, final)
        finally:
            # Also reached when the page is gone; nothing may be yielded here.
            run.cancel()
            if recorder is not None:
                recorder.close(watch.failure)
            if session.chat_run is run:
                session.chat_run = None
                watch.health = INTERRUPTED
                watch.settle()
                last = self.frame(session, watch)
                session.chat_panels = self._kept(last, watch, keep_reasoning)

    def _read_ahead(self, asked: Conversation, turn: Turn, run: Run) -> None:
        """Let the model read the answer as the next prompt holds it, while it is read here."""
        if run.transcript.finished:
            with suppress(CoreError):  # the next question will say it
                self._engine.read_ahead(asked.adding(*turn.messages), run.level)

    def _asked(
        self, session: Session, before: list[Turn], question: str, settings: Settings
    ) -> Conversation:
        if not before or session.current_date is None:
            session.current_date = self._engine.config.date_now()
        conversation = Conversation(
            instructions=settings.instructions, current_date=session.current_date
        )
        for turn in before:
            if turn.question:  # a chat that was imported may begin with the assistant
                conversation = conversation.with_user(turn.question)
            conversation = conversation.adding(*turn.messages)
        return conversation.with_user(question)

    def frame(self, session: Session, watch: Watch) -> Frame:
        """The page as a run, or a replay, has come so far; to be sent as `allowed`."""
        run, seen = watch.run, watch.run.transcript
        prompt = facts(run)
        # Without an answer the log itself says why.
        answered = bool(seen.text(Channel.FINAL).strip())
        sentence = watch.health.sentence if answered else view.CAN_FINISH * watch.can_finish
        said = (*prompt.notes, sentence, self._memory.trouble)
        sentence = "" if watch.running else " ".join(filter(None, said))
        return {
            self.parts.log: log_value(session),
            self.parts.status: view.status_line(self._engine.model, prompt, watch.health),
            self.parts.notice: {"text": sentence, "tone": watch.health.tone.value},
            self.parts.analysis: view.analysis_panel(seen),
            self.parts.commentary: view.commentary_panel(seen),
            self.parts.tokens: watch.tokens.values(seen),
            self.parts.metrics: view.metrics_panel(seen, run.timing, prompt, watch.health),
            self.parts.finish: gr.update(visible=watch.can_finish),
            **buttons(self.parts.send, self.parts.stop, watch.running),
        }

    def allowed(self, session: Session, frame: Frame) -> Frame:
        """What of a frame may go to the browser: all of it, but for thinking that is held back."""
        parts = self.parts
        session.chat_seen = {c: frame[c] for c in parts.panels if c in frame}
        return frame | self.panels_now(session)

    def panels_now(self, session: Session) -> Frame:
        """The panels of what is shown now, as far as they may go to the browser."""
        seen, parts = session.chat_seen or {}, self.parts
        frame: Frame = {**seen, **self._asking(session)}
        if not session.holds_thinking or parts.metrics not in seen:
            return frame
        return frame | {
            parts.analysis: held_back.text_held_back(seen[parts.analysis]),
            parts.commentary: held_back.parts_held_back(seen[parts.commentary]),
            parts.tokens: held_back.tokens_held_back(seen[parts.tokens]),
            parts.metrics: held_back.prompt_held_back(seen[parts.metrics]),
        }

    def _asking(self, session: Session) -> Frame:
        """The button that asks for the thinking; a page that does not present has none."""
        if not session.presenting:
            return {}
        return {self.parts.think: held_back.thinking_button(True, session.holds_thinking)}

    def _growing(self, watch: Watch) -> set[Block]:
        """The texts that the run is adding to."""
        answering = watch.run.transcript.open_channel is Channel.FINAL
        return {self.parts.tokens, self.parts.log if answering else self.parts.analysis}

    def refused(self, session: Session, sentence: str) -> Frame:
        """Say why nothing was started; all else stays, what was typed above all."""
        notice: Frame = {self.parts.notice: {"text": sentence, "tone": Tone.BAD.value}}
        return notice | self._log_only(session)

    def _log_only(self, session: Session) -> Frame:
        """The log as it is, also where the browser has shown an edit of it already."""
        return {self.parts.log: log_value(session)}

    def blank_frame(self, session: Session) -> Frame:
        blank = blank_panels()
        return {
            self.parts.log: gr.update(value=log_value(session), placeholder=note(self._engine)),
            self.parts.status: view.status_line(self._engine.model, None, None),
            self.parts.notice: {"text": "", "tone": Tone.IDLE.value},
            self.parts.analysis: blank["analysis"],
            self.parts.commentary: blank["commentary"],
            self.parts.tokens: blank["tokens"],
            self.parts.metrics: blank["metrics"],
            self.parts.finish: gr.update(visible=False),
            **self._asking(session),
            **buttons(self.parts.send, self.parts.stop, running=False),
        }

    def _kept(self, frame: Frame, watch: Watch, keep_reasoning: bool) -> Frame:
        """What of the last frame is shown again after a reload."""
        parts = self.parts
        dropped: set[Block] = {parts.log, parts.send, parts.finish, parts.stop}
        if watch.can_finish:
            dropped.add(parts.notice)
        kept = {c: value for c, value in frame.items() if c not in dropped}
        if not keep_reasoning:
            blank = blank_panels()
            note = {"run": "", "text": "", "note": view.NOT_KEPT}
            calls = view.commentary_panel(watch.run.transcript, analysis_too=False)
            # The prompt of an open tool loop still holds its analysis.
            metrics = {**kept[self.parts.metrics], "prompt": view.NOT_KEPT}
            kept |= {
                self.parts.analysis: note,
                self.parts.tokens: blank["tokens"],
                self.parts.commentary: calls,
                self.parts.metrics: metrics,
            }
        return kept
