"""What people get wrong outside of the chat's own lines, each with its sentence and exit status.

Flags of the single commands stand in test_cli_errors, lines of the chat in test_repl_errors, its
files in test_repl_files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from typer.testing import CliRunner

from tests.ui.recorded import answer, recorded
from ui.terminal import cli

FULL = "failed (No space left on device). Make room on the disk, or send the output elsewhere.\n"
GENERATING = [("generate", "Hello"), ("compare", "Hello"), ("chat",), ("config",)]
SETTING = [*GENERATING, ("evaluate", "--each", "1"), ("doctor",), ("ui", "--no-browser")]
"""What reads the settings."""
ALL = [*SETTING, ("models", "list"), ("models", "info", "x"), ("models", "download", "x/y")]


def each(those: list[tuple[str, ...]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("command", those, ids=" ".join)


commands = each(GENERATING)


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
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_wrong_flag_exits_2_on_every_command_that_takes_it(monkeypatch, command, flag, told):
    asked = recorded(monkeypatch, answer("Hello."))
    done = run(*command, *flag)
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr
    assert asked.config is None


@each(ALL)
def test_a_flag_that_there_is_not_exits_2_on_every_command(command):
    done = run(*command, "--nonsense")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "No such option: --nonsense" in done.stderr


@each(SETTING)
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


@each(SETTING)
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


def process(
    *arguments: str, command: tuple[str, ...] = ("-m", "ui.terminal.cli"), **how: object
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command, *arguments],
        **{"stdout": subprocess.PIPE, "stdin": subprocess.DEVNULL, **how},
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )


SCRIPTED = """
import sys
from core.backends.scripted import ScriptedBackend
from core.engine import InferenceEngine
from core.vocabulary import encoding
from ui.terminal import cli
from ui.terminal import engine as terminal_engine

tokens = encoding().encode(sys.argv.pop(1), allowed_special="all")
backend = ScriptedBackend(lambda _: tokens)
terminal_engine.open_engine = lambda config: InferenceEngine(backend, config)
cli.main()
"""


def scripted(*arguments: str, **how: object) -> subprocess.CompletedProcess[str]:
    """As `process`, with a model that answers at once."""
    return process(*arguments, command=("-c", SCRIPTED, answer("It is 71.")), **how)


@pytest.mark.parametrize("command", ["generate", "compare"])
def test_a_prompt_on_stdin_that_is_no_text_exits_2(folder, command):
    (folder / "prompt").write_bytes(b"caf\xe9\n")
    with (folder / "prompt").open("rb") as prompt:
        done = process(command, "-", stdin=prompt)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Standard input is not valid UTF-8. Give it as UTF-8 text." in done.stderr


@each([("generate",), ("compare",)])
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("gone.txt",), "--file is 'gone.txt', and there is no such file; allowed: a text file"),
        (("prompts",), "--file is 'prompts', and that is a folder; allowed: a text file"),
        (("latin",), "--file is 'latin', and it is not valid UTF-8. Give it as UTF-8 text."),
        (("blank",), "--file is 'blank', and it is empty; type a question"),
        (("latin/x",), "and it cannot be read (Not a directory); allowed: a text file"),
        (("x" * 300,), "and it cannot be read (File name too long); allowed: a text file"),
        (("-",), "Standard input is empty; type a question"),
        (("-", "-"), "Standard input is given more than once, and it can be read once."),
    ],
    ids=lambda value: value[0][:9] if isinstance(value, tuple) else "",
)
def test_a_file_that_holds_no_prompt_exits_2(monkeypatch, folder, command, arguments, told):
    (folder / "prompts").mkdir()
    (folder / "latin").write_bytes(b"caf\xe9\n")
    (folder / "blank").write_text(" \n")
    asked = recorded(monkeypatch, answer("Hello."))
    name, *rest = arguments
    done = run(*command, *rest, "--file", name, stdin=b"\n")
    assert (done.exit_code, done.stdout, asked.config) == (2, "", None)
    assert told in done.stderr


@pytest.mark.parametrize(
    "arguments", [("config",), ("config", "--json"), ("--help",), ("models", "list", "--json")]
)
def test_a_full_disk_exits_1_with_a_sentence(arguments):
    with Path("/dev/full").open("w") as full:
        done = process(*arguments, stdout=full)
    assert done.returncode == 1
    assert done.stderr.replace("\n\n.env: there is none in this folder", "").endswith(FULL)
    assert "Traceback" not in done.stderr


ANSWERING = [("generate", "Hello"), ("compare", "Hello", "--json"), ("chat",)]


@pytest.fixture
def question(folder: Path) -> Iterator[IO[str]]:
    """What a chat reads from a pipe."""
    (folder / "question").write_text("Hello\n")
    with (folder / "question").open() as stream:
        yield stream


@each(ANSWERING)
def test_an_answer_that_the_disk_has_no_room_for_exits_1(command, question):
    with Path("/dev/full").open("w") as full:
        done = scripted(*command, stdin=question, stdout=full)
    assert done.returncode == 1
    assert done.stderr.endswith(FULL)


def test_a_table_that_the_disk_has_no_room_for_exits_1():
    done = scripted("evaluate", "--each", "1", "--csv", "/dev/full")
    assert done.returncode == 1
    assert done.stderr.endswith(FULL)
    assert "Traceback" not in done.stderr


@each([*ANSWERING, ("config",), ("evaluate", "--each", "1", "--markdown")])
def test_a_reader_that_leaves_is_no_fault(command, question):
    """As in `counterpoint … | head -1`."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        done = scripted(*command, stdin=question, stdout=gone)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Broken pipe" not in done.stderr


def test_a_closed_stdout_is_no_fault():
    done = process("config", preexec_fn=lambda: os.close(1))
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


@each([("generate", "Hello"), ("chat",)])
def test_a_home_that_cannot_be_written_exits_1_and_is_named(folder, monkeypatch, command):
    (folder / "file").touch()
    monkeypatch.setenv("COUNTERPOINT_HOME", str(folder / "file/home"))
    done = process(*command)
    assert (done.returncode, done.stdout) == (1, "")
    assert str(folder / "file/home") in done.stderr
    assert "COUNTERPOINT_HOME" in done.stderr
    assert "Traceback" not in done.stderr
