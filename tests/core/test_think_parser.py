"""Plain output into events: what is thought never reaches the answer, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chatml import CHATML_STOP_IDS, TAGS
from core.conversation import Channel
from core.events import MessageDone, MessageStarted, TextDelta
from core.result import Transcript
from core.think_parser import ThinkParser
from core.think_tags import Start, ThinkRepair
from core.vocabulary import CHANNEL, END, RETURN, SIZE, encoding

TAG = re.compile("</?think>")
ANALYSIS, FINAL = Channel.ANALYSIS, Channel.FINAL


def ids(text: str) -> list[int]:
    return list(encoding().encode(text, disallowed_special=()))


def parsed(tokens, start=Start.ANSWER, cuts=None):
    """The transcript of the tokens, fed in pieces of the lengths `cuts`, or one by one."""
    parser, transcript, at = ThinkParser(TAGS, start), Transcript(), 0
    events = []
    for length in cuts or [1] * len(tokens):
        events += parser.feed(tokens[at : at + length])
        at += length
    events += parser.feed(tokens[at:])
    events += parser.finish()
    for event in events:
        transcript.add(event)
    check_laws(events, transcript)
    return transcript


def check_laws(events, transcript):
    """Deltas are their message's text, and messages begin and end in order."""
    open_index = None
    for event in events:
        if isinstance(event, MessageStarted):
            assert open_index is None
            open_index = event.index
        elif isinstance(event, TextDelta):
            assert event.index == open_index
        elif isinstance(event, MessageDone):
            assert event.index == open_index
            assert event.message.text == transcript.messages[event.index].text
            open_index = None
    assert open_index is None


def told(transcript):
    return [(m.channel, m.text) for m in transcript.messages]


def said(text, start=Start.ANSWER, stop=(RETURN,)):
    return told(parsed([*ids(text), *stop], start))


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("71", Start.ANSWER, [(FINAL, "71")]),
        ("71", Start.UNSURE, [(FINAL, "71")]),
        ("71", Start.THINKING, [(ANALYSIS, "71")]),
        ("<think>hm</think>71", Start.ANSWER, [(ANALYSIS, "hm"), (FINAL, "71")]),
        ("<think>\nhm\n</think>\n\n71", Start.UNSURE, [(ANALYSIS, "\nhm\n\n\n"), (FINAL, "71")]),
        ("hm</think>71", Start.THINKING, [(ANALYSIS, "hm"), (FINAL, "71")]),
        ("hm</think>71", Start.UNSURE, [(ANALYSIS, "hm"), (FINAL, "71")]),
        ("</think>71", Start.ANSWER, [(ANALYSIS, ""), (FINAL, "71")]),
        ("<think>hm", Start.ANSWER, [(ANALYSIS, "hm")]),
        ("<think>\n<think>a</think>b", Start.ANSWER, [(ANALYSIS, "\na"), (FINAL, "b")]),
        ("<think>a<think>b</think>c</think>d", Start.UNSURE, [(ANALYSIS, "abc"), (FINAL, "d")]),
        ("<think>a <think> b</think>c", Start.UNSURE, [(ANALYSIS, "a  b"), (FINAL, "c")]),
        (
            "<think>a</think>b<think>c</think>d",
            Start.ANSWER,
            [(ANALYSIS, "a"), (FINAL, "b"), (ANALYSIS, "c"), (FINAL, "d")],
        ),
        ("so <think>a</think>b", Start.UNSURE, [(ANALYSIS, "so "), (ANALYSIS, "a"), (FINAL, "b")]),
        ("a < b <thin", Start.ANSWER, [(FINAL, "a < b <thin")]),
    ],
)
def test_what_stands_between_the_tags_is_analysis_and_the_rest_is_final(text, start, expected):
    assert said(text, start) == expected


def test_thinking_that_was_cut_off_stays_analysis_and_is_incomplete():
    transcript = parsed(ids("<think>one, two"))
    assert told(transcript) == [(ANALYSIS, "one, two")]
    assert transcript.messages[0].complete is False


def test_thinking_that_the_model_never_closed_is_told():
    transcript = parsed([*ids("<think>one, two"), RETURN])
    assert [r.kind for r in transcript.repairs] == [ThinkRepair.UNCLOSED]
    assert not transcript.text(FINAL)


def test_what_is_unsure_when_the_output_breaks_off_is_analysis():
    transcript = parsed(ids("It might be 71, or"), Start.UNSURE)
    assert told(transcript) == [(ANALYSIS, "It might be 71, or")]
    assert [r.kind for r in transcript.repairs] == [ThinkRepair.UNSURE]


def test_text_after_the_end_as_text_is_not_taken_in():
    tokens = ids("71<|im_end|>\n<|im_start|>user\nmore")
    parser = ThinkParser(TAGS)
    events = parser.feed(tokens)
    assert parser.over
    recorded = [t for e in (*events, *parser.finish()) for t in e.tokens]
    assert recorded == tokens[: len(recorded)]
    assert told(parsed(tokens)) == [(FINAL, "71")]
    assert parsed(tokens).messages[0].complete is True


def test_a_marker_of_another_format_makes_all_that_follows_analysis():
    harmony = [CHANNEL, *ids("analysis"), 200_008, *ids("I think so</think>71"), END]
    transcript = parsed(harmony)
    assert not transcript.text(FINAL)
    assert ThinkRepair.FOREIGN in [r.kind for r in transcript.repairs]
    assert transcript.tokens == harmony


def test_a_character_split_over_tokens_is_whole_and_half_of_one_is_replaced():
    tokens = ids("\N{MELTING FACE}")
    assert len(tokens) > 1
    assert told(parsed(tokens)) == [(FINAL, "\N{MELTING FACE}")]
    assert told(parsed(tokens[:-1])) == [(FINAL, "\N{REPLACEMENT CHARACTER}")]


pieces = st.sampled_from(
    ["<think>", "</think>", "\n", " ", "a", "answer", "<", "</", "thi", "nk>", "é", "🫠", "<|im_"]
)
texts = st.lists(pieces, max_size=12).map("".join)
starts = st.sampled_from(list(Start))


@given(texts, starts, st.booleans())
def test_no_character_is_lost(text, start, stopped):
    transcript = parsed([*ids(text), *([RETURN] if stopped else [])], start)
    assert "".join(m.text for m in transcript.messages) == TAG.sub("", text)


def inside(text: str, thinking: bool) -> str:
    """All text between a `<think>` and the `</think>` that it goes with; never closed, to the end.

    Tags in a row, but for blanks, are one.
    """
    depth, thoughts, since = int(thinking), "", ""
    for part in re.split("(</?think>)", text):
        if part == "<think>":
            depth += 1 if not depth or since.strip() else 0
            since = ""
        elif part == "</think>":
            depth = max(0, depth - 1)
            since = "x"
        else:
            thoughts += part if depth else ""
            since += part
    return thoughts


marked = st.lists(
    st.sampled_from(["<think>", "</think>", "\n"]) | st.integers(0, 99).map("x{}y".format),
    max_size=10,
)


@given(marked, starts)
def test_nothing_between_the_tags_ever_reaches_the_answer(parts, start):
    # Every word stands once, so that it can be found again.
    text = "".join(f"{p}.{n};" if p.startswith("x") else p for n, p in enumerate(parts))
    transcript = parsed(ids(text), start)
    for word in re.findall(r"x\d+y\.\d+;", inside(text, start is Start.THINKING)):
        assert word not in transcript.text(FINAL)


tokens_of_any_kind = st.lists(
    st.sampled_from([*ids("<think></think>🫠 a"), *CHATML_STOP_IDS, CHANNEL, 200_008, -1, SIZE])
    | st.integers(-3, SIZE + 3),
    max_size=20,
)


@given(tokens_of_any_kind, starts, st.lists(st.integers(1, 5), max_size=8))
def test_nothing_raises_no_token_is_lost_and_cutting_changes_nothing(tokens, start, cuts):
    alone, together = parsed(tokens, start), parsed(tokens, start, cuts)
    assert alone.tokens == tokens[: len(alone.tokens)]
    assert len(alone.tokens) == len(tokens) or "<|im_" in encoding().decode(
        [t for t in tokens if 0 <= t < SIZE]
    )
    assert told(alone) == told(together)
    assert (alone.tokens, alone.kinds) == (together.tokens, together.kinds)
    assert alone.repairs == together.repairs


@given(texts, starts, st.lists(st.integers(1, 5), max_size=12))
def test_cutting_a_text_changes_nothing(text, start, cuts):
    tokens = [*ids(text), RETURN]
    alone, together = parsed(tokens, start), parsed(tokens, start, cuts)
    assert (told(alone), alone.kinds, alone.repairs) == (
        told(together),
        together.kinds,
        together.repairs,
    )
