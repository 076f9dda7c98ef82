"""Laws of the streaming parser, over any tokens that a model, or a broken one, may produce."""

from __future__ import annotations

from collections.abc import Sequence

import openai_harmony as harmony
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.conversation import Channel, Message
from core.events import MessageDone, MessageStarted, ParserEvent, Repaired, TextDelta
from core.parser import ChannelParser, HarmonyResponseParser
from core.vocabulary import (
    CALL,
    CHANNEL,
    CONSTRAIN,
    END,
    FIRST_SPECIAL,
    MESSAGE,
    RETURN,
    SIZE,
    START,
    encoding,
)

law = settings(deadline=None, max_examples=200)
HEADER_WORDS = ["assistant", "user", "functions.x", "analysis", "commentary", "final"]
HEADER_WORDS += [" to=functions.x", " to=assistant", " json", "?", " ", "\n", "We need", "🫠"]


def encoded(text: str) -> list[int]:
    ids: list[int] = encoding().encode(text, allowed_special="all")
    return ids


markers = st.sampled_from([START, CHANNEL, CONSTRAIN, MESSAGE, END, RETURN, CALL])
words = st.sampled_from(HEADER_WORDS).map(encoded)
headers = st.sampled_from(["analysis", "commentary", "final"]).map(
    lambda channel: encoded(f"<|start|>assistant<|channel|>{channel}<|message|>")
)
text_ids = st.integers(0, FIRST_SPECIAL - 1)
wild_ids = st.integers() | st.integers(-1, SIZE) | st.integers(FIRST_SPECIAL, SIZE + 5)
pieces = st.one_of(
    markers.map(lambda t: [t]),
    markers.map(lambda t: [t]),
    words,
    headers,
    st.lists(text_ids, max_size=4),
    wild_ids.map(lambda t: [t]),
)
outputs = st.lists(pieces, max_size=30).map(lambda parts: [t for part in parts for t in part])
cuts = st.lists(st.integers(1, 20), max_size=20)


def run(ids: Sequence[int], sizes: Sequence[int] = ()) -> list[ParserEvent]:
    parser, events, at = ChannelParser(), list[ParserEvent](), 0
    for size in [*sizes, len(ids)]:
        events += parser.feed(ids[at : at + size])
        at += size
    return events + parser.finish()


def done(events: Sequence[ParserEvent]) -> list[MessageDone]:
    return [e for e in events if isinstance(e, MessageDone)]


def repaired(events: Sequence[ParserEvent]) -> list[Repaired]:
    return [e for e in events if isinstance(e, Repaired)]


@law
@given(outputs, cuts)
@example([CHANNEL, *encoded("analysis"), *encoded(" a b c"), 2**70, MESSAGE], [1, 1])
@example(encoded("🫠")[:1] * 100, [64, 1])
def test_the_tokens_of_all_events_joined_are_the_output(ids: list[int], sizes: list[int]) -> None:
    assert [t for e in run(ids, sizes) for t in e.tokens] == ids


@law
@given(outputs, cuts)
def test_each_message_starts_once_and_its_deltas_joined_are_its_text(
    ids: list[int], sizes: list[int]
) -> None:
    open_index, seen, text = None, 0, ""
    for event in run(ids, sizes):
        match event:
            case MessageStarted():
                assert open_index is None
                assert event.index == seen
                open_index, text, header = event.index, "", event
            case TextDelta():
                assert event.index == open_index
                text += event.text
            case MessageDone():
                assert event.index == open_index
                assert event.message.text == text
                assert event.message.channel is header.channel
                assert event.message.recipient == header.recipient
                open_index, seen = None, seen + 1
            case Repaired():
                assert 0 <= event.at_token < len(ids)
                assert tuple(ids[event.at_token :][: len(event.tokens)]) == event.tokens
    assert open_index is None


@law
@given(outputs, cuts)
def test_the_chunks_make_no_difference_to_messages_and_repairs(
    ids: list[int], sizes: list[int]
) -> None:
    whole, chunked = run(ids), run(ids, sizes)
    assert done(whole) == done(chunked)
    assert repaired(whole) == repaired(chunked)


@law
@given(outputs)
def test_no_character_of_content_is_lost(ids: list[int]) -> None:
    """A message's text is what its content tokens decode to, no more and no less."""
    events = run(ids)
    for message in done(events):
        content = [
            t
            for e in events
            if isinstance(e, TextDelta) and e.index == message.index
            for t in e.tokens
        ]
        assert message.message.text == encoding().decode(content)


@law
@given(outputs)
def test_final_is_only_what_stands_behind_a_complete_header_that_says_final(ids: list[int]) -> None:
    events = run(ids)
    spoken = over = False
    for event in events:
        if isinstance(event, MessageStarted):
            spoken = spoken or event.channel is not Channel.ANALYSIS or event.recipient is not None
        if isinstance(event, MessageStarted) and event.channel is Channel.FINAL:
            assert not over
            assert event.recipient is None
            header = encoding().decode([t for t in event.tokens if 0 <= t < SIZE])
            names = header.removesuffix("<|message|>").split("<|channel|>")[1:]
            said = [name.split()[0].split("<")[0] for name in names if name.strip()]
            assert said
            assert set(said) == {"final"}
            assert event.tokens[-1] == MESSAGE
        over = over or (spoken and bool({RETURN, CALL}.intersection(event.tokens)))


# Transcripts as models write them, whole and damaged. Words tell where the text belongs.

SECRET, PUBLIC = " secret", " answer"
MARKED = {"analysis": SECRET, "commentary": " aside", "final": PUBLIC}
transcripts = st.lists(st.sampled_from(["analysis", "commentary", "final"]), min_size=1, max_size=5)


def transcript(channels: Sequence[str]) -> list[int]:
    text = "<|end|><|start|>assistant".join(
        f"<|channel|>{channel}<|message|>So,{MARKED[channel] * 3}." for channel in channels
    )
    return encoded(text + "<|return|>")


@law
@given(transcripts, st.data())
def test_no_reasoning_reaches_final_whatever_three_tokens_of_the_structure_are_lost(
    channels: list[str], data: st.DataObject
) -> None:
    ids = transcript(channels)
    content = {t for word in MARKED.values() for t in encoded(f"So,{word * 3}.")}
    structure = [i for i, t in enumerate(ids) if t not in content]
    first = data.draw(st.integers(0, len(structure) - 1))
    near = structure[first : first + 7]  # as many as stand between two messages
    lost = data.draw(st.sets(st.sampled_from(near), max_size=3))
    damaged = [t for i, t in enumerate(ids) if i not in lost]
    assert SECRET not in HarmonyResponseParser().parse_response_tokens(damaged).final


@law
@given(transcripts, st.data())
def test_no_reasoning_reaches_final_whatever_markers_are_put_in(
    channels: list[str], data: st.DataObject
) -> None:
    ids = transcript(channels)
    for _ in range(data.draw(st.integers(1, 3))):
        ids.insert(data.draw(st.integers(0, len(ids))), data.draw(markers | wild_ids))
    assert SECRET not in HarmonyResponseParser().parse_response_tokens(ids).final


@law
@given(transcripts, st.integers(0, 60))
def test_a_cut_off_transcript_is_the_beginning_of_the_whole(channels: list[str], end: int) -> None:
    ids = transcript(channels)
    parser = HarmonyResponseParser()
    whole, cut = parser.parse_response_tokens(ids), parser.parse_response_tokens(ids[:end])
    assert whole.metadata["repairs"] == ()
    for channel, text in cut.channels.items():
        assert whole.channels[channel].startswith(text)


recipients = st.sampled_from(["functions.weather", "functions.a_b-c", "python", "browser.search"])
contents = st.text(max_size=20) | st.lists(text_ids, max_size=12)
clean_messages = st.tuples(
    st.sampled_from(["analysis", "commentary", "final"]),
    st.none() | recipients,
    st.none() | st.sampled_from([" <|constrain|>json", "<|constrain|>json", " code"]),
    st.booleans(),
    contents,
)


@law
@given(st.lists(clean_messages, min_size=1, max_size=5), cuts)
def test_clean_output_is_read_as_openai_harmony_reads_it(
    written: list[tuple[str, str | None, str | None, bool, str | list[int]]], sizes: list[int]
) -> None:
    ids: list[int] = []
    for n, (channel, recipient, content_type, in_role, content) in enumerate(written):
        to = f" to={recipient}" if recipient and channel != "final" else ""
        kind = content_type if to and content_type else ""
        role, name = (to, channel) if in_role else ("", channel + to)
        start = "<|start|>assistant" if n else ""
        ids += encoded(f"{start}{role}<|channel|>{name}{kind}<|message|>")
        ids += (
            encoding().encode(content, disallowed_special=())
            if isinstance(content, str)
            else content
        )
        ids.append(END)
    ids[-1] = RETURN
    theirs = encoding().parse_messages_from_completion_tokens(
        ids, harmony.Role.ASSISTANT, strict=True
    )
    events = run(ids, sizes)
    assert repaired(events) == []
    assert [_fields(e.message) for e in done(events)] == [
        (
            m.channel,
            m.recipient,
            m.content_type and m.content_type.removeprefix("<|constrain|>"),
            m.content[0].text,
        )
        for m in theirs
    ]


def _fields(message: Message) -> tuple[str, str | None, str | None, str]:
    return str(message.channel), message.recipient, message.content_type, message.text


@law
@given(st.text(max_size=80))
def test_no_text_makes_the_text_parser_raise(text: str) -> None:
    assert HarmonyResponseParser().parse_response_text(text).metadata["token_count"] >= 0


@law
@given(st.lists(text_ids, max_size=200))
def test_bytes_that_are_no_utf8_come_through_as_openai_harmony_decodes_them(
    content: list[int],
) -> None:
    head = encoded("<|channel|>final<|message|>")
    parser = harmony.StreamableParser(encoding(), harmony.Role.ASSISTANT, strict=False)
    for token in [*head, *content]:
        parser.process(token)
    parser.process_eos()
    assert done(run(head + content))[0].message.text == parser.messages[0].content[0].text
