"""`counterpoint generate --tools`: calls are carried out, shown, and on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.tool_loop import LIMIT
from core.vocabulary import encoding
from ui.terminal import cli
from ui.terminal import engine as terminal_engine

THOUGHT = "<|channel|>analysis<|message|>There is a calculator.<|end|><|start|>assistant"
NOTE = "<|channel|>commentary<|message|>I will calculate.<|end|><|start|>assistant"
CALL = (
    "<|channel|>commentary to=functions.calculator <|constrain|>json<|message|>"
    '{"expression": "23 + 48"}<|call|>'
)
ANSWER = "<|channel|>final<|message|>It is 71.<|return|>"
SHOWN = 'calculator({"expression": "23 + 48"}) → 71'


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, ["generate", "What is 23 + 48?", *arguments])


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Make the command run on these outputs, one a run, the last one for ever: its prompts."""

    def outputs(*texts: str) -> list[str]:
        prompts: list[str] = []

        def script(request: Any) -> list[int]:
            ids = [token for segment in request.segments for token in segment]
            prompts.append(encoding().decode(ids))
            text = texts[min(len(prompts), len(texts)) - 1]
            return list(encoding().encode(text, allowed_special="all"))

        def open_engine(config: InferenceConfig) -> InferenceEngine:
            return InferenceEngine(ScriptedBackend(script), config)

        monkeypatch.setattr(terminal_engine, "open_engine", open_engine)
        return prompts

    return outputs


def test_each_call_and_its_result_are_a_line_on_stderr_and_stdout_is_the_answer(writes) -> None:
    prompts = writes(THOUGHT + NOTE + CALL, ANSWER)
    done = run("--tools", "calculator")
    assert (done.exit_code, done.stdout) == (0, "It is 71.\n")
    assert done.stderr.splitlines() == ["I will calculate.", SHOWN]
    assert "type calculator" in prompts[0]
    assert "<|start|>functions.calculator to=assistant" in prompts[1]


@pytest.mark.parametrize("kept", [True, False])
def test_json_holds_calls_and_results_as_messages_and_every_run(writes, kept: bool) -> None:
    writes(THOUGHT + CALL, ANSWER)
    done = run("--tools", "calculator", "--json", *(["--capture-reasoning"] if kept else []))
    value = json.loads(done.stdout)
    call, result, answer = value["messages"][-3:]
    assert (call["recipient"], call["text"]) == (
        "functions.calculator",
        '{"expression": "23 + 48"}',
    )
    assert (result["name"], result["recipient"]) == ("functions.calculator", "assistant")
    assert (result["text"], answer["text"]) == ("71", "It is 71.")
    assert (value["text"], value["finish_reason"]) == ("It is 71.", "stop")
    assert [one["finish_reason"] for one in value["runs"]] == ["tool_call", "stop"]
    assert ("There is a calculator." in done.stdout) is kept


def test_a_model_that_calls_for_ever_is_stopped_and_that_is_said(writes) -> None:
    prompts = writes(CALL)
    done = run("--tools", "calculator")
    assert (done.exit_code, done.stdout) == (0, "")
    assert len(prompts) == LIMIT + 1
    assert done.stderr.count(SHOWN) == LIMIT
    assert f"called tools {LIMIT} times and then once more" in done.stderr
    assert "not run here" not in done.stderr


def test_a_call_that_cannot_be_carried_out_is_shown_with_the_reason(writes) -> None:
    writes(CALL.replace("23 + 48", "1/0\x1b[2J"), ANSWER)
    done = run("--tools", "calculator")
    assert "→ Error: The arguments are not valid JSON" in done.stderr
    assert "\x1b[2J" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--tools", "browser"), "no built-in tool 'browser'; allowed: calculator."),
        (("--tools", ""), "no built-in tool ''; allowed: calculator."),
        (("--tools", "calculator", "--no-harmony"), "ChatML"),
    ],
)
def test_tools_that_there_are_not_exit_2_with_what_is_allowed(writes, arguments, said) -> None:
    prompts = writes(ANSWER)
    done = run(*arguments)
    assert (done.exit_code, done.stdout, prompts) == (2, "", [])
    assert said in done.stderr


def test_the_embedded_model_calls_the_calculator_and_what_it_wrote_is_scored() -> None:
    done = run("--tools", "calculator", "--temperature", "0", "--scores", "1", "--json")
    value = json.loads(done.stdout)
    results = [m["text"] for m in value["messages"] if m.get("name") == "functions.calculator"]
    assert results
    assert done.stderr.count("calculator({") == len(results)
    assert len(value["runs"]) == len(results) + 1
    assert value["scores"] == value["runs"][-1]["scores"]
    assert all(one["scores"] for one in value["runs"])
