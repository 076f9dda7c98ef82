"""Whole responses into channels; the streaming parser behind it is in `core.channel_parser`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.channel_parser import ChannelParser
from core.conversation import Channel
from core.repair import RepairKind
from core.result import Transcript
from core.vocabulary import START, encoding

__all__ = [
    "ChannelParser",
    "HarmonyResponseParser",
    "ParsedHarmonyResponse",
    "RepairKind",
    "TextTokenizer",
]


class TextTokenizer(Protocol):
    """What turns text into token ids of the o200k vocabulary, markers included."""

    def encode(self, text: str) -> Sequence[int]:
        """Token ids of a text."""
        ...


@dataclass(frozen=True, slots=True)
class ParsedHarmonyResponse:
    """A response by channel.

    final: the answer; empty where there is none. analysis: the reasoning, which is not for end
    users. commentary: preambles meant for the user, without tool calls. Both are None where nothing
    was written on that channel.
    channels: all text by channel name, tool calls included.
    metadata: `messages` (core.conversation.Message, in order), `repairs` (what was malformed, in
    words), `token_count`, `content_tokens` (by channel name) and `complete` (the last message came
    to its end marker).
    """

    final: str
    analysis: str | None = None
    commentary: str | None = None
    channels: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)


class HarmonyResponseParser:
    """Read whole responses. Holds no state; one parser may be shared by any number of threads."""

    def parse_response_tokens(
        self, token_ids: Sequence[int], extract_final_only: bool = False
    ) -> ParsedHarmonyResponse:
        """A response from its tokens: behind `<|start|>assistant`, or with it. Never raises.

        extract_final_only: leave out everything but `final`, also from channels and metadata.
        """
        transcript = _transcript(token_ids)
        shown = [Channel.FINAL] if extract_final_only else list(Channel)
        written = {m.channel for m in transcript.messages}
        channels = {c.value: transcript.text(c) for c in shown if c in written}
        return ParsedHarmonyResponse(
            final=transcript.text(Channel.FINAL),
            analysis=channels.get(Channel.ANALYSIS),
            commentary=(transcript.preamble or None) if not extract_final_only else None,
            channels=channels,
            metadata={
                "messages": tuple(m.message for m in transcript.messages if m.channel in shown),
                "repairs": tuple(f"{r.kind} at token {r.at_token}" for r in transcript.repairs),
                "token_count": len(transcript.tokens),
                "content_tokens": {c.value: transcript.content_tokens(c) for c in shown},
                "complete": _is_complete(transcript),
            },
        )

    def parse_response_text(
        self,
        response_text: str,
        tokenizer: TextTokenizer | None = None,
        extract_final_only: bool = False,
    ) -> ParsedHarmonyResponse:
        """A response from its text, markers included.

        In text a marker that was typed cannot be told from a real one: parse tokens where you can.
        tokenizer: None takes the shipped vocabulary, which is gpt-oss's own.
        """
        if tokenizer is None:
            ids = encoding().encode(response_text, allowed_special="all")
        else:
            ids = tokenizer.encode(response_text)
        return self.parse_response_tokens(ids, extract_final_only)

    def extract_channel(self, parsed: ParsedHarmonyResponse, name: str) -> str | None:
        """The text of a channel by its name; None where nothing was written on it."""
        return parsed.channels.get(name)

    def validate_harmony_format(self, token_ids: Sequence[int]) -> bool:
        """True for one or more complete messages that needed no repair."""
        transcript = _transcript(token_ids)
        return _is_complete(transcript) and not transcript.repairs


def _transcript(token_ids: Sequence[int]) -> Transcript:
    ids = list(token_ids)
    parser = ChannelParser(after_prompt=ids[:1] != [START])
    transcript = Transcript()
    for event in (*parser.feed(ids), *parser.finish()):
        transcript.add(event)
    return transcript


def _is_complete(transcript: Transcript) -> bool:
    return bool(transcript.messages) and transcript.messages[-1].complete is True
