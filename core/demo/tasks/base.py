"""What every task family shares: the question value, the reasoning levels and the held-out split.

A family is a function `make(rng) -> Question`. The question carries its own right answer and one
analysis per reasoning level; the final message is the same, and right, at every level.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal

from core.demo.tasks.wording import digest, kept_apart

Level = Literal["low", "medium", "high"]
LEVELS: tuple[Level, ...] = ("low", "medium", "high")

# One question in twenty is never trained on.
HELD_OUT_ONE_IN = 20
# The question that the page's first example asks: held out so that answering it is no feat of
# memory.
ALWAYS_HELD_OUT = frozenset({"add:23,48"})

# Stands before a character that the network sees but is not trained to produce: a slip in the
# shown work.
SLIP = "\ue000"


@dataclass(frozen=True)
class Call:
    """A finished tool call inside a turn: the thought, the JSON arguments, the tool's result."""

    analysis: str
    arguments: str
    result: str


@dataclass(frozen=True)
class Question:
    """One user message with its right answer.

    `answer` is a string that a right final message contains. `keys` name the content for the
    held-out split: the first is the question itself, the others are partial results that the
    shown work would give away. `history` holds earlier (user, final) turns; `arguments`, when
    set, makes the reply a calculator call.
    """

    family: str
    prompt: str
    answer: str
    final: str
    analysis: Mapping[Level, str]
    keys: tuple[str, ...]
    history: tuple[tuple[str, str], ...] = ()
    arguments: str | None = None
    done: Call | None = None
    tools: bool = False
    numeric: bool = field(default=False)


def is_held_out(key: str) -> bool:
    """Whether content named `key` belongs to the held-out split; the same on every machine."""
    digest = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
    return key in ALWAYS_HELD_OUT or digest % HELD_OUT_ONE_IN == 0


def may_train(question: Question) -> bool:
    """Whether neither the question, nor its wording, nor a result in its work is held out."""
    held_out = any(is_held_out(key) for key in question.keys)
    return not held_out and digest(question.prompt) not in kept_apart()
