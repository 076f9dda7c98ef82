"""Comparisons under way, on replayed tokens: order, seeds, and what is kept when they end early."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest

from core.backends.base import EndReason, EndStep, TokenRequest
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig, ReasoningLevel
from core.engine import InferenceEngine
from core.errors import BackendError, InvalidSetting
from core.events import FinishReason
from core.sampling import SamplingParams
from core.variants import Variant
from core.vocabulary import encoding

LOW, MEDIUM, HIGH = ReasoningLevel
ANSWER = encoding().encode("<|channel|>final<|message|>It is 71.<|return|>", allowed_special="all")
SEEDED = SamplingParams(seed=5)


class Watched(ScriptedBackend):
    """Remembers what was asked for, call by call, and does `act` at each request."""

    def __init__(self, act: Callable[[int], None] | None = None, rate: float | None = None) -> None:
        super().__init__(lambda _: ANSWER, rate)
        self.calls: list[list[tuple[str, int | None, int]]] = []
        self._act = act or (lambda _: None)

    def submit(self, requests):
        self.calls.append(
            [(prompt_of(r), r.sampling.seed, r.sampling.max_tokens) for r in requests]
        )
        self._act(len(self.calls))
        return super().submit(requests)


def prompt_of(request: TokenRequest) -> str:
    return encoding().decode([token for segment in request.segments for token in segment])


def over(backend: ScriptedBackend) -> InferenceEngine:
    return InferenceEngine(backend, InferenceConfig(_env_file=None))


def levels(call) -> list[str]:
    return [prompt.split("Reasoning: ")[1].split("\n")[0] for prompt, *_ in call]


def test_columns_of_a_repeat_share_a_batch_a_seed_and_a_date():
    backend = Watched()
    with over(backend) as one:
        done = one.compare("Hello", ["low", "high"], 2, SEEDED, warm_up=False)
    assert [levels(call) for call in backend.calls] == [["low", "high"]] * 2
    assert [{seed for _, seed, _ in call} for call in backend.calls] == [{5}, {6}]
    assert all(f"Current date: {done.asked.date}" in p for call in backend.calls for p, *_ in call)
    assert [run.seed for run in done.runs["low"]] == [5, 6]
    assert done.verdict.level is LOW
    assert done.runs[LOW] == done.runs["low"]


def test_in_turn_every_run_is_alone_and_each_repeat_begins_with_another_column():
    backend = Watched()
    with over(backend) as one:
        done = one.compare("Hello", ["low", "high"], 2, SEEDED, together=False, warm_up=False)
    assert [levels(call) for call in backend.calls] == [["low"], ["high"], ["high"], ["low"]]
    assert [run.seed for run in done.runs["high"]] == [5, 6]
    assert "one after the other" in " ".join(done.asked.conditions())


def test_a_warm_up_reads_every_prompt_and_writes_one_token():
    backend = Watched()
    with over(backend) as one:
        done = one.compare("Hello", ["low", "high"], 2, SEEDED)
    assert [max_tokens for *_, max_tokens in backend.calls[0]] == [1, 1]
    assert len(backend.calls) == 3
    assert "warm-up" in " ".join(done.asked.conditions())
    assert len(done.runs["low"]) == 2


def test_instructions_and_sampling_may_differ_instead():
    backend = Watched()
    columns = [Variant("brief", HIGH, "Be brief."), Variant("cold", HIGH, params=SamplingParams(0))]
    with over(backend) as one:
        done = one.compare("Hello", variants=columns, params=SEEDED)
    (first, second), *_ = backend.calls
    assert "Be brief." in first[0]
    assert "Be brief." not in second[0]
    assert levels([first, second]) == ["high", "high"]
    assert list(done.runs) == ["brief", "cold"]
    assert done.proofs["brief"].line == "Reasoning: high"
    assert done.proofs["brief"].sha256 != done.proofs["cold"].sha256


def test_two_columns_of_one_name_are_refused():
    with over(Watched()) as one, pytest.raises(InvalidSetting, match="each name once"):
        one.compare("Hello", variants=[Variant("a", LOW), Variant("a", HIGH)])


def test_ctrl_c_keeps_what_had_ended():
    def press(calls: int) -> None:
        if calls == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with over(Watched(press)) as one:
        done = one.compare("Hello", ["low", "high"], 3, SEEDED, together=False, warm_up=False)
    assert done.stopped
    assert [run.text for run in done.runs["low"]] == ["It is 71."]
    assert all(run.text == "It is 71." for run in done.runs["high"])
    assert len(done.runs["high"]) <= 1


def test_a_stop_cancels_what_runs_and_keeps_its_text():
    stop = threading.Event()
    backend = Watched(lambda calls: calls == 3 and stop.set(), rate=200)
    with over(backend) as one:
        done = one.compare("Hello", ["low", "high"], 3, SEEDED, warm_up=False, stop=stop)
    assert done.stopped
    assert [run.finish_reason for run in done.runs["low"][:2]] == [FinishReason.STOP] * 2
    assert done.runs["low"][2].finish_reason is FinishReason.CANCELLED
    assert done.verdict.level is LOW
    assert "1 of 3 was stopped" in done.verdict.limits


class Failing(Watched):
    """Its machine fails at the third call."""

    def submit(self, requests):
        def failing(request: TokenRequest) -> TokenRequest:
            def on_step(step) -> None:
                if isinstance(step, EndStep):
                    step = EndStep(EndReason.FAILED, step.at, BackendError("Out of memory."))
                request.on_step(step)

            return TokenRequest(request.segments, request.sampling, request.stop_ids, on_step)

        fails = len(self.calls) >= 2
        return super().submit([failing(r) if fails else r for r in requests])


def test_a_failure_keeps_what_had_ended_and_is_told():
    with over(Failing()) as one:
        done = one.compare("Hello", ["low", "high"], 5, SEEDED, warm_up=False)
    assert done.failure == "Out of memory."
    assert [len(runs) for runs in done.runs.values()] == [2, 2]
    assert done.verdict.level is LOW


def test_whoever_watches_is_told_every_event_of_every_column_side_by_side():
    told: dict[tuple[str, int], list[object]] = {}
    order: list[str] = []

    def watch(variant, repeat, run, events):
        told.setdefault((variant.label, repeat), []).extend(events)
        order.extend([variant.label] * bool(events))

    with over(Watched(rate=50)) as one:
        done = one.compare("Hello", ["low", "high"], 2, SEEDED, watch=watch)
    assert [*told] == [("low", 0), ("high", 0), ("low", 1), ("high", 1)]
    for (label, repeat), events in told.items():
        tokens = [token for event in events for token in event.tokens]
        assert tokens == ANSWER
        assert events[-1].timing == done.runs[label][repeat].timing
    assert "high" in order[: order.index("low", 1) + 1]  # not one after the other


def test_a_failure_before_anything_had_ended_is_raised():
    failing = Failing()
    failing.calls = [[], []]
    with over(failing) as one, pytest.raises(BackendError, match="Out of memory"):
        one.compare("Hello", ["low", "high"], warm_up=False)


def test_the_embedded_model_compares_with_repeats(engine):
    done = engine.compare(
        "What is 2 + 3?", ["low", "medium"], 2, SamplingParams(0, seed=1), expected="5"
    )
    assert [len(runs) for runs in done.runs.values()] == [2, 2]
    assert done.runs["low"][0].text == done.runs["low"][1].text
    assert done.runs["low"][1].usage.cached_tokens > 0
    assert done.verdict.reason
    assert done.tokens("low").n == 2
