"""Comparisons of the page in the history: stored, opened, replayed, linked to, gone on with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from core.engine import InferenceEngine
from core.errors import StoreError
from core.store.comparisons import StoredComparison
from core.store.history import Store
from core.store.values import Kind
from core.store.votes import StoredVotes
from core.votes import VotesInMemory
from tests.core.store.making import ANSWER, THOUGHT, engine_for, recorded
from ui.web.chat import ChatTab
from ui.web.compare import CompareTab
from ui.web.compare_chat import CompareToChat
from ui.web.compare_strip import NOT_STORED
from ui.web.held_back import HELD_BACK
from ui.web.history import HistoryTab
from ui.web.links import Link, Links
from ui.web.live import Frame
from ui.web.memory import Memory
from ui.web.models import ModelChoice
from ui.web.sessions import Session, Sessions
from ui.web.settings import SettingsDrawer
from ui.web.view import NOT_KEPT

PROMPT = "What is 23 + 48?"


class Page:
    """The page's tabs over one history, without a browser."""

    def __init__(self, engine: InferenceEngine) -> None:
        self.memory, self.sessions = Memory(), Sessions()
        self.drawer = SettingsDrawer(engine.config, ModelChoice(engine))
        self.chat = ChatTab(engine, self.sessions, self.drawer, self.memory)
        self.compare = CompareTab(engine, self.sessions, self.drawer, memory=self.memory)
        self.history = HistoryTab(self.memory, self.sessions, self.chat, self.compare)
        self.links = Links(self.memory, self.chat, self.compare)
        # Outside of an event loop Gradio makes loops of its own, and never closes them.
        asyncio.run(self._laid_out())

    async def _laid_out(self) -> None:
        with gr.Blocks(analytics_enabled=False), gr.Tabs() as tabs, gr.Tab("History") as one:
            self.chat.build()
            self.compare.build()
            self.history.build()
            self.drawer.build()
            self.history.wire(tabs, one)
            self.to_chat = CompareToChat(
                self.sessions, self.drawer, self.chat, self.compare.boards, self.compare.frames
            )
            self.to_chat.wire(tabs, self.compare.columns)
        self.tabs = tabs

    def over(self, store: Store | None) -> Page:
        """The same page as a server would have it that begins over this history."""
        self.memory.store = store
        self.compare._after._votes = StoredVotes(store) if store else VotesInMemory()
        self.sessions._by_hash.clear()  # nobody has asked it for anything
        return self

    def session(self, tab: str = "tab") -> Session:
        return self.sessions.get(tab)

    def ran(self, tab: str = "tab", *, keep: bool = True, **typed: Any) -> Frame:
        """Press Compare, with the reasoning kept; what is shown at the end."""
        options = self.compare._options
        fields = {*self.drawer.fields, *options.fields}
        inputs = {field: field.value for field in fields} | {self.compare.input: PROMPT}
        inputs |= {getattr(options, name): value for name, value in typed.items()}
        inputs |= {self.drawer.keep: True, self.drawer.history: keep}
        return asyncio.run(last(self.compare._ran(inputs, request(tab))))

    def asked(self, question: str, tab: str = "tab", *, keep: bool = True) -> None:
        """Send a question to the chat, to its end."""
        inputs: dict[Any, Any] = {f: getattr(f, "value", None) for f in self.drawer.fields}
        parts, session = self.chat.parts, self.session(tab)
        inputs |= {parts.input: question, parts.level: "low", parts.scores: False}
        inputs[self.drawer.history] = keep
        asyncio.run(last(self.chat._answers.answered(session, session.turns, question, inputs)))

    def carried(self, at: int, tab: str = "tab", instructions: str = "") -> Frame:
        handler = self.to_chat._carried(at)
        return asyncio.run(handler({self.drawer.instructions: instructions}, request(tab)))

    def columns(self, frame: Frame) -> list[dict[str, Any]]:
        """What the columns say, but for what a replay alone has."""
        own = ("run", "replayed")
        shown = [frame[part.panel] for part in self.compare.columns]
        return [{k: v for k, v in value.items() if k not in own} for value in shown]

    def strip(self, frame: Frame) -> str:
        value = frame[self.compare.strip]
        return f"{value['title']} {value['detail']}"


async def last(frames: AsyncIterator[Frame]) -> Frame:
    page: Frame = {}
    async for frame in frames:
        page |= frame
    return page


def request(tab: str) -> Any:
    return gr.Request(session_hash=tab)


def event(**data: Any) -> gr.EventData:
    return gr.EventData(None, data)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def built() -> Iterator[Page]:
    with engine_for() as engine:
        yield Page(engine)


@pytest.fixture
def tabs(built: Page, store: Store) -> Page:
    """The page over an empty history, seen by nobody yet."""
    return built.over(store)


def stored_id(store: Store) -> str:
    (line,) = store.page(kind=Kind.COMPARISON).entries
    return line.id


def test_a_comparison_is_opened_as_it_ended_in_another_tab(tabs: Page, store: Store) -> None:
    live = tabs.ran(repeats=2, expected="71")
    entry = stored_id(store)
    assert live[tabs.compare._after.link] == {"id": entry, "why": ""}
    again = asyncio.run(tabs.history._reopened(event(id=entry), request("other")))
    assert tabs.columns(again) == tabs.columns(live)
    assert THOUGHT in str(tabs.columns(again)[0])
    assert again[tabs.compare.charts] == live[tabs.compare.charts]
    assert again[tabs.compare.input] == PROMPT
    assert tabs.strip(again).startswith("Low was enough: right in 2 of 2 runs")
    assert "From the history:" in tabs.strip(again)
    table = tabs.compare._after.table
    assert again[table]["value"].equals(live[table]["value"])
    assert tabs.compare.restored(tabs.session("other"))[tabs.compare.input] == PROMPT


def test_a_column_of_an_opened_comparison_is_run_again_in_its_entry(
    tabs: Page, store: Store
) -> None:
    tabs.ran()
    entry = stored_id(store)
    asyncio.run(tabs.history._reopened(event(id=entry), request("other")))
    frame = asyncio.run(last(tabs.compare._again(2)(True, request("other"))))
    assert tabs.columns(frame)[2]["status"] == "Done"
    stored = StoredComparison.of(store.entry(entry))
    assert stored.again == {"high"}
    assert len(stored.entry.turns[0].runs) == 4
    assert "run again" in " ".join(stored.comparison().conditions()).lower()
    again = asyncio.run(tabs.history._reopened(event(id=entry), request("new")))
    assert tabs.columns(again) == tabs.columns(frame)
    feet = [column["foot"][1] for column in tabs.columns(again)[:3]]
    assert ["in one batch of three" in foot for foot in feet] == [True, True, False]

    asyncio.run(last(tabs.compare._again(0)(False, request("new"))))
    store.flush()
    assert len(store.entry(entry).turns[0].runs) == 4


def test_a_column_of_another_model_is_not_run_again(tabs: Page, store: Store) -> None:
    tabs.ran()
    stored = StoredComparison.of(store.entry(stored_id(store)))
    other = replace(stored, asked=replace(stored.asked, model="gpt-oss-20b"))
    tabs.compare.replays.opened(tabs.session("other"), other)
    frame = asyncio.run(last(tabs.compare._again(0)(True, request("other"))))
    assert "ran on gpt-oss-20b, and replay is loaded" in tabs.strip(frame)


def test_a_replay_is_labelled_and_ends_as_the_comparison_did(tabs: Page, store: Store) -> None:
    live = tabs.ran()
    entry = stored_id(store)

    async def frames() -> list[Frame]:
        played = tabs.history._replayed(event(id=entry, speed=8), request("other"))
        return [frame async for frame in played]

    first, *between, final = asyncio.run(frames())
    assert list(first) == [tabs.tabs]
    assert all("at 8 times its real speed; nothing is gen" in tabs.strip(f) for f in between)
    assert "Replay of" in tabs.strip(final)
    assert tabs.columns(final) == tabs.columns(live)
    assert not tabs.session("other").busy
    assert store.page().total == 1


def test_while_presenting_the_columns_hold_their_thinking_back(tabs: Page) -> None:
    session = tabs.session()
    session.presenting = True
    frame = tabs.ran()
    board = tabs.compare.boards.get(session)
    assert board is not None
    assert {c["thinking"] for c in tabs.columns(frame) if c["shown"]} == {HELD_BACK}
    assert all(c["thinking_figures"] for c in tabs.columns(frame) if c["shown"])
    board.held_back = False
    asked = tabs.columns(tabs.compare.columns_now(session))
    assert {c["thinking"] for c in asked if c["shown"]} == {THOUGHT}
    # What nobody wanted to keep is gone with the page that showed it.
    board.keep_reasoning = False
    tabs.compare.restored(session)
    asked = tabs.columns(tabs.compare.columns_now(session))
    assert {c["thinking"] for c in asked if c["shown"]} == {NOT_KEPT}


def test_a_replay_that_is_stopped_shows_the_whole(tabs: Page, store: Store) -> None:
    live = tabs.ran()
    stored = StoredComparison.of(store.entry(stored_id(store)))

    async def frames() -> Frame:
        shown: Frame = {}
        async for frame in tabs.compare.replays.played(tabs.session("other"), stored, 1e-6):
            tabs.compare._stopped(request("other"))
            shown |= frame
        return shown

    assert tabs.columns(asyncio.run(frames())) == tabs.columns(live)


def test_a_blind_vote_stands_in_the_comparison(tabs: Page, store: Store) -> None:
    tabs.ran(blind=True)
    said = tabs.strip(tabs.compare._voted(1)(request("tab")))
    (vote,) = store.entry(stored_id(store)).votes
    assert f"You took {vote['chosen']}. Blind votes so far" in said
    assert set(vote["shown"]) == {"low", "medium", "high"}


def test_with_history_off_nothing_is_written(tabs: Page, store: Store) -> None:
    frame = tabs.ran(keep=False)
    assert frame[tabs.compare._after.link] == {"id": "", "why": NOT_STORED}
    tabs.asked("Not to be kept?", keep=False)
    tabs.asked("Its chat is not kept either?")
    tabs.carried(0)
    tabs.asked("And what goes on from it?")
    store.flush()
    assert store.page().total == 0
    tabs.chat._cleared(request("tab"))
    tabs.asked("A new one is?")
    store.flush()
    assert [entry.title for entry in store.page().entries] == ["A new one is?"]


def test_a_chat_that_was_kept_stays_as_it_was_when_history_is_switched_off(
    tabs: Page, store: Store
) -> None:
    tabs.asked("First?")
    tabs.asked("Second?", keep=False)
    tabs.asked("Third?")
    store.flush()
    (line,) = store.page().entries
    assert [turn.question for turn in store.entry(line.id).turns] == ["First?"]


def test_a_store_that_fails_costs_no_comparison_and_is_said(
    tabs: Page, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(store._database, "writing", broken)
    monkeypatch.setattr("ui.web.compare.WRITE_S", 0.05)
    frame = tabs.ran()
    assert tabs.columns(frame)[2]["status"] == "Done"
    assert "The disk is full." in tabs.strip(frame)
    assert frame[tabs.compare._after.link] == {"id": "", "why": NOT_STORED}


def test_the_page_compares_without_a_store(built: Page) -> None:
    tabs = built.over(None)
    frame = tabs.ran(blind=True)
    assert "Blind votes so far" in tabs.strip(tabs.compare._voted(0)(request("tab")))
    assert frame[tabs.compare._after.link]["id"] == ""


def test_a_chat_goes_on_from_a_column_and_the_one_before_stays(tabs: Page, store: Store) -> None:
    tabs.asked("Before?")
    tabs.ran()
    frame = tabs.carried(2, instructions="Other ones.")
    session = tabs.session()
    assert [(turn.question, turn.shown) for turn in session.turns] == [(PROMPT, ANSWER)]
    assert frame[tabs.chat.parts.level] == "high"
    assert frame[tabs.drawer.instructions] == ""
    assert "from the answer of High" in frame[tabs.chat.parts.notice]["text"]
    assert "instructions stand in the settings" in frame[tabs.chat.parts.notice]["text"]
    tabs.asked("And then?")
    store.flush()
    asked = [
        [turn.question for turn in store.entry(line.id).turns]
        for line in store.page(kind=Kind.CHAT).entries
    ]
    assert sorted(asked) == [["Before?"], [PROMPT, "And then?"]]


def test_a_column_without_an_answer_is_not_gone_on_with_and_says_why(store: Store) -> None:
    with engine_for(text="<|channel|>analysis<|message|>Hm.<|return|>") as engine:
        tabs = Page(engine).over(store)
        assert "no longer in the server's memory" in tabs.strip(tabs.carried(0))
        tabs.ran()
        said = tabs.strip(tabs.carried(1))
        assert said == "Nothing was continued Medium gave no answer that a chat could go on from."
        assert tabs.session().turns == []


def test_a_link_opens_what_it_names_or_says_why_not(tabs: Page, store: Store) -> None:
    tabs.ran()
    entry = stored_id(store)
    with engine_for() as engine:
        chat, _ = recorded(store, engine, "A chat?")
    session = tabs.session("new")
    assert tabs.links.followed(session, Link(comparison=entry)) == ("compare", {})
    assert session.compare_panels is not None
    assert session.compare_panels[tabs.compare.input] == PROMPT
    kept = session.compare_panels
    tabs.links.followed(session, Link(comparison=chat, again=True))
    assert session.compare_panels is kept
    for wrong in ("nowhere", chat):
        tab, said = tabs.links.followed(tabs.session("wrong"), Link(comparison=wrong))
        assert tab == "compare"
        assert "Nothing was opened" in tabs.strip(said)
    assert tabs.links.followed(session, Link(chat=chat)) == ("chat", {})
    assert [turn.question for turn in session.turns] == ["A chat?"]
    tab, said = tabs.links.followed(session, Link(chat=entry))
    assert "is a comparison, and no chat" in said[tabs.chat.parts.notice]["text"]


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"comparison": 3}'])
def test_an_odd_link_asks_for_nothing(text: str) -> None:
    assert Link.read(text) == Link()


def test_exports_of_a_stored_comparison_leave_the_reasoning_out(tabs: Page, store: Store) -> None:
    tabs.ran()
    entry = stored_id(store)
    for form, begins in (("markdown", "# Low was enough"), ("html", "<!doctype html>")):
        file = tabs.history._exported(event(id=entry, form=form))[tabs.history.file]
        assert file["text"].lower().startswith(begins.lower())
        assert THOUGHT not in file["text"]
        assert ANSWER in file["text"]
    detail = tabs.history._chosen(event(id=entry), gr.Request())
    assert (detail["opens"], detail["verdict"][:14]) == ("Compare", "Low was enough")


def test_a_comparison_that_runs_cannot_be_opened_yet(tabs: Page, store: Store) -> None:
    with engine_for(rate=30.0) as engine:
        chat = store.recorder(Kind.COMPARISON, "Running")
        run = engine.start("Running?")
        recorder = chat.turn("Running?").follow(run)
        chat.note({"asked": {"variants": [{"label": "low", "level": "low"}]}})
        store.flush()
        frame = asyncio.run(tabs.history._reopened(event(id=chat.id), request("tab")))
        assert "still running" in frame[tabs.history.list]["notice"]["text"]
        run.cancel()
        recorder.close()
