"""What cannot be done in `counterpoint chat`: a sentence, a status, and the chat as it was."""

from __future__ import annotations

import pytest

from core.errors import BackendError
from core.run import Run
from tests.ui.chatting import SUM, chat
from tests.ui.recorded import recorded
from ui.terminal import repl_orders

pytestmark = pytest.mark.usefixtures("folder")


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
