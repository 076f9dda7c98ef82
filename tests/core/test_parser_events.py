"""The parser's events while output comes: what each chunk says, and what the finish does."""

from __future__ import annotations

import pytest

from core.conversation import Channel
from core.events import MessageDone, MessageStarted, TextDelta
from core.parser import ChannelParser
from tests.core.reading import (
    ANSWER,
    THOUGHT,
    C,
    E,
    M,
    R,
    S,
    events_of,
    ids_of,
    message,
    messages_of,
    repairs_of,
)


def test_events_say_what_happened_in_order() -> None:
    a, b, c = ids_of(f"{C}final{M}"), ids_of("Four, of course."), ids_of(R)
    assert events_of(a + b + c) == [
        MessageStarted(0, Channel.FINAL, None, tuple(a)),
        TextDelta(0, "Four, of course.", tuple(b)),
        MessageDone(0, message("Four, of course.", Channel.FINAL), True, tuple(c)),
    ]


def test_a_header_carries_its_start_marker_and_role() -> None:
    events = events_of(ids_of(THOUGHT + ANSWER))
    started = [e.tokens for e in events if isinstance(e, MessageStarted)]
    assert started == [tuple(ids_of(f"{C}analysis{M}")), tuple(ids_of(f"{S}{C}final{M}"))]


def test_a_chunk_costs_at_most_one_delta_for_each_message() -> None:
    parser = ChannelParser()
    parser.feed(ids_of(f"{C}analysis{M}"))
    chunk = ids_of(f"one two three{E}{S}{C}final{M}four five six")
    deltas = [e for e in parser.feed(chunk) if isinstance(e, TextDelta)]
    assert [(d.index, d.text) for d in deltas] == [(0, "one two three"), (1, "four five six")]


def test_a_character_split_over_tokens_arrives_whole_and_late() -> None:
    parser = ChannelParser()
    parser.feed(ids_of(f"{C}final{M}"))
    parts = ids_of("🫠")
    texts = [e.text for p in parts for e in parser.feed([p]) if isinstance(e, TextDelta)]
    assert len(parts) > 1
    assert texts == [""] * (len(parts) - 1) + ["🫠"]


@pytest.mark.parametrize("end", [R, E, ""])
def test_an_unfinished_character_becomes_the_replacement_character(end: str) -> None:
    events = events_of(ids_of(f"{C}final{M}Hi ") + ids_of("🫠")[:-1] + ids_of(end))
    assert messages_of(events)[0].text == "Hi �"
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == "Hi �"


def test_an_open_message_is_cut_off_at_the_finish() -> None:
    done = events_of(ids_of(f"{C}analysis{M}Two and"))[-1]
    assert done == MessageDone(0, message("Two and", Channel.ANALYSIS), complete=False)


def test_finishing_twice_says_nothing_twice() -> None:
    parser = ChannelParser()
    parser.feed(ids_of(f"{C}final{M}Hi"))
    assert parser.finish()
    assert parser.finish() == []


def test_empty_output_gives_no_events() -> None:
    assert events_of([]) == []


def test_plain_text_is_shown_while_it_comes_and_not_only_at_the_end() -> None:
    parser = ChannelParser()
    seen = "".join(
        e.text
        for t in ids_of("It is four, of course, as everybody knows.")
        for e in parser.feed([t])
        if isinstance(e, TextDelta)
    )
    assert seen == "It is four, of course, as everybody knows."


def test_a_message_without_spaces_or_header_is_shown_after_64_tokens() -> None:
    parser = ChannelParser()
    text = "你好" * 200
    seen = [e.text for e in parser.feed(ids_of(text)) if isinstance(e, TextDelta)]
    assert "".join(seen) == text


def test_a_turn_can_be_finished_now_from_amid_its_analysis() -> None:
    parser = ChannelParser()
    events = parser.feed(ids_of(f"{C}analysis{M}Two and"))
    events += parser.feed(ids_of(f"{E}{S}{C}final{M}"))
    events += parser.feed(ids_of(f"Four.{R}")) + parser.finish()
    assert [(m.channel, m.text) for m in messages_of(events)] == [
        ("analysis", "Two and"),
        ("final", "Four."),
    ]
    assert repairs_of(events) == []


def test_five_thousand_messages_take_no_more_than_linear_time() -> None:
    """StreamableParser.messages read at each border made this quadratic: minutes, not seconds."""
    events = events_of(ids_of(f"{C}final{M}a{E}{S}") * 5_000)
    assert len(messages_of(events)) == 5_000
