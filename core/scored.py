"""The tokens of a run with how likely each was: what the page and the terminal tell of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.conversation import Channel
from core.result import TokenKind, Transcript
from core.sampling import TokenScore

_HIDDEN = (TokenKind.ANALYSIS, TokenKind.SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A token that might have been written. logprob: natural logarithm of its probability."""

    text: str
    id: int
    logprob: float

    @property
    def probability(self) -> float:
        """From 0 to 1."""
        return math.exp(self.logprob)

    def as_dict(self) -> dict[str, Any]:
        """The candidate in JSON."""
        return {"token": self.text, "id": self.id, "logprob": self.logprob}


@dataclass(frozen=True, slots=True)
class ScoredToken:
    """A token that the model wrote, and how likely it was: before temperature, top-p and top-k.

    channel: whose content it is; None for markers, headers, and what a repair set aside.
    entropy_bits: of the whole distribution, 0 where one token was certain. top: the likeliest
        tokens, best first, as many as were asked for.
    """

    written: Candidate
    channel: Channel | None
    entropy_bits: float
    top: tuple[Candidate, ...]

    @property
    def surprise_bits(self) -> float:
        """0 for a token that was certain, 1 for one of two that were equally likely, and so on."""
        # A probability of 1 comes with a logarithm of a little above 0.
        return max(0.0, -self.written.logprob / math.log(2))

    def as_dict(self) -> dict[str, Any]:
        """The token as it stands in `generate --scores --json`."""
        return {
            **self.written.as_dict(),
            "channel": self.channel,
            "entropy_bits": self.entropy_bits,
            "top": [candidate.as_dict() for candidate in self.top],
        }


def scored_token(
    transcript: Transcript, at_token: int, token_text: Callable[[int], str]
) -> ScoredToken | None:
    """The token at this index of the raw record; None where it has no score."""
    score = transcript.score_of(at_token)
    if score is None:
        return None
    token, kind = transcript.tokens[at_token], transcript.kinds[at_token]
    return ScoredToken(
        Candidate(token_text(token), token, score.logprob),
        Channel(kind.value) if kind.value in tuple(Channel) else None,
        max(0.0, score.entropy / math.log(2)),
        _top(score, token_text),
    )


def scored_tokens(
    transcript: Transcript, token_text: Callable[[int], str], *, reasoning: bool
) -> list[ScoredToken]:
    """All tokens that the model wrote and that have a score, in order.

    token_text: one token as people read it, as `Format.token_text`. reasoning: False leaves out the
    analysis, and what a repair set aside, which may be some.
    """
    found = (
        scored_token(transcript, at, token_text)
        for at, kind in enumerate(transcript.kinds)
        if reasoning or kind not in _HIDDEN
    )
    return [token for token in found if token is not None]


def percent(probability: float) -> str:
    """0.6214 -> '62.1 %', 0.0042 -> '0.42 %'; never rounded to all or to nothing."""
    share = 100 * probability
    if share >= 99.95:
        return ">99.9 %"
    if share < 0.005:
        return "<0.01 %"
    return f"{share:.1f} %" if share >= 0.995 else f"{share:.2f} %"


def _top(score: TokenScore, token_text: Callable[[int], str]) -> tuple[Candidate, ...]:
    return tuple(Candidate(token_text(token), token, logprob) for token, logprob in score.top)
