"""Faults in a stream of tokens. Each token remembers its place in the clean turn it came from."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from core.vocabulary import CALL, CHANNEL, CONSTRAIN, END, MESSAGE, RETURN, SIZE, START
from tests.fuzz.streams import Clean, plain

Placed = tuple[int, int]
"""A token and its index in the clean turn; -1 for a token that a fault put in."""

MARKERS = (RETURN, CONSTRAIN, CHANNEL, START, END, MESSAGE, CALL)
WORDS = ("assistant", "user", "analysis", "final", " to=functions.x", " json", "?", "\n", " so")
WILD = (-1, SIZE, SIZE + 7, 2**40, 200_013, 199_999)
LOST = 5
"""The longest run that `lose` takes: one fewer than a whole border between two messages."""


def placed(clean: Clean) -> list[Placed]:
    """The clean turn, before any fault."""
    return [(token, at) for at, token in enumerate(clean.ids)]


def delete(stream: list[Placed], at: int, rng: Random) -> list[Placed]:
    """A token is missing."""
    return stream[:at] + stream[at + 1 :]


def double(stream: list[Placed], at: int, rng: Random) -> list[Placed]:
    """A token stands there twice."""
    return stream[: at + 1] + stream[at:]


def swap(stream: list[Placed], at: int, rng: Random) -> list[Placed]:
    """Two neighbours have changed places."""
    return [*stream[:at], *stream[at : at + 2][::-1], *stream[at + 2 :]]


def lose(stream: list[Placed], at: int, rng: Random) -> list[Placed]:
    """A run of two to five tokens is missing."""
    return stream[:at] + stream[at + rng.randrange(2, LOST + 1) :]


def cut(stream: list[Placed], at: int, rng: Random) -> list[Placed]:
    """The stream ends too early."""
    return stream[:at]


def marker(stream: list[Placed], at: int, rng: Random) -> list[Placed]:
    """A control token stands where none belongs."""
    return [*stream[:at], (rng.choice(MARKERS), -1), *stream[at:]]


def word(stream: list[Placed], at: int, rng: Random) -> list[Placed]:
    """A word stands where none belongs."""
    return [*stream[:at], *((t, -1) for t in plain(rng.choice(WORDS))), *stream[at:]]


def wild(stream: list[Placed], at: int, rng: Random) -> list[Placed]:
    """A token stands there that no text and no header holds."""
    return [*stream[:at], (rng.choice(WILD), -1), *stream[at:]]


Fault = Callable[[list[Placed], int, Random], list[Placed]]
FAULTS: dict[str, Fault] = {
    f.__name__: f for f in (delete, double, swap, lose, cut, marker, word, wild)
}


def is_outside_final(clean: Clean, damaged: list[Placed]) -> bool:
    """True where every final of the clean turn has kept its header and content, in one piece.

    What was put in right behind the content is content, too.
    """
    places = [at for _, at in damaged]
    for start, end in _finals(clean):
        if start not in places:
            return False
        first = places.index(start)
        whole = list(range(start, end))
        if places[first : first + end - start] != whole or places[first + end - start :][:1] == [
            -1
        ]:
            return False
        if any(places.count(at) != 1 for at in whole):
            return False
    return True


def _finals(clean: Clean) -> list[tuple[int, int]]:
    spans, start = [], None
    for at, outside in enumerate([*clean.outside_final, True]):
        if not outside and start is None:
            start = at
        elif outside and start is not None:
            spans.append((start, at))
            start = None
    return spans
