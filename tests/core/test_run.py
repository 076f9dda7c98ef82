"""A run under way, on replayed tokens: chunks, times, failures, whatever a model may write."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from core.backends.base import EndReason, EndStep, TokenRequest, TokenStep
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.conversation import Channel
from core.engine import InferenceEngine
from core.errors import BackendError
from core.events import FinishReason
from core.metrics import COLUMNS, results_frame
from core.sampling import SamplingParams
from core.vocabulary import encoding

CLEAN = (
    "<|channel|>analysis<|message|>Ones: 3 + 8 = 11.<|end|>"
    "<|start|>assistant<|channel|>final<|message|>It is 71.<|return|>"
)
CALL = (
    "<|channel|>commentary<|message|>I will ask the calculator.<|end|><|start|>assistant"
    '<|channel|>commentary to=functions.calculator <|constrain|>json<|message|>{"x": 1}<|call|>'
)


def ids(text: str) -> list[int]:
    return encoding().encode(text, allowed_special="all")


def replaying(text: str, rate: float | None = None) -> InferenceEngine:
    backend = ScriptedBackend(lambda _: ids(text), rate)
    return InferenceEngine(backend, InferenceConfig(_env_file=None))


def test_channels_come_apart_and_the_times_follow_the_tokens():
    run = replaying(CLEAN, rate=400).start("hi", capture_reasoning=True)
    result = run.result()
    assert result.text == "It is 71."
    assert result.reasoning == "Ones: 3 + 8 = 11."
    assert result.repairs == ()
    answer = ids(CLEAN).index(ids("It is 71.")[0])
    stamps = run._clock.stamps
    assert len(stamps) == len(ids(CLEAN))
    waited = result.timing.first_answer_s - result.timing.first_token_s
    assert waited == pytest.approx(stamps[answer] - stamps[0])
    assert waited > 0


def test_a_slow_reader_gets_the_same_result_in_fewer_events():
    engine = replaying(CLEAN)
    quick = engine.start("hi", capture_reasoning=True)
    eager = list(quick)
    slow = engine.start("hi", capture_reasoning=True)
    while not slow._steps or not isinstance(slow._steps[-1], EndStep):
        time.sleep(0.01)
    late = slow.drain()
    assert slow.done
    assert len(late) <= len(eager)
    assert slow.transcript.tokens == quick.transcript.tokens == ids(CLEAN)
    assert [m.message for m in slow.transcript.messages] == [
        m.message for m in quick.transcript.messages
    ]


def test_a_tool_call_ends_the_turn_apart_from_its_preamble():
    result = replaying(CALL).generate("what is 1?")
    assert result.finish_reason is FinishReason.TOOL_CALL
    assert result.commentary == "I will ask the calculator."
    (call,) = result.tool_calls
    assert (call.recipient, call.content_type) == ("functions.calculator", "json")
    assert call.text == '{"x": 1}'
    assert result.text == ""


@pytest.mark.parametrize(
    "output",
    [
        "",
        "plain text without any header",
        "<|channel|>analysis<|message|>cut in the mid",
        "<|channel|>",
        "<|start|><|start|><|end|><|message|><|call|>",
        "<|channel|>commentary?commentary?<|message|>x<|end|>",
        "<|channel|>final <|constrain|>json<|message|>{}<|return|>",
    ],
)
def test_no_model_output_raises_and_every_token_is_on_record(output):
    run = replaying(output).start("hi", capture_reasoning=True)
    events = list(run)
    assert [t for e in events for t in e.tokens] == ids(output)
    assert run.result().token_ids == tuple(ids(output))


@pytest.mark.parametrize(
    ("output", "budget", "why"),
    [
        (CLEAN, 100, None),
        (CLEAN, 5, "The token budget ran out while thinking: no answer was written."),
        (CALL, 100, "The model called a tool and waits for its answer."),
        ("<|channel|>commentary<|message|>Hm.<|return|>", 9, "Nothing was written in the final"),
        ("<|channel|>analysis<|message|>Hm.<|end|><|return|>", 9, "The model ended its turn"),
    ],
)
def test_an_empty_answer_is_explained_in_words(output, budget, why):
    result = replaying(output).generate("hi", SamplingParams(max_tokens=budget))
    assert result.text == ("" if why else "It is 71.")
    assert (result.why_empty or "").startswith(why or "")
    assert bool(result.why_empty) == bool(why)


def test_cancel_keeps_the_text_so_far_and_marks_the_message_incomplete():
    run = replaying("<|channel|>final<|message|>" + "word " * 5000, rate=2000).start("hi")
    while not run.transcript.text(Channel.FINAL):
        run.wait(1)
        run.drain()
    run.cancel()
    result = run.result()
    assert result.finish_reason is FinishReason.CANCELLED
    assert result.text.startswith("word")
    assert run.transcript.messages[0].complete is False


@dataclass
class FailingBackend:
    """Writes the start of an answer, then the machine fails."""

    context_length: int = 4096

    def submit(self, requests: Sequence[TokenRequest]):
        for request in requests:
            now = time.perf_counter()
            for token in ids("<|channel|>final<|message|>It is"):
                request.on_step(TokenStep(token, now))
            request.on_step(EndStep(EndReason.FAILED, now, BackendError("out of memory")))
        return [self for _ in requests]

    def cancel(self):
        pass

    def close(self):
        pass


def test_a_failing_machine_raises_once_and_the_text_so_far_is_kept():
    run = InferenceEngine(FailingBackend(), InferenceConfig(_env_file=None)).start("hi")
    told = run.drain()
    assert any(getattr(event, "text", "") for event in told)
    with pytest.raises(BackendError, match="out of memory"):
        run.drain()
    assert run.done
    assert run.transcript.text(Channel.FINAL) == "It is"
    assert run.drain() == []


def test_a_prompt_with_little_room_left_gets_a_smaller_budget():
    backend = ScriptedBackend(lambda _: ids(CLEAN), context_length=100)
    engine = InferenceEngine(backend, InferenceConfig(_env_file=None))
    run = engine.start("hi", SamplingParams(max_tokens=5000))
    assert run.params.max_tokens == 100 - len(run.prompt.token_ids)


def test_the_frame_has_one_row_per_run_and_the_documented_columns():
    comparison = replaying(CLEAN).compare("hi", repeats=2)
    runs = [run for level in comparison.runs.values() for run in level]
    table = results_frame(runs)
    assert list(table.columns) == list(COLUMNS)
    assert list(table["level"]) == ["low", "low", "medium", "medium", "high", "high"]
    assert (table["final_tokens"] == len(ids("It is 71."))).all()


def test_a_stopped_comparison_keeps_what_had_ended_and_begins_no_repeat():
    stop = threading.Event()
    endless = ScriptedBackend(lambda _: ids(CLEAN)[:-1] * 1000, tokens_per_second=50)

    class StoppedBehindLow(ScriptedBackend):
        def submit(self, requests):
            low, *others = requests

            def on_step(step):
                low.on_step(step)
                if isinstance(step, EndStep):
                    stop.set()

            return [*super().submit([replace(low, on_step=on_step)]), *endless.submit(others)]

    engine = InferenceEngine(
        StoppedBehindLow(lambda _: ids(CLEAN)), InferenceConfig(_env_file=None)
    )
    comparison = engine.compare("hi", repeats=3, stop=stop)
    ends = [[run.finish_reason for run in runs] for runs in comparison.runs.values()]
    assert ends == [[FinishReason.STOP], [FinishReason.CANCELLED], [FinishReason.CANCELLED]]
    assert comparison.verdict.reason == "Only low gave an answer: there is nothing to compare."


def test_closing_a_stream_cancels_its_run():
    backend = ScriptedBackend(lambda _: ids(CLEAN) * 100, tokens_per_second=50)
    stream = InferenceEngine(backend, InferenceConfig(_env_file=None)).stream("hi")
    next(stream)
    (replay,) = backend._replays
    assert not replay._cancelled.is_set()
    stream.close()
    assert replay._cancelled.is_set()


def test_the_levels_of_a_comparison_are_submitted_as_one_batch():
    batches = []

    class Recording(ScriptedBackend):
        def submit(self, requests):
            batches.append(len(requests))
            return super().submit(requests)

    backend = Recording(lambda _: ids(CLEAN))
    engine = InferenceEngine(backend, InferenceConfig(_env_file=None))
    engine.compare("hi", repeats=2, warm_up=False)
    assert batches == [3, 3]
