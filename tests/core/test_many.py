"""Many runs with a bounded number under way, on replayed tokens."""

from __future__ import annotations

from functools import partial

import pytest

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import InvalidPrompt
from core.many import run_all
from core.vocabulary import encoding

ANSWER = encoding().encode("<|channel|>final<|message|>It is 71.<|return|>", allowed_special="all")


class Crowded(ScriptedBackend):
    """Counts how many requests are under way at most."""

    def __init__(self, rate: float | None = None) -> None:
        super().__init__(lambda _: ANSWER, rate)
        self.most = 0
        self.submitted = 0

    def submit(self, requests):
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
