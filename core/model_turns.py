"""Several models on one engine for the length of a comparison: one is loaded at a time.

The engine's own comes back in the end, whatever ended the comparison. Loading happens on a thread
of its own, so that nobody who watches has to wait for it, and no Ctrl-C breaks into it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Protocol

from core.errors import Busy, ModelError
from core.models import ModelLoader

_TICK_S: Final = 0.1


class Switching(Protocol):
    """What loads models: an InferenceEngine."""

    @property
    def loader(self) -> ModelLoader | None:
        """The loaded one; None where a backend of the caller's is used."""

    @property
    def lost(self) -> str | None:
        """Why none is loaded."""

    def switch(self, loader: ModelLoader, /) -> None:
        """Put it in the place of the other. Raises Busy and ModelError."""


class ModelTurns:
    """The turns of one comparison. alone: the engine's lock: comparisons of models do not mix.

    Answers that are under way, of other users of the engine, are waited for.
    """

    def __init__(self, engine: Switching, alone: threading.Lock) -> None:
        self._engine = engine
        self._alone = alone
        self._holds = False
        self._ended = threading.Event()
        self._before: ModelLoader | None = None
        self._here: ModelLoader | None = None
        self._worker = ThreadPoolExecutor(1, "counterpoint-models")

    def load(self, model: str) -> Future[bool]:
        """Have a model loaded. True once it is; False where `back` was called before that. The
        future raises ModelError where it cannot be loaded."""
        return self._worker.submit(self._load, model)

    def back(self) -> Future[None]:
        """Put the engine's own model back, and end. Done once it is loaded; the future raises
        ModelError where it cannot be."""
        self._ended.set()
        future = self._worker.submit(self._back)
        self._worker.shutdown(wait=False)
        return future

    def _load(self, model: str) -> bool:
        while not self._holds:
            if self._ended.is_set():
                return False
            self._holds = self._alone.acquire(timeout=_TICK_S)
        here = self._engine.loader
        if self._before is None:
            self._before = here
        if here is not None and here.model == model and not self._engine.lost:
            self._here = here
            return True
        before = self._before
        known = before is not None and before.model == model
        loader = before if before and known else ModelLoader(model, download=False)
        while not self._ended.is_set():
            try:
                self._engine.switch(loader)
            except Busy:
                self._ended.wait(_TICK_S)
            else:
                self._here = loader
                return True
        return False

    def _back(self) -> None:
        try:
            while self._before is not None and self._strayed:
                try:
                    self._engine.switch(self._before)
                except Busy:
                    time.sleep(_TICK_S)
        finally:
            if self._holds:
                self._alone.release()

    @property
    def _strayed(self) -> bool:
        """Whether the engine still has what was loaded here; what others chose is left alone."""
        if self._engine.lost:
            return True
        return self._here is not self._before and self._engine.loader is self._here


def check_models(engine: Switching, models: Iterable[str]) -> None:
    """Raise ModelError, before anything runs, for a model that is not here or too large for this
    machine, and for an engine that cannot load any."""
    for model in models:
        if engine.loader is None:
            raise ModelError(
                "This engine runs on a backend of its own, and so models cannot be compared. Make "
                "an InferenceEngine on a ModelLoader."
            )
        ModelLoader(model, download=False).check_fits()
