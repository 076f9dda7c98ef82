"""A chat's past read into the cache before its next prompt comes."""

from __future__ import annotations

import queue

import pytest

from core.backends.base import EndReason, EndStep, PrefillStep
from core.backends.mlx import MLXBackend
from core.errors import BackendError
from core.models import ModelLoader
from tests.core.backends.asking import answer, ask, words
from tests.core.backends.tiny import checkpoint

PAST = words(900, 3)
PROMPT = ((*PAST, *words(40, 5)), (7, 8))
CHUNK = 128


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
    backend = MLXBackend(loader, queue_limit=0)
    yield backend
    backend.close()


def end_of(steps: queue.SimpleQueue) -> tuple[list[int], EndStep]:
    """How far it was read after each step, and the end."""
    read = []
    while not isinstance(step := steps.get(timeout=60), EndStep):
        assert isinstance(step, PrefillStep), "nothing is generated"
        read.append(step.done)
    return read, step


def read_ahead(backend: MLXBackend, tokens=PAST) -> tuple[list[int], EndStep]:
    steps: queue.SimpleQueue = queue.SimpleQueue()
    assert backend.read_ahead(tokens, steps.put) is not None
    return end_of(steps)


def test_the_next_prompt_reads_only_what_is_new_and_says_the_same(backend, uncached):
    read, end = read_ahead(backend)
    assert (read[-1], end.reason) == (len(PAST), EndReason.STOP)
    ours = answer(backend, PROMPT)
    assert ours.cached == len(PAST)
    assert ours.tokens == answer(uncached, PROMPT).tokens


def test_a_request_that_comes_meanwhile_waits_for_one_chunk_and_finds_what_was_read(
    backend, uncached
):
    asked = []

    def ask_amid(step):
        if isinstance(step, PrefillStep) and step.done >= 2 * CHUNK and not asked:
            asked.append((step.done, *ask(backend, PROMPT)))
        steps.put(step)

    steps: queue.SimpleQueue = queue.SimpleQueue()
    backend.read_ahead(PAST, ask_amid)
    read, end = end_of(steps)
    ((done, ours),) = asked
    assert end.reason is EndReason.CANCELLED
    assert read[-1] == done == 2 * CHUNK
    ours.end()
    assert ours.cached == done
    assert ours.tokens == answer(uncached, PROMPT).tokens


def test_it_waits_for_those_who_run(backend):
    (running,) = ask(backend, (words(30, 1),), max_tokens=400)
    running.until(PrefillStep)
    order = []
    steps: queue.SimpleQueue = queue.SimpleQueue()
    backend.read_ahead(PAST, lambda step: (order.append(backend.under_way), steps.put(step)))
    running.end()
    end_of(steps)
    assert set(order) == {0}


def test_it_takes_nobodys_place(backend):
    """32 may run, and none may wait: the 33rd is refused, and what is read ahead is not counted."""
    steps: queue.SimpleQueue = queue.SimpleQueue()
    backend.read_ahead(PAST, steps.put)
    for one in ask(backend, *[(words(9, n), (1,)) for n in range(32)], max_tokens=2):
        one.end()
    end_of(steps)
    assert backend.under_way == 0


def test_what_is_in_the_cache_is_not_read_again(backend):
    read_ahead(backend)
    assert read_ahead(backend)[0] == []
    longer = read_ahead(backend, (*PAST, *words(40, 6)))[0]
    assert longer[0] == len(PAST), "it goes on from what is there"


def test_a_cancel_ends_it_and_keeps_what_was_read(backend):
    handles = []

    def cancel(step):
        if isinstance(step, PrefillStep) and step.done >= CHUNK:
            handles[0].cancel()
        steps.put(step)

    steps: queue.SimpleQueue = queue.SimpleQueue()
    (running,) = ask(backend, (words(30, 1),))  # so that the handle is there before it begins
    handles.append(backend.read_ahead(PAST, cancel))
    assert end_of(steps)[1].reason is EndReason.CANCELLED
    running.end()
    handles[0].cancel()
    assert answer(backend, PROMPT).cached == CHUNK


def test_without_a_cache_and_without_tokens_there_is_nothing_to_do(backend, uncached):
    assert uncached.read_ahead(PAST, print) is None
    assert backend.read_ahead((), print) is None


def test_the_limit_of_the_cache_holds(loader):
    backend = MLXBackend(loader, cache_bytes=1000)
    try:
        assert read_ahead(backend)[1].reason is EndReason.STOP
        assert answer(backend, PROMPT).cached == 0
    finally:
        backend.close()


def test_those_that_wait_are_few_and_all_are_told_the_end(loader):
    backend = MLXBackend(loader)
    (running,) = ask(backend, (words(30, 1),), max_tokens=3000)
    running.until(PrefillStep)
    all_steps = [queue.SimpleQueue() for _ in range(10)]
    for seed, steps in enumerate(all_steps):
        backend.read_ahead(words(300, seed), steps.put)
    backend.close()
    assert {end_of(steps)[1].reason for steps in all_steps} == {EndReason.CANCELLED}
    with pytest.raises(BackendError, match="closed"):
        backend.read_ahead(PAST, print)
