"""How a token is drawn from log-probabilities, and how likely it was. Owner thread only."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from core.backends.base import TokenRequest
from core.sampling import TokenScore

_CANDIDATES = 256


def sampler(request: TokenRequest) -> Callable[[Any], Any]:
    """mlx-lm's sampling chain with a random key of its own, so that neighbours never move it.

    Takes log-probabilities [1, vocabulary], gives token ids [1].
    """
    import mlx.core as mx
    from mlx_lm.sample_utils import apply_top_k, greedy_sampler

    params = request.sampling
    if params.temperature == 0:
        return greedy_sampler
    key = mx.random.key(params.seed if params.seed is not None else time.time_ns())

    def sample(logprobs: Any) -> Any:
        nonlocal key
        if params.top_p < 1:
            logprobs = nucleus(logprobs, params.top_p)
        if 0 < params.top_k < logprobs.shape[-1]:  # mlx-lm raises beyond the vocabulary
            logprobs = apply_top_k(logprobs, params.top_k)
        key, now = mx.random.split(key)
        return mx.random.categorical(logprobs * (1 / params.temperature), key=now)

    return sample


def nucleus(logprobs: Any, top_p: float) -> Any:
    """mlx-lm's apply_top_p, and on a CPU mostly without sorting the whole vocabulary.

    Takes normalised log-probabilities [rows, vocabulary]; what lies outside the nucleus becomes
    -inf. On a GPU the sort is quick, and looking at a value amid a step would cost more.
    """
    import mlx.core as mx
    from mlx_lm.sample_utils import apply_top_p

    if device() != "cpu" or logprobs.shape[-1] <= _CANDIDATES:
        return apply_top_p(logprobs, top_p)
    likeliest = mx.sort(mx.topk(logprobs, _CANDIDATES, axis=-1), axis=-1)
    mass = mx.exp(likeliest.astype(mx.float32))
    if (mass.sum(axis=-1) < top_p).any().item():
        return apply_top_p(logprobs, top_p)
    above = mx.cumsum(mass, axis=-1, reverse=True, inclusive=False)
    inside = mx.where(above < top_p, likeliest, float("inf"))
    return mx.where(logprobs < inside.min(axis=-1, keepdims=True), -float("inf"), logprobs)


def device() -> str:
    """Where mlx computes by default: `cpu` or `gpu`."""
    import mlx.core as mx

    return str(mx.default_device().type.name)


def scores(rows: Sequence[Any], tokens: Sequence[int], top: Sequence[int]) -> list[TokenScore]:
    """How likely each of `tokens` was, in one evaluation for all of them.

    rows: log-probabilities [vocabulary] as the model gave them, one per token.
    top: how many of the likeliest tokens to name, per token.
    """
    import mlx.core as mx

    logprobs = mx.stack(list(rows)).astype(mx.float32)
    most = min(max(top), logprobs.shape[-1])
    look = looked_at_on_cpu if device() == "cpu" else looked_at_on_gpu
    listed = look(logprobs, tokens, most)
    ranked = [
        sorted(zip(ids, logs, strict=True), key=lambda pair: -pair[1])
        for ids, logs in zip(listed[0], listed[1], strict=True)
    ]
    return [
        TokenScore(logprob, nats, tuple(best[:count]))
        for logprob, nats, best, count in zip(listed[2], listed[3], ranked, top, strict=True)
    ]


Looked = tuple[list[list[int]], list[list[float]], list[float], list[float]]


def looked_at_on_gpu(logprobs: Any, tokens: Sequence[int], most: int) -> Looked:
    """Of each row [rows, vocabulary]: the likeliest ids in any order, their log-probabilities,
    that of the row's token, and the entropy in nats."""
    import mlx.core as mx

    likeliest = mx.argpartition(-logprobs, kth=most - 1, axis=-1)[:, :most]
    values = mx.take_along_axis(logprobs, likeliest, axis=-1)
    chosen = mx.take_along_axis(logprobs, mx.array(list(tokens))[:, None], axis=-1)[:, 0]
    mass = mx.exp(logprobs)
    entropy = -mx.where(mass > 0, mass * logprobs, 0).sum(axis=-1)
    mx.eval(likeliest, values, chosen, entropy)
    found: Any = [x.tolist() for x in (likeliest, values, chosen, entropy)]
    return found[0], found[1], found[2], found[3]


def looked_at_on_cpu(logprobs: Any, tokens: Sequence[int], most: int) -> Looked:
    """The same, through a view that numpy has: mlx's exponential and partition take some six times
    as long there, 5 ms of a token over the whole vocabulary."""
    import numpy as np

    view = np.asarray(logprobs)
    likeliest = np.argpartition(view, -most, axis=-1)[:, -most:]
    values = np.take_along_axis(view, likeliest, axis=-1)
    chosen = view[np.arange(len(view)), list(tokens)]
    mass = np.exp(view)
    entropy = -np.multiply(mass, view, out=mass, where=mass > 0).sum(axis=-1)
    return likeliest.tolist(), values.tolist(), chosen.tolist(), entropy.tolist()
