"""The first token of an answer, as soon as it is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from core.errors import ModelError

Sampler = Callable[[Any], Any]
"""Log-probabilities [1, vocabulary] -> token ids [1]."""


class FirstDraw:
    """Takes a sampler's first token out before BatchGenerator gives it.

    BatchGenerator gives every token a step late, when it has queued the step behind it, so that a
    GPU never waits. On a CPU mlx lets few operations wait in its queue: whoever queues a step waits
    for most of its layers, and a first token that came that way would wait with it.
    """

    def __init__(self) -> None:
        self._begun = False
        self._drawn: tuple[Any, Any] | None = None

    def of(self, sampler: Sampler) -> Sampler:
        """The sampler to give to the generator: the same, watched until it has drawn once."""

        def sample(logprobs: Any) -> Any:
            tokens = sampler(logprobs)
            if not self._begun:
                self._begun, self._drawn = True, (tokens, logprobs)
            return tokens

        return sample

    def take(self) -> tuple[int, Any] | None:
        """The first token and its log-probabilities [vocabulary], once; waits until it is computed.

        None where nothing was drawn yet, and when it was taken. Raises ModelError where the model
        computed no number: whatever is drawn from that says nothing.
        """
        if self._drawn is None:
            return None
        (tokens, logprobs), self._drawn = self._drawn, None
        token = tokens.item()
        if math.isnan(logprobs[0, token].item()):
            raise ModelError(
                "The model computes no numbers (NaN) for this prompt: its weights are damaged, or "
                "were quantised or converted wrongly. Download it again, or choose another model."
            )
        return token, logprobs[0]
