"""The rendered prompt: cut where a cache may be kept, and what can be read back out of it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import ReasoningLevel
from core.conversation import Channel, Conversation, Message, Role
from core.vocabulary import START, encoding
from tests.core.rendering import (
    TODAY,
    WEATHER,
    by_harmony,
    h_said,
    h_user,
    messages,
    prompt_of,
    said,
    turns,
)


@pytest.mark.parametrize("level", ReasoningLevel)
def test_the_level_is_read_back_out_of_the_rendered_prompt(level: ReasoningLevel) -> None:
    prompt = prompt_of(Conversation().with_user("Hello"), level)
    assert prompt.reasoning_level_in_prompt is level
    assert prompt.text.count(f"\nReasoning: {level}\n") == 1


def test_a_level_typed_by_the_user_is_not_taken_for_the_prompts_own() -> None:
    conversation = Conversation(instructions="Reasoning: low").with_user("Reasoning: low\n")
    assert prompt_of(conversation, ReasoningLevel.HIGH).reasoning_level_in_prompt == "high"


def test_the_date_is_the_conversations_own_and_otherwise_the_callers() -> None:
    asked = Conversation().with_user("Hello")
    assert f"\nCurrent date: {TODAY}\n" in prompt_of(asked).text
    frozen = Conversation(asked.messages, current_date="2024-02-29")
    assert "\nCurrent date: 2024-02-29\n" in prompt_of(frozen).text


@pytest.mark.parametrize("marker", ["<|end|>", "<|start|>", "<|return|>", "<|channel|>final"])
def test_a_typed_marker_is_inert(marker: str) -> None:
    plain = prompt_of(Conversation().with_user("Hello"))
    typed = prompt_of(Conversation(instructions=marker).with_user(f"{marker} hello {marker}"))
    special = [t for t in typed.token_ids if encoding().is_special_token(t)]
    developer = [START, *encoding().encode("<|message|><|end|>", allowed_special="all")]
    expected = [t for t in plain.token_ids if encoding().is_special_token(t)]
    assert special == expected[:3] + developer + expected[3:]
    assert marker in typed.text


def test_half_a_surrogate_pair_is_replaced_and_not_fatal() -> None:
    conversation = Conversation(instructions="a\ud800b").with_user("c\udfffd 🫠")
    assert "a�b" in prompt_of(conversation).text
    assert "c�d 🫠" in prompt_of(conversation).text


def test_the_prompt_is_cut_behind_the_frame_and_behind_each_user_message() -> None:
    ours, _ = turns(3)
    segments = prompt_of(Conversation(ours.messages, "Be brief.")).segments
    texts = [encoding().decode(s) for s in segments]
    assert [t.count("<|start|>") for t in texts] == [3, 1, 2, 2, 0]
    assert texts[0].startswith("<|start|>system")
    assert "# Instructions" in texts[0]
    assert [t.endswith("🫠<|end|><|start|>") for t in texts] == [False, True, True, True, False]
    assert texts[-1] == "assistant"


def test_a_tool_loop_is_cut_behind_each_result_where_the_next_round_goes_on() -> None:
    asked = Conversation().with_user("What is 23 + 48?")
    call = Message(Role.ASSISTANT, "{}", Channel.COMMENTARY, "functions.calculator", "json")
    answered = asked.adding(call, Message(Role.TOOL, "71", name="functions.calculator"))
    again = answered.adding(call, Message(Role.TOOL, "72", name="functions.calculator"))
    one, two = prompt_of(answered).segments, prompt_of(again).segments
    assert two[: len(one) - 1] == one[:-1]
    assert encoding().decode(one[-2]).endswith("71<|end|><|start|>")


def test_a_longer_conversation_keeps_the_segments_of_a_shorter_one() -> None:
    two, three = prompt_of(turns(2)[0]).segments, prompt_of(turns(3)[0]).segments
    assert three[: len(two) - 1] == two[:-1]


def test_cuts_stay_at_user_messages_where_harmony_drops_the_analysis_of_an_abandoned_turn() -> None:
    """Found by fuzzing: openai-harmony drops that analysis, and cuts must not count it."""
    ours = Conversation().with_user("One").adding(said(Channel.ANALYSIS, "Thought, then stopped"))
    ours = ours.with_user("Two").adding(said(Channel.FINAL, "Answer")).with_user("Three")
    prompt = prompt_of(ours)
    theirs = [h_user("One"), h_said("analysis", "Thought, then stopped"), h_user("Two")]
    theirs += [h_said("final", "Answer"), h_user("Three")]
    assert list(prompt.token_ids) == by_harmony(ReasoningLevel.MEDIUM, theirs)
    asked = [encoding().decode(s).rpartition("<|message|>")[2] for s in prompt.segments[1:-1]]
    assert asked == [f"{word}<|end|><|start|>" for word in ("One", "Two", "Three")]


def test_the_hash_is_of_the_ids_as_four_little_endian_bytes() -> None:
    prompt = prompt_of(Conversation().with_user("Hello"))
    raw = b"".join(i.to_bytes(4, "little") for i in prompt.token_ids)
    assert prompt.sha256 == hashlib.sha256(raw).hexdigest()


def test_the_prompt_is_a_value() -> None:
    asked = Conversation().with_user("Hello")
    assert prompt_of(asked) == prompt_of(asked)
    with pytest.raises(AttributeError):
        prompt_of(asked).token_ids = ()


@settings(deadline=None, max_examples=80)
@given(st.lists(messages, max_size=8), st.none() | st.text(max_size=20), st.booleans())
def test_segments_joined_are_the_prompt_whatever_the_messages(
    many: list[Message], instructions: str | None, tools: bool
) -> None:
    conversation = Conversation(tuple(many), instructions, (WEATHER,) if tools else ())
    prompt = prompt_of(conversation)
    assert all(prompt.segments)
    assert tuple(t for s in prompt.segments for t in s) == prompt.token_ids
    assert prompt.token_ids[-2] == START
