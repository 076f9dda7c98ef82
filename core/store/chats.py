"""OpenAI-style chats, as many programs export them: [{role, content}] or {messages: […]}."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.conversation import Channel, Message, Role
from core.errors import InvalidInput
from core.store.values import Kind, StoredEntry, StoredTurn, title_of

ALLOWED: Final = (
    "Allowed: a file that Counterpoint exported, or an OpenAI-style chat: a list of "
    '{"role", "content"}, or {"messages": [...]}.'
)


class InvalidImport(InvalidInput):
    """A file is no history that can be read. Nothing of it was imported."""


def chat_from(content: Any) -> StoredEntry:
    """The entry of an OpenAI-style chat, as JSON gives it. Raises InvalidImport."""
    title = None
    if isinstance(content, Mapping):
        title, content = content.get("title"), content.get("messages")
    if not isinstance(content, Sequence) or isinstance(content, str) or not content:
        raise InvalidImport(f"The file holds no chat. {ALLOWED}")
    instructions: list[str] = []
    turns: list[tuple[str, list[Message]]] = []
    for number, item in enumerate(content):
        for message in _messages(item, f"messages[{number}]"):
            if message.role in (Role.SYSTEM, Role.DEVELOPER):
                instructions.append(message.text)
            elif message.role is Role.USER:
                turns.append((message.text, []))
            else:
                # A chat may begin with the assistant.
                turns = turns or [("", [])]
                turns[-1][1].append(message)
    now = time.time()
    first = next((question for question, _ in turns if question.strip()), "")
    entry_id = uuid.uuid4().hex
    return StoredEntry(
        entry_id,
        Kind.CHAT,
        title if isinstance(title, str) and title.strip() else title_of(first),
        now,
        now,
        "\n\n".join(instructions) or None,
        None,
        turns=tuple(
            StoredTurn(f"{entry_id}-{n}", question, (), tuple(messages))
            for n, (question, messages) in enumerate(turns)
        ),
    )


def _messages(item: Any, where: str) -> list[Message]:
    """One message of an OpenAI-style chat: one of ours, and one for each tool call."""
    if not isinstance(item, Mapping):
        raise InvalidImport(f"{where} is {type(item).__name__}, no object. {ALLOWED}")
    role = item.get("role")
    if role not in tuple(Role):
        allowed = ", ".join(Role)
        raise InvalidImport(f"{where}.role is {str(role)[:40]!r}; allowed: {allowed}.")
    text = _content(item.get("content"), f"{where}.content")
    if role == Role.TOOL:
        name = f"functions.{item['name']}" if isinstance(item.get("name"), str) else None
        return [Message(Role.TOOL, text, Channel.COMMENTARY, "assistant", name=name)]
    if role != Role.ASSISTANT:
        return [Message(Role(role), text)]
    said = [Message(Role.ASSISTANT, text, Channel.FINAL)] if text else []
    return [*said, *_calls(item.get("tool_calls") or [], where)]


def _calls(calls: Any, where: str) -> list[Message]:
    try:
        named = [(call["function"]["name"], call["function"]["arguments"]) for call in calls]
    except (TypeError, KeyError):
        named = [("", None)]
    if not all(isinstance(name, str) and isinstance(text, str) for name, text in named):
        raise InvalidImport(f"{where}.tool_calls holds no function with name and arguments.")
    return [
        Message(Role.ASSISTANT, text, Channel.COMMENTARY, f"functions.{name}", "json")
        for name, text in named
    ]


def _content(content: Any, where: str) -> str:
    """A text, also where it comes in parts; what is no text is named and left out."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence) and all(isinstance(part, Mapping) for part in content):
        return "\n".join(
            part["text"] if isinstance(part.get("text"), str) else f"[{part.get('type', 'part')}]"
            for part in content
        )
    raise InvalidImport(
        f"{where} is {type(content).__name__}; allowed: a text, or a list of parts."
    )
