"""The prompt builder, as the guide shows it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core import HarmonyPromptBuilder, ReasoningLevel
from core.conversation import Conversation, Message, Role, conversation_from
from core.errors import InvalidPrompt, InvalidSetting
from tests.core.rendering import CLOCK, CUTOFF, TODAY, WEATHER, by_harmony, h_user, prompt_of, turns


def test_a_builder_without_a_date_sets_todays() -> None:
    text = HarmonyPromptBuilder().build_system_prompt(ReasoningLevel.LOW, CUTOFF).text
    assert re.search(r"\nCurrent date: \d{4}-\d\d-\d\d\n", text)


@pytest.mark.parametrize("tool", ["f", 5, {"function": "f"}])
def test_the_builder_says_what_is_no_tool(tool: Any) -> None:
    with pytest.raises(InvalidPrompt, match=r"tools\[0\] is .*; allowed: a Tool, or a mapping"):
        HarmonyPromptBuilder().build_developer_prompt("Be brief.", [tool])


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
