"""A stored run in the Chat tab: replayed at its speed, labelled, or all at once as it ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import datetime

from gradio.blocks import Block

from core.engine import InferenceEngine
from core.store.replay import AT_ONCE, NOT_CAPTURED, Replay
from core.store.values import StoredEntry, StoredRun
from core.vocabulary import token_text
from ui.web.chat_run import ChatAnswers
from ui.web.chat_watch import Watch
from ui.web.live import TICK_S, Frame
from ui.web.sessions import Session, Turn
from ui.web.view import Tone

_O200K = ("Harmony", "ChatML")


class ChatReplays:
    """Stored runs as frames of the Chat tab."""

    def __init__(self, engine: InferenceEngine, answers: ChatAnswers) -> None:
        self._engine = engine
        self._answers = answers

    def show_last(self, session: Session, entry: StoredEntry) -> None:
        """Let the panels show the last run of a chat that was just opened, as it ended."""
        runs = [run for turn in entry.turns for run in turn.runs]
        if not runs:
            return
        watch = self._watch(session, Replay(runs[-1], AT_ONCE), Turn(""))
        watch.tick()
        self._keep(session, self._frame(session, watch))

    async def played(
        self, session: Session, entry: StoredEntry, run_id: str, speed: float
    ) -> AsyncGenerator[Frame, None]:
        """Replay a run of an entry that was just opened: a frame per tick, the last with all of the
        chat again."""
        found = [
            (at, run)
            for at, turn in enumerate(entry.turns)
            for run in turn.runs
            if run.id == run_id
        ]
        if not found:
            yield self._answers.refused(session, "This run is in the history no more.")
            return
        at, stored = found[0]
        everything = session.turns
        replay, turn = Replay(stored, speed), Turn(everything[at].question)
        session.turns, session.chat_run = [*everything[:at], turn], replay
        watch = self._watch(session, replay, turn)
        try:
            while watch.tick() and session.epoch == watch.epoch:
                yield self._answers.allowed(session, self._labelled(session, watch))
                await asyncio.sleep(TICK_S)
            if session.epoch != watch.epoch:
                yield self._answers.blank_frame(session)
                return
            session.turns, session.chat_run = everything, None
            final = self._labelled(session, watch)
            self._keep(session, final)
            yield self._answers.allowed(session, final)
        finally:
            # Also reached when the page is gone; nothing may be yielded here.
            replay.cancel()
            if session.chat_run is replay:
                session.turns, session.chat_run = everything, None

    def _watch(self, session: Session, replay: Replay, turn: Turn) -> Watch:
        return Watch(replay, turn, session.epoch, self._token_text(replay.stored))

    def _token_text(self, stored: StoredRun) -> Callable[[int], str]:
        """How its tokens are read: another model's can be only while that model is loaded."""
        facts = stored.facts
        if facts.format in _O200K:
            return token_text
        if facts.model == self._engine.model:
            return self._engine.format.token_text
        return lambda token: f"⟨{token}⟩"

    def _frame(self, session: Session, watch: Watch) -> Frame:
        frame, parts = self._answers.frame(session, watch), self._answers.parts
        if isinstance(watch.run, Replay) and not watch.run.stored.facts.captured:
            note = {"run": watch.run.stored.id, "text": "", "note": NOT_CAPTURED}
            frame[parts.analysis] = note
        return frame

    def _labelled(self, session: Session, watch: Watch) -> Frame:
        frame, parts = self._frame(session, watch), self._answers.parts
        if not isinstance(watch.run, Replay):
            return frame
        stored = watch.run.stored
        missing = "" if stored.facts.captured else NOT_CAPTURED
        said = (label(stored, watch.run.speed), missing, frame[parts.notice]["text"])
        tone = Tone.WARN if watch.running else watch.health.tone
        status = frame[parts.status]
        return frame | {
            parts.notice: {"text": " ".join(filter(None, said)), "tone": tone.value},
            parts.status: status
            | {"model": stored.facts.model, "health": f"Replay: {status['health'].lower()}"},
        }

    def _keep(self, session: Session, frame: Frame) -> None:
        """What of a frame is shown when the page is loaded again."""
        parts = self._answers.parts
        dropped: set[Block] = {parts.log, parts.send, parts.finish, parts.stop}
        session.chat_panels = {c: value for c, value in frame.items() if c not in dropped}


def label(stored: StoredRun, speed: float) -> str:
    """What must be said of a replay: that it is one, of when, and how fast."""
    when = datetime.fromtimestamp(stored.facts.started_at).astimezone()
    pace = "its real speed" if speed == 1 else f"{speed:g} times its real speed"
    return f"Replay of {when:%d %b %Y, %H:%M:%S}, at {pace}; nothing is generated."
