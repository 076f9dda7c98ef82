"""The tab's handlers on replayed tokens, without a browser: what each button does to the page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import gradio as gr
import pytest

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.vocabulary import encoding
from core.votes import VotesInMemory
from ui.web.board import Board
from ui.web.compare import CompareTab
from ui.web.live import Frame
from ui.web.models import ModelChoice
from ui.web.sessions import Sessions
from ui.web.settings import SettingsDrawer

ANSWER = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>"
SLOW = f"<|channel|>analysis<|message|>{'Hm, ' * 4000}"


@dataclass(frozen=True)
class Visitor:
    """What a handler knows of who asks."""

    session_hash: str = "visitor"


VISITOR = cast("gr.Request", Visitor())


@dataclass
class Page:
    """The tab, and what its fields hold."""

    tab: CompareTab
    drawer: SettingsDrawer
    votes: VotesInMemory

    async def ran(self, act: Callable[[Frame], None] | None = None, **typed: Any) -> Frame:
        """Press Compare; `act` sees each frame. What is shown at the end."""
        options = self.tab._options
        fields = {*self.drawer.fields, *options.fields}
        inputs = {field: field.value for field in fields} | {self.tab.input: "What is 23 + 48?"}
        inputs |= {getattr(options, name): value for name, value in typed.items()}
        return await shown(self.tab._ran(inputs, VISITOR), act)

    def strip(self, frame: Frame) -> str:
        value = frame[self.tab.strip]
        return f"{value['title']} {value['detail']}"

    def column(self, frame: Frame, at: int) -> dict[str, Any]:
        return frame[self.tab.columns[at].panel]


async def shown(frames: AsyncIterator[Frame], act: Callable[[Frame], None] | None = None) -> Frame:
    page: Frame = {}
    async for frame in frames:
        page |= frame
        if act is not None:
            act(page)
    return page


@pytest.fixture
def page_of() -> Iterator[Callable[..., Page]]:
    engines = []

    def make(text: str, rate: float | None = None) -> Page:
        tokens = encoding().encode(text, allowed_special="all")
        backend = ScriptedBackend(lambda _: tokens, rate)
        engine = InferenceEngine(backend, InferenceConfig(_env_file=None))
        engines.append(engine)
        votes = VotesInMemory()
        drawer = SettingsDrawer(engine.config, ModelChoice(engine))
        tab = CompareTab(engine, Sessions(), drawer, votes)

        async def laid_out() -> None:
            with gr.Blocks(analytics_enabled=False):
                tab.build()
                drawer.build()
                tab.wire()

        # Outside of an event loop Gradio makes loops of its own, and never closes them.
        asyncio.run(laid_out())
        return Page(tab, drawer, votes)

    yield make
    for engine in engines:
        engine.close()


def test_a_comparison_ends_with_verdict_table_and_exports(page_of) -> None:
    page = page_of(f"{ANSWER}It is 71.<|return|>")
    frame = asyncio.run(page.ran(repeats=2, expected="71"))
    assert "Low was enough: right in 2 of 2 runs" in page.strip(frame)
    assert page.column(frame, 3)["shown"] is False
    assert frame[page.tab._after.exports]["visible"] is True
    assert len(frame[page.tab._after.table]["value"]) == 6


def test_options_that_cannot_be_used_start_nothing(page_of) -> None:
    page = page_of(f"{ANSWER}It is 71.<|return|>")
    assert "allowed: 2 to 4" in page.strip(asyncio.run(page.ran(lines="low")))
    assert "allowed: 1 to 20" in page.strip(asyncio.run(page.ran(repeats=21)))


def test_one_column_is_stopped_and_another_run_again(page_of) -> None:
    page = page_of(SLOW, rate=200)
    first, *_ = page.tab.columns

    def act(frame: Frame) -> None:
        columns = [page.column(frame, at) for at in range(3)]
        if columns[0]["status"] == "Stopped":
            page.tab._stopped(VISITOR)
        elif all(column["thinking"] for column in columns):
            page.tab._on_slot(first.position, Board.stop_one)(VISITOR)

    frame = asyncio.run(page.ran(act))
    assert [page.column(frame, at)["status"] for at in range(3)] == ["Stopped"] * 3
    assert "there is nothing to compare" in page.strip(frame)

    def stop(frame: Frame) -> None:
        if page.column(frame, 1)["thinking"]:
            page.tab._stopped(VISITOR)

    frame = asyncio.run(shown(page.tab._again(1)(True, VISITOR), stop))
    assert page.column(frame, 1)["status"] == "Stopped"
    assert page.tab._board_of(VISITOR).comparison().again == {"medium"}


def test_a_blind_vote_is_kept_and_then_the_names_are_shown(page_of) -> None:
    page = page_of(f"{ANSWER}It is 71.<|return|>")
    frame = asyncio.run(page.ran(blind=True))
    assert "then vote" in page.strip(frame)
    assert "Hm." not in str([page.column(frame, at) for at in range(3)])
    labels = [slot.variant.label for slot in page.tab._board_of(VISITOR).shown()]
    frame = page.tab._voted(2)(VISITOR)
    (vote,) = page.votes.votes()
    assert vote.chosen == labels[2]
    assert f"You took {labels[2]}." in page.strip(frame)
    assert [page.column(frame, at)["name"] for at in range(3)] == ["Low", "Medium", "High"]
    assert "no longer in the server's memory" in page.strip(page.tab._voted(1)(VISITOR))
    assert len(page.votes.votes()) == 1
