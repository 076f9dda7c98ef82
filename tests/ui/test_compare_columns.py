"""The columns of a comparison under way, folded from the event stream of real runs."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig, ReasoningLevel
from core.engine import InferenceEngine
from core.events import Finished, FinishReason, Prefill, Started, TextDelta, Timing, Usage
from core.sampling import SamplingParams
from core.vocabulary import encoding
from tests.ui.recorded import answer
from ui.terminal.compare_columns import Column, State, began, folded

EMPTY = Column("high", ReasoningLevel.HIGH)
PREAMBLE = "<|channel|>commentary<|message|>I will add.<|end|><|start|>assistant"
WRITTEN = PREAMBLE + answer("It is 71. ☃", "Twenty and forty.\nSixty.")


def events_of(text: str, max_tokens: int = 100):
    """The events of a run that writes this, as they are read token by token, and its result."""
    tokens = encoding().encode(text, allowed_special="all")
    config = InferenceConfig(_env_file=None, capture_reasoning=True)
    with InferenceEngine(ScriptedBackend(lambda _: tokens), config) as engine:
        run = engine.start("What is 23 + 48?", SamplingParams(max_tokens=max_tokens), "high")
        events = list(run)
    return events, run.result()


def test_a_column_ends_with_what_the_run_gave():
    events, result = events_of(WRITTEN)
    column = folded(EMPTY, events, result.timing)
    assert (column.answer, column.thinking) == (result.text, result.reasoning)
    assert column.analysis_tokens == result.usage.analysis_tokens > 0
    assert column.commentary_tokens == result.usage.commentary_tokens > 0
    assert column.final_tokens == result.usage.final_tokens > 0
    assert (column.state, column.end) == (State.DONE, FinishReason.STOP)
    assert column.doing == f"done, {result.timing.total_s:.1f} s"


def test_it_is_the_same_however_the_events_are_cut():
    events, result = events_of(WRITTEN)
    whole = folded(EMPTY, events, result.timing)
    for size in (1, 2, 3, 7):
        column = EMPTY
        for at in range(0, len(events), size):
            column = folded(column, events[at : at + size], result.timing)
        assert column == whole


def test_its_counts_are_right_at_every_event():
    """Before the end they are counted, and then they are the run's own."""
    events, result = events_of(WRITTEN)
    column = folded(EMPTY, events[:-1], result.timing)
    assert isinstance(events[-1], Finished)
    assert column.analysis_tokens == result.usage.analysis_tokens
    assert column.final_tokens == result.usage.final_tokens


def test_it_goes_through_its_states_in_order():
    events, _ = events_of(WRITTEN)
    column, states = EMPTY, [EMPTY.state]
    for event in events:
        column = folded(column, [event], Timing())
        states.append(column.state)
    changes = [states[0], *(b for a, b in pairwise(states) if a != b)]
    order = ("waiting", "writing", "thinking", "answering", "done")
    assert [state for state in changes if state != "reading"] == list(order)


@pytest.mark.parametrize(
    ("events", "timing", "doing"),
    [
        ([], Timing(), "waiting"),
        ([Started("1", 9, "")], Timing(total_s=3), "waiting"),
        ([Prefill(1200, 4000)], Timing(), "reading 1,200 of 4,000 tokens"),
        ([Finished(FinishReason.LENGTH, Usage(), Timing())], Timing(total_s=2), "out of tokens, 2"),
        ([Finished(FinishReason.CANCELLED, Usage(), Timing())], Timing(total_s=2), "stopped, 2.0"),
    ],
)
def test_what_it_does_is_said_in_words(events, timing, doing):
    assert folded(EMPTY, events, timing).doing.startswith(doing)


def test_thinking_is_timed_from_the_first_token_on():
    events, _ = events_of("<|channel|>analysis<|message|>Hm, hm.", max_tokens=4)
    until = next(n for n, event in enumerate(events) if isinstance(event, TextDelta))
    timing = Timing(first_token_s=2.0, total_s=9.1)
    assert folded(EMPTY, events[: until + 1], timing).doing == "thinking 7 s"


def test_the_next_repeat_begins_anew():
    events, result = events_of(WRITTEN)
    column = began(folded(EMPTY, events, result.timing), 1)
    assert column == Column("high", ReasoningLevel.HIGH, repeat=1)
    again = folded(column, events, result.timing)
    assert (again.repeat, again.answer) == (1, result.text)
