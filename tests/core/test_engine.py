"""The engine on the embedded model: runs, batches, threads, cancelling, bad input."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from statistics import median

import pytest

from core.config import InferenceConfig, ReasoningLevel
from core.conversation import Channel, Conversation
from core.demo.tasks import held_out
from core.engine import InferenceEngine
from core.errors import BackendError, InvalidPrompt, InvalidSetting, PromptTooLong
from core.events import Finished, FinishReason, MessageDone, Started, TextDelta
from core.many import run_all
from core.models import ModelLoader
from core.prefix import FINAL_FOLLOWS, prefix_tokens
from core.result import Transcript, result_of
from core.sampling import SamplingParams
from core.vocabulary import CALL, RETURN

GREEDY = SamplingParams(temperature=0, max_tokens=400)
QUESTION = "What is 23 + 48?"
LOW, MEDIUM, HIGH = ReasoningLevel


@pytest.fixture(scope="module")
def high(engine):
    """One run of the question at high, to its end, its reasoning kept: (run, events)."""
    run = engine.start(QUESTION, GREEDY, HIGH, capture_reasoning=True)
    return run, list(run)


def test_high_reasoning_answers_the_readmes_question(high):
    result = high[0].result()
    assert "71" in result.text
    assert result.finish_reason is FinishReason.STOP
    assert result.usage.analysis_tokens > 0


def test_reasoning_is_kept_only_when_asked_for(engine, high):
    kept = high[0].result()
    left = engine.start(QUESTION, GREEDY, HIGH, capture_reasoning=False).result()
    assert kept.reasoning
    assert kept.channels["analysis"] == kept.reasoning
    assert left.reasoning is None
    assert "analysis" not in left.channels
    assert left.token_ids is None
    assert all(m.channel is not Channel.ANALYSIS for m in left.messages)
    assert kept.reasoning not in str(left.as_dict())
    cached = left.usage.cached_tokens
    assert (left.text, left.usage) == (kept.text, replace(kept.usage, cached_tokens=cached))


def test_the_event_stream_keeps_its_laws(high):
    run, events = high
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert sum(isinstance(e, Finished) for e in events) == 1
    for done in (e for e in events if isinstance(e, MessageDone)):
        deltas = [e.text for e in events if isinstance(e, TextDelta) and e.index == done.index]
        assert "".join(deltas) == done.message.text
    raw = [t for e in events for t in e.tokens]
    assert raw == run.transcript.tokens
    assert raw[-1] in (RETURN, CALL)


def test_replaying_the_events_gives_the_same_result(engine, high):
    run, events = high
    again = Transcript()
    for event in events:
        again.add(event)
    assert result_of(again, HIGH, engine.model, True, seed=run.params.seed) == run.result()


def test_times_are_in_order_and_usage_adds_up(high):
    result = high[0].result()
    t, u = result.timing, result.usage
    assert 0 <= t.queued_s <= t.first_token_s <= t.first_answer_s <= t.total_s
    content = u.analysis_tokens + u.commentary_tokens + u.final_tokens
    assert 0 < content < u.generated_tokens
    assert u.prompt_tokens > 0


@pytest.fixture(scope="module")
def held_out_runs(known):
    """12 held-out questions at each level, greedily: (low, medium, high) results per question."""
    starts = (
        ((number, level), partial(known.start, question.prompt, GREEDY, level))
        # Of the first seeds, the one whose answers are shortest.
        for number, question in enumerate(held_out(12, seed=7))
        for level in ReasoningLevel
    )
    results = dict(run_all(starts))
    return [[results[number, level] for level in ReasoningLevel] for number in range(12)]


@pytest.mark.timeout(420)
def test_the_median_of_analysis_tokens_grows_with_the_level(held_out_runs):
    low, medium, high = (
        median(result.usage.analysis_tokens for result in level)
        for level in zip(*held_out_runs, strict=True)
    )
    assert low < medium < high


def test_the_prompt_of_every_level_is_another_one(held_out_runs):
    for results in held_out_runs:
        assert len({result.prompt_sha256 for result in results}) == 3


def test_the_embedded_model_writes_well_formed_harmony_at_every_level(held_out_runs):
    for level in zip(*held_out_runs, strict=True):
        mended = [result.repairs for result in level if result.repairs]
        cut_off = [r for r in level if r.finish_reason is FinishReason.LENGTH]
        assert len(mended) <= 1, mended
        assert len(cut_off) <= 3


def test_sixteen_threads_get_what_each_would_get_alone(known):
    """Equal, but where the two best logits lie within 1e-3: there a batch may round otherwise."""
    prompts = [q.prompt for q in held_out(16, seed=2)]
    params = SamplingParams(temperature=0, max_tokens=16)
    alone = [tokens(known, prompt, params) for prompt in prompts]
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(lambda prompt: tokens(known, prompt, params), prompts))
    differing = [n for n in range(16) if alone[n] != together[n]]
    for n in differing:
        assert best_two_logits_are_tied(known, prompts[n], alone[n], together[n]), prompts[n]


def tokens(engine, prompt, params):
    run = engine.start(prompt, params, HIGH, capture_reasoning=True)
    return run.result().token_ids


def best_two_logits_are_tied(engine, prompt, one, other):
    import mlx.core as mx

    same = next(n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    run = engine.start(prompt, GREEDY, HIGH)
    run.cancel()
    list(run)
    ids = [*run.prompt.token_ids, *one[:same]]
    logits = ModelLoader().load()(mx.array([ids]))[0, -1]
    second, first = mx.sort(logits)[-2:].tolist()
    return first - second < 1e-3


def test_a_seed_gives_the_same_tokens_whoever_else_is_running(engine):
    params = SamplingParams(temperature=1.0, max_tokens=30, seed=7)
    alone = tokens(engine, QUESTION, params)
    others = [engine.start(QUESTION, SamplingParams(seed=n, max_tokens=30)) for n in range(3)]
    assert tokens(engine, QUESTION, params) == alone
    for run in others:
        run.cancel()


def test_compare_runs_three_levels_in_one_batch_and_judges_them(engine):
    comparison = engine.compare(QUESTION, params=GREEDY)
    assert list(comparison.runs) == [LOW, MEDIUM, HIGH]
    assert all(len(runs) == 1 for runs in comparison.runs.values())
    assert len({runs[0].prompt_sha256 for runs in comparison.runs.values()}) == 3
    assert comparison.verdict.reason
    shown = comparison.as_dict()
    assert shown["prompt"] == QUESTION
    assert set(shown["levels"]) == {"low", "medium", "high"}


def test_repeats_differ_in_their_seed_only(engine):
    params = SamplingParams(temperature=1.5, max_tokens=40, seed=1)
    runs = engine.compare(QUESTION, ["low"], repeats=2, params=params).runs[LOW]
    alone = engine.generate(QUESTION, SamplingParams(1.5, max_tokens=40, seed=2), "low")
    assert runs[1].text == alone.text


def test_cancel_ends_the_run_and_keeps_its_text(engine):
    run = engine.start(QUESTION, GREEDY, HIGH)
    seen = ""
    for event in run:
        if isinstance(event, TextDelta):
            seen += event.text
            run.cancel()
    assert run.transcript.finished.reason is FinishReason.CANCELLED
    assert seen
    assert run.transcript.text(Channel.ANALYSIS).startswith(seen[:1])
    assert run.result().finish_reason is FinishReason.CANCELLED


def test_closing_the_stream_cancels_the_run_and_the_engine_goes_on(engine):
    stream = engine.stream(QUESTION, GREEDY, HIGH)
    next(stream)
    stream.close()
    assert engine.generate(QUESTION, SamplingParams(0, max_tokens=3)).usage.generated_tokens == 3


def test_the_token_budget_ends_a_run_as_length(engine):
    result = engine.generate(QUESTION, SamplingParams(temperature=0, max_tokens=5), HIGH)
    assert result.finish_reason is FinishReason.LENGTH
    assert result.usage.generated_tokens == 5
    assert result.text == ""


def test_astream_gives_the_same_events_text(engine):
    async def read():
        return [e async for e in engine.astream(QUESTION, GREEDY, LOW)]

    events = asyncio.run(read())
    text = "".join(e.message.text for e in events if is_final(e))
    assert isinstance(events[-1], Finished)
    assert text == engine.generate(QUESTION, GREEDY, LOW).text


def is_final(event):
    return isinstance(event, MessageDone) and event.message.channel is Channel.FINAL


def test_leaving_astream_early_cancels_the_run(engine):
    async def read_one():
        stream = engine.astream(QUESTION, GREEDY, HIGH)
        event = await anext(stream)
        await stream.aclose()
        return event

    assert isinstance(asyncio.run(read_one()), Started)
    assert engine.generate(QUESTION, SamplingParams(0, max_tokens=2)).usage.generated_tokens == 2


@pytest.mark.parametrize(
    "prompt", ["", "   \n", [], None, 7, ["hi"], [{"role": "user", "content": " "}]]
)
def test_an_empty_or_shapeless_prompt_is_refused(engine, prompt):
    with pytest.raises(InvalidPrompt):
        engine.generate(prompt)


def test_settings_in_a_dict_are_refused_with_what_to_write(engine):
    with pytest.raises(InvalidSetting, match=r"SamplingParams\(temperature=0\)"):
        engine.generate("Hi", {"temperature": 0})
    with pytest.raises(InvalidSetting, match=r"InferenceConfig\(top_k=40\)"):
        InferenceEngine(ModelLoader(), {"top_k": 40})


def test_an_unknown_level_names_the_allowed_ones(engine):
    with pytest.raises(InvalidSetting, match="'extreme'; allowed: low, medium, high"):
        engine.generate(QUESTION, reasoning_level="extreme")


def test_a_prompt_longer_than_the_context_says_both_lengths(engine):
    with pytest.raises(PromptTooLong, match=rf"tokens long.*{engine.context_length:,}.*Shorten"):
        engine.generate("word " * (engine.context_length + 1))


def test_a_refused_prompt_disturbs_nobody(engine):
    run = engine.start(QUESTION, GREEDY, LOW)
    with pytest.raises(InvalidPrompt):
        engine.generate("")
    assert run.result().finish_reason is FinishReason.STOP


def test_history_goes_back_without_the_analysis_of_finished_turns(engine):
    messages = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "channel": "analysis", "content": "secret thought"},
        {"role": "assistant", "content": "71"},
        {"role": "user", "content": "And 12 + 30?"},
    ]
    run = engine.start(messages, GREEDY)
    run.cancel()
    assert "secret thought" not in run.prompt.text
    assert "71" in run.prompt.text


def test_the_next_turn_reads_only_what_is_new(engine):
    # A day that no other test asks about: its system message is in no cache.
    asked = Conversation(instructions="Be brief.", current_date="2031-02-03").with_user(QUESTION)
    first = engine.start(asked, GREEDY, HIGH, capture_reasoning=True)
    then = asked.adding(*first.result().messages).with_user("And 12 + 30?")
    known = sum(map(len, first.prompt.segments[:-1]))
    short = SamplingParams(temperature=0, max_tokens=2)
    assert engine.generate(then, short, HIGH).usage.cached_tokens == known
    assert engine.generate(then, short, LOW).usage.cached_tokens == 0


def test_a_run_that_is_made_to_answer_now_does_not_read_its_thoughts_again(engine):
    run = engine.start(QUESTION, SamplingParams(temperature=0, max_tokens=20), HIGH)
    run.result()
    thought = run.transcript.tokens
    result = engine.generate(
        QUESTION,
        SamplingParams(temperature=0, max_tokens=8),
        HIGH,
        prefix=[*thought, *prefix_tokens(FINAL_FOLLOWS)],
    )
    assert result.usage.cached_tokens == result.usage.prompt_tokens + len(thought)
    assert result.timing.prefill_s < result.timing.first_token_s


def test_scores_come_with_the_tokens_and_go_where_reasoning_may_go(engine):
    params = SamplingParams(temperature=0, max_tokens=8, logprobs=3)
    kept = engine.start(QUESTION, params, HIGH, capture_reasoning=True).result()
    assert len(kept.scores) == len(kept.token_ids) == 8
    assert [score.top[0][0] for score in kept.scores] == list(kept.token_ids)
    assert engine.generate(QUESTION, params, HIGH).scores is None
    plain = engine.start(QUESTION, SamplingParams(0, max_tokens=8), HIGH, capture_reasoning=True)
    assert plain.result().scores is None
    assert plain.result().token_ids == kept.token_ids


def test_a_closed_engine_says_so_and_closing_twice_is_harmless():
    engine = InferenceEngine(ModelLoader(), InferenceConfig(_env_file=None))
    run = engine.start(QUESTION, GREEDY, HIGH)
    engine.close()
    engine.close()
    assert run.result().finish_reason is FinishReason.CANCELLED
    with pytest.raises(BackendError, match="closed"):
        engine.generate(QUESTION)


def test_a_process_that_never_closes_its_engine_still_exits_cleanly():
    """mlx aborts the process when a thread's streams outlive it."""
    program = """
        from core import InferenceConfig, InferenceEngine, ModelLoader
        engine = InferenceEngine(ModelLoader(), InferenceConfig(_env_file=None))
        engine.start("What is 23 + 48?", reasoning_level="low").wait()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
