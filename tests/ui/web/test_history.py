"""The History tab's values, and what its handlers answer to what a script may say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from core.config import InferenceConfig
from core.errors import StoreError
from core.store.chats import chat_from
from core.store.history import PAGE, Store
from core.store.transfer import to_json
from core.store.values import Kind
from tests.core.store.making import ANSWER, THOUGHT, engine_for, recorded
from ui.web.chat import ChatTab
from ui.web.compare import CompareTab
from ui.web.history import HistoryTab
from ui.web.history_view import Asked, detail_panel, when
from ui.web.memory import Memory
from ui.web.models import ModelChoice
from ui.web.sessions import Sessions
from ui.web.settings import SettingsDrawer

NOW = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


@pytest.fixture
def tab(store: Store) -> HistoryTab:
    return tab_over(store)


def tab_over(store: Store | StoreError) -> HistoryTab:
    with engine_for() as engine:
        memory, sessions = Memory(store), Sessions()
        drawer = SettingsDrawer(InferenceConfig(_env_file=None), ModelChoice(engine))
        chat = ChatTab(engine, sessions, drawer, memory)
        compare = CompareTab(engine, sessions, drawer, memory=memory)
        history = HistoryTab(memory, sessions, chat, compare)
        with gr.Blocks(), gr.Tabs() as tabs, gr.Tab("History") as one:
            chat.build()
            compare.build()
            drawer.build()
            history.build()
            history.wire(tabs, one)
    return history


def event(**data: Any) -> gr.EventData:
    return gr.EventData(None, data)


def test_a_time_is_told_as_short_as_it_can_be() -> None:
    def at(*moment: int) -> str:
        return when(datetime(*moment, tzinfo=UTC).timestamp(), NOW)  # type: ignore[misc, arg-type]

    assert at(2026, 3, 4, 9, 5) == "09:05"
    assert at(2026, 3, 3, 9, 5) == "3 Mar"
    assert at(2025, 12, 31, 9, 5) == "31 Dec 2025"


def test_what_a_script_says_is_read_whatever_it_is() -> None:
    assert Asked.read({"query": "a", "kind": "chat", "offset": 50, "number": 3}) == Asked(
        "a", Kind.CHAT, 50, 3
    )
    odd = {"query": None, "kind": "king", "offset": -3, "number": "x"}
    assert Asked.read(odd) == Asked()
    assert Asked.read({"query": ["a"], "kind": {}, "offset": 1.5}) == Asked("['a']")


def test_an_entry_is_shown_with_reasoning_only_where_it_was_captured(store: Store) -> None:
    with engine_for() as engine:
        kept = store.entry(recorded(store, engine, keep=True)[0])
        without = store.entry(recorded(store, engine, keep=False)[0])
    run = detail_panel(kept, NOW)["turns"][0]["runs"][0]
    assert (run["thinking"], run["missing"], run["answer"]) == (THOUGHT, "", ANSWER)
    run = detail_panel(kept, NOW, held_back=True)["turns"][0]["runs"][0]
    assert run["thinking"] == ""
    assert "while presenting" in run["missing"]
    run = detail_panel(without, NOW)["turns"][0]["runs"][0]
    assert (run["thinking"], run["missing"]) == ("", "Reasoning was not captured")
    assert run["answer"] == ANSWER


def test_the_list_is_searched_filtered_and_paged(tab: HistoryTab, store: Store) -> None:
    store.add([chat_from([{"role": "user", "content": f"Question {n}"}]) for n in range(PAGE + 1)])
    first = tab._opened("")
    assert (len(first["rows"]), first["total"], first["offset"]) == (PAGE, PAGE + 1, 0)
    assert len(tab._asked(event(offset=PAGE))["rows"]) == 1
    assert tab._asked(event(offset=10 * PAGE))["offset"] == PAGE
    assert tab._asked(event(query="question 50"))["total"] == 1
    assert tab._asked(event(query="nothing"))["empty"] == "Nothing was found."
    assert tab._asked(event(kind="lab"))["total"] == 0


def test_what_is_deleted_can_be_brought_back(tab: HistoryTab, store: Store) -> None:
    entry = chat_from([{"role": "user", "content": "Question"}])
    store.add([entry])
    frame = tab._deleted(event(id=entry.id, title="Question"))
    assert frame[tab.list]["total"] == 0
    assert frame[tab.list]["notice"]["undo"] == [entry.id]
    assert "“Question” was deleted" in frame[tab.list]["notice"]["text"]
    assert frame[tab.detail]["id"] == ""
    assert tab._restored(event(ids=[entry.id]))["total"] == 1


def test_a_renamed_entry_shows_its_title_on_both_sides(tab: HistoryTab, store: Store) -> None:
    entry = chat_from([{"role": "user", "content": "Question"}])
    store.add([entry])
    frame = tab._renamed(event(id=entry.id, title="Mine"), gr.Request())
    assert frame[tab.list]["rows"][0]["title"] == "Mine"
    assert frame[tab.detail]["title"] == "Mine"


def test_an_exported_file_can_be_imported_and_a_bad_one_is_refused(
    tab: HistoryTab, store: Store
) -> None:
    with engine_for() as engine:
        entry_id, _ = recorded(store, engine)
    exported = tab._exported(event(id=entry_id, form="json"))[tab.file]
    assert exported["name"].endswith(".json")
    assert exported["text"] == to_json([store.entry(entry_id)])
    said = tab._imported(event(name="mine.json", text=exported["text"]))["notice"]
    assert said["text"] == "0 entries were imported. 1 of the file was here already."
    everything = tab._exported_all(event())[tab.file]
    assert [e["id"] for e in json.loads(everything["text"])["entries"]] == [entry_id]
    assert everything["number"] > exported["number"]
    said = tab._imported(event(name="bad.json", text="{"))["notice"]
    assert (said["text"][:24], said["tone"]) == ("bad.json: The file is no", "bad")
    assert "# What is 23" in tab._exported(event(id=entry_id, form="markdown"))[tab.file]["text"]


def test_an_entry_that_is_gone_is_said_in_a_sentence(tab: HistoryTab) -> None:
    assert "was deleted" in tab._chosen(event(id="nowhere"), gr.Request())["note"]
    assert "was deleted" in tab._exported(event(id="nowhere"))[tab.list]["notice"]["text"]


def test_without_a_store_the_tab_says_why() -> None:
    tab = tab_over(StoreError("The disk is gone."))
    assert tab._opened("{}")["notice"]["text"] == "The disk is gone."
    assert tab._deleted(event(id="x"))[tab.list]["notice"]["text"] == "The disk is gone."
    assert "The disk is gone." in tab._imported(event(name="a", text="[]"))["notice"]["text"]
