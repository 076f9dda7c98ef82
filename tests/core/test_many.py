"""Many runs with a bounded number under way, on replayed tokens."""

from __future__ import annotations

from functools import partial

import pytest

from core import many
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import Busy, InvalidPrompt
from core.many import run_all
from core.models import ModelLoader
from core.sampling import SamplingParams
from core.vocabulary import encoding

ANSWER = encoding().encode("<|channel|>final<|message|>It is 71.<|return|>", allowed_special="all")


class Crowded(ScriptedBackend):
    """Counts how many requests are under way at most. room: takes no more at once than that."""

    def __init__(self, rate: float | None = None, room: int = 1000) -> None:
        super().__init__(lambda _: ANSWER, rate)
        self.room = room
        self.refused = 0
        self.most = 0
        self.submitted = 0

    def submit(self, requests):
        if sum(replay.thread.is_alive() for replay in self._replays) >= self.room:
            self.refused += 1
            raise Busy("The queue is full. Try again when some have ended.")
        handles = super().submit(requests)
        self.submitted += len(handles)
        alive = sum(replay.thread.is_alive() for replay in self._replays)
        self.most = max(self.most, alive)
        return handles


def starts(engine: InferenceEngine, n: int):
    return ((name, partial(engine.start, f"question {name}")) for name in range(n))


def test_every_run_gives_its_result_under_its_name():
    with InferenceEngine(Crowded(), InferenceConfig(_env_file=None)) as engine:
        results = dict(run_all(starts(engine, 50), at_once=7))
    assert sorted(results) == list(range(50))
    assert {result.text for result in results.values()} == {"It is 71."}


def test_never_more_than_allowed_are_under_way():
    backend = Crowded(rate=500)
    with InferenceEngine(backend, InferenceConfig(_env_file=None)) as engine:
        assert len(list(run_all(starts(engine, 20), at_once=4))) == 20
    assert backend.most == 4


def test_closing_the_results_cancels_what_is_under_way_and_starts_no_more():
    backend = Crowded(rate=500)
    with InferenceEngine(backend, InferenceConfig(_env_file=None)) as engine:
        results = run_all(starts(engine, 1000), at_once=3)
        next(results)
        results.close()
        assert backend.submitted <= 6
        under_way = [replay for replay in backend._replays if replay.thread.is_alive()]
        assert all(replay._cancelled.is_set() for replay in under_way)


def test_an_error_in_one_start_cancels_the_others_and_is_raised():
    backend = Crowded(rate=20)
    with InferenceEngine(backend, InferenceConfig(_env_file=None)) as engine:
        bad = [("fine", partial(engine.start, "hello")), ("bad", partial(engine.start, ""))]
        with pytest.raises(InvalidPrompt):
            list(run_all(bad))
        assert all(replay._cancelled.is_set() for replay in backend._replays)


def test_a_run_that_finds_the_queue_full_waits_for_room_and_none_is_lost():
    """`evaluate --at-once 300` once failed: 32 run, 256 may wait, and the others were refused."""
    backend = Crowded(rate=500, room=3)
    with InferenceEngine(backend, InferenceConfig(_env_file=None)) as engine:
        results = [name for name, _ in run_all(starts(engine, 12), at_once=8)]
    assert sorted(results) == list(range(12))
    assert (backend.most, backend.submitted) == (3, 12)
    assert backend.refused > 0


def test_where_nothing_ever_makes_room_the_queue_says_so_itself(monkeypatch):
    monkeypatch.setattr(many, "_PATIENCE_S", 0.2)
    with (
        InferenceEngine(Crowded(room=0), InferenceConfig(_env_file=None)) as engine,
        pytest.raises(Busy, match="queue is full"),
    ):
        list(run_all(starts(engine, 2)))


def test_more_at_once_than_the_real_queue_holds_are_all_answered():
    config = InferenceConfig(_env_file=None, queue_limit=0)
    with InferenceEngine(ModelLoader(), config) as engine:
        params = SamplingParams(temperature=0, max_tokens=1)
        asked = ((n, partial(engine.start, f"{n} + 1", params)) for n in range(40))
        results = dict(run_all(asked, at_once=40))
    assert sorted(results) == list(range(40))
