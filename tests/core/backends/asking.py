"""Requests to a backend, and what comes back."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.backends.base import EndStep, Handle, PrefillStep, Step, TokenRequest, TokenStep
from core.backends.mlx import MLXBackend
from core.sampling import SamplingParams
from tests.core.backends.tiny import VOCABULARY

NO_STOP = frozenset({VOCABULARY})


@dataclass
class Asked:
    """A request under way; `steps` holds what has been read of it."""

    handle: Handle
    arriving: queue.SimpleQueue[Step]
    steps: list[Step] = field(default_factory=list)

    def until(self, kind: type) -> Step:
        """Read on to the next step of that kind."""
        while True:
            step = self.arriving.get(timeout=60)
            self.steps.append(step)
            if isinstance(step, kind):
                return step

    def end(self) -> EndStep:
        step = self.until(EndStep)
        assert isinstance(step, EndStep)
        return step

    @property
    def tokens(self) -> list[int]:
        return [s.token for s in self.steps if isinstance(s, TokenStep)]

    @property
    def cached(self) -> int:
        return next(s.cached for s in self.steps if isinstance(s, PrefillStep))

    @property
    def reads(self) -> list[tuple[int, int]]:
        return [(s.done, s.total) for s in self.steps if isinstance(s, PrefillStep)]


def ask(
    backend: MLXBackend, *prompts: Sequence[Sequence[int]], **params: float | int | None
) -> list[Asked]:
    """Submit prompts (each in segments) together; greedily and for 20 tokens, unless `params`."""
    sampling = SamplingParams(**{"temperature": 0, "max_tokens": 20, **params})  # type: ignore[arg-type]
    arriving: list[queue.SimpleQueue[Step]] = [queue.SimpleQueue() for _ in prompts]
    requests = [
        TokenRequest(tuple(map(tuple, prompt)), sampling, NO_STOP, steps.put)
        for prompt, steps in zip(prompts, arriving, strict=True)
    ]
    handles = backend.submit(requests)
    return [Asked(handle, steps) for handle, steps in zip(handles, arriving, strict=True)]


def answer(backend: MLXBackend, prompt: Sequence[Sequence[int]], **params: float | int) -> Asked:
    """Ask one prompt and wait for its end."""
    (asked,) = ask(backend, prompt, **params)
    asked.end()
    return asked


def words(count: int, seed: int) -> tuple[int, ...]:
    """So many token ids, the same for the same seed."""
    return tuple((seed * 7919 + n * n * 31 + n * 17) % 298 for n in range(count))
