"""Conversations into prompt tokens, in the Harmony format, by openai-harmony's own renderer.

The engine calls `render`; `HarmonyPromptBuilder` gives the same in steps, for people who build a
prompt by hand. What is added to openai-harmony: the analysis of every finished turn is taken out,
the date is always set, and the tokens are cut where a prompt cache may be kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import openai_harmony as harmony

from core.config import ReasoningLevel, reasoning_level
from core.conversation import (
    Channel,
    Conversation,
    Message,
    ResponseFormat,
    Role,
    Tool,
    conversation_from,
    without_finished_analysis,
)
from core.errors import InvalidPrompt
from core.frame import (
    decoded,
    developer_content,
    developer_ids,
    encodable,
    framed,
    system_content,
    tool_from,
)
from core.rendered import RenderedPrompt
from core.vocabulary import END, START, encoding

_LEVEL_LINE = re.compile(r"^Reasoning: (\w+)$", re.MULTILINE)
_CONSTRAIN = "<|constrain|>"


@dataclass(frozen=True)
class HarmonyPrompt(RenderedPrompt):
    """A conversation rendered in the Harmony format.

    The segments end behind the system and developer messages and behind each message of a user or
    a tool, with the `<|start|>` of what follows. Behind an answer the next prompt does not agree:
    there stood its analysis when it was written.
    """

    @cached_property
    def text(self) -> str:
        """The prompt as text, markers by name. For reading: typed text that looks like a marker is
        ordinary tokens in `token_ids`, and cannot be told from a real one here."""
        return decoded(self.token_ids)

    @cached_property
    def reasoning_level_in_prompt(self) -> ReasoningLevel | None:
        """The level that the model really reads: found in the tokens of the system message."""
        first_message = self.token_ids[: self.token_ids.index(END)]
        line = _LEVEL_LINE.search(decoded(first_message))
        return ReasoningLevel(line.group(1)) if line else None


@dataclass(frozen=True)
class PromptPart:
    """A system or developer message, rendered alone; `build_conversation` puts it in its place."""

    content: harmony.SystemContent | harmony.DeveloperContent = field(repr=False)
    token_ids: tuple[int, ...]
    response_formats: tuple[ResponseFormat, ...] = ()

    @cached_property
    def text(self) -> str:
        """The message as text, markers by name."""
        return decoded(self.token_ids)


def render(
    conversation: Conversation, level: ReasoningLevel, knowledge_cutoff: str, current_date: str
) -> HarmonyPrompt:
    """The prompt for the assistant's next message.

    current_date: ISO date; the conversation's own date, where it has one, takes its place.

    Raises InvalidPrompt where a message cannot be rendered.
    """
    system = system_content(level, knowledge_cutoff, conversation.current_date or current_date)
    formats = conversation.response_formats
    developer = None
    if conversation.instructions or conversation.tools or formats:
        developer = developer_content(conversation.instructions, conversation.tools)
    return _rendered(system, developer, conversation.messages, formats, next_turn=True)


class HarmonyPromptBuilder:
    """Build a prompt in steps: system message, developer message, conversation.

    Holds no state; one builder may be shared by any number of threads.
    """

    def build_system_prompt(
        self,
        reasoning_level: ReasoningLevel | str = ReasoningLevel.MEDIUM,
        knowledge_cutoff: str = "2024-06",
        current_date: str | None = None,
    ) -> PromptPart:
        """The system message: identity, dates, reasoning effort and valid channels.

        current_date: ISO date; None takes today's. Raises InvalidSetting for an unknown level.
        """
        today = current_date or date.today().isoformat()
        content = system_content(_level(reasoning_level), knowledge_cutoff, today)
        ids = encoding().render(framed(harmony.Role.SYSTEM, content))
        return PromptPart(content, tuple(ids))

    def build_developer_prompt(
        self,
        instructions: str | None,
        tools: Sequence[Tool | Mapping[str, Any]] | None = None,
        response_formats: Sequence[ResponseFormat] = (),
    ) -> PromptPart:
        """The developer message: instructions (what people call a system prompt), functions, and
        the formats that the answer should have.

        tools: as Tool, or as a mapping with name, description and a JSON schema `parameters`.
        Raises InvalidPrompt for a tool without a name.
        """
        content = developer_content(
            instructions, [tool_from(t, i) for i, t in enumerate(tools or ())]
        )
        formats = tuple(response_formats)
        return PromptPart(content, tuple(developer_ids(content, formats)), formats)

    def build_conversation(
        self,
        messages: Sequence[Message | Mapping[str, Any]],
        system_prompt: PromptPart,
        developer_prompt: PromptPart | None = None,
        include_generation_prompt: bool = True,
    ) -> HarmonyPrompt:
        """System message, developer message and conversation, in Harmony's order.

        messages: as Message, or as mappings with role and content. Those of role system or
        developer join the developer message, behind its own instructions.
        include_generation_prompt: end with `<|start|>assistant`, so that the model answers.

        Raises InvalidPrompt where a message cannot be read or rendered.
        """
        conversation = conversation_from(messages)
        developer = developer_prompt.content if developer_prompt else None
        if conversation.instructions:
            said = [getattr(developer, "instructions", None), conversation.instructions]
            joined = "\n\n".join(filter(None, said))
            developer = harmony.DeveloperContent(
                instructions=encodable(joined), tools=developer.tools if developer else None
            )
        return _rendered(
            system_prompt.content,
            developer,
            conversation.messages,
            developer_prompt.response_formats if developer_prompt else (),
            include_generation_prompt,
        )


def _rendered(
    system: harmony.SystemContent,
    developer: harmony.DeveloperContent | None,
    messages: Sequence[Message],
    formats: Sequence[ResponseFormat],
    next_turn: bool,
) -> HarmonyPrompt:
    has_tools = bool(developer and developer.tools)
    options = harmony.RenderOptions(conversation_has_function_tools=has_tools)
    ids = encoding().render(framed(harmony.Role.SYSTEM, system), options)
    if developer is not None:
        ids += developer_ids(developer, formats)
    # One further, as every message begins with <|start|>: read apart, it would cost a step more.
    cuts = [len(ids) + 1]
    for message in _kept(messages):
        ids += _message_ids(message)
        if message.role in (Role.USER, Role.TOOL):
            cuts.append(len(ids) + 1)
    if next_turn:
        # Without disallowed_special every call compiles a pattern of a thousand names: 2 ms.
        ids += [START, *encoding().encode(Role.ASSISTANT.value, disallowed_special=())]
    ends = [0, *(cut for cut in cuts if cut < len(ids)), len(ids)]
    return HarmonyPrompt(tuple(ids), tuple(tuple(ids[a:b]) for a, b in pairwise(ends)))


def _kept(messages: Iterable[Message]) -> list[Message]:
    """What goes into the prompt: without the analysis of finished turns, nor, as openai-harmony has
    it, that of turns abandoned before the first answer once there is an answer."""
    kept = list(without_finished_analysis([_complete(m) for m in messages]))
    last = next((m for m in reversed(kept) if m.role is Role.ASSISTANT), None)
    if last is None or last.channel is not Channel.FINAL:
        return kept
    first_answer = next(i for i, m in enumerate(kept) if m.channel is Channel.FINAL)
    early = [m for m in kept[:first_answer] if m.channel is not Channel.ANALYSIS]
    return early + kept[first_answer:]


@lru_cache(maxsize=1024)
def _message_ids(message: Message) -> tuple[int, ...]:
    """One message's tokens, remembered: a chat renders its past again with every turn."""
    content_type = message.content_type
    if content_type and not content_type.startswith(_CONSTRAIN):
        content_type = _CONSTRAIN + content_type
    role = harmony.Role(message.role.value)
    rendered = harmony.Message(
        author=harmony.Author(role=role, name=encodable(message.name)),
        content=[harmony.TextContent(text=encodable(message.text))],
        channel=None if message.channel is None else message.channel.value,
        recipient=encodable(message.recipient),
        content_type=encodable(content_type),
    )
    return tuple(encoding().render(rendered))


def _complete(message: Message) -> Message:
    """The message with channel, recipient and name as Harmony requires them of its role."""
    channel, recipient = message.channel, message.recipient
    match message.role:
        case Role.ASSISTANT:
            channel = channel or (Channel.COMMENTARY if recipient else Channel.FINAL)
            return replace(message, channel=channel, name=None)
        case Role.TOOL if message.name:
            recipient = recipient or Role.ASSISTANT.value
            return replace(message, channel=channel or Channel.COMMENTARY, recipient=recipient)
        case Role.TOOL:
            raise InvalidPrompt(
                "A tool message has no name; give the tool's, such as name='functions.weather'."
            )
        case _:
            return replace(message, channel=None, recipient=None, name=None)


def _level(level: ReasoningLevel | str) -> ReasoningLevel:
    return level if isinstance(level, ReasoningLevel) else reasoning_level(level)
