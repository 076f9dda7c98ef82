"""What the chat shows of a run under way, or of the replay of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.result import Transcript, kept_messages
from core.run import Run
from core.store.replay import Replay
from core.store.values import BROKEN_OFF
from ui.web import view
from ui.web.inert import inert
from ui.web.live import drained
from ui.web.sessions import Session, Turn
from ui.web.token_view import TokenView
from ui.web.view import Health, Tone


class Watch:
    """A run as the tab follows it: drained tick by tick, its health in words, its turn kept up.

    token_text: one token as people read it. failure: in a sentence, once the machine failed.
    """

    def __init__(
        self, run: Run | Replay, turn: Turn, epoch: int, token_text: Callable[[int], str]
    ) -> None:
        self.run = run
        self.turn = turn
        self.epoch = epoch
        self.tokens = TokenView(token_text)
        self.health = view.health(run.transcript)
        self.failure: str | None = None

    @property
    def running(self) -> bool:
        return self.health.tone is Tone.BUSY

    @property
    def can_finish(self) -> bool:
        """Whether the model can be made to answer now; never in a replay."""
        seen = self.run.transcript
        if isinstance(self.run, Replay):
            return False
        return view.can_finish(seen) and (self.running or seen.finished is not None)

    def tick(self) -> bool:
        """Take in what is new. False where the run has ended."""
        self.failure = drained(self.run)
        self.health = health_of(self.run, self.failure)
        self.turn.shown = view.answer_shown(self.run.transcript, self.health)
        return self.running

    def settle(self) -> None:
        """Write down what of this turn the log shows and the next prompt holds."""
        self.turn.shown = view.answer_shown(self.run.transcript, self.health)
        self.turn.messages = kept_messages(self.run.transcript.messages)


def health_of(run: Run | Replay, failure: str | None) -> Health:
    """The state of a run in words; of one that came to no end, in a replay, once that is over."""
    if isinstance(run, Replay) and run.done and run.transcript.finished is None:
        if run.stored.failure is not None:
            return Health("Failed", run.stored.failure, Tone.BAD)
        if run.stored.transcript.finished is None:
            return Health("Broken off", BROKEN_OFF, Tone.WARN)
        return Health("Stopped", "The replay was stopped.", Tone.WARN)
    return view.health(run.transcript, failure)


def blank_panels() -> dict[str, Any]:
    """The four panels before the first run."""
    nothing = Transcript()
    return {
        "analysis": view.analysis_panel(nothing),
        "commentary": view.commentary_panel(nothing),
        "tokens": TokenView(str).values(nothing),
        "metrics": {"run": "", "groups": [], "prompt": ""},
    }


def log_value(session: Session) -> list[dict[str, str]]:
    """Two entries for each turn: the question, and the final channel of the answer."""
    return [
        entry
        for turn in session.turns
        for entry in (
            {"role": "user", "content": inert(turn.question)},
            {"role": "assistant", "content": inert(turn.shown)},
        )
    ]
