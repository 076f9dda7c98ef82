"""Which model the settings ask for, and an engine on it."""

from __future__ import annotations

from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.models import ModelLoader, default_model


def loader_for(config: InferenceConfig) -> ModelLoader:
    """The loader of the model that the settings name, else of the default one."""
    cache = config.home / "cache" if "home" in config.model_fields_set else None
    return ModelLoader(config.model or default_model(), cache)


def open_engine(config: InferenceConfig) -> InferenceEngine:
    """An engine with its model loaded. Raises ModelError."""
    return InferenceEngine(loader_for(config), config)
