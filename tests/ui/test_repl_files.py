"""Files of `counterpoint chat`: saved, loaded, exported, and what was typed before."""

from __future__ import annotations

import json

import pytest

from tests.ui.chatting import CALL, SUM, chat
from tests.ui.recorded import recorded
from ui.terminal.repl_prompt import KeptHistory

pytestmark = pytest.mark.usefixtures("folder")


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
