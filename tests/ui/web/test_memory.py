"""The chat's memory: written as it goes, shown again to its tab, never to another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from core.conversation import Channel
from core.engine import InferenceEngine
from core.errors import StoreError
from core.store.chats import chat_from
from core.store.history import Store
from core.store.values import BROKEN_OFF, Kind
from tests.core.store.making import ANSWER, THOUGHT, engine_for
from ui.web.chat import ChatTab
from ui.web.held_back import HELD_BACK
from ui.web.live import Frame
from ui.web.memory import Memory
from ui.web.models import ModelChoice
from ui.web.sessions import Session, Sessions
from ui.web.settings import SettingsDrawer


class Page:
    """The Chat tab of one server, without a browser."""

    def __init__(self, engine: InferenceEngine, store: Store | StoreError | None) -> None:
        self.memory, self.sessions = Memory(store), Sessions()
        self.drawer = SettingsDrawer(engine.config, ModelChoice(engine))
        with gr.Blocks():
            self.chat = ChatTab(engine, self.sessions, self.drawer, self.memory)
            self.chat.build()
            self.drawer.build()
        self.keep = False

    def session(self, tab: str) -> Session:
        """The session of a tab that was just loaded."""
        session = self.sessions.adopt(tab, tab)
        entry = self.memory.shown_before(session)
        if entry is not None:
            self.chat.opened(session, entry)
        return session

    def ask(self, session: Session, question: str, position: int | None = None) -> Frame:
        """Send a question to its end; the last frame."""
        inputs: dict[Any, Any] = {f: getattr(f, "value", None) for f in self.drawer.fields}
        parts = self.chat.parts
        inputs |= {parts.input: question, parts.level: "low", parts.scores: False}
        inputs[self.drawer.keep] = self.keep
        before = session.turns[:position]

        async def frames() -> list[Frame]:
            return [f async for f in self.chat._answers.answered(session, before, question, inputs)]

        return asyncio.run(frames())[-1]

    def replay(self, session: Session, entry_id: str, speed: float) -> list[Frame]:
        """Replay the first run of a stored chat."""
        assert self.memory.store is not None
        entry = self.memory.store.entry(entry_id)
        self.chat.opened(session, entry)

        async def frames() -> list[Frame]:
            run_id = entry.turns[0].runs[0].id
            return [f async for f in self.chat.replays.played(session, entry, run_id, speed)]

        return asyncio.run(frames())


MakePage = Callable[[], Page]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


@pytest.fixture
def new_page(store: Store) -> Iterator[MakePage]:
    """Makes a server over the one history, as after a restart."""
    with engine_for() as engine:
        yield lambda: Page(engine, store)


def shown(session: Session) -> list[tuple[str, str]]:
    return [(turn.question, turn.shown) for turn in session.turns]


def test_a_tab_that_is_loaded_again_after_a_restart_shows_its_chat(new_page: MakePage) -> None:
    page = new_page()
    session = page.session("tab")
    page.ask(session, "What is 23 + 48?")
    page.ask(session, "And again?")
    again = new_page().session("tab")
    assert shown(again) == [("What is 23 + 48?", ANSWER), ("And again?", ANSWER)]
    assert [t.messages for t in again.turns] == [t.messages for t in session.turns]
    assert again.current_date == session.current_date
    assert new_page().session("other tab").turns == []


def test_a_chat_that_was_loaded_again_goes_on_in_the_same_entry(
    new_page: MakePage, store: Store
) -> None:
    page = new_page()
    page.ask(page.session("tab"), "First?")
    page = new_page()
    page.ask(page.session("tab"), "Second?")
    (line,) = store.page().entries
    assert line.turns == 2


def test_a_cleared_chat_stays_in_the_history_and_the_tab_begins_anew(
    new_page: MakePage, store: Store
) -> None:
    page = new_page()
    session = page.session("tab")
    page.ask(session, "First?")
    page.chat._cleared(request("tab"))
    assert new_page().session("tab").turns == []
    page.ask(session, "Second?")
    assert sorted(e.title for e in store.page().entries) == ["First?", "Second?"]
    assert shown(new_page().session("tab")) == [("Second?", ANSWER)]


def test_an_answer_that_is_given_again_is_stored_once(new_page: MakePage, store: Store) -> None:
    page = new_page()
    session = page.session("tab")
    page.ask(session, "First?")
    page.ask(session, "Second?")
    page.ask(session, "Second, edited?", position=1)
    assert [q for q, _ in shown(new_page().session("tab"))] == ["First?", "Second, edited?"]
    (line,) = store.page().entries
    assert line.turns == 2


def test_the_panels_show_the_last_run_again_and_reasoning_only_where_it_was_kept(
    new_page: MakePage,
) -> None:
    for keep, analysis in ((True, THOUGHT), (False, "")):
        page = new_page()
        page.keep = keep
        session = page.session(f"tab {keep}")
        page.ask(session, "What is 23 + 48?")
        again = new_page()
        restored = again.session(f"tab {keep}")
        frame = again.chat.restored(restored)
        panel = frame[again.chat.parts.analysis]
        assert panel["text"] == analysis
        assert ("was not captured" in panel["note"]) is not keep
        assert frame[again.chat.parts.metrics]["groups"][0][1][2] == ["Analysis", "6"]


def test_a_replay_is_labelled_and_ends_with_the_whole_chat(
    new_page: MakePage, store: Store
) -> None:
    page = new_page()
    page.keep = True
    session = page.session("tab")
    page.ask(session, "First?")
    page.ask(session, "Second?")
    (line,) = store.page().entries
    frames = page.replay(page.session("other"), line.id, 0.5)
    parts = page.chat.parts
    for frame in frames:
        assert "Replay of" in frame[parts.notice]["text"]
        assert "at 0.5 times its real speed; nothing is generated" in frame[parts.notice]["text"]
        assert frame[parts.status]["health"].startswith("Replay: ")
    assert frames[-1][parts.analysis]["text"] == THOUGHT
    log = [entry["content"] for entry in frames[-1][parts.log]]
    assert log == ["First?", ANSWER, "Second?", ANSWER]
    assert store.entry(line.id).turns[0].runs[0].transcript.text(Channel.FINAL) == ANSWER


def test_while_presenting_thinking_is_held_back_until_it_is_asked_for(
    new_page: MakePage, store: Store
) -> None:
    page = new_page()
    page.keep = True
    parts, session = page.chat.parts, page.session("tab")
    session.presenting = True

    def held(frame: Frame) -> bool:
        panels = [frame[c] for c in (parts.analysis, parts.tokens, parts.metrics)]
        texts = [panels[0]["text"], panels[1]["texts"], panels[2]["prompt"]]
        assert panels[2]["groups"][0][1][2] == ["Analysis", "6"]
        return texts == ["", "", HELD_BACK]

    assert held(page.ask(session, "First?"))
    assert held(page.chat.restored(session))
    assert held(page.replay(session, store.page().entries[0].id, 100)[-1])
    session.thinking_asked = True
    assert page.chat.panels_now(session)[parts.analysis]["text"] == THOUGHT
    page.chat._cleared(request("tab"))
    assert held(page.ask(session, "Second?"))


def test_a_replay_without_reasoning_says_so(new_page: MakePage, store: Store) -> None:
    page = new_page()
    page.ask(page.session("tab"), "First?")
    frame = page.replay(page.session("other"), store.page().entries[0].id, 100)[-1]
    assert "The reasoning was not captured." in frame[page.chat.parts.notice]["text"]
    assert frame[page.chat.parts.analysis]["note"] == "The reasoning was not captured."


def test_a_replay_of_a_run_that_was_broken_off_ends_and_says_so(
    new_page: MakePage, store: Store
) -> None:
    page = new_page()
    with engine_for() as engine:
        chat = store.recorder(Kind.CHAT, "Broken")
        chat.turn("Broken?").follow(engine.start("Broken?")).close()
        store.flush()
    session = page.session("tab")
    frame = page.replay(session, chat.id, 1)[-1]
    assert frame[page.chat.parts.status]["health"] == "Replay: broken off"
    assert shown(session) == [("Broken?", f"*{BROKEN_OFF}*")]


def test_an_imported_chat_can_be_gone_on_with(new_page: MakePage, store: Store) -> None:
    page = new_page()
    entry = chat_from(
        [{"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Hm?"}]
    )
    store.add([entry])
    session = page.session("tab")
    page.chat.opened(session, store.entry(entry.id))
    assert shown(session) == [("", "Hello"), ("Hm?", "*There is no answer.*")]
    page.ask(session, "What is 23 + 48?")
    assert [t.question for t in store.entry(entry.id).turns] == ["", "Hm?", "What is 23 + 48?"]


def test_a_chat_that_began_elsewhere_is_stored_with_its_beginning(
    new_page: MakePage, store: Store
) -> None:
    """As one does that is continued from a comparison's column."""
    page = new_page()
    session = page.session("tab")
    page.ask(session, "First?")
    page.memory.leave(session)
    page.ask(session, "Second?")
    asked = [[t.question for t in store.entry(e.id).turns] for e in store.page().entries]
    assert sorted(asked) == [["First?"], ["First?", "Second?"]]


def test_the_chat_works_without_a_store(new_page: MakePage) -> None:
    with engine_for() as engine:
        for store in (None, StoreError("The disk is gone.")):
            page = Page(engine, store)
            session = page.session("tab")
            page.ask(session, "What is 23 + 48?")
            assert shown(session) == [("What is 23 + 48?", ANSWER)]
            page.chat._cleared(request("tab"))
            assert page.memory.why_none
    assert page.memory.why_none == "The disk is gone."


def request(session_hash: str) -> Any:
    return gr.Request(session_hash=session_hash)
