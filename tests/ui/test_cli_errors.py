"""What bad usage and failures are told on the command line, with their exit status."""

from __future__ import annotations

import pytest

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import BackendError, Busy, ModelError
from tests.ui.counted import ANSWER, run
from ui.terminal import engine as terminal_engine


def test_a_full_queue_exits_1_with_what_to_do(says, monkeypatch):
    says(ANSWER)
    said = "The queue is full. Try again when some have ended."

    def refuse(*_: object) -> None:
        raise Busy(said)

    monkeypatch.setattr(ScriptedBackend, "submit", refuse)
    done = run("generate", "Hello")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", said + "\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("generate", ""), "The prompt is empty"),
        (("generate", " \n"), "The prompt is empty"),
        (("generate", "x\udcff"), "not valid UTF-8"),
        (("generate", "Hello", "--instructions", "\udcff"), "not valid UTF-8"),
        (("generate",), "There is no prompt; allowed: a text, - for standard input, or --file"),
        (("generate", "Hello", "there"), "unexpected extra argument"),
        (("generate", "Hello", "--reasoning-level", "max"), "allowed: low, medium, high"),
        (("generate", "Hello", "--temperature", "3"), "temperature is 3.0; allowed:"),
        (("generate", "Hello", "--temperature", "nan"), "temperature is nan; allowed:"),
        (("generate", "Hello", "--temperature", "hot"), "valid number"),
        (("generate", "Hello", "--top-p", "0"), "top_p is 0.0; allowed:"),
        (("generate", "Hello", "--top-k", "-1"), "top_k is -1; allowed:"),
        (("generate", "Hello", "--max-tokens", "0"), "max_tokens is 0; allowed:"),
        (("generate", "Hello", "--stop", ""), "allowed: up to 16 texts, none of them empty"),
        (("generate", "Hello", "--seed", "-1"), "seed is -1; allowed:"),
        (("generate", "word " * 600), "reads fewer than 500"),
        (("generate", "Hello", "--nonsense"), "No such option"),
        (("compare", ""), "The prompt is empty"),
        (("compare", "Hello", "--levels", "low,most"), "'most'; allowed: low, medium, high"),
        (("compare", "Hello", "--levels", ""), "allowed: low, medium, high"),
        (("compare", "Hello", "--repeats", "0"), "--repeats"),
        (("compare", "Hello", "--html", "no-folder/r.html"), "allowed: a file in a folder"),
        (("compare", "Hello", "--html", "r", "--csv", "r"), "a file for each"),
        (("compare", "Hello", "--include-reasoning"), "without a file"),
        (("compare", "Hello", "--levels", "low", "--reasoning-level", "low"), "give one of them"),
        (("compare", "Hello", "--models", "embedded,x", "--levels", "low"), "give one of them"),
        (("compare", "Hello", "--models", "embedded,x", "--model", "x"), "give one of them"),
        (("compare", "Hello", "--models", "embedded"), "allowed: 2 to 4, each once"),
        (("ui", "--port", "0"), "--port"),
        (("ui", "--port", "65536"), "--port"),
        (("ui", "--auth", "sesame"), "auth is not a login; allowed: USER:PASSWORD, neither"),
        (("ui", "--auth", ":sesame"), "auth is not a login; allowed: USER:PASSWORD, neither"),
        (("ui", "--auth", "ann: "), "auth is not a login; allowed: USER:PASSWORD, neither"),
        (("ui", "--auth", ""), "auth is not a login; allowed: USER:PASSWORD, neither"),
        (("nonsense",), "No such command"),
    ],
)
def test_bad_usage_exits_2_with_a_sentence(says, arguments, told):
    says(ANSWER, context_length=500)
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_wrong_environment_variable_exits_2(says, monkeypatch):
    says(ANSWER)
    monkeypatch.setenv("COUNTERPOINT_TOP_P", "all")
    done = run("generate", "Hello")
    assert done.exit_code == 2
    assert "COUNTERPOINT_TOP_P is 'all'" in done.stderr


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModelError("There is no model 'x'."), "There is no model 'x'.\n"),
        (BackendError("Out of memory."), "Out of memory.\n"),
        (KeyError("surprise"), "KeyError: 'surprise'. This is a fault of Counterpoint"),
    ],
)
def test_a_failure_exits_1_with_a_sentence_and_a_traceback_only_when_verbose(
    monkeypatch, error, told
):
    def fail(config: InferenceConfig) -> InferenceEngine:
        raise error

    monkeypatch.setattr(terminal_engine, "open_engine", fail)
    done = run("generate", "Hello")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(told)
    assert "Traceback" not in done.stderr
    assert "Traceback" in run("generate", "Hello", "--verbose").stderr


def test_a_model_that_is_not_there_exits_1():
    done = run("generate", "Hello", "--model", "no-such-folder")
    assert done.exit_code == 1
    assert "There is no model 'no-such-folder'" in done.stderr
