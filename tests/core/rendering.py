"""Conversations to make prompts of, and the same written a second time for openai-harmony."""

from __future__ import annotations

from typing import Any

import openai_harmony as harmony
from hypothesis import strategies as st

from core import ReasoningLevel
from core.conversation import Channel, Conversation, Message, Role, Tool
from core.prompt import render
from core.vocabulary import encoding

CUTOFF, TODAY = "2024-06", "2025-10-27"
WEATHER = Tool(
    "weather",
    "The weather of a city.",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
CLOCK = Tool("clock", "The time of day.")


def prompt_of(conversation: Conversation, level: ReasoningLevel = ReasoningLevel.MEDIUM) -> Any:
    return render(conversation, level, CUTOFF, TODAY)


# The reference: the same conversations written a second time, for openai-harmony alone. What is
# listed here is what must be left of them in the prompt.


def by_harmony(
    level: ReasoningLevel,
    messages: list[harmony.Message],
    instructions: str | None = None,
    tools: bool = False,
) -> list[int]:
    effort = {"low": "Low", "medium": "Medium", "high": "High"}[level]
    system = (
        harmony.SystemContent.new()
        .with_reasoning_effort(harmony.ReasoningEffort(effort))
        .with_knowledge_cutoff(CUTOFF)
        .with_conversation_start_date(TODAY)
    )
    frame = [harmony.Message.from_role_and_content(harmony.Role.SYSTEM, system)]
    if instructions or tools:
        developer = harmony.DeveloperContent.new()
        if instructions:
            developer = developer.with_instructions(instructions)
        if tools:
            schema = {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            }
            developer = developer.with_function_tools(
                [
                    harmony.ToolDescription.new("weather", "The weather of a city.", schema),
                    harmony.ToolDescription.new("clock", "The time of day."),
                ]
            )
        frame.append(harmony.Message.from_role_and_content(harmony.Role.DEVELOPER, developer))
    conversation = harmony.Conversation.from_messages(frame + messages)
    ids: list[int] = encoding().render_conversation_for_completion(
        conversation, harmony.Role.ASSISTANT
    )
    return ids


def h_user(text: str) -> harmony.Message:
    return harmony.Message.from_role_and_content(harmony.Role.USER, text)


def h_said(channel: str, text: str) -> harmony.Message:
    message = harmony.Message.from_role_and_content(harmony.Role.ASSISTANT, text)
    return message.with_channel(channel)


def h_call(arguments: str) -> harmony.Message:
    call = h_said("commentary", arguments).with_recipient("functions.weather")
    return call.with_content_type("<|constrain|>json")


def h_tool(text: str) -> harmony.Message:
    author = harmony.Author.new(harmony.Role.TOOL, "functions.weather")
    answer = harmony.Message.from_author_and_content(author, text)
    return answer.with_channel("commentary").with_recipient("assistant")


def said(channel: Channel, text: str) -> Message:
    return Message(Role.ASSISTANT, text, channel)


CALL_MESSAGE = Message(
    Role.ASSISTANT, '{"city": "Paris"}', Channel.COMMENTARY, "functions.weather", "json"
)
TOOL_MESSAGE = Message(Role.TOOL, '{"sky": "clear"}', name="functions.weather")


def turns(count: int) -> tuple[Conversation, list[harmony.Message]]:
    """`count` user turns, all but the last one answered, each answer with its analysis."""
    ours, theirs = Conversation(), []
    for n in range(count):
        ours = ours.with_user(f"Question {n}: wie geht's? 🫠")
        theirs.append(h_user(f"Question {n}: wie geht's? 🫠"))
        if n < count - 1:
            ours = ours.adding(
                said(Channel.ANALYSIS, f"Thought {n}"), said(Channel.FINAL, f"Answer {n}")
            )
            theirs.append(h_said("final", f"Answer {n}"))
    return ours, theirs


roles = st.sampled_from([Role.USER, Role.ASSISTANT, Role.TOOL])
messages = st.builds(
    Message,
    role=roles,
    text=st.text(st.characters(codec=None), max_size=30)
    | st.sampled_from(["<|end|>", "<|start|>"]),
    channel=st.none() | st.sampled_from(Channel),
    recipient=st.none() | st.sampled_from(["functions.weather", "<|message|>", "all"]),
    content_type=st.none() | st.sampled_from(["json", "<|constrain|>json", "code"]),
    name=st.sampled_from(["functions.weather", "<|start|>user"]),
)
