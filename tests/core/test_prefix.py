"""Going on from given tokens: the turn begins with them, and it is said how many they were."""

from __future__ import annotations

import pytest

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.conversation import Channel
from core.engine import InferenceEngine
from core.errors import InvalidPrompt, PromptTooLong
from core.events import Finished, MessageStarted, Prefill, Started, TextDelta
from core.prefix import FINAL_FOLLOWS, prefix_tokens
from core.result import TokenKind, Transcript, result_of
from core.sampling import SamplingParams
from core.vocabulary import MODEL_ROWS, encoding

QUESTION = "What is 23 + 48?"
GIVEN = "<|channel|>analysis<|message|>Ones: 3 + 8 = 12"
REST = ", no, 11.<|end|><|start|>assistant<|channel|>final<|message|>It is 71.<|return|>"
GREEDY = SamplingParams(temperature=0, max_tokens=200)


def ids(text: str) -> list[int]:
    return encoding().encode(text, allowed_special="all")


def replaying(rest: str = REST, rate: float | None = None, context_length: int = 131_072):
    """An engine whose model writes `rest`, and the requests it was asked."""
    asked = []

    def script(request):
        asked.append(request)
        return ids(rest)

    backend = ScriptedBackend(script, rate, context_length)
    return InferenceEngine(backend, InferenceConfig(_env_file=None)), asked


def test_the_turn_holds_what_was_given_and_what_the_model_wrote_behind_it():
    engine, _ = replaying()
    run = engine.start(QUESTION, capture_reasoning=True, prefix=GIVEN)
    result = run.result()
    assert result.reasoning == "Ones: 3 + 8 = 12, no, 11."
    assert result.text == "It is 71."
    assert result.repairs == ()
    assert result.token_ids == (*ids(GIVEN), *ids(REST))
    assert [m.channel for m in result.messages] == [Channel.ANALYSIS, Channel.FINAL]


def test_it_is_said_how_many_tokens_were_given():
    engine, _ = replaying()
    run = engine.start(QUESTION, prefix=GIVEN)
    events = list(run)
    usage = run.result().usage
    assert (usage.given_tokens, usage.generated_tokens) == (len(ids(GIVEN)), len(ids(REST)))
    assert usage.prompt_tokens == len(run.prompt.token_ids)
    assert events[0].given_tokens == run.transcript.given_tokens == len(ids(GIVEN))
    assert engine.generate(QUESTION).usage.given_tokens == 0


def test_the_model_reads_the_prompt_and_behind_it_what_was_given():
    engine, asked = replaying()
    run = engine.start(QUESTION, prefix=GIVEN)
    run.result()
    *before, last = run.prompt.segments
    assert asked[0].segments == (*before, (*last, *ids(GIVEN)))
    assert run.transcript.prompt_sha256 == engine.start(QUESTION).prompt.sha256


def test_what_was_given_is_seen_before_the_model_has_written_anything():
    engine, _ = replaying(rate=0.5)
    run = engine.start(QUESTION, prefix=GIVEN)
    events = run.drain()
    assert [type(e) for e in events[:3]] == [Started, MessageStarted, TextDelta]
    assert events[2].text == "Ones: 3 + 8 = 12"
    run.cancel()


def test_the_events_joined_are_given_and_written_tokens_and_fold_to_the_same_result():
    engine, _ = replaying()
    run = engine.start(QUESTION, capture_reasoning=True, prefix=GIVEN)
    events = list(run)
    again = Transcript()
    for event in events:
        again.add(event)
    assert [t for e in events for t in e.tokens] == ids(GIVEN) + ids(REST)
    seed = run.params.seed
    assert result_of(again, run.level, run.model, True, seed=seed) == run.result()
    assert sum(isinstance(e, Finished) for e in events) == 1
    assert any(isinstance(e, Prefill) for e in events)


def test_the_time_of_the_answer_is_that_of_its_first_written_token():
    answer = "<|channel|>final<|message|>It is"
    engine, _ = replaying(" 71.<|return|>", rate=50)
    timing = engine.generate(QUESTION, prefix=answer).timing
    assert timing.first_answer_s == timing.first_token_s


def test_a_header_may_be_given_in_part():
    engine, _ = replaying("final<|message|>It is 71.<|return|>")
    result = engine.generate(QUESTION, prefix="<|channel|>")
    assert (result.text, result.repairs) == ("It is 71.", ())


def test_a_character_may_be_given_in_part():
    whole = ids("<|channel|>final<|message|>🧮")
    backend = ScriptedBackend(lambda _: [whole[-1], *ids("<|return|>")])
    engine = InferenceEngine(backend, InferenceConfig(_env_file=None))
    assert engine.generate(QUESTION, prefix=whole[:-1]).text == "🧮"


@pytest.mark.parametrize("prefix", [None, "", [], ()])
def test_an_empty_prefix_is_none(prefix):
    engine, asked = replaying("<|channel|>final<|message|>71<|return|>")
    run = engine.start(QUESTION, prefix=prefix)
    assert run.result().usage.given_tokens == 0
    assert asked[0].segments == run.prompt.segments


def test_malformed_tokens_may_be_given_and_are_repaired_like_the_models_own():
    engine, _ = replaying("<|return|>")
    run = engine.start(QUESTION, capture_reasoning=True, prefix="no header at all")
    result = run.result()
    assert result.repairs
    assert result.token_ids == (*ids("no header at all"), *ids("<|return|>"))
    assert len(run.transcript.kinds) == len(run.transcript.tokens)
    assert TokenKind.COMMENTARY in run.transcript.kinds


def test_finish_now_is_a_stopped_runs_tokens_and_the_opening_of_the_answer():
    engine, _ = replaying("It is 71.<|return|>")
    thought = ids("<|channel|>analysis<|message|>Hm, 23 and 48, that is")
    result = engine.generate(QUESTION, prefix=[*thought, *prefix_tokens(FINAL_FOLLOWS)])
    assert (result.text, result.repairs) == ("It is 71.", ())
    assert result.usage.analysis_tokens == len(thought) - 3


@pytest.mark.parametrize("token", [-1, MODEL_ROWS, 10**9, 1.5, "3", None])
def test_a_token_that_no_model_knows_is_named_with_what_is_allowed(token):
    engine, asked = replaying()
    with pytest.raises(InvalidPrompt, match=rf"Token 1 of the prefix is .*{MODEL_ROWS - 1:,}"):
        engine.start(QUESTION, prefix=[ids("<|channel|>")[0], token])
    assert asked == []


@pytest.mark.parametrize("prefix", [7, b"bytes", {"a": 1}])
def test_a_prefix_that_is_neither_text_nor_tokens_is_refused(prefix):
    with pytest.raises(InvalidPrompt, match="allowed: text, or a list of token ids"):
        replaying()[0].start(QUESTION, prefix=prefix)


@pytest.mark.parametrize("end", ["<|return|>", "<|call|>"])
def test_a_turn_that_has_ended_cannot_go_on(end):
    prefix = f"<|channel|>final<|message|>71{end}"
    at = len(ids(prefix)) - 1
    with pytest.raises(InvalidPrompt, match=rf"Token {at} .*{end[2:-2]}.*ends the turn"):
        replaying()[0].start(QUESTION, prefix=prefix)


def test_a_prefix_that_leaves_no_room_says_all_three_lengths():
    engine, _ = replaying(context_length=200)
    with pytest.raises(PromptTooLong, match=r"tokens long and the prefix 190; .* than 200"):
        engine.start(QUESTION, prefix=[3] * 190)


def test_what_is_given_takes_room_but_no_budget():
    engine, _ = replaying(context_length=200)
    run = engine.start(QUESTION, SamplingParams(max_tokens=5000), prefix=[3] * 20)
    assert run.params.max_tokens == 200 - len(run.prompt.token_ids) - 20
    run = engine.start(QUESTION, SamplingParams(max_tokens=7), prefix=[3] * 20)
    assert run.params.max_tokens == 7


@pytest.fixture(scope="module")
def whole(known):
    """The tokens of a turn that nothing was given of."""
    return known.start(QUESTION, GREEDY, "medium", capture_reasoning=True).result().token_ids


@pytest.mark.parametrize("given", [1, 2, 4, 11])
def test_the_real_model_goes_on_from_its_own_tokens_as_if_it_had_not_been_stopped(
    known, whole, given
):
    run = known.start(QUESTION, GREEDY, "medium", capture_reasoning=True, prefix=whole[:given])
    assert run.result().token_ids == whole


def test_every_level_of_a_batch_begins_with_what_was_given(known):
    runs = known.start_levels(QUESTION, params=GREEDY, prefix="<|channel|>final<|message|>It")
    for run in runs:
        assert run.result().text.startswith("It")
