"""Counterpoint's engine. The public names below load what they need on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.config import InferenceConfig as InferenceConfig
    from core.config import ReasoningLevel as ReasoningLevel
    from core.engine import InferenceEngine as InferenceEngine
    from core.models import ModelLoader as ModelLoader
    from core.parser import HarmonyResponseParser as HarmonyResponseParser
    from core.parser import ParsedHarmonyResponse as ParsedHarmonyResponse
    from core.prompt import HarmonyPromptBuilder as HarmonyPromptBuilder
    from core.result import GenerationResult as GenerationResult
    from core.sampling import SamplingParams as SamplingParams

_HOME = {
    "InferenceConfig": "config",
    "ReasoningLevel": "config",
    "SamplingParams": "sampling",
    "ModelLoader": "models",
    "InferenceEngine": "engine",
    "GenerationResult": "result",
    "HarmonyPromptBuilder": "prompt",
    "HarmonyResponseParser": "parser",
    "ParsedHarmonyResponse": "parser",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'core' has no attribute {name!r}")
    return getattr(import_module(f"core.{_HOME[name]}"), name)
