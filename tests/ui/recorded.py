"""The commands on recorded tokens instead of a model: what was asked, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.vocabulary import encoding
from ui.terminal import engine as terminal_engine


@dataclass
class Asked:
    """The text of each prompt that reached the model, and the settings of the engine."""

    prompts: list[str] = field(default_factory=list)
    config: InferenceConfig | None = None


def answer(final: str, analysis: str = "Hm.") -> str:
    """A whole turn as a model writes it."""
    return (
        f"<|channel|>analysis<|message|>{analysis}<|end|>"
        f"<|start|>assistant<|channel|>final<|message|>{final}<|return|>"
    )


def recorded(
    monkeypatch: pytest.MonkeyPatch,
    *turns: str,
    context_length: int = 4096,
    rate: float | None = None,
) -> Asked:
    """Let the commands run on recorded turns; the last one is repeated. rate: tokens a second."""
    tokens = [encoding().encode(turn, allowed_special="all") for turn in turns]
    asked = Asked()

    def write(request):
        prompt = [token for segment in request.segments for token in segment]
        asked.prompts.append(encoding().decode(prompt))
        return tokens[min(len(asked.prompts), len(tokens)) - 1]

    def open_engine(config: InferenceConfig) -> InferenceEngine:
        asked.config = config
        return InferenceEngine(ScriptedBackend(write, rate, context_length), config)

    monkeypatch.setattr(terminal_engine, "open_engine", open_engine)
    return asked
