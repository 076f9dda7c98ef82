"""A backend that replays recorded token ids, for stored runs and tests.

The product never answers a prompt with it; a page that shows a replay says so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from itertools import count

from core.backends.base import (
    EndReason,
    EndStep,
    Handle,
    PrefillStep,
    TokenRequest,
    TokenStep,
)
from core.errors import BackendError

Script = Callable[[TokenRequest], Sequence[int]]


class _Replay:
    def __init__(self, request: TokenRequest, tokens: Sequence[int], rate: float | None) -> None:
        self._request = request
        self._tokens = tokens
        self._rate = rate
        self._cancelled = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def cancel(self) -> None:
        self._cancelled.set()

    def _run(self) -> None:
        tell = self._request.on_step
        total = sum(map(len, self._request.segments))
        start = time.perf_counter()
        tell(PrefillStep(0, total, 0, start))
        tell(PrefillStep(total, total, 0, start))
        reason = EndReason.STOP
        for n in count():
            if n == len(self._tokens):
                break
            if n == self._request.sampling.max_tokens:
                reason = EndReason.LENGTH
                break
            due = start + (n + 1) / self._rate if self._rate else 0.0
            if self._cancelled.wait(max(0.0, due - time.perf_counter())):
                reason = EndReason.CANCELLED
                break
            tell(TokenStep(self._tokens[n], time.perf_counter()))
        tell(EndStep(reason, time.perf_counter()))


class ScriptedBackend:
    """Answers each request with the token ids that `script(request)` gives.

    tokens_per_second: the pace of each replay; None replays as fast as it can.
    """

    def __init__(
        self, script: Script, tokens_per_second: float | None = None, context_length: int = 131_072
    ) -> None:
        self._script = script
        self._rate = tokens_per_second
        self._context_length = context_length
        self._replays: list[_Replay] = []
        self._closed = False

    @property
    def context_length(self) -> int:
        return self._context_length

    def submit(self, requests: Sequence[TokenRequest]) -> Sequence[Handle]:
        if self._closed:
            raise BackendError("The backend is closed; make a new one.")
        replays = [_Replay(r, self._script(r), self._rate) for r in requests]
        self._replays += replays
        for replay in replays:
            replay.thread.start()
        return replays

    def close(self) -> None:
        self._closed = True
        for replay in self._replays:
            replay.cancel()
        for replay in self._replays:
            replay.thread.join()
        self._replays.clear()
