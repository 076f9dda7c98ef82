"""What the plain formats write: tags around thoughts, ends of the turn, and what can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.decoding import Decode


class ThinkRepair(StrEnum):
    """What was wrong with an output whose thoughts stand between tags, in words."""

    UNOPENED = "end of thinking without a beginning"
    UNCLOSED = "thinking without an end"
    NESTED = "thinking opened twice"
    UNSURE = "cut off before it was clear whether this is the answer"
    FOREIGN = "marker of another message amid the output"
    STRAY = "stray token"
    NOT_IN_VOCABULARY = "token outside the vocabulary"
    EARLY_STOP = "end of the turn before anything was said"
    AFTER_TURN = "text after the end of the turn"


class Start(StrEnum):
    """What an output begins with.

    THINKING: the prompt has opened the thoughts. ANSWER: nothing says that this model thinks, or
    the prompt has closed its thoughts. UNSURE: the model thinks, as a rule; its text is held back
    until a tag or the end of the turn tells what it was.
    """

    THINKING = "thinking"
    ANSWER = "answer"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class ThinkTags:
    """How to read one vocabulary's output.

    decode: token ids into their text. is_text: whether a token is text, tags included.
    stop_ids: tokens that end the turn. ends: texts that do. foreign_ids: markers that open or
        frame a message; what stands behind one, nobody can tell the role of.
    known: whether an id is in the vocabulary at all.
    """

    decode: Decode
    is_text: Callable[[int], bool]
    known: Callable[[int], bool]
    stop_ids: frozenset[int]
    foreign_ids: frozenset[int] = frozenset()
    ends: tuple[str, ...] = ()
    open_tag: str = "<think>"
    close_tag: str = "</think>"
