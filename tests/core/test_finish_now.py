"""Finish now: a thinking model is made to answer, within the same run."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest

from core.backends.base import EndReason, EndStep, TokenRequest, TokenStep
from core.config import InferenceConfig
from core.conversation import Channel
from core.engine import InferenceEngine
from core.errors import BackendError
from core.events import (
    Finished,
    FinishReason,
    Inserted,
    MessageDone,
    MessageStarted,
    Scored,
    Started,
)
from core.prefix import FINAL_FOLLOWS, answer_follows
from core.result import Transcript, result_of
from core.sampling import SamplingParams, TokenScore
from core.vocabulary import encoding

THOUGHT = "<|channel|>analysis<|message|>Hm, 23 and 48, that is"
ANSWER = "It is 71.<|return|>"
FINAL = "<|start|>assistant<|channel|>final<|message|>"


def ids(text: str) -> list[int]:
    return list(encoding().encode(text, allowed_special="all"))


OPENING = ids(FINAL_FOLLOWS)


class Model:
    """A backend that writes `first` and then waits; when it is cancelled it writes `late` and ends.
    Started again, it writes `then` to its end. asked: what it was asked."""

    def __init__(self, first: str, then: str = ANSWER, late: str = "") -> None:
        self.outputs = [ids(first), ids(then)]
        self.late = ids(late)
        self.asked: list[TokenRequest] = []
        self.context_length = 131_072
        self.fails = False
        self.engine = InferenceEngine(self, InferenceConfig(_env_file=None))

    def start(self, **given: Any) -> Any:
        return self.engine.start("What is 23 + 48?", capture_reasoning=True, **given)

    def submit(self, requests: Sequence[TokenRequest]) -> list[Model]:
        if self.fails:
            raise BackendError("The engine is closed.")
        self.asked += requests
        self._write(self.outputs[len(self.asked) - 1])
        if len(self.asked) == 2:
            self._end(EndReason.STOP)
        return [self]

    def cancel(self) -> None:
        if len(self.asked) == 1:
            self._write(self.late)
            self._end(EndReason.CANCELLED)

    def close(self) -> None:
        pass

    def _write(self, tokens: list[int]) -> None:
        scored = self.asked[-1].sampling.logprobs > 0
        for token in tokens:
            score = TokenScore(-1.0, 1.0, ((token, -1.0),)) if scored else None
            self.asked[-1].on_step(TokenStep(token, time.perf_counter(), score))

    def _end(self, reason: EndReason) -> None:
        self.asked[-1].on_step(EndStep(reason, time.perf_counter()))


def hurried(run: Any) -> list[Any]:
    """All events of a run that was told to finish once it had begun to think."""
    events = []
    while not run.transcript.thinks:
        run.wait(5)
        events += run.drain()
    assert run.finish_now()
    return [*events, *run]


def test_the_run_goes_on_to_its_answer_with_one_stream_of_events() -> None:
    model = Model(THOUGHT)
    run = model.start()
    events = hurried(run)
    result = run.result()
    assert result.text == "It is 71."
    assert result.reasoning.startswith("Hm, ")
    assert (result.finish_reason, result.repairs) == (FinishReason.STOP, ())
    assert result.finished_early
    assert [sum(isinstance(e, kind) for e in events) for kind in (Started, Finished)] == [1, 1]
    assert [t for e in events for t in e.tokens] == run.transcript.tokens
    again = Transcript()
    for event in events:
        again.add(event)
    assert result_of(again, run.level, run.model, True, seed=run.params.seed) == result


def test_it_is_said_which_tokens_the_model_did_not_write() -> None:
    run = Model(THOUGHT).start()
    events = hurried(run)
    at = events.index(next(e for e in events if isinstance(e, Inserted)))
    inserted, *behind = events[at : at + 3]
    assert [type(e) for e in behind] == [MessageDone, MessageStarted]
    tokens = run.transcript.tokens
    assert tokens[inserted.at_token : inserted.at_token + inserted.count] == OPENING
    usage = run.result().usage
    assert usage.given_tokens == len(OPENING)
    assert usage.generated_tokens == len(tokens) - len(OPENING)


def test_the_model_reads_its_own_thinking_and_the_opening_and_may_write_what_is_left() -> None:
    model = Model(THOUGHT)
    run = model.start(params=SamplingParams(max_tokens=1000))
    hurried(run)
    first, second = model.asked
    *prompt, behind = second.segments
    assert tuple(prompt) == first.segments
    assert list(behind) == run.transcript.tokens[: len(behind)]
    assert list(behind[-len(OPENING) :]) == OPENING
    assert second.sampling.max_tokens == 1000 - (len(behind) - len(OPENING))


def test_the_times_are_those_of_what_the_model_wrote() -> None:
    run = Model(THOUGHT).start()
    hurried(run)
    timing = run.result().timing
    assert timing.first_token_s < timing.first_answer_s <= timing.total_s


@pytest.mark.parametrize("late", ["", " 70 or", "<|end|>"])
@pytest.mark.parametrize("header", range(6))
def test_half_a_header_gives_way_to_the_answers(header: int, late: str) -> None:
    begun = ids("<|start|>assistant<|channel|>commentary to=functions.x")[:header]
    run = (model := Model(THOUGHT, late=late)).start()
    model.late += begun if late == "<|end|>" else []
    hurried(run)
    result = run.result()
    assert (result.text, result.repairs) == ("It is 71.", ())
    thought = ids(THOUGHT + late.removesuffix("<|end|>"))
    assert result.token_ids == (*thought, *OPENING, *ids(ANSWER))
    written = ids(THOUGHT + late + ANSWER)
    assert result.usage.generated_tokens == len(written)
    assert result.usage.given_tokens == len(OPENING) - (late == "<|end|>")


@pytest.mark.parametrize("written", range(3))
@pytest.mark.parametrize("header", range(1, 4))
def test_half_a_header_that_was_given_gives_way_and_is_not_counted(
    header: int, written: int
) -> None:
    begun = ids("<|start|>assistant<|channel|>commentary to=functions.x")[: header + written]
    thought = ids(f"{THOUGHT} 71.<|end|>")
    model = Model("")
    model.outputs = [begun[header:], ids(ANSWER)]
    params = SamplingParams(max_tokens=100, logprobs=1)
    run = model.start(prefix=[*thought, *begun[:header]], params=params)
    events = hurried(run)
    result = run.result()
    assert (result.text, result.repairs) == ("It is 71.", ())
    assert result.token_ids == (*thought, *OPENING[1:], *ids(ANSWER))
    assert result.usage.generated_tokens == len(ids(ANSWER)) == len(result.scores)
    assert result.usage.given_tokens == len(thought) + len(OPENING) - 1
    assert run.transcript.given_tokens == len(thought)
    assert len(run.token_times()) == len(ids(ANSWER))
    assert model.asked[1].sampling.max_tokens == 100 - written
    again = Transcript()
    for event in events:
        again.add(event)
        assert again.generated_tokens >= 0
    assert result_of(again, run.level, run.model, True, seed=run.params.seed) == result


@pytest.mark.parametrize("header", range(6))
def test_every_score_is_that_of_its_token_also_where_half_a_header_was_dropped(header: int) -> None:
    """The scores of the dropped header once stayed, and the answer's tokens got them."""
    model = Model(THOUGHT)
    model.late = ids("<|end|><|start|>assistant<|channel|>commentary to=functions.x")[:header]
    run = model.start(params=SamplingParams(logprobs=1))
    events = hurried(run)
    tokens, seen = run.transcript.tokens, run.transcript
    named = [score and score.top[0][0] for score in map(seen.score_of, range(len(tokens)))]
    inserted = seen.inserted
    given = range(inserted.at_token, inserted.at_token + inserted.count)
    assert named == [None if at in given else token for at, token in enumerate(tokens)]
    assert len(run.result().scores) == run.result().usage.generated_tokens
    for event in events:
        if isinstance(event, Scored):
            told = [score.top[0][0] for score in event.scores]
            assert told == tokens[event.at_token : event.at_token + len(told)]


def test_an_answer_that_has_begun_meanwhile_goes_on_and_nothing_is_inserted() -> None:
    run = Model(THOUGHT, " 71.<|return|>", late=f"<|end|>{FINAL}It is").start()
    events = hurried(run)
    result = run.result()
    assert (result.text, result.repairs) == ("It is 71.", ())
    assert not any(isinstance(e, Inserted) for e in events)
    assert (result.usage.given_tokens, result.finished_early) == (0, False)


@pytest.mark.parametrize(
    "output",
    ["", "<|channel|>final<|message|>It", "<|channel|>commentary to=functions.x<|message|>{"],
)
def test_a_model_that_does_not_think_is_left_alone(output: str) -> None:
    run = Model(output).start()
    assert not run.finish_now()
    run.drain()
    assert not run.finish_now()
    run.cancel()
    assert run.result().finish_reason is FinishReason.CANCELLED


def test_it_works_once_and_not_behind_the_end() -> None:
    run = Model(THOUGHT).start()
    run.drain()
    assert [run.finish_now(), run.finish_now()] == [True, False]
    run.result()
    assert not run.finish_now()


def test_a_run_that_is_then_cancelled_ends_and_does_not_go_on() -> None:
    model = Model(THOUGHT)
    run = model.start()
    run.drain()
    run.finish_now()
    run.cancel()
    assert run.result().finish_reason is FinishReason.CANCELLED
    assert len(model.asked) == 1


def test_without_room_for_an_answer_the_run_ends_and_says_so() -> None:
    model = Model(THOUGHT)
    run = model.start()
    model.context_length = len(run.prompt.token_ids) + len(ids(THOUGHT))
    hurried(run)
    result = run.result()
    assert (result.finish_reason, result.text) == (FinishReason.LENGTH, "")
    assert "ran out while thinking" in result.why_empty


def test_a_machine_that_fails_to_go_on_raises_once_and_the_thinking_is_kept() -> None:
    model = Model(THOUGHT)
    run = model.start()
    run.drain()
    model.fails = True
    run.finish_now()
    with pytest.raises(BackendError, match="closed"):
        run.result()
    assert run.done
    assert run.transcript.text(Channel.ANALYSIS)


def test_a_stop_string_ends_the_answer_that_was_asked_for() -> None:
    run = Model(THOUGHT, "It is 71. END").start(params=SamplingParams(stop="END"))
    hurried(run)
    assert run.result().text == "It is 71. "


@pytest.mark.parametrize(
    ("written", "behind"),
    [
        ("", "<|channel|>final<|message|>"),
        ("<|channel|>", "<|channel|>final<|message|>"),
        ("<|channel|>analysis<|message|>Hm", None),
        ("<|channel|>analysis<|message|>Hm.<|end|>", FINAL),
        ("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>", FINAL),
        ("<|channel|>analysis<|message|>Hm.<|end|><|return|>", FINAL),
        ("<|channel|>analysis<|message|>Hm.<|return|>", None),
    ],
)
def test_a_run_that_is_over_can_be_made_to_answer_by_another(
    written: str, behind: str | None
) -> None:
    kept = written.removesuffix("<|return|>")
    whole = kept.rpartition("<|end|>")
    kept = kept if behind is None else whole[0] + whole[1]
    prefix = answer_follows(ids(written))
    assert list(prefix) == ids(kept) + ids(behind or FINAL_FOLLOWS)
    model = Model("", ANSWER)
    model.outputs = [ids(ANSWER)]
    run = model.engine.start("?", prefix=prefix)
    model._end(EndReason.STOP)
    result = run.result()
    assert (result.text, result.repairs) == ("It is 71.", ())


def test_the_embedded_model_answers_when_it_is_told_to(engine: Any) -> None:
    run = engine.start("What is 4821 * 379?", SamplingParams(temperature=0), "high")
    hurried(run)
    result = run.result()
    assert result.text.strip()
    assert (result.finish_reason, result.finished_early) == (FinishReason.STOP, True)
    assert result.usage.given_tokens == len(OPENING)
