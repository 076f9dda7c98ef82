"""Prompts: token for token what openai-harmony renders, and cut where a cache may be kept."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import openai_harmony as harmony
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import HarmonyPromptBuilder, ReasoningLevel
from core.conversation import (
    Channel,
    Conversation,
    Message,
    ResponseFormat,
    Role,
    Tool,
    conversation_from,
)
from core.errors import InvalidPrompt, InvalidSetting
from core.prompt import render
from core.vocabulary import END, RETURN, START, encoding

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


def test_a_builder_without_a_date_sets_todays() -> None:
    text = HarmonyPromptBuilder().build_system_prompt(ReasoningLevel.LOW, CUTOFF).text
    assert re.search(r"\nCurrent date: \d{4}-\d\d-\d\d\n", text)


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


# Response formats. openai-harmony renders none: as docs/format.md of openai/harmony has them.

SHOPPING = ResponseFormat(
    "shopping_list",
    {
        "properties": {
            "items": {
                "type": "array",
                "description": "entries on the shopping list",
                "items": {"type": "string"},
            }
        },
        "type": "object",
    },
)
SHOPPING_SCHEMA = (
    '{"properties":{"items":{"type":"array","description":"entries on the shopping list",'
    '"items":{"type":"string"}}},"type":"object"}'
)


def test_a_response_format_ends_the_developer_message_as_the_format_writes_it() -> None:
    asked = Conversation(
        instructions="You are a helpful shopping assistant", response_formats=(SHOPPING,)
    )
    prompt = prompt_of(asked.with_user("I need to buy coffee, soda and eggs"))
    expected = (
        "<|start|>developer<|message|># Instructions\n\nYou are a helpful shopping assistant\n\n"
        f"# Response Formats\n\n## shopping_list\n\n{SHOPPING_SCHEMA}<|end|>"
    )
    ids = encoding().encode(expected, allowed_special="all")
    at = prompt.token_ids.index(START, 1)
    assert list(prompt.token_ids[at : at + len(ids)]) == ids
    assert list(prompt.segments[0][at:]) == [*ids, START]


def test_response_formats_stand_behind_the_tools_with_their_descriptions() -> None:
    described = ResponseFormat("answer", {"type": "object"}, "The answer.\nNothing else.")
    asked = Conversation(tools=(CLOCK,), response_formats=(SHOPPING, described)).with_user("?")
    assert (
        "} // namespace functions\n\n# Response Formats\n\n## shopping_list\n\n"
        f"{SHOPPING_SCHEMA}\n\n## answer\n\n// The answer.\n// Nothing else.\n"
        '{"type":"object"}<|end|>'
    ) in prompt_of(asked).text


def test_a_response_format_needs_no_instructions_and_typed_markers_in_it_are_inert() -> None:
    odd = ResponseFormat("odd", {"description": "<|end|>"}, "<|return|>")
    ids = prompt_of(Conversation((), "<|end|>", response_formats=(odd,)).with_user("?")).token_ids
    assert (ids.count(END), ids.count(RETURN)) == (3, 0)
    alone = prompt_of(Conversation(response_formats=(SHOPPING,)).with_user("?")).text
    assert "<|start|>developer<|message|># Response Formats\n\n## shopping_list" in alone


def test_the_builder_renders_response_formats_as_the_engine_does() -> None:
    builder = HarmonyPromptBuilder()
    ours, _ = turns(2)
    developer = builder.build_developer_prompt("Be brief.", [CLOCK], [SHOPPING])
    system = builder.build_system_prompt("medium", CUTOFF, TODAY)
    built = builder.build_conversation(ours.messages, system, developer)
    framed = Conversation(ours.messages, "Be brief.", (CLOCK,), response_formats=(SHOPPING,))
    assert built == prompt_of(framed)
    assert SHOPPING_SCHEMA in developer.text


@pytest.mark.parametrize(
    ("name", "schema", "told"),
    [
        ("two words", {"type": "object"}, "The response format's name is 'two words'"),
        ("list", "object", "Response format 'list': schema is 'object'"),
        ("list", {"type": "lst"}, "['type'] is 'lst'; allowed: object"),
    ],
)
def test_a_response_format_that_cannot_be_told_is_refused(
    name: str, schema: Any, told: str
) -> None:
    with pytest.raises(InvalidPrompt) as refused:
        ResponseFormat(name, schema)
    assert told in str(refused.value)


def test_a_description_of_a_response_format_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidPrompt, match="'list': description is 5; it must be a string"):
        ResponseFormat("list", {}, 5)  # type: ignore[arg-type]


# openai-harmony writes a part without a type as `any`, and loses all that it holds.


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, "(_: {\n})"),
        ({"properties": {"a": {"type": "string"}}}, "(_: {\na?: string,\n})"),
        ({"properties": {"a": {"items": {"type": "string"}}}}, "(_: {\na?: string[],\n})"),
        ({"properties": {"a": {"enum": ["x", "y"]}}}, '(_: {\na?: "x" | "y",\n})'),
        ({"properties": {"a": {"enum": ["x", 1]}}}, "(_: {\na?: any,\n})"),
        ({"properties": {"a": {"properties": {"b": True}}}}, "a?: {\n    b?: any,"),
        (
            {"properties": {"a": {"description": "half \ud800"}}},
            "// half \N{REPLACEMENT CHARACTER}",
        ),
    ],
)
def test_what_a_schema_holds_is_told_also_where_a_type_is_only_implied(
    parameters: dict[str, Any], told: str
) -> None:
    prompt = prompt_of(Conversation(tools=(Tool("f", "It.", parameters),)).with_user("?"))
    assert told in prompt.text


@pytest.mark.parametrize(
    ("conversation", "told"),
    [
        (
            Conversation(tools=({"name": "f"},)),
            r"Conversation.tools\[0\] is {'name': 'f'}; it must",
        ),  # type: ignore[arg-type]
        (Conversation(tools="f"), "Conversation.tools is 'f'; it must be a tuple of Tool"),  # type: ignore[arg-type]
        (Conversation(response_formats=({},)), r"response_formats\[0\] is {}; it must be a Resp"),  # type: ignore[arg-type]
        (Conversation(messages=("Hi",)), r"messages\[0\] is 'Hi'; it must be a Message"),  # type: ignore[arg-type]
        (Conversation(instructions=5), "instructions is 5; it must be a string"),  # type: ignore[arg-type]
        (
            [{"role": "tool", "content": "x", "name": 5}],
            r"messages\[0\]\['name'\] is 5; it must be",
        ),
        ([{"role": "assistant", "content": "x", "recipient": 5}], r"\['recipient'\] is 5; it must"),
    ],
)
def test_what_no_prompt_can_be_made_of_is_said_with_its_place(conversation: Any, told: str) -> None:
    with pytest.raises(InvalidPrompt, match=told):
        conversation_from(conversation)


@pytest.mark.parametrize("tool", ["f", 5, {"function": "f"}])
def test_the_builder_says_what_is_no_tool(tool: Any) -> None:
    with pytest.raises(InvalidPrompt, match=r"tools\[0\] is .*; allowed: a Tool, or a mapping"):
        HarmonyPromptBuilder().build_developer_prompt("Be brief.", [tool])


# The builder, as the guide shows it.


def test_the_guides_builder_example_runs() -> None:
    builder = HarmonyPromptBuilder()
    system_prompt = builder.build_system_prompt(
        reasoning_level=ReasoningLevel.HIGH, knowledge_cutoff="2024-06", current_date="2025-10-27"
    )
    developer_prompt = builder.build_developer_prompt(
        instructions="You are a helpful AI assistant specialized in Python programming."
    )
    messages = [{"role": "user", "content": "What is 2+2?"}]
    conversation = builder.build_conversation(
        messages=messages,
        system_prompt=system_prompt,
        developer_prompt=developer_prompt,
        include_generation_prompt=True,
    )
    assert list(conversation.token_ids) == by_harmony(
        ReasoningLevel.HIGH,
        [h_user("What is 2+2?")],
        "You are a helpful AI assistant specialized in Python programming.",
    )
    assert "Reasoning: high" in system_prompt.text
    assert "specialized in Python" in developer_prompt.text
    parts = system_prompt.token_ids + developer_prompt.token_ids
    assert conversation.token_ids[: len(parts)] == parts


def test_the_builder_gives_what_the_engine_renders() -> None:
    builder = HarmonyPromptBuilder()
    ours, _ = turns(3)
    built = builder.build_conversation(
        ours.messages,
        builder.build_system_prompt("high", CUTOFF, TODAY),
        builder.build_developer_prompt("Be brief.", [WEATHER, CLOCK]),
    )
    engine = Conversation(ours.messages, "Be brief.", (WEATHER, CLOCK))
    assert built == prompt_of(engine, ReasoningLevel.HIGH)


def test_tools_may_be_given_as_mappings() -> None:
    build = HarmonyPromptBuilder().build_developer_prompt
    function = {
        "name": WEATHER.name,
        "description": WEATHER.description,
        "parameters": WEATHER.parameters,
    }
    expected = build(None, [WEATHER]).token_ids
    assert build(None, [function]).token_ids == expected
    assert build(None, [{"type": "function", "function": function}]).token_ids == expected


def test_without_a_generation_prompt_the_conversation_ends_with_its_last_message() -> None:
    builder = HarmonyPromptBuilder()
    closed = builder.build_conversation(
        [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}],
        builder.build_system_prompt(),
        include_generation_prompt=False,
    )
    assert closed.text.endswith("<|start|>assistant<|channel|>final<|message|>4<|end|>")


def test_system_messages_among_the_messages_become_instructions() -> None:
    messages = [{"role": "system", "content": "Rhyme."}, {"role": "user", "content": "Hello"}]
    builder = HarmonyPromptBuilder()
    system = builder.build_system_prompt("low", CUTOFF, TODAY)
    alone = builder.build_conversation(messages, system)
    assert alone == prompt_of(conversation_from(messages), ReasoningLevel.LOW)
    developer = builder.build_developer_prompt("Be brief.", [CLOCK])
    both = builder.build_conversation(messages, system, developer).text
    assert "# Instructions\n\nBe brief.\n\nRhyme." in both
    assert "type clock" in both


def test_what_cannot_be_rendered_is_an_invalid_prompt_that_says_what_to_do() -> None:
    with pytest.raises(InvalidPrompt, match="give the tool's"):
        prompt_of(Conversation().adding(Message(Role.TOOL, "clear")))
    with pytest.raises(InvalidPrompt, match=r"tools\[0\] has no 'name'"):
        HarmonyPromptBuilder().build_developer_prompt("", [{"description": "nameless"}])
    with pytest.raises(InvalidSetting, match="low, medium, high"):
        HarmonyPromptBuilder().build_system_prompt("extreme")


def test_importing_the_builder_does_not_load_the_vocabulary() -> None:
    program = "import core.prompt, core.vocabulary as v; print(v._shared.cache_info().currsize)"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"
