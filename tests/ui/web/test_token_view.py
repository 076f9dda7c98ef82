"""The Tokens tab: every token as what it is, and how likely it was where the run asked."""

from __future__ import annotations

from typing import Any

import pytest

from core.conversation import Channel
from core.sampling import SamplingParams
from core.scored import Candidate, ScoredToken
from core.vocabulary import token_text
from tests.ui.web.runs import transcript
from ui.web.token_view import RIVALS, TOKEN_SEPARATOR, TokenView, in_words, shade

A, F = Channel.ANALYSIS, Channel.FINAL


def pieces(text: str) -> list[str]:
    return text.split(TOKEN_SEPARATOR)[:-1]


def test_every_token_is_shown_once_and_as_what_it_is() -> None:
    growing = TokenView(lambda token: f"{token}\x1f")
    first = growing.values(transcript((A, "one two"), reason=None))
    seen = transcript((A, "one two"), (F, "three"))
    last = growing.values(seen)
    assert last["kinds"] == "mmmaam" + "mmmfm"
    assert last["texts"].startswith(first["texts"])
    pieces = last["texts"].split(TOKEN_SEPARATOR)[:-1]
    assert pieces == [f"{token}␟" for token in seen.tokens]
    assert (last["shades"], last["told"]) == ("", "")


def test_the_embedded_models_tokens_are_told_as_they_come(engine: Any) -> None:
    """Whatever the reader has seen by then: each frame goes on from the one before."""
    run = engine.start("What is 23 + 48?", SamplingParams(temperature=0, logprobs=RIVALS))
    growing, last = TokenView(token_text), {}
    while not run.done:
        run.wait(5)
        run.drain()
        frame = growing.values(run.transcript)
        assert len(frame["shades"]) == len(frame["kinds"]) == len(pieces(frame["told"]))
        assert all(frame[key].startswith(last[key]) for key in last if key != "run")
        last = frame
    assert set(last["shades"]) <= set("01234")
    for text, told in zip(pieces(last["texts"]), pieces(last["told"]), strict=True):
        assert told.count(" %") == RIVALS + 1
        assert "bits of surprise · entropy " in told
        assert f"likeliest: “{text}” " in told  # greedy
    assert "\n" not in last["told"]


def test_what_the_model_did_not_write_has_no_shade_and_no_words(engine: Any) -> None:
    params = SamplingParams(temperature=0, max_tokens=3, logprobs=1)
    run = engine.start("What is 23 + 48?", params, prefix="<|channel|>final<|message|>It")
    growing = TokenView(token_text)
    run.drain()
    growing.values(run.transcript)  # nothing but what was given is there yet, or hardly more
    run.result()
    value = growing.values(run.transcript)
    assert value["shades"].startswith("----")
    assert "-" not in value["shades"][4:]
    assert [bool(told) for told in pieces(value["told"])] == [False] * 4 + [True] * 3


@pytest.mark.parametrize(
    ("logprob", "shown"),
    [(0.0, "0"), (1e-7, "0"), (-0.69, "0"), (-0.7, "1"), (-1.4, "2"), (-2.8, "3"), (-5.6, "4")],
)
def test_the_rarer_a_token_the_darker_its_shade(logprob: float, shown: str) -> None:
    assert shade(ScoredToken(Candidate("x", 1, logprob), F, 1.0, ())) == shown


def test_a_token_is_told_in_one_line_whatever_it_holds() -> None:
    rivals = (Candidate("\n", 1, -0.5), Candidate(f"{TOKEN_SEPARATOR}\t", 2, -2.0))
    said = in_words(ScoredToken(Candidate("\n", 1, -0.5), None, 1.25, rivals))
    assert said == (
        "60.7 % likely, 0.72 bits of surprise · entropy 1.25 bits · "
        "likeliest: “↵” 60.7 %, “␟⇥” 13.5 %"
    )
