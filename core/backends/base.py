"""The seam to the machine: token ids in, token ids out. Nothing here knows of Harmony."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.sampling import SamplingParams, TokenScore


class EndReason(StrEnum):
    """Why the machine stopped: a stop id, the token budget, a cancel, or a failure."""

    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PrefillStep:
    """`done` of `total` prompt tokens were read, `cached` of them from a cache. `at`: seconds."""

    done: int
    total: int
    cached: int
    at: float


@dataclass(frozen=True, slots=True)
class TokenStep:
    """One generated token; a stop id is delivered too. `at`: perf_counter seconds, as below.

    score: how likely it was, where `sampling.logprobs` asks for it.
    """

    token: int
    at: float
    score: TokenScore | None = None


@dataclass(frozen=True, slots=True)
class EndStep:
    """The last step of a request; `error` is set where reason is FAILED.

    peak_memory: bytes that the machine took at most since it was last idle; None where unknown.
    """

    reason: EndReason
    at: float
    error: Exception | None = None
    peak_memory: int | None = None


Step = PrefillStep | TokenStep | EndStep


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One sequence to continue.

    segments: the prompt's token ids, cut where a cache may be kept; no segment is empty.
    stop_ids: the run ends after any of these.
    on_step: called for every step, on the backend's own thread; it returns at once, never raises.
    """

    segments: tuple[tuple[int, ...], ...]
    sampling: SamplingParams
    stop_ids: frozenset[int]
    on_step: Callable[[Step], None]


class Handle(Protocol):
    """A request under way."""

    def cancel(self) -> None:
        """Ask for the end; an EndStep follows in a step or two. Safe from any thread, and twice."""


class TokenBackend(Protocol):
    """Runs token requests; any number at once, from any thread."""

    @property
    def context_length(self) -> int:
        """Tokens that prompt and answer may have together."""

    def submit(self, requests: Sequence[TokenRequest]) -> Sequence[Handle]:
        """Start requests; those of one call share a batch.

        Raises BackendError when closed, and Busy where it can take no more: then none was started.
        """

    def close(self) -> None:
        """End what runs (as cancelled), free the model, and wait for it. Safe to call twice."""
