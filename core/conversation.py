"""Conversations as ordered Harmony messages, pure values; what goes back into a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from core.errors import InvalidPrompt
from core.schema import check_name, check_parameters, check_schema, short

_Word = TypeVar("_Word", bound=StrEnum)


class Role(StrEnum):
    """Who wrote a message, in Harmony's order of authority."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Channel(StrEnum):
    """The three channels of an assistant message."""

    ANALYSIS = "analysis"
    COMMENTARY = "commentary"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Message:
    """One Harmony message.

    channel: for assistant and tool messages; None elsewhere.
    recipient: who the message is addressed to (`functions.x` is a tool call; a tool's answer goes
        to `assistant`); None is the user.
    content_type: what stands behind `<|constrain|>`, such as `json`.
    name: the tool's name (`functions.x`) where role is TOOL.
    """

    role: Role
    text: str
    channel: Channel | None = None
    recipient: str | None = None
    content_type: str | None = None
    name: str | None = None

    @property
    def is_tool_call(self) -> bool:
        """True where an assistant message is addressed to a tool rather than to the user."""
        return self.role is Role.ASSISTANT and self.recipient is not None

    def as_dict(self) -> dict[str, str | None]:
        """The message as it stands in JSON output: channel, recipient, content_type, text; and the
        name of the tool whose answer it is."""
        return {
            **({} if self.name is None else {"name": self.name}),
            "channel": self.channel,
            "recipient": self.recipient,
            "content_type": self.content_type,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may call, declared in the developer message.

    parameters: a JSON schema of type object, or None for a function without arguments.

    Raises InvalidPrompt where the model could not be told of it as it is.
    """

    name: str
    description: str
    parameters: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        check_name(self.name, "The tool's name")
        if not isinstance(self.description, str):
            raise InvalidPrompt(
                f"Tool {self.name!r}: description is {short(self.description)}; it must be a "
                "string that says what the tool does."
            )
        if self.parameters is not None:
            check_parameters(self.parameters, f"Tool {self.name!r}: parameters")


@dataclass(frozen=True, slots=True)
class ResponseFormat:
    """A JSON schema that the answer should follow. It guides the model; nothing enforces it.

    Raises InvalidPrompt where the model could not be told of it as it is.
    """

    name: str
    schema: Mapping[str, Any]
    description: str | None = None

    def __post_init__(self) -> None:
        check_name(self.name, "The response format's name")
        if self.description is not None and not isinstance(self.description, str):
            raise InvalidPrompt(
                f"Response format {self.name!r}: description is {short(self.description)}; it must "
                "be a string, or None."
            )
        check_schema(self.schema, f"Response format {self.name!r}: schema")


@dataclass(frozen=True, slots=True)
class Conversation:
    """An ordered list of messages (user, assistant, tool) with what frames them.

    instructions: the developer message's text (what people call a system prompt).
    current_date: ISO date, frozen when the conversation starts, so that its prompt does not change
        at midnight; None lets the engine's config decide.
    """

    messages: tuple[Message, ...] = ()
    instructions: str | None = None
    tools: tuple[Tool, ...] = ()
    current_date: str | None = None
    response_formats: tuple[ResponseFormat, ...] = ()

    def adding(self, *messages: Message) -> Conversation:
        """This conversation with messages appended."""
        return replace(self, messages=(*self.messages, *messages))

    def with_user(self, text: str) -> Conversation:
        """This conversation with a user's message appended."""
        return self.adding(Message(Role.USER, text))


def without_finished_analysis(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Drop the analysis of every turn that ended in `final`; keep that of an open tool loop.

    A turn is what stands between two user messages. This is the rule of the Harmony format;
    openai-harmony 0.0.8 by itself drops only what stands before the first final.
    """
    kept: list[Message] = []
    turn: list[Message] = []
    for message in (*messages, None):
        if message is None or message.role is Role.USER:
            finished = any(_is(m, Channel.FINAL) for m in turn)
            kept += [m for m in turn if not (finished and _is(m, Channel.ANALYSIS))]
            turn = []
        if message is not None:
            turn.append(message)
    return tuple(kept)


_KINDS: Final = {"messages": Message, "tools": Tool, "response_formats": ResponseFormat}


def _is(message: Message, channel: Channel) -> bool:
    return message.role is Role.ASSISTANT and message.channel is channel


def conversation_from(
    prompt: str | Sequence[Message | Mapping[str, Any]] | Conversation,
) -> Conversation:
    """Read a prompt as people write it: a string, messages or mappings, or a Conversation.

    A mapping holds `role` and `content`, and may hold `channel`, `recipient`, `content_type` and
    `name`. Messages of role `system` or `developer` become the instructions.

    Raises InvalidPrompt for an empty prompt, an unknown role or channel, or content that is no
    string.
    """
    if isinstance(prompt, Conversation):
        conversation = prompt
    elif isinstance(prompt, str):
        conversation = Conversation().with_user(prompt)
    elif not isinstance(prompt, Sequence):
        raise InvalidPrompt(
            f"The prompt is {type(prompt).__name__}; allowed: a string, a list of messages, or a "
            "Conversation."
        )
    else:
        conversation = _from_messages([_message(item, i) for i, item in enumerate(prompt)])
    return _checked(conversation)


@dataclass(slots=True)
class _Split:
    instructions: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def _from_messages(messages: Sequence[Message]) -> Conversation:
    split = _Split()
    for message in messages:
        if message.role in (Role.SYSTEM, Role.DEVELOPER):
            split.instructions.append(message.text)
        else:
            split.messages.append(message)
    return Conversation(tuple(split.messages), "\n\n".join(split.instructions) or None)


def _message(item: object, index: int) -> Message:
    if isinstance(item, Message):
        return item
    if not isinstance(item, Mapping):
        raise InvalidPrompt(
            f"messages[{index}] is {type(item).__name__}; allowed: a mapping with 'role' and "
            "'content', or a Message."
        )
    role = _one_of(Role, item.get("role"), f"messages[{index}]['role']")
    content = item.get("content")
    if not isinstance(content, str):
        raise InvalidPrompt(
            f"messages[{index}]['content'] is {type(content).__name__}; it must be a string. "
            "Give the message's text."
        )
    channel = item.get("channel")
    if channel is not None:
        channel = _one_of(Channel, channel, f"messages[{index}]['channel']")
    elif role is Role.ASSISTANT:
        channel = Channel.COMMENTARY if item.get("recipient") else Channel.FINAL
    recipient, content_type, name = (
        _text_or_none(item.get(key), f"messages[{index}][{key!r}]")
        for key in ("recipient", "content_type", "name")
    )
    return Message(role, content, channel, recipient, content_type, name)


def _text_or_none(value: object, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise InvalidPrompt(f"{where} is {short(value)}; it must be a string. Leave it out for none.")


def _one_of(kind: type[_Word], value: object, where: str) -> _Word:
    try:
        return kind(str(value))
    except ValueError:
        allowed = ", ".join(kind)
        raise InvalidPrompt(f"{where} is {value!r}; allowed: {allowed}.") from None


def _checked(conversation: Conversation) -> Conversation:
    _text_or_none(conversation.instructions, "Conversation.instructions")
    for name, kind in _KINDS.items():
        given = getattr(conversation, name)
        if not isinstance(given, Sequence) or isinstance(given, str | bytes):
            raise InvalidPrompt(
                f"Conversation.{name} is {short(given)}; it must be a tuple of {kind.__name__}."
            )
        for index, item in enumerate(given):
            if not isinstance(item, kind):
                raise InvalidPrompt(
                    f"Conversation.{name}[{index}] is {short(item)}; it must be a "
                    f"{kind.__name__} (from core.conversation import {kind.__name__})."
                )
    if not conversation.messages:
        raise InvalidPrompt("The prompt holds no message; give at least one user message.")
    last = conversation.messages[-1]
    if last.role is Role.USER and not last.text.strip():
        raise InvalidPrompt("The prompt is empty; type a question or an instruction.")
    return conversation
