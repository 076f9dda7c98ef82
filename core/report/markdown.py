"""A comparison as Markdown, for an issue or a README. Answers stand in fences, as written."""

from __future__ import annotations

import re

from core import figures
from core.compare import Comparison
from core.report.reading import Column, columns


def as_markdown(comparison: Comparison, *, include_reasoning: bool = False) -> str:
    """Question, verdict, a table with a row for each column, how it was measured, the answers."""
    asked, verdict = comparison.asked, comparison.verdict
    told = columns(comparison)
    parts = [
        f"# {_line(verdict.reason)}",
        " ".join(_line(text) for text in (verdict.detail, verdict.limits) if text),
        f"Asked of {_line(asked.model)}:\n\n{_fenced(comparison.prompt)}",
        _expected(asked.expected),
        _table(told),
        "\n".join(f"- {_line(text)}" for text in comparison.conditions()),
        *(_answer(one, include_reasoning) for one in told),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _expected(expected: str | None) -> str:
    return f"Expected answer:\n\n{_fenced(expected)}" if expected else ""


def _table(told: list[Column]) -> str:
    heads = ["", "runs", "same answer", "right", "tokens", "first answer", "total"]
    rows = [
        [
            one.label,
            str(len(one.runs)),
            one.agreeing,
            one.right,
            one.tokens,
            one.first_answer,
            one.total,
        ]
        for one in told
    ]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in lines)


def _answer(one: Column, include_reasoning: bool) -> str:
    parts = [
        f"## {_line(one.label)}",
        f"{one.system_line}, prompt {figures.short_hash(one.sha256)}",
    ]
    parts.append(_fenced(one.text) if one.text else f"No answer: {one.why}.")
    if include_reasoning and one.reasoning:
        parts += ["Analysis:", _fenced(one.reasoning)]
    return "\n\n".join(parts)


def _fenced(text: str) -> str:
    """In a fence that is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _line(text: str) -> str:
    """One line in which nothing is Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#|!&~$])", r"\\\1", " ".join(text.split()))


def _cell(text: str) -> str:
    return text if set(text) <= set("-:") else _line(text)
