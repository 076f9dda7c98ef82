"""Values to rows of the database and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any, Final

from pydantic import TypeAdapter

from core.conversation import Channel, Message
from core.errors import StoreError
from core.frame import encodable
from core.result import Transcript
from core.store.journal import from_lines, lines, message_from, packed, unpacked
from core.store.search import index_title, index_turn
from core.store.values import (
    Kind,
    RunFacts,
    Status,
    StoredEntry,
    StoredRun,
    StoredTurn,
    Summary,
)

FACTS: Final = TypeAdapter(RunFacts)
_LEVELS: Final = ("low", "medium", "high")

SUMMARY: Final = """
    e.id, e.kind, e.title, e.created_at, e.updated_at, e.model, e.levels, e.tokens,
    (SELECT count(*) FROM turns t WHERE t.entry = e.n),
    (SELECT r.status FROM turns t JOIN runs r ON r.turn = t.n WHERE t.entry = e.n
        ORDER BY t.position DESC, r.n DESC LIMIT 1)"""


def summary(row: Sequence[Any]) -> Summary:
    """The summary of a row of SUMMARY."""
    entry_id, kind, title, created, updated, model, levels, tokens, turns, status = row
    asked = tuple(sorted(filter(None, levels.split(",")), key=_LEVELS.index))
    state = Status(status or Status.FINISHED)
    kind = Kind(kind)
    return Summary(entry_id, kind, title, created, updated, model, asked, tokens, turns, state)


def plain(text: str) -> str:
    """Text as UTF-8 can hold it: halves of surrogate pairs are replaced."""
    return encodable(text) or ""


def messages_json(messages: Sequence[Message]) -> str:
    """Messages as a column holds them."""
    return plain(json.dumps([astuple(m) for m in messages], ensure_ascii=False))


def said(seen: Transcript, captured: bool) -> str:
    """What of a run can be searched."""
    channels = [c for c in Channel if captured or c is not Channel.ANALYSIS]
    return plain("\n".join(filter(None, map(seen.text, channels))))


def put_entry(connection: sqlite3.Connection, entry: StoredEntry) -> int:
    """Insert a whole entry; its number. Its ids must be new."""
    row = (
        entry.id,
        entry.kind,
        plain(entry.title),
        entry.created_at,
        entry.updated_at,
        None if entry.instructions is None else plain(entry.instructions),
        entry.current_date,
        json.dumps(dict(entry.facts)),
    )
    number = _insert(
        connection,
        "INSERT INTO entries (id, kind, title, created_at, updated_at, instructions, day,"
        " facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    for position, turn in enumerate(entry.turns):
        _put_turn(connection, number, position, turn)
    for vote in entry.votes:
        put_vote(connection, number, vote)
    index_title(connection, number, plain(entry.title))
    count(connection, number)
    return number


def is_taken(connection: sqlite3.Connection, entry: StoredEntry) -> bool:
    """Whether one of an entry's ids belongs to something that is stored already, or twice to it."""
    turns = [turn.id for turn in entry.turns]
    runs = [run.id for turn in entry.turns for run in turn.runs]
    if len({*turns}) < len(turns) or len({*runs}) < len(runs):
        return True
    asked = [("entries", [entry.id]), ("turns", turns), ("runs", runs)]
    return any(
        connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (one,)).fetchone()  # noqa: S608
        for table, ids in asked
        for one in ids
    )


def put_vote(connection: sqlite3.Connection, entry: int, vote: Any) -> None:
    """Add a vote, a JSON object, to an entry."""
    connection.execute(
        "INSERT INTO votes (entry, facts) VALUES (?, ?)", (entry, json.dumps(dict(vote)))
    )


def _put_turn(connection: sqlite3.Connection, entry: int, position: int, turn: StoredTurn) -> None:
    number = _insert(
        connection,
        "INSERT INTO turns (id, entry, position, question, messages) VALUES (?, ?, ?, ?, ?)",
        (turn.id, entry, position, plain(turn.question), messages_json(turn.given)),
    )
    for run in turn.runs:
        _put_run(connection, number, run)
    index_turn(connection, number)


def _put_run(connection: sqlite3.Connection, turn: int, run: StoredRun) -> None:
    facts = run.facts
    # Nobody writes it here: what was under way elsewhere is broken off.
    status = Status.INTERRUPTED if run.status is Status.RUNNING else run.status
    _insert(
        connection,
        "INSERT INTO runs (id, turn, place, status, facts, level, model, tokens, failure, text,"
        " journal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run.id,
            turn,
            run.place,
            status,
            FACTS.dump_json(facts).decode(),
            facts.level,
            plain(facts.model),
            run.tokens,
            None if run.failure is None else plain(run.failure),
            said(run.transcript, facts.captured),
            packed(lines(run.events)),
        ),
    )


def _insert(connection: sqlite3.Connection, statement: str, row: Sequence[Any]) -> int:
    return int(connection.execute(statement, row).lastrowid or 0)


def count(connection: sqlite3.Connection, entry: int) -> None:
    """Bring what the list shows of an entry up to its runs."""
    connection.execute(
        """UPDATE entries SET
            tokens = (SELECT coalesce(sum(r.tokens), 0) FROM turns t JOIN runs r ON r.turn = t.n
                WHERE t.entry = entries.n),
            levels = (SELECT coalesce(group_concat(DISTINCT r.level), '') FROM turns t
                JOIN runs r ON r.turn = t.n WHERE t.entry = entries.n),
            model = coalesce((SELECT r.model FROM turns t JOIN runs r ON r.turn = t.n
                WHERE t.entry = entries.n ORDER BY t.position DESC, r.n DESC LIMIT 1), '')
        WHERE n = ?""",
        (entry,),
    )


def read_entry(connection: sqlite3.Connection, entry_id: str) -> StoredEntry | None:
    """An entry with all that it holds, deleted ones too; None where there is none."""
    row = connection.execute(
        "SELECT n, id, kind, title, created_at, updated_at, instructions, day, facts"
        " FROM entries WHERE id = ?",
        (entry_id,),
    ).fetchone()
    if row is None:
        return None
    number, entry_id, kind, title, created, updated, instructions, date, facts = row
    votes = connection.execute("SELECT facts FROM votes WHERE entry = ? ORDER BY n", (number,))
    return StoredEntry(
        entry_id,
        Kind(kind),
        title,
        created,
        updated,
        instructions,
        date,
        json.loads(facts),
        tuple(json.loads(vote) for (vote,) in votes),
        tuple(_turns(connection, number)),
    )


def _turns(connection: sqlite3.Connection, entry: int) -> list[StoredTurn]:
    runs: dict[int, list[StoredRun]] = {}
    of_entry = "JOIN turns t ON r.turn = t.n WHERE t.entry = ? ORDER BY t.position, r.place, r.n"
    for turn, *row in connection.execute(f"SELECT r.turn, {RUN} FROM runs r {of_entry}", (entry,)):  # noqa: S608
        runs.setdefault(turn, []).append(run_from(connection, row))
    turns = connection.execute(
        "SELECT n, id, question, messages FROM turns WHERE entry = ? ORDER BY position", (entry,)
    )
    return [
        StoredTurn(
            turn_id,
            question,
            tuple(runs.get(number, ())),
            tuple(message_from(fields) for fields in json.loads(messages)),
        )
        for number, turn_id, question, messages in turns
    ]


RUN: Final = "r.n, r.id, r.place, r.status, r.facts, r.tokens, r.failure, r.journal"


def run_from(connection: sqlite3.Connection, row: Sequence[Any]) -> StoredRun:
    """The run of a row of RUN. Raises StoreError where it is damaged."""
    number, run_id, place, status, facts, tokens, failure, journal = row
    try:
        text = unfinished(connection, number) if journal is None else unpacked(journal)
        events = from_lines(text)
        return StoredRun(
            run_id, place, Status(status), FACTS.validate_json(facts), events, tokens, failure
        )
    except ValueError as error:
        raise StoreError(
            f"The run {run_id} of the history is damaged ({error}). Delete it, or restore the "
            "history from a copy."
        ) from error


def unfinished(connection: sqlite3.Connection, run: int) -> str:
    """The lines of a run that is under way."""
    chunks = connection.execute("SELECT body FROM chunks WHERE run = ? ORDER BY n", (run,))
    return "".join(body for (body,) in chunks)
