"""Turns with tools, on scripted output: the loop, its limit, and what stands in each prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from core.backends.base import EndReason, EndStep, TokenRequest, TokenStep
from core.backends.scripted import ScriptedBackend
from core.calculator import CALCULATOR
from core.config import InferenceConfig
from core.conversation import Conversation, Role, Tool
from core.engine import InferenceEngine
from core.errors import InvalidPrompt, InvalidSetting
from core.events import FinishReason
from core.sampling import SamplingParams
from core.tools import Function
from core.vocabulary import encoding

START = "<|start|>assistant"
THOUGHT = "<|channel|>analysis<|message|>There is a calculator.<|end|>"
NOTE = f"{START}<|channel|>commentary<|message|>I will calculate.<|end|>"
ANSWER = "<|channel|>final<|message|>It is 71.<|return|>"


def call(arguments: str, tool: str = "calculator") -> str:
    return (
        f"{START}<|channel|>commentary to=functions.{tool} <|constrain|>json"
        f"<|message|>{arguments}<|call|>"
    )


SUM = call('{"expression": "23 + 48"}')


def replaying(*outputs: str) -> tuple[InferenceEngine, list[str]]:
    """An engine that writes these outputs, one a run, the last one for ever; and its prompts."""
    prompts: list[str] = []

    def script(request: Any) -> list[int]:
        ids = [token for segment in request.segments for token in segment]
        prompts.append(encoding().decode(ids))
        output = outputs[min(len(prompts), len(outputs)) - 1]
        return list(encoding().encode(output, allowed_special="all"))

    return InferenceEngine(ScriptedBackend(script), InferenceConfig(_env_file=None)), prompts


def test_a_call_is_carried_out_and_the_model_goes_on_from_its_answer() -> None:
    engine, prompts = replaying(THOUGHT + NOTE + SUM, ANSWER)
    turn = engine.run_tools("What is 23 + 48?", [CALCULATOR])
    assert turn.text == "It is 71."
    assert [(a.call.name, a.call.arguments, a.answer) for a in turn.calls] == [
        ("calculator", {"expression": "23 + 48"}, "71")
    ]
    assert [r.finish_reason for r in turn.results] == [FinishReason.TOOL_CALL, FinishReason.STOP]
    assert not turn.limit_reached
    assert "type calculator" in prompts[0]
    assert prompts[1] == (
        f"{prompts[0].removesuffix(START)}{START}{THOUGHT}{NOTE}{START} to=functions.calculator"
        '<|channel|>commentary <|constrain|>json<|message|>{"expression": "23 + 48"}<|call|>'
        "<|start|>functions.calculator to=assistant<|channel|>commentary<|message|>71<|end|>"
        f"{START}"
    )


def test_the_preamble_is_the_users_and_the_call_is_not() -> None:
    engine, _ = replaying(THOUGHT + NOTE + SUM, ANSWER)
    first = engine.run_tools("?", [CALCULATOR]).results[0]
    assert first.commentary == "I will calculate."
    assert [m.recipient for m in first.tool_calls] == ["functions.calculator"]


def test_the_analysis_stands_in_the_open_loop_and_nowhere_once_there_is_an_answer() -> None:
    engine, prompts = replaying(THOUGHT + SUM, THOUGHT + SUM, ANSWER)
    turn = engine.run_tools("?", [CALCULATOR], capture_reasoning=False)
    assert [prompt.count("There is a calculator.") for prompt in prompts] == [0, 1, 2]
    assert all(result.reasoning is None for result in turn.results)
    assert "There is a calculator." not in str(turn.conversation)
    roles = [m.role for m in turn.conversation.messages]
    assert roles == [Role.USER, *[Role.ASSISTANT, Role.TOOL] * 2, Role.ASSISTANT]
    engine.run_tools(turn.conversation.with_user("And?"), [CALCULATOR])
    assert "There is a calculator." not in prompts[-1]
    assert prompts[-1].count("type calculator") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ('{"expression": "23 +', "Error: The arguments are not valid JSON"),
        ('{"expression": "1/0"}', "Error: '1/0' divides by zero."),
        ("{}", "Error: The arguments do not fit: expression is missing."),
    ],
)
def test_a_call_that_cannot_be_carried_out_is_told_to_the_model(arguments: str, told: str) -> None:
    engine, prompts = replaying(call(arguments), ANSWER)
    turn = engine.run_tools("?", [CALCULATOR])
    assert turn.text == "It is 71."
    assert turn.calls[0].answer.startswith(told)
    assert told in prompts[1]


def test_a_tool_that_nobody_declared_is_told_to_the_model() -> None:
    engine, prompts = replaying(call("{}", "browser"), ANSWER)
    assert engine.run_tools("?", [CALCULATOR]).text == "It is 71."
    assert "There is no tool 'functions.browser'; there are: functions.calculator." in prompts[1]


def test_the_loop_ends_at_its_limit_and_says_so() -> None:
    engine, prompts = replaying(SUM)
    turn = engine.run_tools("?", [CALCULATOR], limit=3)
    assert (len(turn.calls), len(prompts), turn.limit_reached) == (3, 4, True)
    assert turn.results[-1].finish_reason is FinishReason.TOOL_CALL
    assert turn.conversation.messages[-1].is_tool_call


def test_a_call_of_the_callers_own_tool_ends_the_turn() -> None:
    engine, prompts = replaying(call("{}", "clock"), ANSWER)
    own = Conversation(tools=(Tool("clock", "The time."),)).with_user("?")
    turn = engine.run_tools(own, [CALCULATOR])
    assert (turn.text, turn.calls, turn.limit_reached, len(prompts)) == ("", (), False, 1)


def test_a_call_that_was_cut_off_is_not_carried_out() -> None:
    engine, _ = replaying(THOUGHT + SUM)
    turn = engine.run_tools("?", [CALCULATOR], SamplingParams(max_tokens=20))
    assert turn.calls == ()
    assert turn.results[-1].finish_reason is FinishReason.LENGTH
    assert not any(m.is_tool_call for m in turn.conversation.messages)


def test_each_run_can_be_read_while_it_writes() -> None:
    engine, _ = replaying(SUM, ANSWER)
    seen = []
    engine.run_tools("?", [CALCULATOR], on_run=lambda run: seen.append(len(list(run))))
    assert len(seen) == 2
    assert all(seen)


def test_two_tools_of_one_name_and_a_limit_below_one_are_refused() -> None:
    engine, prompts = replaying(ANSWER)
    with pytest.raises(InvalidPrompt, match="Two tools are called 'calculator'"):
        engine.run_tools("?", [CALCULATOR, Function(CALCULATOR.tool, str)])
    with pytest.raises(InvalidSetting, match="limit of tool calls is 0; allowed: 1 or more"):
        engine.run_tools("?", [CALCULATOR], limit=0)
    with pytest.raises(InvalidPrompt, match="functions is 'calculator'; each must be a core"):
        engine.run_tools("?", ["calculator"])  # type: ignore[list-item]
    assert prompts == []


def test_the_embedded_model_calls_the_calculator_and_answers_from_it(engine: Any) -> None:
    turn = engine.run_tools(
        "What is 57 * 86?", [CALCULATOR], SamplingParams(temperature=0, max_tokens=200), "medium"
    )
    assert [a.answer for a in turn.calls] == ["4902"]
    assert "4902" in turn.text


def test_each_call_is_told_with_its_answer_before_the_model_reads_it() -> None:
    engine, prompts = replaying(SUM, call("{}"), ANSWER)
    told: list[tuple[str, str, int]] = []
    turn = engine.run_tools(
        "?", [CALCULATOR], on_call=lambda c: told.append((c.call.name, c.answer, len(prompts)))
    )
    problem = "Error: The arguments do not fit: expression is missing."
    assert told == [("calculator", "71", 1), ("calculator", problem, 2)]
    assert [c.answer for c in turn.calls] == ["71", problem]


@pytest.mark.parametrize("kept", [True, False])
def test_the_messages_of_a_turn_are_what_was_written_and_answered_in_order(kept: bool) -> None:
    engine, _ = replaying(THOUGHT + NOTE + SUM, ANSWER)
    turn = engine.run_tools("?", [CALCULATOR], capture_reasoning=kept)
    said = [(m.name or m.recipient or m.channel, m.text) for m in turn.messages]
    assert said == [
        *([("analysis", "There is a calculator.")] if kept else []),
        ("commentary", "I will calculate."),
        ("functions.calculator", '{"expression": "23 + 48"}'),
        ("functions.calculator", "71"),
        ("final", "It is 71."),
    ]
    value = turn.as_dict()
    assert [m["text"] for m in value["messages"]] == [text for _, text in said]
    assert [run["finish_reason"] for run in value["runs"]] == ["tool_call", "stop"]
    assert (value["text"], value["limit_reached"]) == ("It is 71.", False)


class CancelledBehindACall(ScriptedBackend):
    """The cancel comes between the call and the end of the run."""

    def submit(self, requests: Sequence[TokenRequest]) -> list[CancelledBehindACall]:
        (request,) = requests
        for token in encoding().encode(SUM, allowed_special="all"):
            request.on_step(TokenStep(token, 0.0))
        request.on_step(EndStep(EndReason.CANCELLED, 1.0))
        return [self]


def test_a_run_that_was_cancelled_ends_the_turn_whatever_it_called() -> None:
    backend = CancelledBehindACall(lambda _: [])
    turn = InferenceEngine(backend, InferenceConfig(_env_file=None)).run_tools("?", [CALCULATOR])
    assert (turn.calls, len(turn.results)) == ((), 1)
    assert turn.results[0].tool_calls
