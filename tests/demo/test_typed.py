"""The questions typed by hand are in scope, are right, and are none of training's phrasings."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from core.demo.tasks import FAMILIES, LOW_IS_ENOUGH, PAYS, may_train
from core.demo.tasks.wording import digest, kept_apart, normalised
from tests.demo.typed import out_of_scope_prompts, typed_questions

DRAWN = 3000  # phrasings of each family


@pytest.fixture(scope="module")
def trained() -> set[str]:
    rng = Random(99)
    made = (make(rng) for make, _ in FAMILIES.values() for _ in range(DRAWN))
    return {normalised(question.prompt) for question in made if may_train(question)}


def test_there_are_150_questions_of_all_families_and_100_prompts_out_of_scope() -> None:
    questions = typed_questions()
    assert len({q.prompt for q in questions}) == 150
    assert set(Counter(q.family for q in questions)) == {*PAYS, *LOW_IS_ENOUGH}
    assert len({q.prompt for q in out_of_scope_prompts()}) == 100


def test_the_wordings_kept_from_training_are_those_of_the_typed_questions_and_prompts() -> None:
    asked = (*typed_questions(), *out_of_scope_prompts())
    assert kept_apart() == {digest(question.prompt) for question in asked}


def test_no_typed_question_is_a_phrasing_of_training(trained: set[str]) -> None:
    assert not [q.prompt for q in typed_questions() if normalised(q.prompt) in trained]


def test_no_typed_prompt_out_of_scope_is_one_of_training(trained: set[str]) -> None:
    assert not [q.prompt for q in out_of_scope_prompts() if normalised(q.prompt) in trained]


@pytest.mark.parametrize("family", ["sum", "sum of many", "product", "difference"])
def test_typed_arithmetic_has_the_right_answer(family: str) -> None:
    for question in (q for q in typed_questions() if q.family == family):
        numbers = [
            int(n) for n in re.findall(r"\d+", re.sub(r"(?<=\d),(?=\d{3})", "", question.prompt))
        ]
        value = numbers[0]
        for number in numbers[1:]:
            value = value * number if family == "product" else value + number
        if family == "difference":
            first, second = numbers
            assert int(question.answer) in (first - second, second - first)
        else:
            assert int(question.answer) == value


def test_what_is_to_be_copied_stands_in_the_typed_question() -> None:
    for question in typed_questions():
        if question.family in ("email", "number"):
            assert question.answer in question.prompt
