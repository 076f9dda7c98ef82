"""A stored comparison in the Compare tab: as it ended, or replayed, labelled, at its speed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from functools import partial

from gradio.blocks import Block

from core.conversation import Conversation
from core.engine import InferenceEngine
from core.errors import InvalidSetting
from core.run import Run
from core.sampling import SamplingParams
from core.store.comparisons import StoredComparison
from core.store.replay import AT_ONCE, NOT_CAPTURED
from core.variants import Variant, Varied
from ui.web.board_stored import StoredBoard
from ui.web.boards import Boards
from ui.web.chat_replay import label
from ui.web.compare_frames import CompareFrames
from ui.web.live import TICK_S, Frame
from ui.web.memory import Memory
from ui.web.sessions import Session


class CompareReplays:
    """Stored comparisons as frames of the Compare tab. prompt: the box that holds the question."""

    def __init__(
        self,
        engine: InferenceEngine,
        memory: Memory,
        boards: Boards,
        frames: CompareFrames,
        prompt: Block,
    ) -> None:
        self._engine = engine
        self._memory = memory
        self._boards = boards
        self._frames = frames
        self._prompt = prompt

    def opened(self, session: Session, stored: StoredComparison, said: str = "") -> Frame:
        """Show a comparison as it ended; votes, exports and columns run again are its own.

        said: stands before the verdict's figures, in place of where it comes from.
        """
        return self._opened(session, stored, said, held_back=session.presenting)

    def _opened(
        self, session: Session, stored: StoredComparison, said: str, *, held_back: bool
    ) -> Frame:
        board = self._board(stored, AT_ONCE)
        board.held_back = held_back
        board.begin()
        while board.tick():
            pass
        self._boards.put(session, board)
        frame = self._frames.ended(board, said or _from_history(stored))
        session.compare_panels = self._frames.kept(board, frame, self._prompt)
        return session.compare_panels

    async def played(
        self, session: Session, stored: StoredComparison, speed: float
    ) -> AsyncGenerator[Frame, None]:
        """Replay a comparison: a frame per tick, the last shows it as it ended, also where the
        replay was stopped."""
        board = self._board(stored, speed)
        board.held_back = session.presenting
        self._boards.put(session, board)
        board.begin()
        said = label(stored.all_runs[0], speed)
        missing = "" if stored.captured else NOT_CAPTURED
        first: Frame = {**self._frames.begun(), self._prompt: stored.asked.prompt}
        session.comparing, ended = True, False
        try:
            while board.tick() and self._boards.get(session) is board:
                session.compare_runs = board.under_way
                yield self._frames.replaying(board, said, missing) | first
                first = {}
                await asyncio.sleep(TICK_S)
            session.compare_runs, session.comparing, ended = (), False, True
            if self._boards.get(session) is board:
                yield self._opened(session, stored, said, held_back=board.held_back)
        finally:
            # Also reached when the page is gone; nothing may be yielded here.
            if board.under_way:
                for replay in board.under_way:
                    replay.cancel()
                session.compare_runs = ()
                self._opened(session, stored, "", held_back=board.held_back)
            if not ended:
                session.comparing = False

    def _board(self, stored: StoredComparison, speed: float) -> StoredBoard:
        asked = stored.asked
        conversation = Conversation(
            instructions=asked.instructions, current_date=asked.date or None
        ).with_user(asked.prompt)

        def start(variants: Sequence[Variant], params: SamplingParams) -> Sequence[Run]:
            if asked.varied is not Varied.MODELS and self._engine.model != asked.model:
                raise InvalidSetting(
                    f"This comparison ran on {asked.model}, and {self._engine.model} is loaded: "
                    f"one column of another model would not be fair. Choose {asked.model} in the "
                    "settings, or press Compare."
                )
            return self._engine.start_variants(
                conversation, variants, params, capture_reasoning=stored.captured
            )

        turns = partial(self._engine.model_turns, asked)
        return StoredBoard(stored, start, speed, self._memory.goes_on(stored), turns)


def _from_history(stored: StoredComparison) -> str:
    when = datetime.fromtimestamp(stored.all_runs[0].facts.started_at).astimezone()
    return f"From the history: {when:%d %b %Y, %H:%M}."
