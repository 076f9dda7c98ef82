"""The chat as a value: its turns, and what frames them. Nothing here prints, reads or writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.config import ReasoningLevel
from core.conversation import Channel, Conversation, Message, Role
from core.errors import InvalidPrompt
from core.events import Usage
from core.result import GenerationResult


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, and what came back.

    messages: what goes back into the next prompt. reasoning: the analysis; None unless it is kept.
    finish_reason: why the last run ended; None where the machine failed.
    """

    question: str
    level: ReasoningLevel
    messages: tuple[Message, ...] = ()
    reasoning: str | None = None
    finish_reason: str | None = None
    model: str | None = None
    usage: Usage | None = None

    @property
    def answer(self) -> str:
        """The final channel."""
        said = (m.text for m in self.messages if m.channel is Channel.FINAL)
        return "\n\n".join(text for text in said if text)

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Tool calls and what the tools answered, in order: who wrote it, and what."""
        spoken = [m for m in self.messages if m.is_tool_call or m.role is Role.TOOL]
        return [
            (f"call of {m.recipient}" if m.is_tool_call else f"answer of {m.name}", m.text)
            for m in spoken
        ]


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat. Each change gives a new one, so that the one before can be gone back to.

    instructions: the developer message's text. current_date: ISO date, frozen with the first turn.
    file: where it was saved to or loaded from.
    """

    level: ReasoningLevel
    instructions: str | None = None
    tools: bool = False
    turns: tuple[Turn, ...] = ()
    current_date: str | None = None
    file: Path | None = None

    def asking(self, question: str, today: str) -> Conversation:
        """The prompt that this question makes behind the turns so far."""
        conversation = Conversation(
            instructions=self.instructions, current_date=self.current_date or today
        )
        for turn in self.turns:
            conversation = conversation.with_user(turn.question).adding(*turn.messages)
        return conversation.with_user(question)

    def with_turn(self, turn: Turn, today: str) -> Chat:
        """This chat with one more turn."""
        return replace(self, turns=(*self.turns, turn), current_date=self.current_date or today)

    def without_last(self) -> Chat:
        """This chat without its last turn."""
        return replace(self, turns=self.turns[:-1])

    def cleared(self) -> Chat:
        """A new chat under the same settings."""
        return replace(self, turns=(), current_date=None, file=None)

    @property
    def last(self) -> Turn | None:
        """The last turn, if there is one."""
        return self.turns[-1] if self.turns else None


def check_text(*texts: str | None) -> None:
    """Raise InvalidPrompt where a text holds what is no text, as bytes that are no UTF-8 become."""
    try:
        "".join(filter(None, texts)).encode()
    except UnicodeError:
        raise InvalidPrompt(
            "The prompt or the instructions are not valid UTF-8. Send them as UTF-8 text."
        ) from None


def turn_of(
    question: str,
    level: ReasoningLevel,
    messages: Sequence[Message],
    results: Sequence[GenerationResult],
) -> Turn:
    """The turn that runs gave, one after the other where tools were used.

    results: empty where the machine failed before the first came to its end.
    """
    if not results:
        return Turn(question, level, tuple(messages))
    thoughts = [r.reasoning for r in results if r.reasoning is not None]
    last = results[-1]
    return Turn(
        question,
        level,
        tuple(messages),
        "\n\n".join(filter(None, thoughts)) if thoughts else None,
        last.finish_reason.value,
        last.model,
        last.usage,
    )
