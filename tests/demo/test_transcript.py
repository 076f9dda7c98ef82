"""The prompts of the demo model's training are, token for token, what openai-harmony renders."""

from __future__ import annotations

from random import Random

import pytest
from openai_harmony import (
    Author,
    Conversation,
    DeveloperContent,
    Message,
    ReasoningEffort,
    Role,
    StreamableParser,
    SystemContent,
    ToolDescription,
)

from core.demo.tasks import LEVELS, Level, Question, training
from core.demo.tasks.calculator import DESCRIPTION, NAME, PARAMETERS
from core.demo.transcript import Opening, prompt_tokens, random_opening, reply
from core.vocabulary import CALL, RETURN, encoding


def official(question: Question, opening: Opening) -> list[int]:
    system = (
        SystemContent.new()
        .with_reasoning_effort(ReasoningEffort(opening.level.capitalize()))
        .with_knowledge_cutoff(opening.knowledge_cutoff)
    )
    if opening.date:
        system = system.with_conversation_start_date(opening.date)
    messages = [Message.from_role_and_content(Role.SYSTEM, system)]
    developer = DeveloperContent.new()
    if opening.instructions:
        developer = developer.with_instructions(opening.instructions)
    if opening.tools:
        tool = ToolDescription.new(NAME, DESCRIPTION, parameters=PARAMETERS)
        developer = developer.with_function_tools([tool])
    if opening.instructions or opening.tools:
        messages.append(Message.from_role_and_content(Role.DEVELOPER, developer))
    for user, final in question.history:
        messages.append(Message.from_role_and_content(Role.USER, user))
        said = Message.from_role_and_content(Role.ASSISTANT, final)
        messages.append(said.with_channel("final"))
    messages.append(Message.from_role_and_content(Role.USER, question.prompt))
    if question.done:
        thought = Message.from_role_and_content(Role.ASSISTANT, question.done.analysis)
        call = Message.from_role_and_content(Role.ASSISTANT, question.done.arguments)
        result = Message.from_author_and_content(
            Author.new(Role.TOOL, f"functions.{NAME}"), question.done.result
        )
        messages += [
            thought.with_channel("analysis"),
            call.with_channel("commentary")
            .with_recipient(f"functions.{NAME}")
            .with_content_type("<|constrain|>json"),
            result.with_channel("commentary").with_recipient("assistant"),
        ]
    conversation = Conversation.from_messages(messages)
    return encoding().render_conversation_for_completion(conversation, Role.ASSISTANT)


@pytest.mark.parametrize("tools", [False, True])
@pytest.mark.parametrize("level", LEVELS)
def test_the_prompt_equals_the_official_rendering(level: Level, tools: bool) -> None:
    rng = Random(17)
    for _ in range(80):
        question = training(rng, tools)
        opening = random_opening(rng, level, tools or question.tools)
        assert prompt_tokens(question, level, opening) == official(question, opening)


@pytest.mark.parametrize("level", LEVELS)
def test_a_reply_parses_as_analysis_then_final_or_a_tool_call(level: Level) -> None:
    rng = Random(23)
    for i in range(120):
        question = training(rng, tools=i % 3 == 0)
        tokens = reply(question, level).tokens
        parser = StreamableParser(encoding(), Role.ASSISTANT)
        for token in tokens:
            parser.process(token)
        thought, said = parser.messages
        assert thought.channel == "analysis"
        if question.arguments:
            assert tokens[-1] == CALL
            assert (said.channel, said.recipient) == ("commentary", f"functions.{NAME}")
            assert said.content[0].text == question.arguments
        else:
            assert tokens[-1] == RETURN
            assert (said.channel, said.recipient) == ("final", None)
            assert said.content[0].text == question.final
