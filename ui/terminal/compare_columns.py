"""A comparison while it runs, as values: its events folded into the state of each column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from core.config import ReasoningLevel
from core.conversation import Channel
from core.events import (
    Event,
    Finished,
    FinishReason,
    MessageStarted,
    Prefill,
    Started,
    TextDelta,
    Timing,
)


class State(StrEnum):
    """What a column does."""

    WAITING = "waiting"
    READING = "reading"
    THINKING = "thinking"
    WRITING = "writing"
    ANSWERING = "answering"
    DONE = "done"


_BY_CHANNEL = {
    Channel.ANALYSIS: State.THINKING,
    Channel.COMMENTARY: State.WRITING,
    Channel.FINAL: State.ANSWERING,
}
_ENDS = {
    FinishReason.STOP: "done",
    FinishReason.TOOL_CALL: "called a tool",
    FinishReason.LENGTH: "out of tokens",
    FinishReason.CANCELLED: "stopped",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column's run as far as it was read; with repeats, the one under way.

    repeat: from 0. read: tokens of the prompt that were read, of how many. channels: of the run's
    messages. thinking, answer: text of analysis and final, messages apart by an empty line.
    analysis_tokens, commentary_tokens, final_tokens: content so far.
    """

    label: str
    level: ReasoningLevel
    state: State = State.WAITING
    repeat: int = 0
    read: tuple[int, int] = (0, 0)
    channels: tuple[Channel, ...] = ()
    thinking: str = ""
    answer: str = ""
    analysis_tokens: int = 0
    commentary_tokens: int = 0
    final_tokens: int = 0
    timing: Timing = field(default_factory=Timing)
    end: FinishReason | None = None

    @property
    def doing(self) -> str:
        """What it does, in words."""
        match self.state:
            case State.READING:
                return f"reading {self.read[0]:,} of {self.read[1]:,} tokens"
            case State.THINKING:
                thought = self.timing.total_s - (self.timing.first_token_s or 0)
                return f"thinking {thought:.0f} s"
            case State.DONE:
                said = "done" if self.end is None else _ENDS[self.end]
                return f"{said}, {self.timing.total_s:.1f} s"
        return self.state.value


def began(column: Column, repeat: int) -> Column:
    """The same column at the beginning of a run."""
    return Column(column.label, column.level, repeat=repeat)


def folded(column: Column, events: Iterable[Event], timing: Timing) -> Column:
    """A column after these events. timing: that of its run so far."""
    for event in events:
        column = _after(column, event)
    return replace(column, timing=timing)


def _after(column: Column, event: Event) -> Column:
    match event:
        case Started():
            return began(column, column.repeat)
        case Prefill(done, total):
            return replace(column, state=State.READING, read=(done, total))
        case MessageStarted(channel=channel):
            channels = (*column.channels, channel)
            thinking, answer = column.thinking, column.answer
            return replace(
                column,
                state=_BY_CHANNEL[channel],
                channels=channels,
                thinking=_next(thinking) if channel is Channel.ANALYSIS else thinking,
                answer=_next(answer) if channel is Channel.FINAL else answer,
            )
        case TextDelta(index, text, tokens):
            return _written(column, column.channels[index], text, len(tokens))
        case Finished(reason, usage):
            return replace(
                column,
                state=State.DONE,
                end=reason,
                analysis_tokens=usage.analysis_tokens,
                commentary_tokens=usage.commentary_tokens,
                final_tokens=usage.final_tokens,
            )
    return column


def _written(column: Column, channel: Channel, text: str, tokens: int) -> Column:
    match channel:
        case Channel.ANALYSIS:
            return replace(
                column,
                thinking=column.thinking + text,
                analysis_tokens=column.analysis_tokens + tokens,
            )
        case Channel.FINAL:
            return replace(
                column, answer=column.answer + text, final_tokens=column.final_tokens + tokens
            )
    return replace(column, commentary_tokens=column.commentary_tokens + tokens)


def _next(text: str) -> str:
    """A text that another message follows."""
    return f"{text}\n\n" if text else ""
