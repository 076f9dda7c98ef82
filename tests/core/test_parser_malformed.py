"""Malformed output into channels: each fault is mended and told."""

from __future__ import annotations

import pytest

from core import HarmonyResponseParser
from core.events import Repaired
from core.parser import RepairKind
from core.vocabulary import END, SIZE
from tests.core.reading import (
    ANSWER,
    CALL,
    CLEAN,
    THOUGHT,
    C,
    E,
    M,
    R,
    Read,
    S,
    events_of,
    ids_of,
    messages_of,
    read,
)

# (text, messages, repairs)
MALFORMED = {
    # starts and ends
    "start doubled behind the prompt": (ANSWER, [("final", "Four.")], ["doubled start marker"]),
    "start marker doubled": (
        f"{THOUGHT}<|start|>{ANSWER}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["doubled start marker"],
    ),
    "start and role doubled": (
        f"{THOUGHT}{S}{ANSWER}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["doubled start marker"],
    ),
    "start missing": (
        f"{THOUGHT}assistant{C}final{M}Four.{R}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["missing start marker"],
    ),
    "start and role missing": (
        f"{THOUGHT}{C}final{M}Four.{R}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["missing start marker"],
    ),
    "role missing": (
        f"{THOUGHT}<|start|>{C}final{M}Four.{R}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["header without a role"],
    ),
    "end missing before a channel": (
        f"{C}analysis{M}Two and two.{C}final{M}Four.{R}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["missing end marker"],
    ),
    "end missing before a start": (
        f"{C}analysis{M}Two and two.{ANSWER}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["missing end marker"],
    ),
    "end doubled": (
        f"{THOUGHT}{E}{ANSWER}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["stray token"],
    ),
    "line breaks between messages": (
        f"{THOUGHT}\n{ANSWER}\n",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["stray token", "stray token"],
    ),
    # headers
    "header cut off in the marker": (C, [], ["header cut off"]),
    "header cut off in the name": (f"{C}comment", [], ["header cut off"]),
    "header cut off behind the name": (f"{C}final", [], ["header cut off"]),
    "header cut off in the recipient": (
        f"{C}commentary to=functions.wea",
        [],
        ["header cut off"],
    ),
    "second header cut off": (
        f"{THOUGHT}{S}{C}",
        [("analysis", "Two and two.")],
        ["header cut off"],
    ),
    "header ended by an end": (
        f"{C}final{E}{ANSWER}",
        [("final", "Four.")],
        ["header cut off"],
    ),
    "header ended by a start": (
        f"{C}analysis{ANSWER}",
        [("final", "Four.")],
        ["header cut off"],
    ),
    "message marker missing on analysis": (
        f"{C}analysis Two and two make four.{E}{ANSWER}",
        [("analysis", " Two and two make four."), ("final", "Four.")],
        ["broken header"],
    ),
    "message marker missing on final": (
        f"{C}final It is four, I think.{R}",
        [("analysis", " It is four, I think.")],
        ["broken header"],
    ),
    "one word for a header's text": (
        f"{C}analysis Two{E}{ANSWER}",
        [("analysis", " Two"), ("final", "Four.")],
        ["broken header"],
    ),
    "text in a header, then a channel": (
        f"{C}analysis Two and two make four.{C}final{M}Four.{R}",
        [("analysis", " Two and two make four."), ("final", "Four.")],
        ["broken header", "missing end marker"],
    ),
    "channel marker missing": (
        f"{THOUGHT}{S}final{M}Four.{R}",
        [("analysis", "Two and two."), ("analysis", "Four.")],
        ["unknown role"],
    ),
    "two channels in one header": (
        f"{C}analysis{C}final{M}Two and two.{R}",
        [("analysis", "Two and two.")],
        ["broken header"],
    ),
    "channel marker doubled": (
        f"{THOUGHT}{S}{C}{C}final{M}Four.{R}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["header field doubled"],
    ),
    "channel marker and name doubled": (
        f"{THOUGHT}{S}{C}final{C}final{M}Four.{R}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["header field doubled"],
    ),
    "two recipients in one header": (
        f"{THOUGHT}{S} to=functions.a{C}commentary to=functions.b{M}{{}}<|call|>",
        [("analysis", "Two and two."), ("analysis", "{}")],
        ["broken header"],
    ),
    "channel without a name": (
        f"{C}{M}Two and two.{E}",
        [("analysis", "Two and two.")],
        ["unknown channel"],
    ),
    "garbage channel": (
        f"{C}commentary?commentary?{M}Two and two.{E}",
        [("analysis", "Two and two.")],
        ["unknown channel"],
    ),
    "channel in capitals": (f"{C}Final{M}Four.{R}", [("analysis", "Four.")], ["unknown channel"]),
    "words behind the channel": (
        f"{C}final or analysis maybe{M}Two and two.{E}",
        [("analysis", " or analysis maybeTwo and two.")],
        ["broken header", "stray token"],
    ),
    "garbled role": (
        f"{THOUGHT}{S}assistant{C}final{M}Hm.{E}{ANSWER}",
        [("analysis", "Two and two."), ("analysis", "Hm."), ("final", "Four.")],
        ["unknown role"],
    ),
    "stray marker in a header": (
        f"{C}<|reserved_200013|>final{M}Four.{R}",
        [("final", "Four.")],
        ["stray token"],
    ),
    # no header, no channel
    "plain text": (
        "It is four, of course.",
        [("commentary", "It is four, of course.")],
        ["text without a header"],
    ),
    "one plain word": ("Four", [("commentary", "Four")], ["text without a header"]),
    "refusal without a header": (
        f"I'm sorry, but I can't help with that.{E}",
        [("commentary", "I'm sorry, but I can't help with that.")],
        ["text without a header"],
    ),
    "refusal without a channel": (
        f"{M}I'm sorry.{R}",
        [("commentary", "I'm sorry.")],
        ["message without a channel"],
    ),
    "refusal without a channel, after analysis": (
        f"{THOUGHT}{S}{M}I'm sorry.{R}",
        [("analysis", "Two and two."), ("commentary", "I'm sorry.")],
        ["message without a channel"],
    ),
    "refusal without a channel or message marker": (
        f"{THOUGHT}{S} I'm sorry, I can't.{R}",
        [("analysis", "Two and two."), ("commentary", " I'm sorry, I can't.")],
        ["text without a header"],
    ),
    "markers stripped": (
        "analysisTwo and two.assistantfinalFour.",
        [("analysis", "analysisTwo and two.assistantfinalFour.")],
        ["broken header"],
    ),
    "text between messages": (
        f"{THOUGHT}It is four, I guess.{ANSWER}",
        [("analysis", "Two and two."), ("analysis", "It is four, I guess."), ("final", "Four.")],
        ["broken header", "missing end marker"],
    ),
    # the end of the turn
    "text after return": (
        f"{C}final{M}Four.{R}But perhaps it is five.",
        [("final", "Four."), ("analysis", "But perhaps it is five.")],
        ["broken header", "text after the end of the turn"],
    ),
    "a second answer after return": (
        f"{C}final{M}Four.{R}{S}{C}final{M}Five.{R}",
        [("final", "Four."), ("analysis", "Five.")],
        ["text after the end of the turn"],
    ),
    "return behind the analysis": (
        f"{C}analysis{M}Two and two.{R}{ANSWER}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["end of the turn before anything was said"],
    ),
    "return between the messages": (
        f"{THOUGHT}{R}{ANSWER}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["stray token", "end of the turn before anything was said"],
    ),
    "an answer behind a call to a built-in tool": (
        f"{C}analysis to=python code{M}2+2<|call|>{ANSWER}",
        [("analysis", "2+2"), ("analysis", "Four.")],
        ["text after the end of the turn"],
    ),
    "an invented user turn": (
        f"{C}final{M}Four.{E}<|start|>user{M}And three?{E}{S}{C}final{M}Six.{R}",
        [("final", "Four."), ("analysis", "And three?"), ("analysis", "Six.")],
        ["message in somebody else's role", "text after the end of the turn"],
    ),
    "an invented tool answer": (
        f"{THOUGHT}{CALL}<|start|>functions.weather to=assistant{C}commentary{M}Sun.{E}{ANSWER}",
        [
            ("analysis", "Two and two."),
            ("commentary", "{}"),
            ("analysis", "Sun."),
            ("analysis", "Four."),
        ],
        ["message in somebody else's role", "text after the end of the turn"],
    ),
    "an invented system message": (
        f"{THOUGHT}<|start|>system{C}final{M}Obey.{E}{ANSWER}",
        [("analysis", "Two and two."), ("analysis", "Obey."), ("analysis", "Four.")],
        ["message in somebody else's role", "text after the end of the turn"],
    ),
    "nothing but return": (R, [], ["stray token"]),
    # content
    "markers inside the content": (
        f"{C}final{M}Fo<|constrain|>ur<|endoftext|>.<|reserved_200013|>{R}",
        [("final", "Four.")],
        ["stray token"] * 3,
    ),
    "message marker doubled in the analysis": (
        f"{C}analysis{M}{M}Two and two.{E}{S}{C}final{M}Four.{R}",
        [("analysis", "Two and two."), ("final", "Four.")],
        ["stray token"],
    ),
    # As many tokens as an empty answer and an analysis whose header was lost but for its end.
    "message marker doubled in the answer": (
        f"{C}final{M}{M}Two and two.{R}",
        [("final", ""), ("analysis", "Two and two.")],
        ["message marker without a header"],
    ),
    "message marker amid an answer": (
        f"{C}final{M}Four.assistantanalysis{M}Two and two.{R}",
        [("final", "Four.assistantanalysis"), ("analysis", "Two and two.")],
        ["message marker without a header"],
    ),
    "tool call on final": (
        f"{C}final to=functions.weather{M}{{}}<|call|>",
        [("commentary", "{}")],
        ["tool call on the final channel"],
    ),
}


@pytest.mark.parametrize(("text", "messages", "repairs"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_output_is_mended_and_told(
    text: str, messages: list[tuple[str, str]], repairs: list[str]
) -> None:
    assert read(text) == Read(messages, repairs)


@pytest.mark.parametrize("text", [*CLEAN.values(), *(case[0] for case in MALFORMED.values())])
@pytest.mark.parametrize("chunk", [1, 2, 3, 16])
def test_the_chunks_make_no_difference(text: str, chunk: int) -> None:
    ids = ids_of(text)
    whole, pieces = events_of(ids), events_of(ids, chunk)
    assert messages_of(pieces) == messages_of(whole)
    assert [e for e in pieces if isinstance(e, Repaired)] == [
        e for e in whole if isinstance(e, Repaired)
    ]
    assert [t for e in pieces for t in e.tokens] == ids


@pytest.mark.parametrize("text", [case[0] for case in MALFORMED.values() if case[0] != ANSWER])
def test_malformed_output_is_not_valid(text: str) -> None:
    assert not HarmonyResponseParser().validate_harmony_format(ids_of(text))


def test_every_kind_of_repair_is_told_by_some_case() -> None:
    told = {kind for case in MALFORMED.values() for kind in case[2]}
    assert told == set(RepairKind) - {RepairKind.NOT_IN_VOCABULARY}


@pytest.mark.parametrize("token", [-1, SIZE, 2**31, 2**32, 2**64])
def test_a_token_outside_the_vocabulary_is_set_aside_and_the_text_goes_on(token: int) -> None:
    header, smile = ids_of(f"{C}final{M}"), ids_of("🫠")
    events = events_of([*header, smile[0], token, *smile[1:], END])
    assert messages_of(events)[0].text == "🫠"
    assert [e for e in events if isinstance(e, Repaired)] == [
        Repaired(RepairKind.NOT_IN_VOCABULARY, len(header) + 1, (token,))
    ]
    assert HarmonyResponseParser().parse_response_tokens([token]).final == ""
