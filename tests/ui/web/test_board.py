"""A comparison of the page, step by step, on replayed tokens."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest

from core.asked import How
from core.backends.base import TokenRequest
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig, ReasoningLevel
from core.conversation import Conversation
from core.engine import InferenceEngine
from core.errors import InvalidPrompt
from core.events import FinishReason
from core.models import EMBEDDED, ModelLoader
from core.sampling import SamplingParams
from core.variants import of_levels, of_models
from core.vocabulary import encoding
from tests.core import tiny_llama
from ui.web.board import Board

ANSWER = "<|channel|>final<|message|>It is 71.<|return|>"
SLOW = f"<|channel|>analysis<|message|>{'Hm, ' * 2000}"
LEVELS = of_levels(["low", "high"])


def board(
    text: str = ANSWER, how: How | None = None, prompt: str = "Hello", blind: bool = False
) -> Board:
    tokens = encoding().encode(text, allowed_special="all")
    short = encoding().encode("It is 71.<|return|>", allowed_special="all")

    def script(request: TokenRequest) -> list[int]:
        told = encoding().decode(request.segments[-1]).endswith("final<|message|>")
        return short if told else tokens

    backend = ScriptedBackend(script, None if text == ANSWER else 100)
    engine = InferenceEngine(backend, InferenceConfig(_env_file=None))
    conversation, asked = engine.asked(
        Conversation().with_user(prompt), LEVELS, how or How(), SamplingParams(seed=5)
    )
    start = partial(engine.start_variants, conversation, capture_reasoning=False)
    return Board(start, asked, keep_reasoning=False, blind=blind)


def follow(one: Board, act: Callable[[], object] | None = None) -> None:
    """Tick to the end; `act` once every column has written something."""
    until = time.monotonic() + 60
    while one.tick():
        written = [c is not None and c.transcript.tokens for c in one.columns()]
        if act is not None and all(written):
            act()
            act = None
        assert time.monotonic() < until
        time.sleep(0.001)


def test_repeats_follow_each_other_with_the_next_seed_behind_a_warm_up() -> None:
    one = board(how=How(repeats=3))
    one.begin()
    assert one.warming
    assert one.columns() == [None, None]
    follow(one)
    done = one.comparison()
    assert [[run.seed for run in runs] for runs in done.runs.values()] == [[5, 6, 7]] * 2
    assert done.verdict.level == "low"
    assert [column.number for column in one.columns() if column] == [3, 3]


def test_in_turn_a_column_waits_until_the_one_before_has_ended() -> None:
    one = board(how=How(together=False, warm_up=False))
    one.begin()
    assert len(one.under_way) == 1
    assert one.columns()[1] is None
    follow(one)
    assert [len(runs) for runs in one.comparison().runs.values()] == [1, 1]


def test_stop_ends_everything_and_no_further_repeat_begins() -> None:
    one = board(SLOW, How(repeats=3, warm_up=False))
    one.begin()
    follow(one, one.stop)
    done = one.comparison()
    assert done.stopped
    assert [[r.finish_reason for r in runs] for runs in done.runs.values()] == [
        [FinishReason.CANCELLED]
    ] * 2


def test_whoever_cancels_all_runs_stops_the_comparison() -> None:
    one = board(SLOW, How(repeats=3, warm_up=False))
    one.begin()
    follow(one, lambda: [run.cancel() for run in one.under_way])
    assert one.comparison().stopped


def test_one_column_can_be_stopped_and_the_others_go_on() -> None:
    one = board(SLOW, How(repeats=2, warm_up=False))
    one.begin()
    low, high = one.slots
    told = False
    while one.tick():
        if not told and all(column and column.transcript.thinks for column in one.columns()):
            one.stop_one(low)
            assert high.run is not None
            told = high.run.finish_now()
        if high.number == 2:
            one.stop()
        time.sleep(0.001)
    done = one.comparison()
    assert len(done.runs["low"]) == 1
    assert len(done.runs["high"]) == 2
    assert done.runs["high"][0].finished_early


def test_a_column_run_again_takes_the_place_of_its_runs_with_the_same_seeds() -> None:
    one = board(how=How(repeats=2))
    one.begin()
    follow(one)
    before = one.comparison().runs
    one.again(one.slots[1])
    assert one.running
    follow(one)
    done = one.comparison()
    assert [run.seed for run in done.runs["high"]] == [5, 6]
    assert done.runs["high"] != before["high"]
    assert done.runs["low"] == before["low"]
    assert done.again == {"high"}
    assert "Run again later, alone" in " ".join(done.conditions())
    assert not done.in_batch("high")


def test_a_blind_board_keeps_its_shuffled_order_until_the_vote() -> None:
    one = board(blind=True)
    assert sorted(s.variant.label for s in one.shown()) == ["high", "low"]
    order = one.shown()
    assert one.shown() is order
    one.voted = True
    assert [s.variant.label for s in one.shown()] == ["low", "high"]


def test_what_cannot_be_started_is_raised_and_nothing_runs() -> None:
    with pytest.raises(InvalidPrompt):
        board(prompt=" ")


def test_models_take_turns_and_a_column_run_again_has_its_own_loaded_again(tmp_path) -> None:
    llama = str(tiny_llama.checkpoint(tmp_path))
    with InferenceEngine(ModelLoader(), InferenceConfig(_env_file=None)) as engine:
        conversation, asked = engine.asked(
            Conversation().with_user("What is 2 + 3?"),
            of_models([llama, EMBEDDED], ReasoningLevel.LOW),
            How(),
            SamplingParams(0, max_tokens=6, seed=5),
        )
        start = partial(engine.start_variants, conversation, capture_reasoning=False)
        turns = partial(engine.model_turns, asked)
        one = Board(start, asked, keep_reasoning=False, turns=turns)
        first, second = one.slots
        one.begin()
        assert one.loading is first.variant
        assert one.under_way == ()
        assert (one.waits_for(first), one.waits_for(second)) == (
            "Loading its model",
            "Waits its turn",
        )
        follow(one)
        before = one.comparison().runs
        assert [[run.model for run in runs] for runs in before.values()] == [
            [llama],
            ["embedded demo model"],
        ]
        wait_for_model(engine, "embedded demo model")

        one.again(first)
        assert one.running
        follow(one)
        done = one.comparison()
        assert done.again == {first.variant.label}
        assert done.runs[second.variant.label] == before[second.variant.label]
        assert done.runs[first.variant.label][0].model == llama
        wait_for_model(engine, "embedded demo model")

        one.again(first)
        one.stop()
        follow(one)
        assert one.comparison().stopped
        assert one.comparison().runs == done.runs
        wait_for_model(engine, "embedded demo model")

        one.again(first)
        one.interrupt()
        assert not one.running
        wait_for_model(engine, "embedded demo model")


def wait_for_model(engine: InferenceEngine, name: str) -> None:
    """The board does not wait for the engine's own model to come back; whoever asks next does."""
    until = time.monotonic() + 60
    while engine.model != name or not engine._turns.acquire(blocking=False):
        assert time.monotonic() < until
        time.sleep(0.01)
    engine._turns.release()
