"""The prompt cache: what it saves, and that nobody can tell by the tokens."""

from __future__ import annotations

import pytest

from core.backends.base import EndReason, TokenStep
from core.backends.mlx import MLXBackend
from core.backends.prompt_cache import PromptCache
from core.errors import InvalidSetting
from core.models import ModelLoader
from tests.core.backends.asking import answer, ask, words
from tests.core.backends.tiny import WINDOW, checkpoint

FRAME = words(70, 1)
OPEN = (5, 6)


@pytest.fixture(scope="module")
def loader(tmp_path_factory):
    return ModelLoader(checkpoint(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="module")
def uncached(loader):
    backend = MLXBackend(loader, cache_bytes=0)
    yield backend
    backend.close()


@pytest.fixture
def backend(loader):
    backend = MLXBackend(loader)
    yield backend
    backend.close()


def chat(*turns, frame=FRAME):
    """Segments as core.prompt cuts them: the frame, each user message, the assistant's opening.

    A turn is a user message, or what stands before it (the last answer) and the message."""
    return (frame, *turns, OPEN)


def turn(seed, length=60):
    return words(length, seed)


def test_every_turn_of_a_growing_chat_reads_only_what_is_new_and_says_the_same(backend, uncached):
    turns = []
    for n in range(8):
        turns.append(turn(n, 20 + 30 * n))
        prompt = chat(*turns)
        ours, theirs = answer(backend, prompt), answer(uncached, prompt)
        assert ours.tokens == theirs.tokens
        known = len(FRAME) + sum(map(len, turns[:-1])) if n else 0
        assert (ours.cached, theirs.cached) == (known, 0)
    assert sum(map(len, turns)) > 20 * WINDOW


def test_an_answer_written_with_analysis_does_not_spoil_the_next_turn(backend, uncached):
    """The model's own tokens stood where the next prompt holds the answer without its analysis."""
    first = chat(turn(1))
    written = answer(backend, first, max_tokens=3 * WINDOW).tokens
    second = chat(turn(1), (*OPEN, *written[-10:], *turn(2)))
    ours = answer(backend, second)
    assert ours.cached == len(FRAME) + len(turn(1))
    assert ours.tokens == answer(uncached, second).tokens


def test_branches_and_edits_go_on_from_the_last_border_that_they_share(backend, uncached):
    one, two, three = turn(1), turn(2), turn(3)
    for n in range(1, 4):
        answer(backend, chat(*[one, two, three][:n]))
    branches = {
        (one, two, turn(4)): len(FRAME + one + two),
        (one, turn(5)): len(FRAME + one),
        (one, turn(6), three): len(FRAME + one),
        (turn(7), two, three): len(FRAME),
        (one, two, three): len(FRAME + one + two + three),
    }
    for turns, known in branches.items():
        ours = answer(backend, chat(*turns))
        assert ours.cached == known
        assert ours.tokens == answer(uncached, chat(*turns)).tokens


def test_other_instructions_or_another_level_share_nothing(backend, uncached):
    answer(backend, chat(turn(1)))
    frame = (*FRAME[:40], 7, *FRAME[41:])
    ours = answer(backend, chat(turn(1), frame=frame))
    assert ours.cached == 0
    assert ours.tokens == answer(uncached, chat(turn(1), frame=frame)).tokens


def test_a_snapshot_serves_a_batch_of_unequal_prompts(backend, uncached):
    answer(backend, chat(turn(1)))
    prompts = [chat(turn(1)), chat(turn(1), turn(2, 300)), chat(turn(3, 5)), ((9, 9, 9),)]
    together = ask(backend, *prompts)
    for prompt, ours in zip(prompts, together, strict=True):
        ours.end()
        assert ours.tokens == answer(uncached, prompt).tokens
    assert [a.cached for a in together] == [len(FRAME) + 60, len(FRAME) + 60, len(FRAME), 0]


@pytest.mark.parametrize("cancelled", [True, False], ids=["cancelled", "out of budget"])
def test_a_run_that_was_cut_off_can_be_gone_on_with_without_reading_it_again(
    backend, uncached, cancelled
):
    prompt = chat(turn(1))
    (first,) = ask(backend, prompt, max_tokens=500 if cancelled else 2 * WINDOW)
    while len(first.tokens) < 2 * WINDOW:
        first.until(TokenStep)
    first.handle.cancel()
    assert first.end().reason is (EndReason.CANCELLED if cancelled else EndReason.LENGTH)
    going_on = (*prompt[:-1], (*OPEN, *first.tokens, 8, 9))
    ours = answer(backend, going_on)
    assert ours.cached == len(FRAME) + 60 + len(OPEN) + len(first.tokens)
    assert ours.tokens == answer(uncached, going_on).tokens


def test_a_cut_off_prompt_is_gone_on_with_too(backend, uncached):
    prompt = chat(words(2500, 1))
    (first,) = ask(backend, prompt)
    while not first.steps or first.reads[-1][0] < 1000:
        first.until(object)
    first.handle.cancel()
    first.end()
    ours = answer(backend, prompt)
    assert ours.cached >= 1000
    assert ours.tokens == answer(uncached, prompt).tokens


def test_progress_counts_the_whole_prompt_and_says_what_was_cached(backend):
    answer(backend, chat(turn(1)))
    ours = answer(backend, chat(turn(1), turn(2, 700)))
    total = len(FRAME) + 60 + 700 + len(OPEN)
    assert ours.reads[0] == (len(FRAME) + 60, total)
    assert ours.reads[-1] == (total, total)
    assert ours.reads == sorted(ours.reads)


def test_the_limit_in_bytes_holds_and_what_was_used_last_stays(loader):
    cache = PromptCache(0)
    assert cache.borders(chat(turn(1))) == frozenset()
    backend = MLXBackend(loader, cache_bytes=60_000)
    try:
        for n in range(12):
            answer(backend, chat(turn(n, 150)))
        assert answer(backend, chat(turn(11, 150), turn(50))).cached > 0
        assert answer(backend, chat(turn(0, 150), turn(50))).cached <= len(FRAME)
    finally:
        backend.close()


def test_a_limit_that_is_no_whole_number_or_below_zero_is_refused_with_what_to_do(loader):
    with pytest.raises(InvalidSetting, match="queue_limit is 'x'; allowed: a whole number, 0 or"):
        MLXBackend(loader, queue_limit="x")
    with pytest.raises(InvalidSetting, match="cache_bytes is -1; allowed: a whole number, 0 or"):
        MLXBackend(loader, cache_bytes=-1)
