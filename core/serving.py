"""The backend that an engine runs on, and another put in its place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from core.backends.base import Handle, Step, TokenBackend, TokenRequest
from core.errors import Busy, InvalidSetting, ModelError
from core.machine import memory, needed
from core.models import ModelInfo, ModelLoader


class Serving:
    """One backend at a time. Safe to use from many threads.

    model: a ModelLoader, or a backend of the caller's, which cannot be switched.
    lost: why no model is loaded, in a sentence; None unless a switch failed so badly.

    Raises InvalidSetting for anything else, and ModelError where the model cannot be loaded.
    """

    def __init__(
        self, model: ModelLoader | TokenBackend, cache_bytes: int, queue_limit: int
    ) -> None:
        if not isinstance(model, ModelLoader) and not hasattr(model, "submit"):
            raise InvalidSetting(
                f"The engine's model is {model!r}; allowed: a ModelLoader, such as "
                "ModelLoader('embedded'), or a TokenBackend. Give one of them."
            )
        self._limits = (cache_bytes, queue_limit)
        self._lock = threading.Lock()
        self._switching = False
        self._closed = False
        self.lost: str | None = None
        self._loader = model if isinstance(model, ModelLoader) else None
        self.info: ModelInfo | None = None if self._loader is None else self._loader.info
        self.backend: TokenBackend = (
            self._loaded(model) if isinstance(model, ModelLoader) else model
        )

    @property
    def loader(self) -> ModelLoader | None:
        """The loader of the model that is loaded; None for a backend of the caller's."""
        return self._loader

    def submit(self, requests: Sequence[TokenRequest]) -> Sequence[Handle]:
        """As the backend does. Raises Busy while another model is being loaded, and ModelError
        where none is."""
        with self._lock:
            if self._switching:
                raise Busy("Another model is being loaded. Try again when it is there.")
            if self.lost is not None:
                raise ModelError(self.lost)
            return self.backend.submit(requests)

    def read_ahead(self, tokens: Sequence[int], on_step: Callable[[Step], None]) -> Handle | None:
        """As the backend does; None where it cannot, or not now."""
        with self._lock:
            read = getattr(self.backend, "read_ahead", None)
            if read is None or self._switching or self._closed or self.lost is not None:
                return None
            handle: Handle | None = read(tokens, on_step)
            return handle

    def switch(self, loader: ModelLoader) -> None:
        """Load another model and free this one. Raises Busy and ModelError; then this one stays,
        but where `lost` says that it could not be loaded again."""
        if self._loader is None:
            raise ModelError(
                "This engine runs on a backend of its own, which has no model to switch. Make an "
                "InferenceEngine on a ModelLoader."
            )
        info = loader.info
        with self._lock:
            self._refuse_where_busy()
            self._switching = True
        try:
            self._replace(self._loader, loader, info)
        finally:
            with self._lock:
                self._switching = False
                if self._closed:
                    self.backend.close()

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self.backend.close()

    def _refuse_where_busy(self) -> None:
        if self._closed:
            raise ModelError("The engine is closed; make a new InferenceEngine.")
        if self._switching:
            raise Busy("Another model is being loaded already. Try again when it is there.")
        running = getattr(self.backend, "under_way", 0)
        if running:
            raise Busy(
                f"Answers under way: {running}. The model can be changed when none is: wait for "
                "them, or stop them, and try again."
            )

    def _replace(self, old: ModelLoader, new: ModelLoader, info: ModelInfo) -> None:
        """The new one beside the old where both have room, so that a failure costs nothing."""
        held = 0 if self.info is None else self.info.weight_bytes
        if needed(held + info.weight_bytes) < memory():
            fresh = self._loaded(new)
            self.backend.close()
        else:
            self.backend.close()
            try:
                fresh = self._loaded(new)
            except Exception as error:
                self._restore(old, error)
                raise
        self.backend, self._loader, self.info, self.lost = fresh, new, info, None

    def _restore(self, old: ModelLoader, why: Exception) -> None:
        """Load the old one again. Raises ModelError where that fails, too."""
        try:
            self.backend, self.lost = self._loaded(old), None
        except Exception as error:
            self.lost = (
                f"{why} {old.info.name} had been unloaded to make room, and could not be loaded "
                f"again: {error} No model is loaded now; choose another one, or start Counterpoint "
                "again."
            )
            raise ModelError(self.lost) from error

    def _loaded(self, loader: ModelLoader) -> TokenBackend:
        from core.backends.mlx import MLXBackend

        return MLXBackend(loader, *self._limits)
