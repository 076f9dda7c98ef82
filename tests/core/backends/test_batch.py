"""Many requests at once: places, waiting, leaving, and that neighbours change nothing."""

from __future__ import annotations

import time

import pytest

from core.backends.base import EndReason, PrefillStep, TokenStep
from core.backends.inbox import AT_ONCE
from core.backends.mlx import MLXBackend
from core.errors import Busy
from core.models import ModelLoader
from tests.core.backends.asking import answer, ask, words
from tests.core.backends.tiny import checkpoint

LONG = 4000


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    loader = ModelLoader(checkpoint(tmp_path_factory.mktemp("tiny"), layers=2))
    backend = MLXBackend(loader, queue_limit=8)
    yield backend
    backend.close()


@pytest.fixture
def backend(shared, monkeypatch):
    """A backend that nobody else uses; what a failed test left running is ended."""
    handles, submit = [], shared.submit
    monkeypatch.setattr(
        shared, "submit", lambda requests: handles.extend(got := submit(requests)) or got
    )
    yield shared
    for handle in handles:
        handle.cancel()
    while True:
        try:
            answer(shared, prompt(0), max_tokens=1)
        except Busy:
            time.sleep(0.05)
        else:
            return


def prompt(seed, length=12):
    return (words(length, seed),)


def leave(*runs):
    for run in runs:
        run.handle.cancel()
    for run in runs:
        run.end()


def test_a_seed_gives_the_same_tokens_alone_and_among_others_that_come_and_go(backend):
    params = {"temperature": 1.0, "max_tokens": 60, "top_p": 0.95}
    alone = [answer(backend, prompt(n), seed=n, **params).tokens for n in range(3)]
    (company,) = ask(backend, prompt(9, 200), temperature=1.0, max_tokens=500)
    together = []
    for n in range(3):
        together += ask(backend, prompt(n), seed=n, **params)
        together[-1].until(TokenStep)
        if n == 1:
            leave(company)
    for run, tokens in zip(together, alone, strict=True):
        run.end()
        assert run.tokens == tokens


def test_greedy_answers_are_the_same_alone_and_in_a_full_batch(backend):
    prompts = [prompt(n, 5 + 7 * n) for n in range(AT_ONCE)]
    together = ask(backend, *prompts, max_tokens=8)
    for run in together:
        run.end()
    for n in (0, 7, AT_ONCE - 1):
        assert together[n].tokens == answer(backend, prompts[n], max_tokens=8).tokens


def test_a_cancel_takes_effect_within_two_steps(backend):
    (other, run) = ask(backend, prompt(1), prompt(2), max_tokens=5000)
    run.until(TokenStep)
    sent = time.perf_counter()
    run.handle.cancel()
    end = run.end()
    assert end.reason is EndReason.CANCELLED
    before_the_end = 0
    while other.until(TokenStep).at < end.at:
        before_the_end += sent < other.steps[-1].at
    assert before_the_end <= 2
    leave(other)


def test_those_who_wait_are_let_in_in_the_order_they_came_and_those_of_one_call_together(backend):
    running = ask(backend, *[prompt(n) for n in range(AT_ONCE)], max_tokens=5000)
    for run in running:
        run.until(TokenStep)
    first = ask(backend, prompt(40), prompt(41), max_tokens=3)
    second = ask(backend, prompt(42), max_tokens=3)
    leave(running[0])
    running[1].until(TokenStep)
    assert first[0].arriving.empty()
    assert second[0].arriving.empty()
    leave(running[1], running[2])
    begun = [run.until(PrefillStep).at for run in (*first, *second)]
    assert begun[0] == begun[1] <= begun[2]
    leave(*running[3:])
    for run in (*first, *second):
        assert run.end().reason is EndReason.LENGTH


def test_a_full_queue_refuses_a_whole_call_says_how_full_it_is_and_takes_the_next_one_later(
    backend,
):
    running = ask(backend, *[prompt(n) for n in range(AT_ONCE)], max_tokens=5000)
    waiting = [ask(backend, prompt(n))[0] for n in range(7)]
    said = r"7 wait while 32 run, and 2 more came; 8 may wait.*QUEUE_LIMIT"
    with pytest.raises(Busy, match=said):
        ask(backend, prompt(1), prompt(2))
    waiting += ask(backend, prompt(1))
    with pytest.raises(Busy):
        ask(backend, prompt(2))
    waiting[3].handle.cancel()
    assert waiting[3].end().reason is EndReason.CANCELLED
    assert waiting[3].steps == [waiting[3].steps[-1]]
    waiting += ask(backend, prompt(3))
    leave(*running)
    for n, run in enumerate(waiting):
        if n != 3:
            assert run.end().reason is EndReason.LENGTH
    assert answer(backend, prompt(4)).steps[-1].reason is EndReason.LENGTH


def test_a_long_prompt_is_read_in_pieces_while_the_others_go_on_writing(backend):
    (writing,) = ask(backend, prompt(1), max_tokens=5000)
    writing.until(TokenStep)
    (long,) = ask(backend, prompt(2, LONG), max_tokens=2)
    long.end()
    pieces = [b - a for (a, _), (b, _) in zip(long.reads, long.reads[1:], strict=False)]
    assert max(pieces) <= 128
    assert long.reads[-1] == (LONG, LONG)
    begun = next(s.at for s in long.steps if isinstance(s, PrefillStep))
    ended = long.steps[-1].at
    leave(writing)
    meanwhile = [s for s in writing.steps if isinstance(s, TokenStep) and begun < s.at < ended]
    assert len(meanwhile) >= len(pieces) - 1


def test_scores_name_the_likeliest_tokens_and_are_left_out_where_nobody_asks(backend):
    plain, scored = ask(backend, prompt(1))[0], ask(backend, prompt(1), logprobs=5)[0]
    for run in (plain, scored):
        run.end()
    assert plain.tokens == scored.tokens
    assert all(s.score is None for s in plain.steps if isinstance(s, TokenStep))
    for step in (s for s in scored.steps if isinstance(s, TokenStep)):
        score = step.score
        assert len(score.top) == 5
        assert score.top[0] == (step.token, pytest.approx(score.logprob))
        assert [p for _, p in score.top] == sorted((p for _, p in score.top), reverse=True)
        assert 0 < score.entropy < 5.8


def test_the_end_says_how_much_memory_was_taken(backend):
    assert answer(backend, prompt(1)).steps[-1].peak_memory > 100_000
