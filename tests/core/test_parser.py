"""Model output into channels: clean output as openai-harmony reads it, malformed output mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import openai_harmony as harmony
import pytest

from core import HarmonyResponseParser, ParsedHarmonyResponse
from core.conversation import Channel, Message, Role
from core.events import MessageDone, MessageStarted, ParserEvent, Repaired, TextDelta
from core.parser import ChannelParser, RepairKind
from core.vocabulary import END, SIZE, encoding

C, M, E, R = "<|channel|>", "<|message|>", "<|end|>", "<|return|>"
S = "<|start|>assistant"
THOUGHT = f"{C}analysis{M}Two and two.{E}"
ANSWER = f"{S}{C}final{M}Four.{R}"
CALL = f"{S}{C}commentary to=functions.weather <|constrain|>json{M}{{}}<|call|>"


def ids_of(text: str) -> list[int]:
    ids: list[int] = encoding().encode(text, allowed_special="all")
    return ids


def events_of(ids: Sequence[int], chunk: int | None = None) -> list[ParserEvent]:
    parser = ChannelParser()
    step = chunk or max(len(ids), 1)
    events = [e for i in range(0, len(ids), step) for e in parser.feed(ids[i : i + step])]
    return events + parser.finish()


def message(text: str, channel: Channel) -> Message:
    return Message(Role.ASSISTANT, text, channel)


def messages_of(events: Sequence[ParserEvent]) -> list[Message]:
    return [e.message for e in events if isinstance(e, MessageDone)]


def repairs_of(events: Sequence[ParserEvent]) -> list[str]:
    return [e.kind for e in events if isinstance(e, Repaired)]


@dataclass
class Read:
    """What came of a text: (channel, text) of each message, and the repairs."""

    messages: list[tuple[str, str]]
    repairs: list[str]


def read(text: str) -> Read:
    events = events_of(ids_of(text))
    messages = [(str(m.channel), m.text) for m in messages_of(events)]
    return Read(messages, repairs_of(events))


# Clean output

CLEAN = {
    "analysis, then final": THOUGHT + ANSWER,
    "final alone": f"{C}final{M}Four.{R}",
    "tool call": THOUGHT + CALL,
    "tool call, recipient in the role part": (
        f"{THOUGHT}{S} to=functions.weather{C}commentary <|constrain|>json{M}{{}}<|call|>"
    ),
    "tool call, no space before constrain": (
        f"{C}commentary to=functions.weather<|constrain|>json{M}{{}}<|call|>"
    ),
    "first header with a recipient in the role part": (
        f" to=functions.weather{C}commentary <|constrain|>json{M}{{}}<|call|>"
    ),
    "built-in tool on analysis": f"{C}analysis to=python code{M}2+2<|call|>",
    "preamble, then call": f"{THOUGHT}{S}{C}commentary{M}Let me look.{E}{CALL}",
    "channels in any order": f"{C}commentary{M}a{E}{S}{C}analysis{M}b{E}{S}{C}final{M}c{E}{ANSWER}",
    "a message without text": f"{C}analysis{M}{E}{ANSWER}",
    "characters of several tokens": f"{C}final{M}🫠 ꙮ 𒐫 नमस्ते 你好{R}",
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_clean_output_is_read_as_openai_harmony_reads_it(text: str) -> None:
    events = events_of(ids_of(text))
    theirs = encoding().parse_messages_from_completion_tokens(
        ids_of(text), harmony.Role.ASSISTANT, strict=True
    )
    assert repairs_of(events) == []
    assert [(str(m.channel), m.recipient, m.content_type, m.text) for m in messages_of(events)] == [
        (
            m.channel,
            m.recipient,
            m.content_type and m.content_type.removeprefix("<|constrain|>"),
            m.content[0].text,
        )
        for m in theirs
    ]


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_clean_output_is_valid_and_what_is_cut_off_is_not(text: str) -> None:
    parser = HarmonyResponseParser()
    ids = ids_of(text)
    assert parser.validate_harmony_format(ids)
    assert not parser.validate_harmony_format(ids[:-1])
    assert not parser.validate_harmony_format(ids[:1])
    assert not parser.validate_harmony_format([])


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


# What openai-harmony 0.0.8 reads wrongly


def test_a_content_type_on_final_is_no_tool_call() -> None:
    """openai-harmony gives the recipient `<|constrain|>json`: a tool call that nobody made."""
    for header in ("final <|constrain|>json", "final<|constrain|>json", "final json"):
        events = events_of(ids_of(f"{C}{header}{M}{{}}{R}"))
        (only,) = messages_of(events)
        assert (only.channel, only.recipient, only.content_type) == ("final", None, "json")
        assert not only.is_tool_call
        assert repairs_of(events) == []


def test_a_bare_type_on_commentary_is_no_recipient_but_a_bare_tool_name_is() -> None:
    (typed,) = messages_of(events_of(ids_of(f"{C}commentary json{M}{{}}{E}")))
    (called,) = messages_of(events_of(ids_of(f"{C}commentary functions.weather{M}{{}}<|call|>")))
    assert (typed.recipient, typed.content_type) == (None, "json")
    assert (called.recipient, called.content_type) == ("functions.weather", None)


def test_a_space_behind_constrain_is_no_error() -> None:
    text = f"{C}commentary to=functions.weather <|constrain|> json{M}{{}}<|call|>"
    events = events_of(ids_of(text))
    (call,) = messages_of(events)
    assert (call.recipient, call.content_type, call.text) == ("functions.weather", "json", "{}")
    assert repairs_of(events) == []


# Malformed output: (text, messages, repairs)

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


# Whole responses


def test_the_guides_parser_example_runs() -> None:
    parser = HarmonyResponseParser()
    response_token_ids = ids_of(THOUGHT + ANSWER)
    parsed = parser.parse_response_tokens(token_ids=response_token_ids, extract_final_only=False)
    assert parsed.final == "Four."
    assert parsed.analysis == "Two and two."
    assert parsed.commentary is None
    assert parsed.channels == {"analysis": "Two and two.", "final": "Four."}
    assert parsed.metadata["repairs"] == ()
    model_output = encoding().decode(response_token_ids)
    same = parser.parse_response_text(
        response_text=model_output, tokenizer=encoding_as_tokenizer(), extract_final_only=False
    )
    assert same == parsed
    assert parser.extract_channel(parsed, "analysis") == "Two and two."
    assert parser.validate_harmony_format(response_token_ids) is True


class encoding_as_tokenizer:  # noqa: N801 - stands for the guide's `tokenizer`
    def encode(self, text: str) -> list[int]:
        return ids_of(text)


def test_text_is_read_without_a_tokenizer() -> None:
    parsed = HarmonyResponseParser().parse_response_text(THOUGHT + ANSWER)
    assert (parsed.analysis, parsed.final) == ("Two and two.", "Four.")


def test_a_response_may_begin_with_its_whole_header() -> None:
    parser = HarmonyResponseParser()
    parsed = parser.parse_response_text(S + THOUGHT + ANSWER)
    assert parsed.metadata["repairs"] == ()
    assert parsed.final == "Four."
    assert parser.validate_harmony_format(ids_of(S + THOUGHT + ANSWER))


def test_final_only_leaves_out_everything_else() -> None:
    parsed = HarmonyResponseParser().parse_response_tokens(
        ids_of(f"{THOUGHT}{S}{C}commentary{M}Aside.{E}{ANSWER}"), extract_final_only=True
    )
    assert parsed == ParsedHarmonyResponse(
        final="Four.",
        channels={"final": "Four."},
        metadata={
            "messages": (message("Four.", Channel.FINAL),),
            "repairs": (),
            "token_count": len(ids_of(f"{THOUGHT}{S}{C}commentary{M}Aside.{E}{ANSWER}")),
            "content_tokens": {"final": 2},
            "complete": True,
        },
    )


def test_commentary_holds_preambles_and_channels_hold_the_calls_as_well() -> None:
    parsed = HarmonyResponseParser().parse_response_tokens(
        ids_of(f"{C}commentary{M}Let me look.{E}{CALL}")
    )
    assert parsed.commentary == "Let me look."
    assert parsed.channels["commentary"] == "Let me look.\n\n{}"


def test_a_channel_nobody_wrote_on_is_none() -> None:
    parser = HarmonyResponseParser()
    parsed = parser.parse_response_tokens([])
    assert (parsed.final, parsed.analysis, parsed.commentary) == ("", None, None)
    assert parser.extract_channel(parsed, "final") is None
    assert parsed.metadata["complete"] is False


def test_metadata_tells_the_repairs_in_words_and_where() -> None:
    parsed = HarmonyResponseParser().parse_response_text(f"{THOUGHT}{C}final{M}Four.")
    at = len(ids_of(THOUGHT))
    assert parsed.metadata["repairs"] == (f"missing start marker at token {at}",)
    assert parsed.metadata["complete"] is False
    assert parsed.metadata["content_tokens"] == {"analysis": 4, "commentary": 0, "final": 2}


def test_a_header_that_openai_harmony_refuses_leaves_the_next_message_clean() -> None:
    text = f"{C}commentary to=functions.weather <|constrain|> json{M}{{}}{E}{ANSWER}"
    assert read(text) == Read([("commentary", "{}"), ("final", "Four.")], [])


def test_five_thousand_messages_take_no_more_than_linear_time() -> None:
    """StreamableParser.messages read at each border made this quadratic: minutes, not seconds."""
    events = events_of(ids_of(f"{C}final{M}a{E}{S}") * 5_000)
    assert len(messages_of(events)) == 5_000
