"""A file of prompts, CSV or JSON Lines, as questions; what is wrong with it, in a sentence."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from core.errors import InvalidFile

STDIN: Final = "-"
KNOWN: Final = ("prompt", "expected", "id", "instructions")
"""Columns that mean something; all others are carried along."""
_FORMS: Final = (
    "CSV with a column `prompt`, or JSON Lines with `prompt` in each object; `expected`, `id` and "
    "`instructions` may stand beside it"
)
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Question:
    """One prompt of a set.

    number: its place, from 1. expected: the right answer, None where it is not known.
    instructions: in place of the experiment's; None keeps those. more: the file's other columns.
    """

    number: int
    prompt: str
    expected: str | None = None
    id: str | None = None
    instructions: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How people find it again: `3`, or `3 (id sum-7)`."""
        return f"{self.number} (id {self.id})" if self.id else str(self.number)


def read_prompts(file: str | Path) -> tuple[Question, ...]:
    """The questions of a file; `-` reads standard input. Raises InvalidFile.

    CSV: the first row names the columns, in any case and with spaces around; commas, semicolons or
    tabs stand between them; empty rows are left out. JSON Lines: an object a line.
    """
    name = str(file)
    text = _text(name)
    if not text.strip():
        raise InvalidFile(f"{_named(name)} is empty; allowed: {_FORMS}. Give a file with prompts.")
    suffix = Path(name).suffix.lower()
    lines = suffix in (".jsonl", ".ndjson") or (suffix != ".csv" and text.lstrip()[0] in "{[")
    rows = _of_json_lines(name, text) if lines else _of_csv(name, text)
    questions = tuple(
        _question(name, number, place, row) for number, (place, row) in enumerate(rows, 1)
    )
    if not questions:
        raise InvalidFile(
            f"{_named(name)} has column names and no row under them; allowed: {_FORMS}. Add a row "
            "for each prompt."
        )
    return questions


def _named(name: str) -> str:
    return "Standard input" if name == STDIN else f"The file {name!r}"


def _text(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except OSError as error:
        raise InvalidFile(
            f"FILE is {name!r}, and it cannot be read ({error.strerror}); allowed: {_FORMS}. Name "
            "a file that is there, or - for standard input."
        ) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidFile(
            f"{_named(name)} is not UTF-8 text (line {line}); allowed: {_FORMS}, in UTF-8. Save it "
            "as CSV UTF-8 and try again."
        ) from None


_Row = dict[str, str]


def _of_csv(name: str, text: str) -> Iterator[tuple[str, _Row]]:
    rows = _cells(name, text, _delimiter(name, text))
    heads = [_head(cell) for cell in next(rows, ("", []))[1]]
    if "prompt" not in heads:
        raise InvalidFile(
            f"{_named(name)} has the columns {_short(', '.join(heads))}, and none is called "
            f"prompt; allowed: {_FORMS}. Name the column with the questions prompt, in the first "
            "row."
        )
    _check_heads(name, heads)
    for place, cells in rows:
        if len(cells) != len(heads):
            raise InvalidFile(
                f"{_named(name)}, {place} has {_many(len(cells), 'cell')}, and the first row names "
                f"{_many(len(heads), 'column')}; allowed: as many. Put quotes around a text that "
                "holds a comma, a quote or a line break."
            )
        yield place, dict(zip(heads, cells, strict=True))


def _delimiter(name: str, text: str) -> str:
    """What stands between columns, by the first row; a comma where none shows a prompt there."""
    for delimiter in ",;\t":
        _, first = next(_cells(name, text, delimiter), ("", []))
        if "prompt" in map(_head, first):
            return delimiter
    return ","


def _cells(name: str, text: str, delimiter: str) -> Iterator[tuple[str, list[str]]]:
    """The rows that hold anything, each with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    ended = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidFile(
                f"{_named(name)}, line {ended + 1} is no CSV ({error}); allowed: {_FORMS}. A quote "
                "inside of a quoted text is written twice."
            ) from None
        begun, ended = ended + 1, reader.line_num
        if any(cell.strip() for cell in cells):
            yield f"line {begun}", cells


def _of_json_lines(name: str, text: str) -> Iterator[tuple[str, _Row]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            why = getattr(error, "msg", "nested too deeply")
            raise InvalidFile(
                f"{_named(name)}, {place} is no JSON ({why}); allowed: {_FORMS}. Write one whole "
                "object on each line."
            ) from None
        if not isinstance(value, dict):
            raise InvalidFile(
                f"{_named(name)}, {place} is {_short(line)}; allowed: {_FORMS}. Write one whole "
                "object on each line."
            )
        heads = [_head(key) for key in value]
        _check_heads(name, heads, place)
        if "prompt" not in heads:
            raise InvalidFile(
                f"{_named(name)}, {place} has {_short(', '.join(heads)) or 'nothing'}, and no "
                f"prompt; allowed: {_FORMS}. Name the question prompt."
            )
        yield (
            place,
            {head: _as_text(item) for head, item in zip(heads, value.values(), strict=True)},
        )


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _head(cell: str) -> str:
    """A column's name: those that mean something in any case, others as they are."""
    name = cell.strip()
    return name.casefold() if name.casefold() in KNOWN else name


def _check_heads(name: str, heads: Sequence[str], place: str = "the first row") -> None:
    twice = [head for head in dict.fromkeys(heads) if head and heads.count(head) > 1]
    if twice:
        raise InvalidFile(
            f"{_named(name)}, {place} names {_short(twice[0])} twice; allowed: each column once. "
            "Rename one."
        )


def _question(name: str, number: int, place: str, row: _Row) -> Question:
    if not row["prompt"].strip():
        raise InvalidFile(
            f"{_named(name)}, {place} has no prompt; allowed: a text in each row that is not "
            "empty. Write it, or remove the row."
        )
    try:
        "".join(row.values()).encode()
    except UnicodeEncodeError:  # half of a character, as JSON can write it
        raise InvalidFile(
            f"{_named(name)}, {place} holds half of a character (a lone \\ud800 to \\udfff); "
            "allowed: whole ones. Write the text as UTF-8."
        ) from None
    return Question(
        number,
        row["prompt"],
        row.get("expected", "").strip() or None,
        row.get("id", "").strip() or None,
        row.get("instructions", "").strip() or None,
        {head: text for head, text in row.items() if head and head not in KNOWN},
    )


def _many(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
