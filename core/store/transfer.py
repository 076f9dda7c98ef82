"""Export and import: Counterpoint's own JSON, which holds all.

Nothing of a file is trusted: each value is checked before anything is written, and what does not
fit is refused in a sentence that names the place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from core.store.chats import ALLOWED, InvalidImport, chat_from
from core.store.journal import folded, from_row, message_from, to_row
from core.store.rows import FACTS
from core.store.values import (
    Kind,
    RunFacts,
    Status,
    StoredEntry,
    StoredRun,
    StoredTurn,
)

FORMAT: Final = "counterpoint-history"
VERSION: Final = 1


@dataclass(frozen=True)
class _Run:
    id: str
    place: int
    status: Status
    facts: RunFacts
    events: list[list[Any]]
    tokens: int
    failure: str | None


@dataclass(frozen=True)
class _Turn:
    id: str
    question: str
    messages: list[list[Any]]
    runs: list[_Run]


@dataclass(frozen=True)
class _Entry:
    id: str
    kind: Kind
    title: str
    created_at: float
    updated_at: float
    instructions: str | None
    current_date: str | None
    facts: dict[str, Any]
    votes: list[dict[str, Any]]
    turns: list[_Turn]


_ENTRIES: Final = TypeAdapter(list[_Entry])


def to_json(entries: Iterable[StoredEntry]) -> str:
    """Entries as Counterpoint's own file, all of it."""
    return json.dumps(
        {"format": FORMAT, "version": VERSION, "entries": [_as_json(e) for e in entries]},
        ensure_ascii=False,
        indent=1,
    )


def _as_json(entry: StoredEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "title": entry.title,
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
        "instructions": entry.instructions,
        "current_date": entry.current_date,
        "facts": dict(entry.facts),
        "votes": [dict(vote) for vote in entry.votes],
        "turns": [
            {
                "id": turn.id,
                "question": turn.question,
                "messages": [astuple(m) for m in turn.given],
                "runs": [_run_as_json(run) for run in turn.runs],
            }
            for turn in entry.turns
        ],
    }


def _run_as_json(run: StoredRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "place": run.place,
        "status": run.status,
        "facts": FACTS.dump_python(run.facts, mode="json"),
        "events": [to_row(event) for event in run.events],
        "tokens": run.tokens,
        "failure": run.failure,
    }


def from_json(text: str | bytes) -> tuple[StoredEntry, ...]:
    """The entries of a file, in the order in which they stand there. Raises InvalidImport."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidImport(f"The file is no JSON ({error}). {ALLOWED}") from None
    if isinstance(content, Mapping) and content.get("format") == FORMAT:
        return _own(content)
    return (chat_from(content),)


def _own(content: Mapping[str, Any]) -> tuple[StoredEntry, ...]:
    if content.get("version") != VERSION:
        raise InvalidImport(
            f"The file is of version {str(content.get('version'))[:20]!r}; this Counterpoint reads "
            f"version {VERSION}. Update Counterpoint, or export the file again."
        )
    try:
        entries = _ENTRIES.validate_python(content.get("entries"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, ("entries", *first["loc"])))
        raise InvalidImport(
            f"In the file, {where} is {repr(first['input'])[:60]} ({first['msg']}). "
            "Nothing was imported."
        ) from None
    return tuple(_entry(n, entry) for n, entry in enumerate(entries))


def _entry(number: int, entry: _Entry) -> StoredEntry:
    try:
        turns = tuple(
            StoredTurn(
                turn.id,
                turn.question,
                tuple(_run(run) for run in turn.runs),
                tuple(map(message_from, turn.messages)),
            )
            for turn in entry.turns
        )
    except (ValueError, TypeError) as error:
        raise InvalidImport(
            f"In the file, entries.{number}: {error}. Nothing was imported."
        ) from None
    return StoredEntry(
        entry.id,
        entry.kind,
        entry.title,
        entry.created_at,
        entry.updated_at,
        entry.instructions,
        entry.current_date,
        entry.facts,
        tuple(entry.votes),
        turns,
    )


def _run(run: _Run) -> StoredRun:
    events = tuple(map(from_row, run.events))
    folded(events)  # for its check
    status = Status.INTERRUPTED if run.status is Status.RUNNING else run.status
    return StoredRun(run.id, run.place, status, run.facts, events, run.tokens, run.failure)
