"""The event stream: what happens in one run, as pure values, the same for page, terminal and store.

    Started  Prefill*  ( MessageStarted TextDelta* MessageDone )*  Finished
    Repaired and Scored may stand anywhere between Started and Finished. Where the turn's beginning
    was given, its messages come right behind Started, before any Prefill. `Run.finish_now` puts
    Inserted among the messages: the end of the thinking and the header of the answer follow it,
    then Prefill.

Laws: the deltas of a message joined are its text. Every event that consumed model tokens carries
them, so the `tokens` of all events joined are the raw record of the run, markers included: first
those that were given, then those that the model wrote, but for what Inserted tells. Finished comes
last and once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from core.conversation import Channel, Message
from core.sampling import TokenScore


class FinishReason(StrEnum):
    """Why a run ended."""

    STOP = "stop"
    TOOL_CALL = "tool_call"
    LENGTH = "length"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one run.

    prompt_tokens: in the rendered prompt; cached_tokens: of those, and of the given ones, not
        computed again.
    analysis_tokens, commentary_tokens, final_tokens: content of each channel, given or generated.
    generated_tokens: everything the model produced, markers and headers included.
    given_tokens: of the turn, given by the caller instead: the first ones of the raw record, and
        those that Inserted tells.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    analysis_tokens: int = 0
    commentary_tokens: int = 0
    final_tokens: int = 0
    generated_tokens: int = 0
    given_tokens: int = 0

    def of(self, channel: Channel) -> int:
        """Content tokens of one channel."""
        counts = {
            Channel.ANALYSIS: self.analysis_tokens,
            Channel.COMMENTARY: self.commentary_tokens,
            Channel.FINAL: self.final_tokens,
        }
        return counts[channel]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds since the run was submitted.

    queued_s: until the model began to read the prompt.
    prefill_s: from then until it had read all of it; None where it had not.
    first_token_s: until the first generated token; None where there was none.
    first_answer_s: until the first generated token of final's content; None where there was none.
    total_s: until the end. tokens_per_s: generated tokens after the first, per second.
    """

    queued_s: float = 0.0
    first_token_s: float | None = None
    first_answer_s: float | None = None
    total_s: float = 0.0
    tokens_per_s: float | None = None
    prefill_s: float | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The run was submitted.

    prompt_sha256: hex digest of the prompt's token ids, each as four little-endian bytes.
    given_tokens: how many tokens of the turn were given; they are no part of the prompt's count.
    """

    run_id: str
    prompt_tokens: int
    prompt_sha256: str
    given_tokens: int = 0
    tokens: tuple[int, ...] = field(default=(), init=False)


@dataclass(frozen=True, slots=True)
class Prefill:
    """`done` of `total` prompt tokens have been read, the first `cached` by earlier runs."""

    done: int
    total: int
    cached: int = 0
    tokens: tuple[int, ...] = field(default=(), init=False)


@dataclass(frozen=True, slots=True)
class MessageStarted:
    """A header is complete; `tokens` are the header's tokens, markers included."""

    index: int
    channel: Channel
    recipient: str | None = None
    tokens: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of message `index`.

    `text` may lag behind `tokens` by an unfinished UTF-8 character, and by what may turn out to be
    the beginning of a stop string.
    """

    index: int
    text: str
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MessageDone:
    """A message ended. complete: False where it was cut off. tokens: the end marker, if any."""

    index: int
    message: Message
    complete: bool
    tokens: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Repaired:
    """Malformed output was repaired.

    kind: a word for what was wrong (repair.RepairKind). at_token: index in the raw record.
    tokens: what the repair set aside, if anything; they are in the raw record and in no message.
    """

    kind: str
    at_token: int
    tokens: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Inserted:
    """The caller asked for the answer: `count` tokens of the raw record, from index `at_token` on,
    were not written by the model. The messages behind this event carry them. Half a header before
    them is in no event; where it was given, fewer tokens were given than Started tells: `at_token`.
    """

    at_token: int
    count: int
    tokens: tuple[int, ...] = field(default=(), init=False)


@dataclass(frozen=True, slots=True)
class Scored:
    """How likely the written tokens from `at_token` of the raw record on were, one score for each.

    Only where `SamplingParams.logprobs` asks for it, and behind the events that consume the tokens.
    """

    at_token: int
    scores: tuple[TokenScore, ...]
    tokens: tuple[int, ...] = field(default=(), init=False)


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended; nothing follows.

    peak_memory: bytes that the machine took at most since it was last idle, with all that ran
        beside this run; None where unknown.
    """

    reason: FinishReason
    usage: Usage
    timing: Timing
    peak_memory: int | None = None
    tokens: tuple[int, ...] = field(default=(), init=False)


class StreamParser(Protocol):
    """Makes one run's tokens into events; see core.channel_parser and core.think_parser.

    over: the turn has ended in what was written, without a token that ends it: the run is over.
    """

    over: bool

    def feed(self, token_ids: Sequence[int]) -> list[ParserEvent]:
        """The events of the next tokens. Never raises."""

    def finish(self) -> list[ParserEvent]:
        """The events of the end of the output."""


ParserEvent = MessageStarted | TextDelta | MessageDone | Repaired
Event = Started | Prefill | Inserted | Scored | ParserEvent | Finished
