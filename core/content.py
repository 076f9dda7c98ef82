"""The content of one open message, decoded token by token by openai-harmony's StreamableParser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import openai_harmony as harmony

from core.conversation import Channel, Message, Role
from core.events import MessageDone, TextDelta
from core.header import header_for
from core.vocabulary import END, MESSAGE, START, encoding


@dataclass(slots=True)
class OpenMessage:
    """A message under way. It keeps its tokens, but of its text only how much was told.

    decoder: openai-harmony's parser, brought to this message's content by `Decoders.enter`.
    """

    index: int
    channel: Channel
    recipient: str | None
    content_type: str | None
    decoder: harmony.StreamableParser
    tokens: list[int] = field(default_factory=list)
    told: int = 0

    def take(self, tokens: tuple[int, ...]) -> TextDelta:
        """Text tokens into their delta: the hot path of every stream."""
        decoder = self.decoder
        text = ""
        for token in tokens:
            decoder.process(token)
            if piece := decoder.last_content_delta:
                text += piece
        self.tokens += tokens
        self.told += len(text)
        return TextDelta(self.index, text, tokens)

    def close(self, end: tuple[int, ...], complete: bool) -> list[TextDelta | MessageDone]:
        """The end of the message, before it an unfinished character as the replacement one."""
        self.decoder.process(end[0] if end else END)
        text: str = encoding().decode(self.tokens)
        message = Message(Role.ASSISTANT, text, self.channel, self.recipient, self.content_type)
        done = MessageDone(self.index, message, complete, end)
        if len(text) == self.told:
            return [done]
        return [TextDelta(self.index, text[self.told :], ()), done]


class Decoders:
    """openai-harmony's parser from message to message; a fresh one where it refuses a header."""

    def __init__(self) -> None:
        self._decoder = _fresh()

    def enter(self, channel: Channel, header: Sequence[int] | None) -> harmony.StreamableParser:
        """The decoder at a message's content: by the model's own header where that is clean.

        header: the header as the model wrote it, with `<|message|>`; None where it was repaired.
        """
        plain = header_for(channel)
        own = [*plain, MESSAGE]
        if header is not None:
            prefix = [] if header[0] == START else plain[: 1 if header[0] == plain[1] else 2]
            own = [*prefix, *header]
        try:
            for token in own:
                self._decoder.process(token)
        except harmony.HarmonyError:
            self._decoder = _fresh()
            for token in (*plain, MESSAGE):
                self._decoder.process(token)
        return self._decoder


def _fresh() -> harmony.StreamableParser:
    return harmony.StreamableParser(encoding(), role=None, strict=False)
