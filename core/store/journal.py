"""A run's events with their times, as rows of JSON and back; what goes to disk of a reasoning.

A row is [word, times, fields…]: times in whole microseconds, each but the first since the one
before. Rows that were read are checked: they may come from a file that somebody else wrote.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import pairwise
from typing import Any, Final

from core.conversation import Channel, Message, Role
from core.events import (
    Event,
    Finished,
    FinishReason,
    Inserted,
    MessageDone,
    MessageStarted,
    Prefill,
    Repaired,
    Scored,
    Started,
    TextDelta,
    Timing,
    Usage,
)
from core.result import Transcript
from core.sampling import TokenScore

Row = list[Any]
_MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Timed:
    """An event, and when it happened.

    times: seconds since the run was submitted, to the microsecond: one for each token that the
        event consumed, also where the tokens themselves are not kept; one for an event without any.
    """

    event: Event
    times: tuple[float, ...]

    @property
    def at(self) -> float:
        """When the event was complete, in seconds since the run was submitted."""
        return self.times[-1]


def timed(event: Event, times: Sequence[float]) -> Timed:
    """An event with its times as they are stored: rounded, and never going back."""
    whole, last = [], 0
    for time in times:
        last = max(last, round(time * _MICRO))
        whole.append(last / _MICRO)
    return Timed(event, tuple(whole))


class Redactor:
    """Takes the reasoning out of the events of one run, in their order, and all token ids.

    Counts (as many times as there were tokens) and times stay; text, recipients and content types
    of analysis messages do not. Scores go: they name tokens.
    """

    def __init__(self) -> None:
        self._channels: list[Channel] = []

    def __call__(self, event: Event) -> Event | None:
        """What may be kept of the next event; None where nothing may."""
        match event:
            case Scored():
                return None
            case MessageStarted():
                self._channels.append(event.channel)
                hidden = event.channel is Channel.ANALYSIS
                return replace(event, tokens=(), recipient=None if hidden else event.recipient)
            case TextDelta():
                hidden = self._channels[event.index] is Channel.ANALYSIS
                return replace(event, tokens=(), text="" if hidden else event.text)
            case MessageDone():
                message = event.message
                if message.channel is Channel.ANALYSIS:
                    message = Message(message.role, "", message.channel)
                return replace(event, tokens=(), message=message)
            case Repaired():
                return replace(event, tokens=())
        return event


def to_row(one: Timed) -> Row:
    """The row of an event."""
    whole = [round(time * _MICRO) for time in one.times]
    steps = [whole[0], *(b - a for a, b in pairwise(whole))]
    return [*_head(one.event, steps), *_fields(one.event)]


def _head(event: Event, steps: list[int]) -> Row:
    return [_WORDS[type(event)], steps]


_WORDS: Final[dict[type, str]] = {
    Started: "started",
    Prefill: "prefill",
    Inserted: "inserted",
    Scored: "scored",
    MessageStarted: "message",
    TextDelta: "text",
    MessageDone: "done",
    Repaired: "repaired",
    Finished: "finished",
}


def _fields(event: Event) -> Row:
    match event:
        case Started(run_id, prompt_tokens, sha256, given):
            return [run_id, prompt_tokens, sha256, given]
        case Prefill(done, total, cached):
            return [done, total, cached]
        case Inserted(at_token, count):
            return [at_token, count]
        case Scored(at_token, scores):
            return [at_token, [[s.logprob, s.entropy, s.top] for s in scores]]
        case MessageStarted(index, channel, recipient, tokens):
            return [index, channel, recipient, tokens]
        case TextDelta(index, text, tokens):
            return [index, text, tokens]
        case MessageDone(index, message, complete, tokens):
            return [index, astuple(message), complete, tokens]
        case Repaired(kind, at_token, tokens):
            return [kind, at_token, tokens]
        case Finished(reason, usage, timing, peak_memory):
            return [reason, astuple(usage), astuple(timing), peak_memory]


def from_row(row: Any) -> Timed:
    """The event of a row. Raises ValueError for anything that `to_row` does not write."""
    try:
        word, steps, *fields = row
        at, times = 0, []
        for step in map(_count, steps):
            at += step
            times.append(at / _MICRO)
        if not times:
            raise ValueError("no time")
        return Timed(_READERS[word](*fields), tuple(times))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise ValueError(f"{str(row)[:80]!r} is no event ({error})") from error


def _started(run_id: Any, prompt_tokens: Any, sha256: Any, given: Any) -> Started:
    return Started(_text(run_id), _count(prompt_tokens), _text(sha256), _count(given))


def _prefill(done: Any, total: Any, cached: Any) -> Prefill:
    return Prefill(_count(done), _count(total), _count(cached))


def _scored(at_token: Any, scores: Any) -> Scored:
    return Scored(
        _count(at_token),
        tuple(
            TokenScore(_number(p), _number(e), tuple((_count(t), _number(q)) for t, q in top))
            for p, e, top in scores
        ),
    )


def _message(index: Any, channel: Any, recipient: Any, tokens: Any) -> MessageStarted:
    return MessageStarted(_count(index), Channel(channel), _or_none(recipient), _ids(tokens))


def _done(index: Any, message: Any, complete: Any, tokens: Any) -> MessageDone:
    return MessageDone(_count(index), message_from(message), bool(complete), _ids(tokens))


def message_from(fields: Any) -> Message:
    """The message of [role, text, channel, recipient, content_type, name]. Raises ValueError."""
    role, text, channel, *rest = fields
    kept = Channel(channel) if channel is not None else None
    return Message(Role(role), _text(text), kept, *map(_or_none, rest))


def _finished(reason: Any, usage: Any, timing: Any, peak_memory: Any) -> Finished:
    return Finished(
        FinishReason(reason),
        Usage(*map(_count, usage)),
        Timing(*(None if t is None else _number(t) for t in timing)),  # type: ignore[arg-type]
        None if peak_memory is None else _count(peak_memory),
    )


_READERS: Final[dict[str, Callable[..., Event]]] = {
    "started": _started,
    "prefill": _prefill,
    "inserted": lambda at, count: Inserted(_count(at), _count(count)),
    "scored": _scored,
    "message": _message,
    "text": lambda index, text, tokens: TextDelta(_count(index), _text(text), _ids(tokens)),
    "done": _done,
    "repaired": lambda kind, at, tokens: Repaired(_text(kind), _count(at), _ids(tokens)),
    "finished": _finished,
}


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _ids(value: Any) -> tuple[int, ...]:
    return tuple(map(_count, value))


def folded(events: Iterable[Timed]) -> Transcript:
    """The transcript of events. Raises ValueError where they belong to no run."""
    seen = Transcript()
    try:
        for one in events:
            seen.add(one.event)
    except IndexError as error:
        raise ValueError("a text belongs to no message") from error
    return seen


def lines(events: Iterable[Timed]) -> str:
    """A line of JSON per event."""
    return "".join(json.dumps(to_row(e), separators=(",", ":")) + "\n" for e in events)


def packed(text: str) -> bytes:
    """Lines of a run that has ended, compressed."""
    return zlib.compress(text.encode("ascii"), 6)


def unpacked(journal: bytes) -> str:
    """Lines as `packed` got them. Raises ValueError where they are damaged."""
    try:
        return zlib.decompress(journal).decode("ascii")
    except zlib.error as error:
        raise ValueError(f"a run's events are damaged ({error})") from error


def from_lines(text: str) -> tuple[Timed, ...]:
    """The events of lines. Raises ValueError."""
    return tuple(from_row(json.loads(line)) for line in text.splitlines())
