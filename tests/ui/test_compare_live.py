"""`counterpoint compare` at a real terminal: the columns while it runs, and what stays behind."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TextIO

import pexpect
import pytest

from tests.ui.frames import COLOUR, ENTER, HOME, LEAVE, after, frames, size
from ui.terminal.compare_live import live_console

SCRIPTED = """
import sys
from core.backends.scripted import ScriptedBackend
from core.engine import InferenceEngine
from core.vocabulary import encoding
from ui.terminal import cli
from ui.terminal import engine as terminal_engine

rate = float(sys.argv.pop(1))

def write(request):
    prompt = encoding().decode([token for segment in request.segments for token in segment])
    n = {"low": 1, "medium": 6, "high": 25}[prompt.split("Reasoning: ")[1].split("\\n")[0]]
    analysis = "<|channel|>analysis<|message|>" + "Twenty and forty. " * n + "<|end|>"
    final = "<|start|>assistant<|channel|>final<|message|>" + "Dear\\x1b[2J reader. " * (1 + n // 4)
    return encoding().encode(analysis + final + "It is 71.<|return|>", allowed_special="all")

terminal_engine.open_engine = lambda config: InferenceEngine(ScriptedBackend(write, rate), config)
cli.main()
"""
"""Longer thoughts and answers the higher the level; tokens a second: the first argument."""
QUESTION = "What is 23 + 48?"


@contextmanager
def terminal(
    *arguments: str, rows: int = 24, columns: int = 80, **variables: str
) -> Iterator[pexpect.spawn]:
    env = {**os.environ, "TERM": "xterm-256color", **variables}
    for name in ("COLUMNS", "LINES"):
        env.pop(name, None)
    child = pexpect.spawn(
        sys.executable,
        [*arguments],
        env=env,
        timeout=100,
        encoding="utf-8",
        dimensions=(rows, columns),
    )
    child.delaybeforesend = None
    try:
        yield child
    finally:
        if not child.closed:
            child.kill(signal.SIGKILL)
            child.wait()


def scripted(*flags: str, rate: float = 80) -> tuple[str, ...]:
    return ("-c", SCRIPTED, str(rate), "compare", QUESTION, *flags)


def seen_until(child: pexpect.spawn, words: str) -> str:
    """All that it writes until these words."""
    child.expect_exact(words)
    return child.before + child.after


def written_by(child: pexpect.spawn) -> str:
    """All that it writes until its end."""
    child.expect(pexpect.EOF)
    child.close()
    return child.before


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (50, 200)])
def test_the_columns_fill_the_screen_and_only_the_comparison_stays(rows, columns):
    with terminal(*scripted(), rows=rows, columns=columns) as child:
        written = written_by(child)
    assert child.exitstatus == 0
    seen = frames(written)
    assert {size(lines) for lines in seen} == {(rows, columns)}
    texts = ["\n".join(lines) for lines in seen]
    assert all(text.startswith(QUESTION) for text in texts)
    heads = {lines[1] for lines in seen}
    assert all(
        head.index("▂ low") < head.index("▂▄ medium") < head.index("▂▄▆ high") for head in heads
    )
    assert any("thinking" in text and "done, " in text for text in texts)
    assert any("answering" in text and "first answer" in text for text in texts)
    assert any("Dear\N{REPLACEMENT CHARACTER}[2J reader." in text for text in texts)
    assert "Twenty" not in written
    # One screen, entered and left once; the cursor is there again.
    assert (written.count(ENTER), written.count(LEAVE)) == (1, 1)
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")
    stays = after(written)
    assert HOME not in stays
    assert stays.count("Low was enough") + stays.count("The levels") == 1
    assert [
        line.split()[0] for line in stays.splitlines() if line[:3] in ("low", "med", "hig")
    ] == [
        "low",
        "medium",
        "high",
    ]


def test_a_narrow_terminal_stacks_them_and_a_resize_draws_them_anew_without_colours_if_asked():
    flags = ("--show-reasoning", "--repeats", "2")
    with terminal(*scripted(*flags), rows=24, columns=60, NO_COLOR="1") as child:
        written = seen_until(child, "1 of 2") + seen_until(child, HOME)
        child.setwinsize(20, 100)
        written += seen_until(child, "2 of 2") + written_by(child)
    seen = frames(ENTER + written.partition(ENTER)[2])
    sizes = [size(lines) for lines in seen if len({len(line) for line in lines}) == 1]
    assert {(24, 60), (20, 100)} == set(sizes)
    assert sizes == sorted(sizes, reverse=True)  # never back again
    narrow = next(lines for lines in seen if len(lines) == 24)
    assert sum("─ ▂" in line for line in narrow) == 3
    assert any("Twenty and forty." in line for lines in seen for line in lines)
    assert COLOUR.search(written) is None


def test_ctrl_c_stops_it_leaves_the_screen_and_keeps_what_was_written():
    with terminal(*scripted(rate=20)) as child:
        written = seen_until(child, "answering")
        child.sendintr()
        written += written_by(child)
    assert child.exitstatus == 130
    stays = after(written)
    assert "^C" not in written
    assert stays.count("cancelled") >= 2
    assert "was stopped" in stays


def test_nothing_is_drawn_where_stdout_is_for_a_program():
    with terminal(*scripted("--json", rate=10_000)) as child:
        written = written_by(child)
    assert json.loads(written)["prompt"] == QUESTION


@pytest.mark.parametrize(
    ("out", "err", "drawn_on"),
    [
        ("terminal", "terminal", "out"),
        ("terminal", "file", "out"),
        ("file", "terminal", "err"),
        ("pipe", "terminal", None),
        ("file", "file", None),
    ],
)
def test_columns_are_drawn_on_stdout_or_beside_a_file_but_never_beside_a_pipe(
    monkeypatch, tmp_path, out, err, drawn_on
):
    """What reads the pipe may be a pager, which draws on the same terminal."""
    monkeypatch.setenv("TERM", "xterm-256color")
    with ExitStack() as stack:

        def opened(kind: str) -> TextIO:
            if kind == "file":
                return stack.enter_context((tmp_path / "file").open("w"))
            ours, theirs = os.openpty() if kind == "terminal" else os.pipe()
            stack.callback(os.close, ours)
            return stack.enter_context(os.fdopen(theirs, "w"))

        streams = {"out": opened(out), "err": opened(err)}
        monkeypatch.setattr(sys, "stdout", streams["out"])
        monkeypatch.setattr(sys, "stderr", streams["err"])
        console = live_console()
        assert (console and console.file) is (drawn_on and streams[drawn_on])
        monkeypatch.setenv("TERM", "dumb")
        assert live_console() is None


def test_the_embedded_model_is_seen_at_work():
    command = ("-m", "ui.terminal.cli", "compare", QUESTION, "--levels", "low,high", "--seed", "1")
    with terminal(*command, "--max-tokens", "8", "--show-reasoning") as child:
        written = written_by(child)
    assert child.exitstatus == 0
    seen = ["\n".join(lines) for lines in frames(written)]
    assert any("thinking" in text for text in seen)
    assert all("▂ low" in text and "▂▄▆ high" in text for text in seen)
    assert "ran together in one batch" in after(written)
