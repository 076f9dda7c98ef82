"""`counterpoint chat` through a pipe, on recorded tokens."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.conversation import Channel
from core.errors import BackendError
from core.run import Run
from tests.ui.recorded import answer, recorded
from ui.terminal import cli, repl_orders
from ui.terminal.repl_commands import COMMANDS
from ui.terminal.repl_display import PlainDisplay
from ui.terminal.repl_prompt import KeptHistory

SUM = answer("It is 71.", "Twenty and forty.")
PARIS = answer("Paris.", "France.")
CALL = (
    "<|channel|>commentary to=functions.calculator <|constrain|>json<|message|>"
    '{"expression": "23 + 48"}<|call|>'
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def chat(*lines: str | bytes, flags: tuple[str, ...] = ()):
    """Type lines into the chat; its output."""
    typed = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
    return CliRunner().invoke(cli.app, ["chat", *flags], input=typed)


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


def test_a_saved_chat_is_loaded_and_goes_on(monkeypatch):
    asked = recorded(monkeypatch, SUM)
    chat("/level high", "/system Be brief.", "What is 23 + 48?", "/save a.json")
    done = chat("/load a.json", "And now?")
    assert "Loaded a.json: 1 turn, high reasoning." in done.stderr
    assert "Be brief." in asked.prompts[1]
    assert "Reasoning: high" in asked.prompts[1]
    assert "It is 71." in asked.prompts[1]


@pytest.mark.parametrize(("flags", "kept"), [((), False), (("--capture-reasoning",), True)])
def test_analysis_is_in_files_only_where_it_is_captured(monkeypatch, folder, flags, kept):
    recorded(monkeypatch, SUM)
    names = ("a.json", "a.md", "a.html", "a.txt")
    chat("What is 23 + 48?", "/save a.json", *(f"/export {n}" for n in names[1:]), flags=flags)
    texts = [(folder / name).read_text() for name in names]
    assert ["Twenty and forty." in text for text in texts] == [kept] * 4
    assert all("It is 71." in text for text in texts)


def test_a_call_without_an_answer_leaves_no_analysis_in_a_file(monkeypatch, folder):
    recorded(monkeypatch, f"<|channel|>analysis<|message|>Secret.<|end|><|start|>assistant{CALL}")
    chat("What is 23 + 48?", "/save a.json", "/export a.txt")
    assert "23 + 48" in (folder / "a.json").read_text()
    assert "Secret." not in (folder / "a.json").read_text() + (folder / "a.txt").read_text()


def test_save_writes_again_to_its_own_file_but_never_over_another(monkeypatch, folder):
    recorded(monkeypatch, SUM)
    (folder / "other.json").write_text("mine")
    done = chat("Hello", "/save a.json", "Hello", "/save", "/save other.json", "/save a.json")
    assert done.stderr.count("Saved to a.json: 2 turns") == 2
    assert "other.json is there already; give another name, or put -f before it" in done.stderr
    assert (folder / "other.json").read_text() == "mine"
    assert len(json.loads((folder / "a.json").read_text())["turns"]) == 2
    chat("Hello", "/save -f other.json")
    assert "It is 71." in (folder / "other.json").read_text()


def test_after_a_clear_save_takes_a_new_name(monkeypatch, folder):
    recorded(monkeypatch, SUM)
    chat("Hello", "/save a.json", "/clear", "Bye", "/save")
    assert "Hello" in (folder / "a.json").read_text()
    (other,) = folder.glob("chat-*.json")
    assert "Bye" in other.read_text()


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


# What cannot be done: a sentence, a status, and the chat as it was.


@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        ("/levle high", 2, "There is no command '/levle'; allowed: /help /level"),
        ("/levle high", 2, "Did you mean /level?"),
        ("/", 2, "There is no command '/'"),
        ("/level most", 2, "The reasoning level is 'most'; allowed: low, medium, high."),
        ("/retry most", 2, "The reasoning level is 'most'; allowed: low, medium, high."),
        ("/tools perhaps", 2, "/tools was given 'perhaps'; allowed: on, off."),
        ("/history 2", 2, "/history was given '2'; allowed: a whole number from 1 to 1."),
        ("/history ²", 2, "/history was given '²'; allowed: a whole number from 1 to 1."),
        ("/clear now", 2, "/clear takes nothing; it was given 'now'."),
        ("/load", 2, "/load needs the name of a file that /save wrote."),
        ("/load none.json", 2, "none.json could not be read (No such file or directory)"),
        ("/load .", 2, ". is no file; allowed: a file that /save wrote."),
        ("/load /dev/zero", 2, "/dev/zero is no file; allowed: a file that /save wrote."),
        ("/load a\0b", 2, "a\N{REPLACEMENT CHARACTER}b could not be read"),
        ("/save .", 2, ". is a folder; allowed: a file."),
        ("/save none/a.json", 1, "none/a.json could not be written (No such file or directory)"),
        ("/save -f /dev/full", 1, "/dev/full could not be written (No space left on device)"),
        ("/export a.pdf", 2, "/export was given 'a.pdf'; allowed: a name that ends in .md, .html"),
        (b"caf\xe9", 2, "A line of standard input is not valid UTF-8, and was left out."),
        ("word " * 5000, 2, "tokens long with its instructions and history"),
    ],
)
def test_a_line_that_cannot_be_done_is_told_and_the_chat_goes_on(monkeypatch, line, status, told):
    asked = recorded(monkeypatch, SUM)
    done = chat("What is 23 + 48?", line, "And now?")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.exit_code == status
    assert "<|message|>What is 23 + 48?<|end|>" in asked.prompts[1]
    assert "It is 71." in asked.prompts[1]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/retry", "There is no question to ask again; type one."),
        ("/compare", "There is nothing to compare yet; type /compare PROMPT."),
        ("/undo", "There is nothing to undo: the chat is empty."),
        ("/history 1", "/history was given '1'; allowed: nothing, as the chat is empty."),
        ("/export a.md", "The chat is empty: there is nothing to export."),
    ],
)
def test_an_empty_chat_says_what_it_cannot_do(monkeypatch, line, told):
    recorded(monkeypatch, SUM)
    done = chat(line)
    assert (done.exit_code, done.stderr) == (2, told + "\n")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"{", "it is not valid JSON: "),
        (b"[" * 100_000, "cannot be loaded: "),
        (b"[]", "cannot be loaded: the whole file: "),
        (b'{"kind": "other"}', "cannot be loaded: kind: "),
        (b'{"kind": "counterpoint chat", "version": 2}', "cannot be loaded: version: "),
    ],
)
def test_a_file_that_is_no_chat_is_told_and_the_chat_stays(monkeypatch, folder, content, why):
    asked = recorded(monkeypatch, SUM)
    (folder / "a.json").write_bytes(content)
    done = chat("What is 23 + 48?", "/load a.json", "And now?")
    assert done.exit_code == 2
    assert why in done.stderr
    assert "The chat stays as it is." in done.stderr
    assert "It is 71." in asked.prompts[1]


def test_a_saved_chat_that_no_prompt_can_be_made_of_is_refused(monkeypatch, folder):
    recorded(monkeypatch, CALL, SUM)
    chat("/tools on", "What is 23 + 48?", "/save a.json")
    broken = (
        (folder / "a.json").read_text().replace('"name": "functions.calculator"', '"name": null')
    )
    (folder / "a.json").write_text(broken)
    asked = recorded(monkeypatch, SUM)
    done = chat("Hello", "/load a.json", "And now?")
    assert "A tool message has no name" in done.stderr
    assert "Hello" in asked.prompts[1]


def test_a_failed_write_leaves_the_file_that_was_there(monkeypatch, folder):
    recorded(monkeypatch, SUM)
    chat("What is 23 + 48?", "/save a.json")
    before = (folder / "a.json").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    done = chat("Hello", "/save -f a.json")
    assert (done.exit_code, (folder / "a.json").read_bytes()) == (1, before)
    assert "a.json could not be written (No space left on device)" in done.stderr
    assert [path.name for path in folder.iterdir()] == ["a.json"]


def test_a_machine_that_fails_is_told_and_what_was_written_stays(monkeypatch):
    asked = recorded(monkeypatch, SUM)
    drain = Run.drain
    failing = iter([True])

    def fail_once(run: Run):
        events = drain(run)
        if run.done and next(failing, False):
            raise BackendError("Out of memory.")
        return events

    monkeypatch.setattr(Run, "drain", fail_once)
    done = chat("What is 23 + 48?", "And now?")
    assert done.exit_code == 1
    assert "Out of memory." in done.stderr
    assert "It is 71." in asked.prompts[1]


def test_a_fault_of_ours_does_not_end_the_chat(monkeypatch):
    asked = recorded(monkeypatch, SUM)

    def fault(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setitem(repl_orders.ORDERS, "info", fault)
    done = chat("What is 23 + 48?", "/info", "And now?")
    assert done.exit_code == 1
    assert "KeyError: 'surprise'. This is a fault of Counterpoint; the chat goes on" in done.stderr
    assert "It is 71." in asked.prompts[1]


def test_what_was_typed_is_remembered_for_its_owner_alone(folder):
    KeptHistory(folder / "home/typed").store_string("one\ntwo")
    assert [*KeptHistory(folder / "home/typed").load_history_strings()] == ["one\ntwo"]
    assert (folder / "home/typed").stat().st_mode & 0o077 == 0


def test_a_home_that_cannot_be_written_is_told_once_and_typing_goes_on(folder):
    (folder / "file").touch()
    history = KeptHistory(folder / "file/typed")
    history.store_string("one")
    history.store_string("two")
    told = history.take_problem()
    assert "What you type is not remembered after this chat" in told
    assert "COUNTERPOINT_HOME" in told
    assert history.take_problem() is None
