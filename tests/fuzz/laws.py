"""What holds for every stream. Each law gives None, or says in a few words how it was broken."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from core.conversation import Channel
from core.events import MessageDone, MessageStarted, ParserEvent, Repaired, TextDelta
from core.parser import ChannelParser
from core.result import Transcript
from core.vocabulary import FIRST_SPECIAL, encoding
from tests.fuzz.faults import Placed
from tests.fuzz.streams import Clean, Part


def events_of(ids: Sequence[int], sizes: Sequence[int] = ()) -> list[ParserEvent]:
    """The events of a stream that comes in chunks of these sizes, and then the rest."""
    parser, events, at = ChannelParser(), list[ParserEvent](), 0
    for size in [*sizes, len(ids)]:
        events += parser.feed(ids[at : at + size])
        at += size
    return events + parser.finish()


def folded(events: Sequence[ParserEvent]) -> Transcript:
    """The transcript of these events."""
    transcript = Transcript()
    for event in events:
        transcript.add(event)
    return transcript


def broken_law(ids: list[int], sizes: Sequence[int]) -> str | None:
    """The first of the laws of any stream at all that this one breaks."""
    try:
        return broken_by(events_of(ids), ids, sizes)
    except Exception as error:
        return f"raised {type(error).__name__}"


def broken_by(whole: Sequence[ParserEvent], ids: list[int], sizes: Sequence[int]) -> str | None:
    """The same of a stream whose events, fed at once, are known."""
    chunked = events_of(ids, sizes)
    return (
        _loses_a_token(whole, ids)
        or _loses_a_token(chunked, ids)
        or _loses_a_character(chunked, ids)
        or _differs_by_chunks(whole, chunked)
        or _differs_in_replay(chunked)
    )


def leak(
    damaged: Sequence[Placed], clean: Clean, events: Sequence[ParserEvent] | None = None
) -> str | None:
    """A token of an analysis's content in the clean turn that came to stand in a final.

    events: those of the damaged stream, where they are known.
    """
    at, final, forged, leaked = 0, False, False, False
    for event in events_of([token for token, _ in damaged]) if events is None else events:
        places = [place for _, place in damaged[at : at + len(event.tokens)]]
        parts = [clean.parts[place] for place in places if place >= 0]
        at += len(places)
        if isinstance(event, MessageStarted):
            final = event.channel is Channel.FINAL
            # A header put together from words of the content is none that a parser can tell.
            forged = any(part is Part.CONTENT for _, part in parts)
        elif final and not forged and isinstance(event, TextDelta):
            leaked = leaked or ("analysis", Part.CONTENT) in parts
    return "reasoning in final" if leaked else None


def finals(ids: Sequence[int]) -> list[str]:
    """The texts of the final messages that are not empty."""
    return finals_in(events_of(ids))


def finals_in(events: Sequence[ParserEvent]) -> list[str]:
    """The same of a stream whose events are known."""
    done = (e for e in events if isinstance(e, MessageDone))
    return [e.message.text for e in done if e.message.channel is Channel.FINAL and e.message.text]


def _loses_a_token(events: Sequence[ParserEvent], ids: list[int]) -> str | None:
    joined = [token for event in events for token in event.tokens]
    return None if joined == ids else "tokens of all events joined are not the stream"


def _loses_a_character(events: Sequence[ParserEvent], ids: list[int]) -> str | None:
    """Every part (a header, one message's content, what was set aside) says what its text tokens
    decode to; the parts joined are what all text tokens of the stream decode to. Markers and
    tokens outside the vocabulary have no text. Bytes that are no whole character show as U+FFFD,
    in each part for itself: only the parts can be compared then, not the whole.
    """
    told: dict[int, str] = {}
    content: dict[int, list[int]] = {}
    for event in events:
        if isinstance(event, TextDelta):
            told[event.index] = told.get(event.index, "") + event.text
            content.setdefault(event.index, []).extend(event.tokens)
        elif isinstance(event, MessageDone) and event.message.text != told.get(event.index, ""):
            return "deltas joined are not the text"
    if any(told[index] != _text(tokens) for index, tokens in content.items()):
        return "a text is not what its tokens decode to"
    parts = [
        _text([t for event in group for t in event.tokens])
        for _, group in groupby(events, key=lambda e: e.index if isinstance(e, TextDelta) else -1)
    ]
    joined, whole = "".join(parts), _text(ids)
    broken = "\ufffd" in joined or "\ufffd" in whole
    return None if broken or joined == whole else "text is missing"


def _differs_by_chunks(whole: Sequence[ParserEvent], chunked: Sequence[ParserEvent]) -> str | None:
    kinds = (MessageDone, Repaired)
    if [e for e in whole if isinstance(e, kinds)] != [e for e in chunked if isinstance(e, kinds)]:
        return "chunks make a difference"
    return None if folded(whole) == folded(chunked) else "chunks make another transcript"


def _differs_in_replay(events: Sequence[ParserEvent]) -> str | None:
    record = folded(events)
    same = folded(events_of(record.tokens)) == record
    return None if same else "the raw record replayed gives something else"


def _text(ids: Sequence[int]) -> str:
    text: str = encoding().decode([t for t in ids if 0 <= t < FIRST_SPECIAL])
    return text
