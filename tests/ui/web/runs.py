"""Transcripts for the view's tests: what a run looks like after the events given here."""

from __future__ import annotations

from core.conversation import Channel, Message, Role
from core.events import (
    Finished,
    FinishReason,
    MessageDone,
    MessageStarted,
    Repaired,
    Started,
    TextDelta,
    Timing,
    Usage,
)
from core.result import Transcript

TIMING = Timing(0.0, 0.1, 0.5, 1.0, 50.0)


def transcript(
    *messages: tuple[Channel, str] | tuple[Channel, str, str],
    reason: FinishReason | None = FinishReason.STOP,
    repairs: int = 0,
) -> Transcript:
    """A run of messages (channel, text, recipient?), a token a word; open without a reason."""
    seen = Transcript()
    seen.add(Started("run", 7, "ab" * 32))
    for index, (channel, text, *to) in enumerate(messages):
        recipient = to[0] if to else None
        seen.add(MessageStarted(index, channel, recipient, (200005, 1, 200008)))
        seen.add(TextDelta(index, text, tuple(range(len(text.split())))))
        last = index == len(messages) - 1
        if reason is None and last:
            break
        complete = not (last and reason in (FinishReason.CANCELLED, FinishReason.LENGTH))
        message = Message(Role.ASSISTANT, text, channel, recipient)
        seen.add(MessageDone(index, message, complete, (200007,) if complete else ()))
    for n in range(repairs):
        seen.add(Repaired("missing end marker", n))
    if reason is not None:
        seen.add(Finished(reason, Usage(7, 3, generated_tokens=len(seen.tokens)), TIMING))
    return seen
