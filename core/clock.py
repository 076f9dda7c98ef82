"""When the things of a run happened."""

from __future__ import annotations

import time
from array import array

from core.events import Timing


class Clock:
    """When things happened, in perf_counter seconds; `stamps` has one per generated token."""

    def __init__(self) -> None:
        self.submitted_at = time.perf_counter()
        self.reading_at: float | None = None
        self.read_at: float | None = None
        self.first_answer_at: float | None = None
        self.ended_at: float | None = None
        self.stamps = array("d")

    def reading(self, at: float, whole: bool) -> None:
        if self.reading_at is None:
            self.reading_at = at
        if whole:
            self.read_at = at

    def token(self, at: float) -> None:
        self.stamps.append(at)

    def timing(self) -> Timing:
        now = self.ended_at or time.perf_counter()
        first = self.stamps[0] if self.stamps else None
        last = self.stamps[-1] if self.stamps else None
        decoding = last - first if first is not None and last is not None else 0.0
        return Timing(
            queued_s=(self.reading_at or now) - self.submitted_at,
            first_token_s=self._since_submitted(first),
            first_answer_s=self._since_submitted(self.first_answer_at),
            total_s=now - self.submitted_at,
            tokens_per_s=(len(self.stamps) - 1) / decoding if decoding else None,
            prefill_s=self.read_at - self.reading_at if self.read_at and self.reading_at else None,
        )

    def _since_submitted(self, at: float | None) -> float | None:
        return None if at is None else at - self.submitted_at
