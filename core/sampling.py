"""How the next token is drawn: validated sampling parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidSetting

ALLOWED = {
    "temperature": "a number from 0 to 2",
    "top_p": "a number above 0, up to 1",
    "top_k": "a whole number, 0 (off) or more",
    "max_tokens": "a whole number, 1 or more",
    "seed": "a whole number from 0 to 2**64 - 1, or none",
    "stop": "up to 16 texts, none of them empty",
    "logprobs": "a whole number from 0 (off) to 20",
}
_MOST_STOPS = 16


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """Parameters of one generation; `ALLOWED` holds their bounds in words.

    temperature: 0 is greedy; higher is more random.
    top_p: smallest set of tokens whose probabilities add up to it; 1 is off.
    top_k: only the k most likely tokens; 0 is off.
    max_tokens: budget for what the model writes in its turn, analysis included.
    seed: None draws a fresh one for every run; the same seed gives the same tokens.
    stop: the answer ends right before any of these texts, as if the model had ended it. They are
        looked for in what the model writes on final, and nowhere else. One text may stand alone.
    logprobs: say of every token how likely it was, and name that many of the likeliest; 0 is off.

    Raises InvalidSetting with the bound and the value.
    """

    temperature: float = 0.7
    top_p: float = 1.0
    top_k: int = 0
    max_tokens: int = 2048
    seed: int | None = None
    stop: Sequence[str] = ()
    logprobs: int = 0

    def __post_init__(self) -> None:
        _require("temperature", self.temperature, lambda value: 0 <= value <= 2)
        _require("top_p", self.top_p, lambda value: 0 < value <= 1)
        _require("top_k", self.top_k, lambda value: value >= 0, whole=True)
        _require("max_tokens", self.max_tokens, lambda value: value >= 1, whole=True)
        if self.seed is not None:
            _require("seed", self.seed, lambda value: 0 <= value < 2**64, whole=True)
        object.__setattr__(self, "stop", _stops(self.stop))
        _require("logprobs", self.logprobs, lambda value: 0 <= value <= 20, whole=True)


def _stops(value: Any) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else value
    whole = isinstance(texts, Sequence) and not isinstance(texts, bytes)
    if whole and len(texts) <= _MOST_STOPS and all(isinstance(t, str) and t for t in texts):
        return tuple(texts)
    raise InvalidSetting(
        f"stop is {value!r}; allowed: {ALLOWED['stop']}. Change stop and try again."
    )


@dataclass(frozen=True, slots=True)
class TokenScore:
    """How likely a written token was to the model: before temperature, top-p and top-k.

    logprob: natural logarithm of its probability. entropy: of the whole distribution, in nats.
    top: the likeliest token ids with their log-probabilities, best first.
    """

    logprob: float
    entropy: float
    top: tuple[tuple[int, float], ...] = ()


def _require(
    name: str, value: float, fits: Callable[[float], bool], *, whole: bool = False
) -> None:
    kind = int if whole else (int, float)
    if not isinstance(value, kind) or isinstance(value, bool) or not fits(value):
        raise InvalidSetting(
            f"{name} is {value!r}; allowed: {ALLOWED[name]}. Change {name} and try again."
        )
