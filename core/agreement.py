"""Whether two answers say the same: as JSON, by their number, else by their words.

A wrong "same" costs more than a wrong "different": a reader sees both answers where they differ.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

_SHOWN: Final = 40
_SHORT: Final = 60
"""Words: in a longer text a number counts only where it stands in the last sentence."""

_NUMBER = re.compile(r"(?<![\w.])-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
# Numbers of one answer: "7, 18 and 42", "2026-01-31", "12:30"; not "28 + 14 = 42".
_APART = re.compile(r"\s*(?:[,;]|and|or)\s*(?:and\s+|or\s+)?|\s+|[-:/]")
_ITEM = re.compile(r"(?m)^[ \t]*(?:[-•+]|[0-9]+[.)])[ \t]+")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# The number of a day says nothing without its month.
_DATE = re.compile(
    rf"(?i)\b(?:{_MONTHS})[a-z]*\.? \d|\d(?:st|nd|rd|th)? (?:of )?(?:{_MONTHS})[a-z]*\b"
)
_FENCED = re.compile(r"```[a-z]*\s*\n(.*?)```", re.DOTALL)
# gpt-oss writes narrow spaces between thousands, and hyphens and minus signs of its own.
_THOUSANDS = re.compile(r"(?<=[0-9])[\u2009\u202f\u00a0](?=[0-9]{3}(?![0-9]))")
_SIGNS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-"})
# What a writer sets apart as the answer: bold, or in a box, with a number and no word in it.
_SET_APART = re.compile(r"\*\*([^*\n]+)\*\*|\\boxed\{([^{}\n]+)\}")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"\w+|[^\w\s.,;:!?\"'\u2018\u2019\u201c\u201d()\[\]{}]")


class Basis(StrEnum):
    """By what two answers were compared."""

    JSON = "json"
    NUMBER = "number"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer comes down to. Two are the same where basis and value are.

    shown: for people; it may quote what a model wrote.
    """

    basis: Basis
    value: str
    shown: str = field(compare=False)


def answer(text: str) -> Answer:
    """What an answer comes down to: its JSON; the number that it sets apart, in bold or in a box;
    the number or numbers it ends in; else its words."""
    found = _json(text)
    if found is not None:
        return Answer(Basis.JSON, found, _short(found))
    plain = _plain(text)
    numbers = _set_apart(text) or _numbers(plain)
    if numbers and not _DATE.search(plain):
        value = " ".join(_canonical(number) for number in _NUMBER.findall(numbers))
        return Answer(Basis.NUMBER, value, " ".join(numbers.split()))
    return Answer(Basis.WORDS, " ".join(_words(plain)) or plain.strip(), f"“{_short(text)}”")


def matches(text: str, expected: str) -> bool:
    """Whether an answer is the expected one: the same, or its words hold the expected ones."""
    wanted, given = answer(expected), answer(text)
    if given == wanted:
        return True
    if wanted.basis is not Basis.WORDS or given.basis is Basis.JSON:
        return False
    return f" {wanted.value} " in f" {' '.join(_words(_plain(text)))} "


def _json(text: str) -> str | None:
    """The text's JSON object or list in one spelling; None where it is none."""
    fenced = _FENCED.findall(text)
    body = (fenced[0] if len(fenced) == 1 else text).strip()
    if not body.startswith(("{", "[")):
        return None
    try:
        return json.dumps(_whole(json.loads(body)), sort_keys=True, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None


def _whole(value: Any) -> Any:
    """The same value with 1.0 as 1: JSON knows one kind of number."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain(text: str) -> str:
    """The text without marks of Markdown, in one spelling of signs and spaces."""
    text = unicodedata.normalize("NFKC", _THOUSANDS.sub("", text)).translate(_SIGNS)
    text = re.sub(r"[*`]|(?<!\w)_+|_+(?!\w)|(?m:^#+ )", "", text)
    # One such line may be a sentence that begins with its number.
    return _ITEM.sub("", text) if len(_ITEM.findall(text)) > 1 else text


def _set_apart(text: str) -> str | None:
    """The one number that the text sets apart; None where it sets apart none, or several."""
    parts = [_plain(bold or boxed) for bold, boxed in _SET_APART.findall(text)]
    ends = [runs[-1] for part in parts if not _LETTER.search(part) and (runs := _runs(part))]
    told = {tuple(map(_canonical, _NUMBER.findall(end))) for end in ends}
    return ends[-1] if len(told) == 1 else None


def _numbers(plain: str) -> str | None:
    """The numbers that a text ends in, as written: those of its last lines, or of one line."""
    lines = [line.strip() for line in plain.split("\n") if line.strip()]
    bare = 0
    while bare < len(lines) and _NUMBER.fullmatch(lines[-1 - bare].rstrip(".,;")):
        bare += 1
    if bare > 1:
        return " ".join(line.rstrip(".,;") for line in lines[-bare:])
    if len(plain.split()) > _SHORT:
        lines = re.split(r"(?<=[.!?])\s+", lines[-1])[-1:]
    for line in reversed(lines):
        runs = _runs(line)
        if runs:
            return runs[-1]
    return None


def _runs(line: str) -> list[str]:
    """The line's numbers, those that stand beside each other together."""
    runs: list[str] = []
    end = -1
    for found in _NUMBER.finditer(line):
        between = line[end : found.start()] if end >= 0 else ""
        if runs and _APART.fullmatch(between):
            runs[-1] += between + found[0]
        else:
            runs.append(found[0])
        end = found.end()
    return runs


def _canonical(number: str) -> str:
    sign, plain = number.startswith("-"), number.lstrip("-").replace(",", "")
    whole, _, fraction = plain.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    value = f"{whole}.{fraction}" if fraction else whole
    return f"-{value}" if sign and value != "0" else value


def _words(plain: str) -> list[str]:
    return _WORD.findall(plain.casefold())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"
