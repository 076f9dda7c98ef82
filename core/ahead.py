"""Reading a chat's past before its next question comes.

While gpt-oss writes an answer its own analysis stands before it, and the next prompt holds the
answer without: the model has to read it once more. Between an answer and the next question there is
time for that, as a person reads and types.
"""

from __future__ import annotations

import threading
from itertools import takewhile

from core.backends.base import EndStep, Handle, Step
from core.config import ReasoningLevel
from core.conversation import Conversation
from core.format import Format

_ANY_QUESTIONS = ("A", "1")


class ReadAhead:
    """A chat's past on its way into the prompt cache. Nobody needs to wait for it."""

    def __init__(self) -> None:
        self._handle: Handle | None = None
        self._over = threading.Event()

    def attach(self, handle: Handle | None) -> None:
        """Called by the engine. handle: None where there is nothing to do."""
        self._handle = handle
        if handle is None:
            self._over.set()

    def on_step(self, step: Step) -> None:
        """The backend's callback."""
        if isinstance(step, EndStep):
            self._over.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it was read, or put off for a request. False where `timeout` (seconds) ran
        out."""
        return self._over.wait(timeout)

    def cancel(self) -> None:
        """Read no more of it; what was read stays in the cache. Safe from any thread, and twice."""
        if self._handle is not None:
            self._handle.cancel()


def past_of(format_: Format, conversation: Conversation, level: ReasoningLevel) -> tuple[int, ...]:
    """The tokens that the chat's next prompt begins with, whatever is asked.

    Raises InvalidPrompt where the conversation cannot be rendered.
    """
    one, other = (
        format_.prompt(conversation.with_user(question), level).token_ids
        for question in _ANY_QUESTIONS
    )
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return tuple(token for token, _ in same)
