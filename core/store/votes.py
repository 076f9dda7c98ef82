"""Blind votes in the history: each stands in the entry of its comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from core.errors import StoreError
from core.store.history import Store
from core.votes import Vote, VotesInMemory

_VOTE: Final = TypeAdapter(Vote)


class StoredVotes:
    """A VoteBook over a history. Votes of comparisons that are not in it, or that cannot be written
    now, are kept until the process ends."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._others = VotesInMemory()

    def add(self, vote: Vote) -> None:
        if vote.comparison is None or not self._stored(vote.comparison, vote):
            self._others.add(vote)

    def votes(self) -> Sequence[Vote]:
        try:
            stored = [_read(facts) for facts in self._store.votes()]
        except StoreError:
            stored = []
        return sorted(filter(None, (*stored, *self._others.votes())), key=lambda vote: vote.at)

    def _stored(self, comparison: str, vote: Vote) -> bool:
        try:
            # Its entry may still wait to be written.
            self._store.flush()
            return self._store.vote(
                comparison, _VOTE.dump_python(vote, mode="json", exclude={"comparison"})
            )
        except StoreError:
            return False


def _read(facts: Any) -> Vote | None:
    """The vote of a JSON object; None for anything else, as an imported file may hold."""
    try:
        return _VOTE.validate_python(facts)
    except ValidationError:
        return None
