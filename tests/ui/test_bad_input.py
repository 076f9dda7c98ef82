"""What people get wrong outside of the chat's own lines, each with its sentence and exit status.

Flags of the single commands stand in test_cli, files and lines of the chat in test_repl.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.ui.recorded import answer, recorded
from ui.terminal import cli

FULL = "failed (No space left on device). Make room on the disk, or send the output elsewhere.\n"
GENERATING = [("generate", "Hello"), ("compare", "Hello"), ("chat",), ("config",)]
commands = pytest.mark.parametrize("command", GENERATING, ids=lambda command: command[0])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, stdin: bytes = b"Hello\n"):
    return CliRunner().invoke(cli.app, arguments, input=stdin)


@commands
@pytest.mark.parametrize(
    ("flag", "told"),
    [
        (("--reasoning-level", "max"), "'max'; allowed: low, medium, high."),
        (("--temperature", "3"), "temperature is 3.0; allowed: a number from 0 to 2."),
        (("--top-p", "0"), "top_p is 0.0; allowed: a number above 0, up to 1."),
        (("--top-k", "-1"), "top_k is -1; allowed: a whole number, 0 (off) or more."),
        (("--max-tokens", "0"), "max_tokens is 0; allowed: a whole number, 1 or more."),
        (("--seed", "-1"), "seed is -1; allowed: a whole number from 0"),
        (("--seed", "x"), "Invalid value for '--seed'"),
        (("--nonsense",), "No such option"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_wrong_flag_exits_2_on_every_command_that_takes_it(monkeypatch, command, flag, told):
    asked = recorded(monkeypatch, answer("Hello."))
    done = run(*command, *flag)
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr
    assert asked.config is None


@commands
@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("REASONING_LEVEL", "max", "low, medium, high"),
        ("SHOW_REASONING", "perhaps", "true or false"),
        ("COUNTERPOINT_TEMPERATURE", "hot", "a number from 0 to 2"),
        ("COUNTERPOINT_CURRENT_DATE", "today", "a date such as 2026-01-31"),
        ("COUNTERPOINT_QUEUE_LIMIT", "-1", "a whole number of requests, 0 or more"),
    ],
)
@pytest.mark.parametrize("place", ["environment", ".env"])
def test_a_wrong_variable_exits_2_and_is_named_with_its_place(
    monkeypatch, folder, command, variable, value, allowed, place
):
    recorded(monkeypatch, answer("Hello."))
    if place == ".env":
        (folder / ".env").write_text(f"{variable}={value}\n")
        named = f"{variable} in .env"
    else:
        monkeypatch.setenv(variable, value)
        named = f"The environment variable {variable}"
    done = run(*command)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{named} is {value!r}; allowed: {allowed}. Change" in done.stderr


@commands
def test_a_dotenv_that_is_no_text_exits_2(monkeypatch, folder, command):
    recorded(monkeypatch, answer("Hello."))
    (folder / ".env").write_bytes(b"COUNTERPOINT_MODEL=\xff\xfe\n")
    done = run(*command)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "The file .env could not be read" in done.stderr
    assert "Save it as UTF-8, or remove it." in done.stderr


def test_instructions_that_are_no_text_exit_2_before_a_model_is_loaded(monkeypatch):
    asked = recorded(monkeypatch, answer("Hello."))
    done = run("chat", "--instructions", "\udcff")
    assert (done.exit_code, asked.config) == (2, None)
    assert "not valid UTF-8. Send them as UTF-8 text." in done.stderr


def process(*arguments: str, **how: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui.terminal.cli", *arguments]
    return subprocess.run(
        command,
        **{"stdout": subprocess.PIPE, "stdin": subprocess.DEVNULL, **how},
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_prompt_on_stdin_that_is_no_text_exits_2(folder):
    (folder / "prompt").write_bytes(b"caf\xe9\n")
    with (folder / "prompt").open("rb") as prompt:
        done = process("generate", "-", stdin=prompt)
    assert (done.returncode, done.stdout) == (2, "")
    assert "not valid UTF-8. Send them as UTF-8 text." in done.stderr


@pytest.mark.parametrize(
    "arguments", [("config",), ("config", "--json"), ("--help",), ("models", "list", "--json")]
)
def test_a_full_disk_exits_1_with_a_sentence(arguments):
    with Path("/dev/full").open("w") as full:
        done = process(*arguments, stdout=full)
    assert done.returncode == 1
    assert done.stderr.replace("\n\n.env: there is none in this folder", "").endswith(FULL)
    assert "Traceback" not in done.stderr


def test_an_answer_that_the_disk_has_no_room_for_exits_1():
    with Path("/dev/full").open("w") as full:
        done = process("generate", "Hello", "--max-tokens", "40", stdout=full)
    assert done.returncode == 1
    assert done.stderr.endswith(FULL)


@pytest.mark.parametrize("arguments", [("config",), ("generate", "Hello", "--json")])
def test_a_reader_that_leaves_is_no_fault(arguments):
    """As in `counterpoint … | head -1`."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        done = process(*arguments, stdout=gone)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Broken pipe" not in done.stderr


def test_a_closed_stdout_is_no_fault():
    done = process("config", preexec_fn=lambda: os.close(1))
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_a_home_that_cannot_be_written_exits_1_and_is_named(folder, monkeypatch):
    (folder / "file").touch()
    monkeypatch.setenv("COUNTERPOINT_HOME", str(folder / "file/home"))
    done = process("generate", "Hello")
    assert (done.returncode, done.stdout) == (1, "")
    assert str(folder / "file/home") in done.stderr
    assert "COUNTERPOINT_HOME" in done.stderr
    assert "Traceback" not in done.stderr
