"""`counterpoint chat` through a pipe, on recorded tokens."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from core.conversation import Channel
from tests.ui.chatting import CALL, PARIS, SUM, chat
from tests.ui.recorded import answer, recorded
from ui.terminal import repl_orders
from ui.terminal.repl_commands import COMMANDS
from ui.terminal.repl_display import PlainDisplay

pytestmark = pytest.mark.usefixtures("folder")


def test_a_line_of_a_pipe_is_a_question_and_only_the_answer_goes_to_stdout(monkeypatch):
    recorded(monkeypatch, SUM)
    done = chat("What is 23 + 48?")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "It is 71.\n", "")


def test_the_next_prompt_holds_the_turns_before_without_their_analysis(monkeypatch):
    asked = recorded(monkeypatch, SUM, PARIS)
    chat("What is 23 + 48?", "What is the capital of France?")
    assert "It is 71." in asked.prompts[1]
    assert "Twenty and forty." not in asked.prompts[1]
    assert asked.prompts[1].index("23 + 48") < asked.prompts[1].index("capital of France")


def test_show_reasoning_prints_the_analysis_to_stderr(monkeypatch):
    recorded(monkeypatch, SUM)
    done = chat("What is 23 + 48?", flags=("--show-reasoning",))
    assert done.stdout == "It is 71.\n"
    assert "Twenty and forty." in done.stderr


def test_a_backslash_at_the_end_of_a_line_goes_on_with_the_next(monkeypatch):
    asked = recorded(monkeypatch, SUM)
    chat("one\\", "two")
    assert "<|message|>one\ntwo<|end|>" in asked.prompts[0]


def test_two_slashes_send_text_that_begins_with_one(monkeypatch):
    asked = recorded(monkeypatch, SUM)
    chat("//help me")
    assert "<|message|>/help me<|end|>" in asked.prompts[0]


def test_level_changes_the_prompt_from_the_next_question_on(monkeypatch):
    asked = recorded(monkeypatch, SUM)
    done = chat("Hello", "/level high", "Hello again", flags=("--reasoning-level", "low"))
    assert "Reasoning: low" in asked.prompts[0]
    assert "Reasoning: high" in asked.prompts[1]
    assert "The reasoning level is high." in done.stderr


def test_system_sets_shows_and_clears_the_instructions(monkeypatch):
    asked = recorded(monkeypatch, SUM)
    done = chat("/system Answer in French.", "Hello", "/system", "/system clear", "Hello")
    assert "Answer in French." in asked.prompts[0]
    assert "Answer in French." not in asked.prompts[1]
    assert done.stderr.count("Instructions: Answer in French.") == 2
    assert "There are no instructions." in done.stderr


def test_tools_let_the_model_call_the_calculator_and_go_on(monkeypatch):
    asked = recorded(monkeypatch, CALL, SUM)
    done = chat("/tools on", "What is 23 + 48?", "/tools off", "And now?")
    assert "calculator: 71" in done.stderr
    assert done.stdout == "It is 71.\nIt is 71.\n"
    assert "functions.calculator to=assistant<|channel|>commentary<|message|>71" in asked.prompts[1]
    assert "namespace functions" in asked.prompts[0]
    assert "namespace functions" not in asked.prompts[2]
    assert "<|message|>71<|end|>" in asked.prompts[2]


def test_retry_asks_the_same_again_and_undo_brings_the_answer_before_back(monkeypatch):
    asked = recorded(monkeypatch, SUM, answer("It is 72."))
    done = chat("What is 23 + 48?", "/retry high", "/undo", "/history 1")
    assert asked.prompts[0].replace("medium", "high") == asked.prompts[1]
    assert done.stdout.startswith("It is 71.\nIt is 72.\nYou:\nWhat is 23 + 48?")
    assert done.stdout.rstrip().endswith("It is 71.")


def test_undo_takes_the_last_question_back(monkeypatch):
    asked = recorded(monkeypatch, SUM, PARIS)
    done = chat("What is 23 + 48?", "/undo", "What is the capital of France?")
    assert "Taken back: What is 23 + 48?" in done.stderr
    assert "23 + 48" not in asked.prompts[1]


@pytest.mark.parametrize("away", ["/clear", "/load saved.json"])
def test_undo_brings_back_what_a_clear_or_a_load_put_aside(monkeypatch, away):
    recorded(monkeypatch, PARIS, SUM)
    chat("What is the capital of France?", "/save saved.json")
    recorded(monkeypatch, SUM)
    done = chat("What is 23 + 48?", away, "/undo", "/history 1")
    assert done.exit_code == 0, done.stderr
    assert "What is 23 + 48?" in done.stdout


def test_clear_begins_anew(monkeypatch):
    asked = recorded(monkeypatch, SUM)
    chat("What is 23 + 48?", "/clear", "Hello")
    assert "23 + 48" not in asked.prompts[1]


def test_compare_runs_every_level_and_leaves_the_chat_as_it_is(monkeypatch):
    asked = recorded(monkeypatch, SUM)
    done = chat("Hello", "/compare What is 23 + 48?", "/compare", "/history")
    levels = ("low", "medium", "high")
    assert [f"Reasoning: {level}" in "".join(asked.prompts[1:4]) for level in levels] == [True] * 3
    assert done.stdout.count("Low was enough: same answer as high") == 2
    assert len(asked.prompts) == 7
    assert "What is 23 + 48?" not in done.stdout.splitlines()[-1]


def test_json_prints_one_object_a_line_and_nothing_else_on_stdout(monkeypatch):
    recorded(monkeypatch, SUM)
    lines = ("What is 23 + 48?", "/help", "/history", "Again?", "/compare")
    done = chat(*lines, flags=("--json",))
    first, second, compared = map(json.loads, done.stdout.splitlines())
    assert (compared["prompt"], len(compared["levels"])) == ("Again?", 3)
    assert (first["question"], first["text"]) == ("What is 23 + 48?", "It is 71.")
    assert (second["question"], second["reasoning"]) == ("Again?", None)


def test_every_flag_reaches_the_settings(monkeypatch):
    asked = recorded(monkeypatch, SUM)
    done = chat(
        "Hello",
        flags=(
            *("--reasoning-level", "HIGH", "--temperature", "0.5", "--top-p", "0.9"),
            *("--top-k", "3", "--max-tokens", "50", "--seed", "7", "--no-harmony"),
            *("--instructions", "Answer in French.", "--capture-reasoning", "--verbose"),
        ),
    )
    config = asked.config
    assert (config.reasoning_level, config.temperature, config.top_p) == ("high", 0.5, 0.9)
    assert (config.top_k, config.max_tokens, config.seed) == (3, 50, 7)
    assert (config.use_harmony_format, config.capture_reasoning) == (False, True)
    assert "Answer in French." in asked.prompts[0]
    assert asked.prompts[0].startswith("<|im_start|>")
    assert "high reasoning: " in done.stderr


def test_info_says_what_is_at_work(monkeypatch):
    recorded(monkeypatch, SUM)
    said = chat("Hello", "/info", flags=("--seed", "3", "--top-k", "5")).stdout
    for part in (
        "replay",
        "Harmony",
        "medium",
        "top-k 5",
        "1 turn",
        "of 4,096 tokens",
        "not saved",
    ):
        assert part in said


def test_help_names_every_command(monkeypatch):
    recorded(monkeypatch, SUM)
    said = chat("/help").stdout
    assert [name for name in COMMANDS if f"/{name}" not in said] == []
    assert set(repl_orders.ORDERS) == set(COMMANDS) - {"exit"}


@pytest.mark.parametrize("leave", ["/exit", "/quit", "/EXIT"])
def test_exit_leaves_the_rest_unread(monkeypatch, leave):
    asked = recorded(monkeypatch, SUM)
    assert chat(leave, "Hello").exit_code == 0
    assert asked.prompts == []


def test_empty_lines_are_no_questions(monkeypatch):
    asked = recorded(monkeypatch, SUM)
    assert chat("", "   ", "\t").exit_code == 0
    assert asked.prompts == []


def press_ctrl_c_when(ready: Callable[[], bool]) -> threading.Thread:
    def press() -> None:
        while not ready():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press, daemon=True)
    thread.start()
    return thread


def test_ctrl_c_while_it_answers_keeps_the_text_and_the_chat_goes_on(monkeypatch):
    asked = recorded(monkeypatch, answer("It is 71." + " More." * 5000), SUM, rate=200)
    written: list[str] = []
    write = PlainDisplay.show

    def show(display, events, run):
        written.append(run.transcript.text(Channel.FINAL))
        write(display, events, run)

    monkeypatch.setattr(PlainDisplay, "show", show)
    press = press_ctrl_c_when(lambda: bool(written) and "More." in written[-1])
    done = chat("What is 23 + 48?", "And now?")
    press.join()
    assert done.exit_code == 0
    assert done.stdout.startswith("It is 71. More.")
    assert done.stdout.endswith("\nIt is 71.\n")
    assert "<|message|>It is 71. More." in asked.prompts[1]
