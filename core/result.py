"""Events folded into what people ask for: the live transcript of a run, its result at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from core.config import ReasoningLevel
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
from core.sampling import TokenScore


class TokenKind(StrEnum):
    """What a generated token is part of: a header or marker, a channel's content, or a repair."""

    MARKER = "marker"
    ANALYSIS = "analysis"
    COMMENTARY = "commentary"
    FINAL = "final"
    SET_ASIDE = "set-aside"


@dataclass(slots=True)
class LiveMessage:
    """A message as far as it has come; `complete` is None while it is open."""

    channel: Channel
    recipient: str | None
    text: str = ""
    content_tokens: int = 0
    complete: bool | None = None
    message: Message | None = None


@dataclass(slots=True)
class Transcript:
    """One run as far as it has come, folded from its events; the same events give the same.

    tokens: the raw record; kinds: what each of them is part of (same length). The first
        `given_tokens` of them were given by the caller; the model wrote the others, but for those
        that `inserted` tells.
    scores: how likely each token was that the model wrote, where the run asked for it; `score_of`
        finds the one of a token.
    """

    run_id: str = ""
    prompt_tokens: int = 0
    prompt_sha256: str = ""
    given_tokens: int = 0
    prefill: tuple[int, int] = (0, 0)
    scores: list[TokenScore] = field(default_factory=list)
    messages: list[LiveMessage] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    kinds: list[TokenKind] = field(default_factory=list)
    repairs: list[Repaired] = field(default_factory=list)
    inserted: Inserted | None = None
    finished: Finished | None = None

    def add(self, event: Event) -> None:
        """Take in the next event of the run."""
        kind = self._say(event)
        if event.tokens:
            self.tokens.extend(event.tokens)
            self.kinds.extend([kind] * len(event.tokens))

    def _say(self, event: Event) -> TokenKind:
        """Take in what the event says; the kind of its tokens."""
        match event:
            case MessageStarted():
                self.messages.append(LiveMessage(event.channel, event.recipient))
            case TextDelta():
                message = self.messages[event.index]
                message.text += event.text
                message.content_tokens += len(event.tokens)
                return TokenKind(message.channel.value)
            case MessageDone():
                message = self.messages[event.index]
                message.complete, message.message = event.complete, event.message
            case Repaired():
                self.repairs.append(event)
                return TokenKind.SET_ASIDE
            case _:
                self._note(event)
        return TokenKind.MARKER

    def _note(self, event: Event) -> None:
        """Take in what is not about a message."""
        match event:
            case Started():
                self.run_id = event.run_id
                self.prompt_tokens = event.prompt_tokens
                self.prompt_sha256 = event.prompt_sha256
                self.given_tokens = event.given_tokens
            case Prefill():
                self.prefill = (event.done, event.total)
            case Scored():
                self.scores.extend(event.scores)
            case Inserted():
                self.inserted = event
                # Half a header that a caller gave has given way to the answer's.
                self.given_tokens = min(self.given_tokens, event.at_token)
            case Finished():
                self.finished = event

    def text(self, channel: Channel) -> str:
        """All text of a channel so far, messages apart by an empty line; tool calls included."""
        return _joined(m.text for m in self.messages if m.channel is channel)

    @property
    def preamble(self) -> str:
        """Commentary meant for the user: messages on that channel without a recipient."""
        commentary = (m for m in self.messages if m.channel is Channel.COMMENTARY)
        return _joined(m.text for m in commentary if m.recipient is None)

    @property
    def generated_tokens(self) -> int:
        """Tokens that the model wrote, so far; those of a header count once it is read."""
        inserted = self.inserted.count if self.inserted else 0
        return max(0, len(self.tokens) - self.given_tokens - inserted)

    def score_of(self, at_token: int) -> TokenScore | None:
        """How likely the token at this index of the raw record was; None where the model did not
        write it, or the run did not ask."""
        index = at_token - self.given_tokens
        if self.inserted and at_token >= self.inserted.at_token:
            index -= self.inserted.count
            if at_token < self.inserted.at_token + self.inserted.count:
                return None
        return self.scores[index] if 0 <= index < len(self.scores) else None

    def content_tokens(self, channel: Channel) -> int:
        """Content tokens of a channel so far."""
        return sum(m.content_tokens for m in self.messages if m.channel is channel)

    @property
    def thinks(self) -> bool:
        """True while the model writes, and it is neither the answer nor a tool call: then
        `Run.finish_now` makes it answer."""
        if not self.messages or self.finished is not None:
            return False
        last = self.messages[-1]
        return last.channel is not Channel.FINAL and last.recipient is None

    @property
    def open_channel(self) -> Channel | None:
        """The channel being written now, or None."""
        last = self.messages[-1] if self.messages else None
        return last.channel if last is not None and last.complete is None else None


@dataclass(frozen=True, slots=True)
class GenerationResult:
    """What one run gave.

    text: the final channel only. reasoning: the analysis; None unless `capture_reasoning`.
    commentary: preambles meant for the user; tool calls stand in `tool_calls` and `messages`.
    channels: text by channel name; messages: in the order they were written. Without
    `capture_reasoning` both hold no analysis.
    token_ids: the raw record, markers included; None unless `capture_reasoning`. The first
        `usage.given_tokens` of them were given by the caller, with what they hold of the texts.
    repairs: what was malformed in the output and mended, in words.
    finished_early: the thinking was cut short by `Run.finish_now`.
    scores: how likely each token was that the model wrote (`token_ids` behind the given ones);
        None unless `capture_reasoning` and `SamplingParams.logprobs`.
    peak_memory: bytes, as in Finished.
    format: how the model was asked: Harmony, ChatML, or its chat template.
    notes: what must be said of the format and the level, one sentence each.
    seed: what its tokens were drawn with: the same gives the same; None where that is not known.
    """

    text: str
    reasoning: str | None
    commentary: str
    channels: dict[str, str]
    messages: tuple[Message, ...]
    finish_reason: FinishReason
    reasoning_level: ReasoningLevel
    model: str
    prompt_sha256: str
    usage: Usage
    timing: Timing
    repairs: tuple[str, ...]
    token_ids: tuple[int, ...] | None = None
    finished_early: bool = False
    scores: tuple[TokenScore, ...] | None = None
    peak_memory: int | None = None
    format: str = "Harmony"
    notes: tuple[str, ...] = ()
    seed: int | None = None

    @property
    def why_empty(self) -> str | None:
        """Why there is no answer, in a sentence; None where there is one."""
        commentary = self.channels.get(Channel.COMMENTARY, "")
        return why_empty(self.finish_reason, commentary, self.text)

    @property
    def tool_calls(self) -> tuple[Message, ...]:
        """Messages addressed to a tool."""
        return tuple(m for m in self.messages if m.is_tool_call)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of `counterpoint generate --json`."""
        return {
            "text": self.text,
            "reasoning": self.reasoning,
            "commentary": self.commentary,
            "messages": [m.as_dict() for m in self.messages],
            "finish_reason": self.finish_reason,
            "reasoning_level": self.reasoning_level,
            "model": self.model,
            "prompt_sha256": self.prompt_sha256,
            "usage": asdict(self.usage),
            "timing": asdict(self.timing),
            "peak_memory_bytes": self.peak_memory,
            "repairs": list(self.repairs),
            "format": self.format,
            "notes": list(self.notes),
            "seed": self.seed,
        }


def kept_messages(messages: Sequence[LiveMessage]) -> tuple[Message, ...]:
    """What of a turn goes back into the next prompt, also where it was cut off.

    Analysis stays only where the turn made a whole tool call; a call cut in half is dropped.
    """
    called = any(m.recipient is not None and m.complete for m in messages)
    return tuple(
        m.message or Message(Role.ASSISTANT, m.text, m.channel, m.recipient)
        for m in messages
        if (m.recipient is None or m.complete) and (called or m.channel is not Channel.ANALYSIS)
        if m.text or m.recipient is not None
    )


def result_of(
    transcript: Transcript,
    level: ReasoningLevel,
    model: str,
    capture_reasoning: bool,
    format_name: str = "Harmony",
    notes: tuple[str, ...] = (),
    seed: int | None = None,
) -> GenerationResult:
    """The result of a finished transcript. Raises ValueError while it is unfinished."""
    finished = transcript.finished
    if finished is None:
        raise ValueError("The run has not finished; read its events to the end first.")
    shown = [c for c in Channel if capture_reasoning or c is not Channel.ANALYSIS]
    messages = tuple(m.message for m in transcript.messages if m.message and m.channel in shown)
    written = {m.channel for m in transcript.messages}
    return GenerationResult(
        text=transcript.text(Channel.FINAL),
        reasoning=transcript.text(Channel.ANALYSIS) if capture_reasoning else None,
        commentary=transcript.preamble,
        channels={c.value: transcript.text(c) for c in shown if c in written},
        messages=messages,
        finish_reason=finished.reason,
        reasoning_level=level,
        model=model,
        prompt_sha256=transcript.prompt_sha256,
        usage=finished.usage,
        timing=finished.timing,
        repairs=tuple(f"{r.kind} at token {r.at_token}" for r in transcript.repairs),
        token_ids=tuple(transcript.tokens) if capture_reasoning else None,
        finished_early=transcript.inserted is not None,
        scores=(tuple(transcript.scores) or None) if capture_reasoning else None,
        peak_memory=finished.peak_memory,
        format=format_name,
        notes=notes,
        seed=seed,
    )


def why_empty(reason: FinishReason, commentary: str, answer: str) -> str | None:
    """Why a run has no answer, in a sentence; None where it has one."""
    if answer.strip():
        return None
    match reason:
        case FinishReason.CANCELLED:
            return "The run was stopped before an answer was written."
        case FinishReason.TOOL_CALL:
            return "The model called a tool and waits for its answer."
        case FinishReason.LENGTH:
            return "The token budget ran out while thinking: no answer was written."
    if commentary.strip():
        return "Nothing was written in the final channel, only in commentary."
    return "The model ended its turn without writing an answer."


def _joined(texts: Any) -> str:
    return "\n\n".join(t for t in texts if t)
