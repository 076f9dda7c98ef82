"""The owner thread: what one bad request may and may not do to the others."""

from __future__ import annotations

import queue
from importlib import import_module

import mlx.core as mx
import numpy as np
import pytest
from mlx_lm.sample_utils import apply_top_p

import core.backends.owner as owner_module
from core.backends.base import EndReason, EndStep, TokenRequest
from core.backends.drawing import looked_at_on_cpu, looked_at_on_gpu, nucleus
from core.backends.mlx import MLXBackend
from core.errors import BackendError, ModelError
from core.models import ModelLoader
from core.sampling import SamplingParams

PROMPT = ((1, 2, 3),)


@pytest.fixture(scope="module")
def backend():
    backend = MLXBackend(ModelLoader())
    yield backend
    backend.close()


def request(segments=PROMPT, max_tokens=3):
    """A request and the queue that its steps arrive in."""
    steps = queue.SimpleQueue()
    params = SamplingParams(temperature=0, max_tokens=max_tokens)
    return TokenRequest(segments, params, frozenset({200_002}), steps.put), steps


def end_of(steps):
    while not isinstance(step := steps.get(timeout=60), EndStep):
        pass
    return step


def test_a_request_that_cannot_be_inserted_fails_alone(backend):
    good, good_steps = request(max_tokens=40)
    bad, bad_steps = request(segments=())
    backend.submit([good])
    backend.submit([bad])
    ended = end_of(bad_steps)
    assert ended.reason is EndReason.FAILED
    assert "empty prompt" in str(ended.error)
    assert end_of(good_steps).reason in (EndReason.LENGTH, EndReason.STOP)


def test_a_failing_step_ends_its_batch_with_a_sentence_and_the_next_request_runs(
    backend, monkeypatch
):
    def broken(_):
        def sample(_):
            raise MemoryError("no room for the cache")

        return sample

    with monkeypatch.context() as patch:
        patch.setattr(owner_module, "sampler", broken)
        doomed, steps = request()
        backend.submit([doomed])
        ended = end_of(steps)
    assert ended.reason is EndReason.FAILED
    assert isinstance(ended.error, BackendError)
    assert "no room for the cache" in str(ended.error)
    assert "try again" in str(ended.error)

    fine, steps = request()
    backend.submit([fine])
    assert end_of(steps).reason in (EndReason.LENGTH, EndReason.STOP)


def test_cancelling_twice_or_after_the_end_is_harmless(backend):
    asked, steps = request(max_tokens=500)
    (handle,) = backend.submit([asked])
    handle.cancel()
    handle.cancel()
    assert end_of(steps).reason is EndReason.CANCELLED
    handle.cancel()
    again, steps = request()
    backend.submit([again])
    assert end_of(steps).reason in (EndReason.LENGTH, EndReason.STOP)
    assert steps.empty()


def test_a_checkpoint_that_cannot_be_loaded_raises_where_the_backend_is_made(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "gpt_oss"}')
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelError, match="could not be loaded"):
        MLXBackend(ModelLoader(tmp_path))


def test_a_top_k_beyond_the_vocabulary_is_the_same_as_none(backend):
    steps = queue.SimpleQueue()
    params = SamplingParams(temperature=0.7, top_k=10_000_000, max_tokens=3)
    backend.submit([TokenRequest(PROMPT, params, frozenset({200_002}), steps.put)])
    assert end_of(steps).reason is not EndReason.FAILED


@pytest.mark.parametrize("top_p", [1e-6, 0.3, 0.9, 0.99])
@pytest.mark.parametrize("peakedness", [0.0, 0.1, 3.0, 30.0])
def test_the_nucleus_is_mlx_lms_own_whether_few_tokens_hold_it_or_many(peakedness, top_p):
    logits = mx.random.normal((2, 5_000), key=mx.random.key(1)) * peakedness
    logprobs = logits - mx.logsumexp(logits, axis=-1, keepdims=True)
    ours, theirs = nucleus(logprobs, top_p), apply_top_p(logprobs, top_p)
    assert mx.array_equal(ours, theirs)
    assert mx.isfinite(ours).any(axis=-1).all()


@pytest.mark.parametrize("look", [looked_at_on_cpu, looked_at_on_gpu])
@pytest.mark.parametrize("peakedness", [0.1, 3.0, 30.0])
def test_how_likely_tokens_were_is_what_double_precision_says_wherever_it_is_looked_up(
    look, peakedness
):
    logits = mx.random.normal((2, 5_000), key=mx.random.key(1)) * peakedness
    logits[0, 7] = -mx.inf
    logprobs = logits - mx.logsumexp(logits, axis=-1, keepdims=True)
    before = np.array(logprobs)
    ids, values, chosen, entropy = look(logprobs, [7, 11], 5)
    exact = before.astype(np.float64)
    for row, likeliest, logs in zip(exact, ids, values, strict=True):
        assert sorted(logs) == sorted(row)[-5:]
        assert logs == [row[i] for i in likeliest]
    assert chosen == [-np.inf, exact[1, 11]]
    mass = np.exp(exact)
    nats = -np.where(mass > 0, mass * np.maximum(exact, -1e4), 0).sum(axis=-1)
    assert entropy == pytest.approx(nats.tolist(), rel=1e-3, abs=1e-4)
    assert np.array_equal(np.array(logprobs), before)


def test_a_batch_that_cannot_be_made_is_told_to_those_who_wait_and_to_those_who_come_later(
    monkeypatch,
):
    # The package's own name `generate` is a function that hides the module.
    mlx_lm_generate = import_module("mlx_lm.generate")
    backend = MLXBackend(ModelLoader())

    def broken(*_):
        raise MemoryError("no room")

    first, steps = request()
    with monkeypatch.context() as patch:
        # The first batch fails in its step, and no second one can be made.
        patch.setattr(mlx_lm_generate.BatchGenerator, "next", broken)
        patch.setattr(mlx_lm_generate, "BatchGenerator", broken)
        backend.submit([first])
        assert end_of(steps).reason is EndReason.FAILED
        backend._thread.join(30)
    with pytest.raises(BackendError, match="closed"):
        backend.submit([request()[0]])
