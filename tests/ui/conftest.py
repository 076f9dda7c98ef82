"""What the commands' tests share: recorded tokens instead of a model, and a folder of their own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.vocabulary import encoding
from tests.ui.counted import Asked
from ui.terminal import engine as terminal_engine


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Asked]:
    """Make the commands run on recorded tokens: `says(text)`."""

    def script(
        text: str,
        rate: float | None = None,
        context_length: int = 131_072,
        then: str | None = None,
    ) -> Asked:
        """then: what is written from the second request on, instead of `text`."""
        first, second = (
            encoding().encode(output, allowed_special="all")
            for output in (text, text if then is None else then)
        )
        asked = Asked()

        def answer(request):
            prompt = [token for segment in request.segments for token in segment]
            asked.prompts = (*asked.prompts, encoding().decode(prompt))
            return first if len(asked.prompts) == 1 else second

        class Counted(ScriptedBackend):
            def submit(self, requests):
                numbers = count(len(asked.prompts))
                return super().submit([asked.counting(next(numbers), r) for r in requests])

        def open_engine(config: InferenceConfig) -> InferenceEngine:
            asked.config = config
            return InferenceEngine(Counted(answer, rate, context_length), config)

        monkeypatch.setattr(terminal_engine, "open_engine", open_engine)
        return asked

    return script


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path
