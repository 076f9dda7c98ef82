"""Clean turns to damage: the embedded model's own transcripts, and richer ones made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from random import Random

from core.demo.tasks import LEVELS, training
from core.demo.transcript import reply
from core.vocabulary import CALL, END, MESSAGE, RETURN, START, encoding

PROSE = (
    "We need the sum of 3 and 8. Let me see: that is 11.",
    "The user asks for the final answer; analysis first, then commentary?",
    "Über-naïve café, 数字 und 🫠 ꙮ नमस्ते.",
    '{"city": "Zürich", "unit": "°C"}',
    "First:\n\n1. one\n2. two\n\n```python\nprint('<|end|>')\n```",
    "Four.",
    "",
)
HEADERS = {
    "analysis": "analysis",
    "final": "final",
    "typed final": "final <|constrain|>json",
    "preamble": "commentary",
    "call": "commentary to=functions.weather <|constrain|>json",
    "tight call": "commentary to=functions.weather<|constrain|>json",
    "built-in call": "analysis to=python code",
}
_ENDS = frozenset({END, RETURN, CALL})


class Part(StrEnum):
    """What a token of a clean turn is part of."""

    HEADER = "header"
    CONTENT = "content"
    END = "end"


@dataclass(frozen=True)
class Clean:
    """A clean turn as the model writes it, behind the prompt's `<|start|>assistant`."""

    ids: list[int]

    @cached_property
    def parts(self) -> list[tuple[str, Part]]:
        """The channel and the part of each token."""
        parts: list[tuple[str, Part]] = []
        channel = ""
        header: list[int] | None = []
        for token in self.ids:
            if header is None:
                parts.append((channel, Part.END if token in _ENDS else Part.CONTENT))
                header = [] if token in _ENDS else None
                continue
            header.append(token)
            if token == MESSAGE:
                channel = encoding().decode(header).split("<|channel|>")[1].split()[0]
                channel = channel.split("<")[0]
                parts += [(channel, Part.HEADER)] * len(header)
                header = None
        return parts

    @cached_property
    def outside_final(self) -> list[bool]:
        """True for each token that is neither in the header nor in the content of a final."""
        return [channel != "final" or part is Part.END for channel, part in self.parts]

    @cached_property
    def finals(self) -> list[str]:
        """The texts of the finals that are not empty, read without the parser."""
        texts: list[str] = []
        of_parts = groupby(zip(self.parts, self.ids, strict=True), key=lambda pair: pair[0])
        for (channel, part), pairs in of_parts:
            if channel == "final" and part is Part.CONTENT:
                texts.append(encoding().decode([token for _, token in pairs]))
        return texts


def plain(text: str) -> list[int]:
    """Tokens of ordinary text; markers typed in it stay text."""
    ids: list[int] = encoding().encode(text, disallowed_special=())
    return ids


def marked(text: str) -> list[int]:
    """Tokens of a text whose markers are real."""
    ids: list[int] = encoding().encode(text, allowed_special="all")
    return ids


def embedded_turn(rng: Random) -> Clean:
    """A turn as the embedded model is trained to write it."""
    question = training(rng, tools=rng.random() < 0.3)
    return Clean(list(reply(question, rng.choice(LEVELS)).tokens))


def turn_of(kinds: Sequence[str], rng: Random) -> Clean:
    """A turn of these kinds of messages (keys of HEADERS), with any prose in them."""
    ids: list[int] = []
    for kind in kinds:
        ids += [START, *plain("assistant")] if ids else []
        ids += [*marked(f"<|channel|>{HEADERS[kind]}"), MESSAGE, *plain(rng.choice(PROSE)), END]
    ids[-1] = CALL if "call" in kinds[-1] else RETURN
    return Clean(ids)


def handmade_turn(rng: Random) -> Clean:
    """A turn of one to six messages in any order, mostly with a final at the end."""
    body = [k for k in HEADERS if "call" not in k]
    kinds = rng.choices(body, weights=(5, 1, 1, 3), k=rng.randrange(6))
    last = rng.choices(list(HEADERS), weights=(1, 8, 3, 1, 3, 2, 1))
    return turn_of([*kinds, *last], rng)


def clean_turn(rng: Random) -> Clean:
    """Any clean turn."""
    return embedded_turn(rng) if rng.random() < 0.5 else handmade_turn(rng)
