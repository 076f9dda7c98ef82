"""The questions typed by hand, and the prompts out of scope: read only, never trained on."""

from __future__ import annotations

import json
from pathlib import Path

from core.demo.tasks import Question

DATA = Path(__file__).parent.parent / "data"
NOTHING = {"low": "", "medium": "", "high": ""}


def typed_questions() -> list[Question]:
    lines = (DATA / "typed_questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [_question(**json.loads(line)) for line in lines]


def _question(family: str, question: str, answer: str, numeric: bool) -> Question:
    keys = (f"typed:{question}",)
    return Question(family, question, answer, answer, NOTHING, keys, numeric=numeric)


def out_of_scope_prompts() -> list[Question]:
    lines = (DATA / "out_of_scope.txt").read_text(encoding="utf-8").splitlines()
    return [_question("out of scope", line, "more than I can do", False) for line in lines]
