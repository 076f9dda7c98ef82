"""Stop strings: cut exactly before them, also in the stream, and in the final channel alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.backends.base import TokenStep
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.conversation import Channel
from core.engine import InferenceEngine
from core.errors import InvalidSetting
from core.events import Finished, FinishReason, MessageDone, TextDelta
from core.sampling import SamplingParams
from core.vocabulary import encoding

FINAL = "<|channel|>final<|message|>"
THOUGHT = "<|channel|>analysis<|message|>Stop here? END.<|end|><|start|>assistant"


def ids(text: str) -> list[int]:
    return list(encoding().encode(text, allowed_special="all"))


def started(tokens: list[int], *stop: str, rate: float | None = None, **given: Any) -> Any:
    backend = ScriptedBackend(lambda _: tokens, rate)
    engine = InferenceEngine(backend, InferenceConfig(_env_file=None))
    return engine.start("?", SamplingParams(stop=stop), capture_reasoning=True, **given)


def test_the_answer_ends_right_before_the_string_and_as_if_the_model_had_ended_it() -> None:
    result = started(ids(f"{THOUGHT}{FINAL}One, two. END And more.<|return|>"), "END").result()
    assert result.text == "One, two. "
    assert result.finish_reason is FinishReason.STOP
    assert result.reasoning == "Stop here? END."
    assert [m.text for m in result.messages][1] == "One, two. "
    assert (result.repairs, result.messages[1].channel) == ((), Channel.FINAL)


def test_what_stands_behind_the_string_is_on_no_record_and_in_no_figure() -> None:
    whole = ids(f"{FINAL}One END And more.<|return|>")
    result = started(whole, " END").result()
    until = len(ids(f"{FINAL}One END"))
    assert result.token_ids == tuple(whole[:until])
    assert result.usage.generated_tokens == until
    assert result.timing.total_s >= result.timing.first_answer_s


def test_the_string_is_found_while_the_model_writes_and_the_model_is_stopped() -> None:
    run = started(ids(FINAL + "1 2 3 STOP" + " 4" * 5000), "STOP", rate=500)
    assert run.result().text == "1 2 3 "
    assert run.timing.total_s < 5
    run.on_step(TokenStep(4, 0.0))
    assert run.drain() == []


@pytest.mark.parametrize("stop", ["Stop here", "assistant", "final", "channel", "calculator"])
def test_it_is_looked_for_in_the_final_channel_alone(stop: str) -> None:
    call = "<|channel|>commentary to=functions.calculator<|message|>calculator<|call|>"
    result = started(ids(f"{THOUGHT}{call}"), stop).result()
    assert result.finish_reason is FinishReason.TOOL_CALL
    assert result.tool_calls[0].text == "calculator"


def test_a_beginning_that_comes_to_nothing_is_text_after_all() -> None:
    run = started(ids(f"{FINAL}The EN<|return|>"), "END")
    events = list(run)
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == "The EN"
    assert run.result().text == "The EN"


def test_the_earliest_of_several_strings_counts() -> None:
    assert started(ids(f"{FINAL}one two three<|return|>"), "three", "two").result().text == "one "


def test_an_empty_answer_is_what_is_left_where_the_string_comes_first() -> None:
    result = started(ids(f"{FINAL}END<|return|>"), "END").result()
    assert (result.text, result.finish_reason) == ("", FinishReason.STOP)
    assert result.why_empty


def test_what_was_given_stays_and_is_not_searched() -> None:
    result = started(ids(" three END<|return|>"), "END", prefix=f"{FINAL}END two").result()
    assert result.text == "END two three "
    assert result.messages[0].text == result.text


letters = st.text("ab🧮 ", max_size=12)


@given(letters, st.lists(st.text("ab🧮 ", min_size=1, max_size=4), min_size=1, max_size=3))
@example("aab", ["ab"])
@example("🧮b", ["🧮"])
def test_no_delta_shows_what_is_then_taken_away(text: str, stop: list[str]) -> None:
    tokens = [*ids(FINAL), *(t for letter in text for t in ids(letter)), *ids("<|return|>")]
    run = started(tokens, *stop)
    events = list(run)
    places = [(at + len(s), at) for s in stop if (at := text.find(s)) >= 0]
    # Where two would end at the same place, the one that begins first.
    wanted = text[: min(places)[1]] if places else text
    deltas = [e.text for e in events if isinstance(e, TextDelta)]
    done = [e.message.text for e in events if isinstance(e, MessageDone)]
    assert "".join(deltas) == run.result().text == done[0] == wanted
    assert sum(isinstance(e, Finished) for e in events) == 1
    raw = [t for e in events for t in e.tokens]
    assert raw == run.transcript.tokens == tokens[: len(raw)]


@pytest.mark.parametrize("stop", [[""], [1], 7, b"END", ["x"] * 17, None])
def test_a_stop_string_that_is_none_is_refused_with_what_is_allowed(stop: Any) -> None:
    with pytest.raises(InvalidSetting, match="up to 16 texts, none of them empty"):
        SamplingParams(stop=stop)


def test_one_string_may_stand_alone() -> None:
    assert SamplingParams(stop="END").stop == SamplingParams(stop=["END"]).stop == ("END",)
