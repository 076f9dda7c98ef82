"""Model output as it is written, and what the parser reads in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.conversation import Channel, Message, Role
from core.events import MessageDone, ParserEvent, Repaired
from core.parser import ChannelParser
from core.vocabulary import encoding

C, M, E, R = "<|channel|>", "<|message|>", "<|end|>", "<|return|>"
S = "<|start|>assistant"
THOUGHT = f"{C}analysis{M}Two and two.{E}"
ANSWER = f"{S}{C}final{M}Four.{R}"
CALL = f"{S}{C}commentary to=functions.weather <|constrain|>json{M}{{}}<|call|>"
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
