"""The tables of the history, version by version. A version that was released never changes.

entries: a chat, a comparison or a lab. turns: its questions, in order. runs: what came back.
chunks: events of a run under way; a run that has ended holds them all in `journal`.
search: the text of turn `n` in row `n`, the title of entry `n` in row `-n`.
tabs: which chat a tab of a browser shows, since version 2.
"""

from __future__ import annotations

from typing import Final

_FIRST: Final = (
    """CREATE TABLE entries (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        deleted_at REAL,
        model TEXT NOT NULL DEFAULT '',
        levels TEXT NOT NULL DEFAULT '',
        tokens INTEGER NOT NULL DEFAULT 0,
        instructions TEXT,
        day TEXT,
        facts TEXT NOT NULL DEFAULT '{}')""",
    "CREATE INDEX entries_by_time ON entries (updated_at DESC, n DESC) WHERE deleted_at IS NULL",
    """CREATE TABLE turns (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        entry INTEGER NOT NULL REFERENCES entries (n) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        question TEXT NOT NULL,
        messages TEXT NOT NULL DEFAULT '[]')""",
    "CREATE INDEX turns_of_entry ON turns (entry, position)",
    """CREATE TABLE runs (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        turn INTEGER NOT NULL REFERENCES turns (n) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        status TEXT NOT NULL,
        owner TEXT,
        facts TEXT NOT NULL,
        level TEXT NOT NULL,
        model TEXT NOT NULL,
        tokens INTEGER NOT NULL DEFAULT 0,
        failure TEXT,
        text TEXT NOT NULL DEFAULT '',
        journal BLOB)""",
    "CREATE INDEX runs_of_turn ON runs (turn, place)",
    "CREATE INDEX runs_under_way ON runs (owner) WHERE status = 'running'",
    """CREATE TABLE chunks (
        run INTEGER NOT NULL REFERENCES runs (n) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run, n)) WITHOUT ROWID""",
    """CREATE TABLE votes (
        n INTEGER PRIMARY KEY,
        entry INTEGER NOT NULL REFERENCES entries (n) ON DELETE CASCADE,
        facts TEXT NOT NULL)""",
    "CREATE INDEX votes_of_entry ON votes (entry)",
    "CREATE VIRTUAL TABLE search USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2')",
    """CREATE TRIGGER entry_gone AFTER DELETE ON entries
        BEGIN DELETE FROM search WHERE rowid = -old.n; END""",
    """CREATE TRIGGER turn_gone AFTER DELETE ON turns
        BEGIN DELETE FROM search WHERE rowid = old.n; END""",
)

_TABS: Final = (
    """CREATE TABLE tabs (
        tab TEXT PRIMARY KEY,
        entry INTEGER NOT NULL REFERENCES entries (n) ON DELETE CASCADE,
        seen_at REAL NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX tabs_of_entry ON tabs (entry)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _TABS)
"""MIGRATIONS[n]: what makes version n + 1 of version n."""
