"""Building the prompt of a chat of ten turns."""

from __future__ import annotations

from collections.abc import Iterator

from core.config import ReasoningLevel
from core.conversation import Channel, Conversation, Message, Role
from core.prompt import _message_ids, render
from tests.benchmarks.pairs import Row, Spread, seconds

TURNS = 10
TARGET_MS = 5.0


def rows(pairs: int) -> Iterator[Row]:
    """Milliseconds for conversation -> token ids; the conversation still holds all analysis."""
    chat = conversation(TURNS)
    render(chat, ReasoningLevel.HIGH, "2024-06", "2026-01-31")
    for state, before in (("seen before", None), ("seen for the first time", _message_ids)):
        times = []
        for _ in range(pairs):
            if before is not None:
                before.cache_clear()
            once = seconds(lambda: render(chat, ReasoningLevel.HIGH, "2024-06", "2026-01-31"))
            times.append(once * 1e3)
        taken = Spread.of(times)
        name = f"prompt of {TURNS} turns, {state}"
        yield Row(name, "ms", taken, None, None, f"< {TARGET_MS:g} ms", taken.median < TARGET_MS)


def conversation(turns: int) -> Conversation:
    chat = Conversation(instructions="Answer in one sentence.")
    for n in range(turns):
        chat = chat.with_user(f"Question {n}: what follows from that, and why? " * 4)
        if n < turns - 1:
            chat = chat.adding(
                Message(Role.ASSISTANT, "We weigh both sides. " * 40, Channel.ANALYSIS),
                Message(Role.ASSISTANT, "Both follow, for the reason given. " * 8, Channel.FINAL),
            )
    return chat
