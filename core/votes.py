"""Blind votes: which of several unlabelled answers a person took, and the shares over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.statistics import Share


@dataclass(frozen=True, slots=True)
class Vote:
    """One choice among columns that were shuffled, without labels and reasoning.

    shown: the columns' labels. chosen: the one taken; None where the person saw no difference.
    prompt: the question. at: when, an ISO time with its zone. comparison: the id of its entry in
    the history; None where it has none.
    """

    shown: tuple[str, ...]
    chosen: str | None
    prompt: str
    at: str
    comparison: str | None = None


class VoteBook(Protocol):
    """Keeps votes."""

    def add(self, vote: Vote) -> None:
        """Keep one more."""

    def votes(self) -> Sequence[Vote]:
        """All of them, in the order they came."""


class VotesInMemory:
    """A VoteBook that ends with the process."""

    def __init__(self) -> None:
        self._votes: list[Vote] = []

    def add(self, vote: Vote) -> None:
        self._votes.append(vote)

    def votes(self) -> Sequence[Vote]:
        return tuple(self._votes)


def shares(votes: Iterable[Vote]) -> dict[str, Share]:
    """How often each label was taken, of the votes in which it was shown and one was taken."""
    taken: dict[str, int] = {}
    shown: dict[str, int] = {}
    for vote in votes:
        for label in vote.shown if vote.chosen is not None else ():
            shown[label] = shown.get(label, 0) + 1
            taken[label] = taken.get(label, 0) + (label == vote.chosen)
    return {label: Share(taken[label], n) for label, n in shown.items()}
