"""Prompts: token for token what openai-harmony renders."""

from __future__ import annotations

import openai_harmony as harmony
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import ReasoningLevel
from core.conversation import Channel, Conversation, Message, Role
from core.vocabulary import END, RETURN, encoding
from tests.core.rendering import (
    CALL_MESSAGE,
    CLOCK,
    TOOL_MESSAGE,
    WEATHER,
    by_harmony,
    h_call,
    h_said,
    h_tool,
    h_user,
    messages,
    prompt_of,
    said,
    turns,
)


@pytest.mark.parametrize("level", ReasoningLevel)
@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("instructions", [None, "Answer in one line."])
@pytest.mark.parametrize("tools", [False, True])
def test_the_prompt_is_harmonys_rendering_without_the_analysis_of_finished_turns(
    level: ReasoningLevel, count: int, instructions: str | None, tools: bool
) -> None:
    ours, theirs = turns(count)
    framed = Conversation(ours.messages, instructions, (WEATHER, CLOCK) if tools else ())
    assert list(prompt_of(framed, level).token_ids) == by_harmony(
        level, theirs, instructions, tools
    )


@pytest.mark.parametrize("level", ReasoningLevel)
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_an_open_tool_loop_keeps_its_own_analysis_and_no_other(
    level: ReasoningLevel, count: int
) -> None:
    ours, theirs = turns(count)
    ours = ours.adding(said(Channel.ANALYSIS, "I need the weather."), CALL_MESSAGE, TOOL_MESSAGE)
    theirs += [
        h_said("analysis", "I need the weather."),
        h_call('{"city": "Paris"}'),
        h_tool('{"sky": "clear"}'),
    ]
    prompt = prompt_of(Conversation(ours.messages, None, (WEATHER, CLOCK)), level)
    assert list(prompt.token_ids) == by_harmony(level, theirs, tools=True)
    assert prompt.text.count("I need the weather.") == 1
    assert "Thought" not in prompt.text


@pytest.mark.parametrize("level", ReasoningLevel)
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_closed_tool_loop_keeps_the_call_and_its_answer_but_no_analysis(
    level: ReasoningLevel, count: int
) -> None:
    ours, theirs = turns(count)
    ours = ours.adding(
        said(Channel.ANALYSIS, "Thought about weather."),
        CALL_MESSAGE,
        TOOL_MESSAGE,
        said(Channel.ANALYSIS, "Thought again."),
        said(Channel.FINAL, "Clear."),
    ).with_user("Thanks!")
    theirs += [
        h_call('{"city": "Paris"}'),
        h_tool('{"sky": "clear"}'),
        h_said("final", "Clear."),
        h_user("Thanks!"),
    ]
    prompt = prompt_of(Conversation(ours.messages, "Be kind.", (WEATHER, CLOCK)), level)
    assert list(prompt.token_ids) == by_harmony(level, theirs, "Be kind.", tools=True)
    assert "Thought" not in prompt.text


def test_a_tool_call_and_its_answer_stand_in_the_prompt_as_the_format_writes_them() -> None:
    text = prompt_of(Conversation().with_user("?").adding(CALL_MESSAGE, TOOL_MESSAGE)).text
    assert (
        "<|start|>assistant to=functions.weather<|channel|>commentary <|constrain|>json<|message|>"
        '{"city": "Paris"}<|call|>'
        "<|start|>functions.weather to=assistant<|channel|>commentary<|message|>"
        '{"sky": "clear"}<|end|><|start|>assistant'
    ) in text


def test_the_constrain_marker_is_a_marker_and_not_typed_text() -> None:
    ids = prompt_of(Conversation().with_user("?").adding(CALL_MESSAGE)).token_ids
    assert encoding().encode("<|constrain|>", allowed_special="all")[0] in ids


def test_past_turns_end_in_end_and_never_in_return() -> None:
    ids = prompt_of(turns(4)[0]).token_ids
    assert RETURN not in ids
    assert ids.count(END) == 1 + 4 + 3


def in_harmonys_words(message: Message) -> harmony.Message:
    """Any message again, for openai-harmony; what its role leaves out is filled in by hand."""
    name = message.name if message.role is Role.TOOL else None
    author = harmony.Author(role=harmony.Role(message.role.value), name=name)
    text = message.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    theirs = harmony.Message.from_author_and_content(author, text)
    recipient, channel = message.recipient, message.channel
    if message.role is Role.TOOL:
        recipient, channel = recipient or "assistant", channel or Channel.COMMENTARY
    elif message.role is Role.ASSISTANT and channel is None:
        channel = Channel.COMMENTARY if recipient else Channel.FINAL
    if message.role is not Role.USER:
        theirs.channel, theirs.recipient = channel and channel.value, recipient
    if message.content_type:
        theirs.content_type = "<|constrain|>" + message.content_type.removeprefix("<|constrain|>")
    return theirs


@settings(deadline=None, max_examples=80)
@given(st.lists(messages.filter(lambda m: m.channel is not Channel.FINAL), max_size=8))
def test_any_open_turn_is_rendered_as_openai_harmony_renders_it(many: list[Message]) -> None:
    open_turn = [m for m in many if m.channel or m.role is not Role.ASSISTANT or m.recipient]
    theirs = [in_harmonys_words(m) for m in open_turn]
    ours = prompt_of(Conversation(tuple(open_turn)))
    assert list(ours.token_ids) == by_harmony(ReasoningLevel.MEDIUM, theirs)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=6))
def test_finished_and_abandoned_turns_in_any_order_are_rendered_as_openai_harmony_does(
    shapes: list[tuple[bool, bool, bool]],
) -> None:
    ours = Conversation()
    theirs: list[harmony.Message] = []
    for thought, called, answered in shapes:
        ours, theirs = ours.with_user("Question"), [*theirs, h_user("Question")]
        if thought:
            ours = ours.adding(said(Channel.ANALYSIS, "Thought"))
            theirs += [] if answered else [h_said("analysis", "Thought")]
        if called:
            ours = ours.adding(CALL_MESSAGE, TOOL_MESSAGE)
            theirs += [h_call('{"city": "Paris"}'), h_tool('{"sky": "clear"}')]
        if answered:
            ours = ours.adding(said(Channel.FINAL, "Answer"))
            theirs.append(h_said("final", "Answer"))
    assert list(prompt_of(ours).token_ids) == by_harmony(ReasoningLevel.MEDIUM, theirs)
