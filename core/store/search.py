"""Full text of titles, questions and answers; of reasoning where it was kept.

A word is found by its beginning, without regard to case and accents. Chinese and Japanese are
written without spaces: there each character is a word.
"""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Final

_WITHOUT_SPACES: Final = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_WORD: Final = re.compile(r"[^\W_]+")

MATCHING: Final = """
    SELECT CASE WHEN rowid < 0 THEN -rowid ELSE (SELECT entry FROM turns WHERE n = search.rowid) END
    FROM search WHERE search MATCH ?"""
"""The numbers of the entries that an expression of `expression` finds."""


def expression(query: str) -> str | None:
    """What is asked of the index: all words, in one turn or in the title. None without a word."""
    # A word of several characters that stand alone is a phrase.
    words = [f'"{_spaced(word).strip()}"*' for word in _WORD.findall(query)]
    return " ".join(words) or None


def index_title(connection: sqlite3.Connection, entry: int, title: str) -> None:
    """Let entry number `entry` be found by this title, and by no earlier one."""
    _put(connection, -entry, title)


def index_turn(connection: sqlite3.Connection, turn: int) -> None:
    """Let turn number `turn` be found by its question and what its runs have said so far."""
    row = connection.execute(
        "SELECT question, messages, (SELECT group_concat(text, char(10)) FROM runs"
        " WHERE turn = t.n) FROM turns t WHERE n = ?",
        (turn,),
    ).fetchone()
    if row is not None:
        question, messages, said = row
        given = "\n".join(fields[1] for fields in json.loads(messages))
        _put(connection, turn, f"{question}\n{given}\n{said or ''}")


def _put(connection: sqlite3.Connection, rowid: int, text: str) -> None:
    connection.execute("DELETE FROM search WHERE rowid = ?", (rowid,))
    connection.execute("INSERT INTO search (rowid, text) VALUES (?, ?)", (rowid, _spaced(text)))


def _spaced(text: str) -> str:
    return text if text.isascii() else _WITHOUT_SPACES.sub(r" \1 ", text)
