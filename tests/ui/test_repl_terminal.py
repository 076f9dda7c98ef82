"""`counterpoint chat` as people use it: the real command and model, at a real terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from core.models import ModelLoader

COMMAND = ["-m", "ui.terminal.cli", "chat"]
READY = "\x1b[?2004h"
"""The prompt asks the terminal to mark what is pasted: it is ready for what is typed."""
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:[349][0-7]|10[0-7]|[34]8;[\d;]+)m")


@pytest.fixture(autouse=True, scope="module")
def _unpacked() -> None:
    """The first use of the embedded model takes a while; here it is behind us."""
    _ = ModelLoader().info


class Person:
    """Types at a terminal of 80 columns and reads what it shows."""

    def __init__(self, chat: pexpect.spawn) -> None:
        self.chat = chat
        self.seen = ""

    def sees(self, words: str) -> None:
        self.chat.expect_exact(words)
        self.seen += self.chat.before + self.chat.after

    def types(self, keys: str) -> None:
        self.sees(READY)
        self.chat.send(keys)

    def presses_ctrl_c(self, times: int = 1) -> None:
        for _ in range(times):
            self.chat.sendintr()
            time.sleep(0.02)

    def leaves(self) -> int:
        self.chat.expect(pexpect.EOF)
        self.seen += self.chat.before
        self.chat.close()
        return int(self.chat.exitstatus)


@contextmanager
def at_a_terminal(folder: Path, *flags: str, **variables: str) -> Iterator[Person]:
    # This terminal does not answer when it is asked where its cursor is.
    env = {**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **variables}
    chat = pexpect.spawn(
        sys.executable,
        [*COMMAND, "--temperature", "0", *flags],
        env=env,
        cwd=folder,
        timeout=100,
        encoding="utf-8",
        dimensions=(24, 80),
    )
    try:
        yield Person(chat)
    finally:
        if not chat.closed:
            chat.kill(signal.SIGKILL)
            chat.wait()


def test_a_chat_from_the_first_question_to_exit(tmp_path: Path):
    with at_a_terminal(tmp_path) as person:
        person.sees("embedded demo model, medium reasoning. /help lists the commands")
        person.types("What is 23 + 48?\r")
        person.sees("thinking")
        person.sees("medium: ")
        person.types("/lev")
        person.sees("/lev")
        person.chat.send("\t")
        person.sees("/level")
        person.chat.send(" high\r")
        person.sees("The reasoning level is high.")
        person.types("What is the capital\x1b\rof France?\r")
        person.sees("high: ")
        person.types("/nope\r")
        person.sees("There is no command '/nope'; allowed: /help")
        person.types("/save a.json\r")
        person.sees("Saved to a.json: 2 turns, without its reasoning.")
        person.types("/clear\r")
        person.types("/load a.json\r")
        person.sees("Loaded a.json: 2 turns, high reasoning.")
        person.types("/export a.md\r")
        person.sees("Exported to a.md: 2 turns.")
        person.types("/undo\r")
        person.sees("Back to the chat before: 2 turns.")
        person.types("/undo\r")
        person.sees("Taken back: What is the capital of France?")
        # The question stands in the line again, until it is cleared.
        person.sees(READY)
        person.sees("of France?")
        person.chat.sendintr()
        person.chat.send("/exit\r")
        assert person.leaves() == 0
    saved = json.loads((tmp_path / "a.json").read_text())
    assert [turn["reasoning_level"] for turn in saved["turns"]] == ["medium", "high"]
    assert saved["turns"][1]["question"] == "What is the capital\nof France?"
    assert all(turn["messages"] for turn in saved["turns"])
    assert "## You\n\nWhat is 23 + 48?" in (tmp_path / "a.md").read_text()


def test_ctrl_c_makes_a_thinking_model_answer_and_pressed_twice_stops_it(tmp_path: Path):
    flags = ("--reasoning-level", "high", "--show-reasoning", "--capture-reasoning")
    with at_a_terminal(tmp_path, *flags, NO_COLOR="1") as person:
        person.types("What is 12 + 34 + 56 + 78?\r")
        person.sees("Units")
        person.presses_ctrl_c()
        person.sees("The model is told to answer now")
        person.sees("The thinking was cut short")
        person.types("What is 21 + 43 + 65 + 87?\r")
        person.sees("Units")
        person.presses_ctrl_c(2)
        person.sees("high: ")
        person.types("/save a.json\r")
        person.sees("Saved to a.json: 2 turns.")
        person.types("\x04")
        assert person.leaves() == 0
    finished, stopped = json.loads((tmp_path / "a.json").read_text())["turns"]
    assert (finished["finish_reason"], stopped["finish_reason"]) == ("stop", "cancelled")
    assert finished["messages"]
    assert "Units" in stopped["reasoning"]
    assert COLOUR.search(person.seen) is None


def test_a_question_through_a_pipe_is_answered_on_stdout_alone():
    done = subprocess.run(
        [sys.executable, *COMMAND, "--temperature", "0"],
        input="What is the capital of France?\n",
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Paris" in done.stdout
    assert "\x1b" not in done.stdout
