"""How likely each token was, as it is told: on the embedded model."""

from __future__ import annotations

import math

import pytest

from core.conversation import Channel
from core.result import TokenKind
from core.sampling import SamplingParams
from core.scored import percent, scored_tokens
from core.vocabulary import token_text

QUESTION = "What is 23 + 48?"
PARAMS = SamplingParams(temperature=0, max_tokens=60, logprobs=4)


@pytest.fixture(scope="module")
def run(engine):
    run = engine.start(QUESTION, PARAMS, "medium")
    run.result()
    return run


def test_every_token_has_its_text_its_channel_and_its_likeliest_rivals(run):
    seen = run.transcript
    found = scored_tokens(seen, token_text, reasoning=True)
    assert [token.written.id for token in found] == seen.tokens
    assert "".join(t.written.text for t in found if t.channel == "final") == seen.text(
        Channel.FINAL
    )
    markers = [token.channel is None for token in found]
    assert markers == [kind is TokenKind.MARKER for kind in seen.kinds]
    for token in found:
        assert token.top[0] == token.written  # greedy: the likeliest is what was written
        shares = [candidate.probability for candidate in token.top]
        assert len(shares) == 4
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= 1 + 1e-5
        assert token.surprise_bits == pytest.approx(-math.log2(min(1, shares[0])), abs=1e-5)
        # Entropy is never less than the surprise of the likeliest token.
        assert token.surprise_bits - 1e-3 <= token.entropy_bits <= math.log2(201_088)


def test_without_reasoning_no_token_of_the_analysis_is_told(run):
    analysis = [kind is TokenKind.ANALYSIS for kind in run.transcript.kinds]
    assert any(analysis)
    told = scored_tokens(run.transcript, token_text, reasoning=False)
    assert len(told) == len(analysis) - sum(analysis)
    assert all(token.channel != "analysis" for token in told)


def test_what_was_given_has_no_score_and_the_model_goes_on_with_its_own(engine):
    run = engine.start(QUESTION, PARAMS, prefix="<|channel|>final<|message|>It")
    run.result()
    given = run.transcript.given_tokens
    assert [run.transcript.score_of(at) for at in range(given)] == [None] * given
    found = scored_tokens(run.transcript, token_text, reasoning=True)
    assert [token.written.id for token in found] == run.transcript.tokens[given:]


def test_a_run_that_was_not_asked_has_no_scores(engine):
    run = engine.start(QUESTION, SamplingParams(temperature=0, max_tokens=3))
    run.result()
    assert scored_tokens(run.transcript, token_text, reasoning=True) == []


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (1.0, ">99.9 %"),
        (0.9994, "99.9 %"),
        (0.6214, "62.1 %"),
        (0.01, "1.0 %"),
        (0.0042, "0.42 %"),
        (0.00006, "0.01 %"),
        (0.0, "<0.01 %"),
    ],
)
def test_a_probability_is_never_rounded_to_all_or_to_nothing(probability, shown):
    assert percent(probability) == shown
