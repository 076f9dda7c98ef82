"""Token ids in, token ids out, through mlx-lm's BatchGenerator on one thread that owns the model.

Other threads only put commands into its inbox. Requests of all callers share one continuous batch.
What a request gets does not depend on its neighbours: each draws with a random key of its own, and
what is not drawn is computed row by row, but for rounding; where the two best logits are equal to
within that (about 1e-6 of them in float32), the company, or a cache, may tip the balance.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from core.backends.base import Handle, Step, TokenRequest
from core.backends.inbox import Cancel, Close, Inbox, Job, ReadAhead, Submit
from core.backends.owner import Owner
from core.errors import InvalidSetting
from core.models import ModelLoader
from core.sampling import SamplingParams

CACHE_BYTES: Final = 2**30
QUEUE_LIMIT: Final = 256
_JOIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Handle:
    inbox: Inbox
    job: Job

    def cancel(self) -> None:
        self.inbox.put(Cancel(self.job))


class MLXBackend:
    """A checkpoint behind an owner thread. Loading happens in the constructor.

    cache_bytes: what the prompt cache may hold; 0 keeps nothing. queue_limit: requests that may
    wait while the batch is full.

    Raises ModelError where the checkpoint cannot be read, and InvalidSetting for a limit that is no
    whole number or below 0.
    """

    def __init__(
        self,
        loader: ModelLoader,
        cache_bytes: int = CACHE_BYTES,
        queue_limit: int = QUEUE_LIMIT,
    ) -> None:
        limits: dict[str, Any] = {"cache_bytes": cache_bytes, "queue_limit": queue_limit}
        for name, given in limits.items():
            if not isinstance(given, int) or given < 0:
                raise InvalidSetting(
                    f"{name} is {given!r}; allowed: a whole number, 0 or more. Give 0 to have "
                    "none, or leave it out."
                )
        self._context_length = loader.info.context_length
        self._cache_bytes = cache_bytes
        self._inbox = Inbox(queue_limit)
        loaded: Future[None] = Future()
        owner = Owner(loader, self._inbox, loaded, cache_bytes)
        self._thread = threading.Thread(target=owner.run, name="counterpoint-mlx", daemon=True)
        self._thread.start()
        # Runs at interpreter exit too: mlx aborts a process whose thread still steps then.
        self._finalizer = weakref.finalize(self, _shut, self._inbox, self._thread)
        loaded.result()

    @property
    def context_length(self) -> int:
        return self._context_length

    @property
    def under_way(self) -> int:
        """Requests that run or wait."""
        return self._inbox.under_way

    def submit(self, requests: Sequence[TokenRequest]) -> Sequence[Handle]:
        """Start requests, those of one call in one batch (as far as it has places).

        Raises BackendError when closed, and Busy where the queue has no room for all of them.
        """
        jobs = [Job(request) for request in requests]
        self._inbox.put(Submit(jobs))
        return [_Handle(self._inbox, job) for job in jobs]

    def read_ahead(self, tokens: Sequence[int], on_step: Callable[[Step], None]) -> Handle | None:
        """Read tokens into the prompt cache while nothing else is to be done: a prompt that begins
        with them will be answered sooner.

        Whoever submits a request meanwhile waits for one chunk of 128 tokens at most; then this
        ends as cancelled, and what was read stays. on_step: as a request's; nothing is generated.
        None where there is no cache, or nothing to read. Raises BackendError when closed.
        """
        if not tokens or not self._cache_bytes:
            return None
        # One token further, which is never read: what is to be kept ends before the last.
        request = TokenRequest((tuple(tokens), (0,)), SamplingParams(), frozenset(), on_step)
        job = Job(request, ahead=True)
        self._inbox.put(ReadAhead(job))
        return _Handle(self._inbox, job)

    def close(self) -> None:
        self._finalizer()


def _shut(inbox: Inbox, thread: threading.Thread) -> None:
    inbox.put(Close())
    if thread is not threading.current_thread():
        thread.join(_JOIN_SECONDS)
