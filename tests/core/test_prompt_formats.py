"""Response formats and tools in the developer message, and what no prompt can be made of."""

from __future__ import annotations

from typing import Any

import pytest

from core import HarmonyPromptBuilder
from core.conversation import Conversation, ResponseFormat, Tool, conversation_from
from core.errors import InvalidPrompt
from core.vocabulary import END, RETURN, START, encoding
from tests.core.rendering import CLOCK, CUTOFF, TODAY, prompt_of, turns

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
