"""The history as the page uses it: chats are written as they go, and found again by their tab.

Without a store the page works the same, keeps nothing, and says why.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from core.asked import Asked
from core.conversation import Channel, Conversation
from core.errors import StoreError
from core.run import Run
from core.store.comparison_recorder import ComparisonRecorder
from core.store.comparisons import StoredComparison
from core.store.history import Store
from core.store.run_recorder import RunRecorder
from core.store.values import Kind, Status, StoredEntry, StoredTurn, title_of
from ui.web.sessions import Session, Turn

NO_STORE = "This page keeps no history: it was opened without one."
WRITE_S = 2.0
"""How long the end of an answer may wait until it is written."""


class Memory:
    """One object for the app. store: the error where it could not be opened."""

    def __init__(self, store: Store | StoreError | None = None) -> None:
        self.store = store if isinstance(store, Store) else None
        self._why = str(store) if isinstance(store, StoreError) else NO_STORE

    @property
    def why_none(self) -> str:
        """Why there is no history, in a sentence; empty where there is one."""
        return "" if self.store else self._why

    @property
    def trouble(self) -> str:
        """Why what is new is not written, in a sentence; empty where all is well."""
        return (self.store.trouble or "") if self.store else ""

    def follow(
        self, session: Session, asked: Conversation, before: Sequence[Turn], turn: Turn, run: Run
    ) -> RunRecorder | None:
        """Record a run of the chat; None where nothing is kept.

        A chat with a turn that was not to be kept is not kept from there on: without that turn it
        would be another one.
        """
        if self.store is None:
            return None
        if not all(one.kept for one in (*before, turn)):
            self.leave(session)
            return None
        record = session.record
        if record is None:
            first = before[0].question if before else turn.question
            record = self.store.recorder(Kind.CHAT, title_of(first), tab=session.tab or None)
            session.record = record
            if before:
                record.begin_with(tuple(map(_as_stored, before)))
        record.instructions, record.current_date = asked.instructions, asked.current_date
        return record.turn(turn.question, len(before)).follow(run)

    def compares(self, asked: Asked) -> ComparisonRecorder | None:
        """Record a comparison that begins; None where nothing is kept."""
        return ComparisonRecorder.new(self.store, asked) if self.store else None

    def goes_on(self, stored: StoredComparison) -> ComparisonRecorder | None:
        """Record what is run again of a stored comparison."""
        return ComparisonRecorder.going_on(self.store, stored) if self.store else None

    def comparison(self, entry_id: str) -> StoredComparison:
        """A stored comparison. Raises StoreError where there is none, or while it runs."""
        if self.store is None:
            raise StoreError(self.why_none)
        # What this page has just ended is on its way to the file.
        self.store.flush()
        self.store.mend()
        stored = StoredComparison.of(self.store.entry(entry_id))
        if any(run.status is Status.RUNNING for run in stored.all_runs):
            raise StoreError("This comparison is still running; open it once it has ended.")
        return stored

    def cut(self, session: Session) -> None:
        """The chat's turns from the end of `session.turns` on were taken back."""
        if session.record is not None:
            session.record.cut(len(session.turns))
            if not session.turns:
                session.record = None

    def leave(self, session: Session) -> None:
        """The tab shows its chat no more; the history keeps it."""
        if session.record is not None:
            session.record.leave()
            session.record = None

    def shown_before(self, session: Session) -> StoredEntry | None:
        """What this tab showed before the server forgot it; asked once for each session."""
        if session.loaded or session.turns or not session.tab or self.store is None:
            return None
        session.loaded = True
        try:
            return self.store.shown_in(session.tab)
        except StoreError:
            return None

    def open(self, session: Session, entry: StoredEntry) -> None:
        """Let the tab show a stored chat, and go on with it; another kind is only shown."""
        self.leave(session)
        session.turns = [shown_turn(turn) for turn in entry.turns]
        session.current_date = entry.current_date
        session.chat_panels, session.unfinished, session.loaded = None, None, True
        session.chat_seen = None
        if self.store is not None and entry.kind is Kind.CHAT:
            session.record = self.store.going_on(entry, session.tab or None)
            session.record.show()


def shown_turn(turn: StoredTurn) -> Turn:
    """A stored turn as the chat shows it. Without a whole answer it says why, in italics."""
    if turn.runs:
        last = turn.runs[-1]
        text = last.transcript.text(Channel.FINAL).strip()
        why = f"*{last.why_no_answer}*" if last.why_no_answer else ""
    else:
        text = "\n\n".join(m.text for m in turn.given if m.channel is Channel.FINAL).strip()
        why = "" if text else "*There is no answer.*"
    return Turn(turn.question, "\n\n".join(filter(None, (text, why))), turn.messages)


def _as_stored(turn: Turn) -> StoredTurn:
    return StoredTurn(uuid.uuid4().hex, turn.question, (), turn.messages)
