"""A chat as the JSON text that /save writes and /load reads."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.config import ReasoningLevel
from core.conversation import Channel, Message, Role
from core.errors import InvalidInput
from core.events import FinishReason, Usage
from ui.terminal.repl_chat import Chat, Turn

KIND = "counterpoint chat"


class NotAChat(InvalidInput):
    """A file is no saved chat."""


def dumps(chat: Chat) -> str:
    """The chat as JSON. Analysis stands in it only where it was kept."""
    value = {
        "kind": KIND,
        "version": 1,
        "reasoning_level": chat.level,
        "instructions": chat.instructions,
        "tools": chat.tools,
        "current_date": chat.current_date,
        "turns": [_turn(turn) for turn in chat.turns],
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _turn(turn: Turn) -> dict[str, Any]:
    shown = [m for m in turn.messages if _may_be_kept(m, turn)]
    return {
        "question": turn.question,
        "reasoning_level": turn.level,
        "model": turn.model,
        "finish_reason": turn.finish_reason,
        "reasoning": turn.reasoning,
        "messages": [{"role": m.role, **m.as_dict(), "name": m.name} for m in shown],
        "usage": asdict(turn.usage) if turn.usage else None,
    }


def _may_be_kept(message: Message, turn: Turn) -> bool:
    """The analysis of an open tool loop stays in the chat's prompt, whether it is kept or not."""
    return message.channel is not Channel.ANALYSIS or turn.reasoning is not None


class _SavedMessage(BaseModel):
    role: Literal[Role.ASSISTANT, Role.TOOL]
    text: str
    channel: Channel
    recipient: str | None = None
    content_type: str | None = None
    name: str | None = None


class _SavedTurn(BaseModel):
    question: str = Field(min_length=1)
    reasoning_level: ReasoningLevel
    messages: tuple[_SavedMessage, ...]
    reasoning: str | None = None
    finish_reason: FinishReason | None = None
    model: str | None = None
    usage: Usage | None = None


class _SavedChat(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: Literal["counterpoint chat"]
    version: Literal[1]
    reasoning_level: ReasoningLevel
    instructions: str | None = None
    tools: bool = False
    current_date: str | None = None
    turns: tuple[_SavedTurn, ...]

    @field_validator("current_date")
    @classmethod
    def _a_date(cls, value: str | None) -> str | None:
        return value and date.fromisoformat(value).isoformat()


def loads(text: str, name: str) -> Chat:
    """The chat in a text that `dumps` wrote; it has no file. name: what to call it in an error.

    Raises NotAChat, saying what is wrong with it.
    """
    try:
        saved = _SavedChat.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        why = f"it is not valid JSON: {error.msg} in line {error.lineno}"
        raise _not_a_chat(name, why) from None
    except (ValueError, RecursionError) as error:
        raise _not_a_chat(name, _first(error)) from None
    turns = tuple(
        Turn(
            turn.question,
            turn.reasoning_level,
            tuple(Message(**message.model_dump()) for message in turn.messages),
            turn.reasoning,
            turn.finish_reason,
            turn.model,
            turn.usage,
        )
        for turn in saved.turns
    )
    return Chat(saved.reasoning_level, saved.instructions, saved.tools, turns, saved.current_date)


def _not_a_chat(name: str, why: str) -> NotAChat:
    return NotAChat(
        f"{name} cannot be loaded: {why}. Allowed: a file that /save wrote. "
        "The chat stays as it is."
    )


def _first(error: Exception) -> str:
    """What is wrong first, and where."""
    if not isinstance(error, ValidationError):
        return "it is nested too deep or holds a number that is too long"
    detail = error.errors()[0]
    where = ".".join(str(part) for part in detail["loc"]) or "the whole file"
    return f"{where}: {detail['msg']}"
