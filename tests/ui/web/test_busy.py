"""A full queue on the page: said in words, and nothing that was typed is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import gradio as gr
import pytest

from core.backends.base import Handle, TokenRequest
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import Busy
from ui.web.chat import ChatTab
from ui.web.models import ModelChoice
from ui.web.sessions import Session, Sessions
from ui.web.settings import SettingsDrawer

SAID = "The queue is full. Try again when some have ended."


class Full(ScriptedBackend):
    """A backend that takes nothing."""

    def submit(self, requests: Sequence[TokenRequest]) -> Sequence[Handle]:
        raise Busy(SAID)


@pytest.mark.parametrize(("typed", "kept"), [("my question", None), ("", "my question")])
def test_a_full_queue_is_said_and_the_question_stays_in_the_box(typed: str, kept: str) -> None:
    engine = InferenceEngine(Full(lambda request: []), InferenceConfig(_env_file=None))
    drawer, session = SettingsDrawer(engine.config, ModelChoice(engine)), Session()
    with gr.Blocks():
        tab = ChatTab(engine, Sessions(), drawer)
        tab.build()
        drawer.build()
    parts = tab.parts
    inputs: dict[Any, Any] = {field: getattr(field, "value", None) for field in drawer.fields}
    inputs |= {parts.input: typed, parts.level: "low", parts.scores: False}

    async def frames() -> list[dict[Any, Any]]:
        return [f async for f in tab._answers.answered(session, [], "my question", inputs)]

    (frame,) = asyncio.run(frames())
    assert SAID in frame[parts.notice]["text"]
    assert "still in its box" in frame[parts.notice]["text"]
    assert frame.get(parts.input) == kept
    assert session.turns == []
