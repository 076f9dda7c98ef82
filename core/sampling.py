"""How the next token is drawn: validated sampling parameters."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import InvalidSetting


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """Parameters of one generation.

    temperature: 0 is greedy; higher is more random. Allowed: 0 to 2.
    top_p: smallest set of tokens whose probabilities add up to it. Allowed: above 0 to 1 (1 is off).
    top_k: only the k most likely tokens. Allowed: 0 (off) or more.
    max_tokens: budget for the whole turn, analysis included. Allowed: 1 or more.
    seed: None draws a fresh one for every run; the same seed gives the same tokens.

    Raises InvalidSetting with the bound and the value.
    """

    temperature: float = 0.7
    top_p: float = 1.0
    top_k: int = 0
    max_tokens: int = 2048
    seed: int | None = None

    def __post_init__(self) -> None:
        _require("temperature", self.temperature, 0 <= self.temperature <= 2, "from 0 to 2")
        _require("top_p", self.top_p, 0 < self.top_p <= 1, "above 0, up to 1")
        _require("top_k", self.top_k, self.top_k >= 0, "0 (off) or more")
        _require("max_tokens", self.max_tokens, self.max_tokens >= 1, "1 or more")
        seed_fits = self.seed is None or 0 <= self.seed < 2**64
        _require("seed", self.seed, seed_fits, "a whole number from 0 to 2**64 - 1, or none")


def _require(name: str, value: object, fits: bool, allowed: str) -> None:
    if not fits:
        raise InvalidSetting(f"{name} is {value}; allowed: {allowed}. Change {name} and try again.")
