"""The first token is told as soon as it is drawn; what can wait for that waits."""

from __future__ import annotations

import math
import queue
from contextlib import closing

import mlx.core as mx
import pytest

import core.backends.owner as owner_module
from core.backends.base import EndReason, EndStep, PrefillStep, TokenRequest, TokenStep
from core.backends.mlx import MLXBackend
from core.backends.prompt_cache import PromptCache
from core.errors import ModelError
from core.models import ModelLoader
from core.sampling import SamplingParams
from tests.core.backends.asking import NO_STOP, answer, ask, words
from tests.core.backends.tiny import checkpoint

FRAME, QUESTION, OPEN = words(30, 1), words(40, 2), (7,)
PROMPT = (FRAME, QUESTION, OPEN)
BROKEN = 299  # no other prompt holds it
BORDER = len(FRAME) + len(QUESTION)


@pytest.fixture(scope="module")
def loader(tmp_path_factory):
    return ModelLoader(checkpoint(tmp_path_factory.mktemp("tiny"), layers=2))


@pytest.fixture
def backend(loader):
    backend = MLXBackend(loader)
    yield backend
    backend.close()


def asked_amid(backend, act, prompt=PROMPT, **params):
    """Ask a prompt, with `act` called at every step on the thread that owns the model."""
    steps: queue.SimpleQueue = queue.SimpleQueue()

    def on_step(step):
        act(step)
        steps.put(step)

    sampling = SamplingParams(**{"temperature": 0, "max_tokens": 4, **params})
    backend.submit([TokenRequest(prompt, sampling, NO_STOP, on_step)])
    seen = []
    while not seen or not isinstance(seen[-1], EndStep):
        seen.append(steps.get(timeout=60))
    return seen


def test_it_is_told_before_the_second_is_begun_and_the_others_as_one_more_is(backend, monkeypatch):
    draws, begun = [], []
    real = owner_module.sampler

    def counted(request):
        draw = real(request)
        return lambda logprobs: draws.append(1) or draw(logprobs)

    monkeypatch.setattr(owner_module, "sampler", counted)
    asked_amid(backend, lambda step: begun.append(len(draws)) if type(step) is TokenStep else None)
    assert begun == [1, 3, 4, 5]


def test_the_snapshot_behind_the_question_is_copied_when_it_was_told(backend, monkeypatch):
    order = []
    keep = PromptCache.keep

    def kept(self, tokens, layers):
        order.append(len(tokens))
        keep(self, tokens, layers)

    monkeypatch.setattr(PromptCache, "keep", kept)
    seen = asked_amid(backend, lambda step: order.append(type(step)))
    tokens = [at for at, what in enumerate(order) if what is TokenStep]
    assert order.index(len(FRAME)) < tokens[0] < order.index(BORDER) < tokens[1]
    assert isinstance(seen[-1], EndStep)
    assert answer(backend, (*PROMPT[:2], words(9, 3))).cached == BORDER


def test_a_cancel_between_the_question_and_the_first_token_loses_nothing(backend):
    handles = []

    def cancel(step):
        if isinstance(step, PrefillStep) and step.done == BORDER:
            handles[0].cancel()
        steps.put(step)

    steps: queue.SimpleQueue = queue.SimpleQueue()
    (running,) = ask(backend, (words(30, 5),))  # so that the handle is there before it begins
    request = TokenRequest(PROMPT, SamplingParams(temperature=0), NO_STOP, cancel)
    handles += backend.submit([request])
    while not isinstance(end := steps.get(timeout=60), EndStep):
        assert not isinstance(end, TokenStep)
    running.end()
    assert end.reason is EndReason.CANCELLED
    assert answer(backend, (*PROMPT[:2], words(9, 3))).cached == BORDER


@pytest.mark.parametrize("max_tokens", [1, 2, 5])
def test_no_token_is_told_twice_and_each_has_its_score(backend, max_tokens):
    prompts = (PROMPT, (words(9, 4),))
    for run, prompt in zip(
        ask(backend, *prompts, max_tokens=max_tokens, logprobs=2), prompts, strict=True
    ):
        assert run.end().reason is EndReason.LENGTH
        told = [step for step in run.steps if isinstance(step, TokenStep)]
        assert len(told) == max_tokens
        # Greedy: the token is the likeliest, so another token's score would not fit.
        assert all(step.score.top[0] == (step.token, step.score.logprob) for step in told)
        assert run.tokens == answer(backend, prompt).tokens[:max_tokens]


def test_a_prompt_for_which_the_model_computes_no_number_fails_and_says_so(tmp_path):
    file = checkpoint(tmp_path, layers=2) / "model.safetensors"
    weights = mx.load(str(file))
    weights["model.embed_tokens.weight"][BROKEN] = math.nan
    mx.save_safetensors(str(file), weights)
    with closing(MLXBackend(ModelLoader(tmp_path))) as backend:
        sound = answer(backend, PROMPT)
        beside, failed = ask(backend, PROMPT, (FRAME, (*QUESTION, BROKEN), OPEN))
        end = failed.end()
        assert (end.reason, failed.tokens) == (EndReason.FAILED, [])
        assert isinstance(end.error, ModelError)
        assert "NaN" in str(end.error)
        beside.end()
        assert beside.tokens == sound.tokens
        assert answer(backend, PROMPT).tokens == sound.tokens
