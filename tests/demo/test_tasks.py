"""The generated questions are right, varied, and honest about what was held out."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from random import Random

import pytest

from core.demo.tasks import (
    FAMILIES,
    LEVELS,
    Question,
    check,
    held_out,
    is_held_out,
    may_train,
    training,
)
from core.demo.tasks.base import SLIP
from core.demo.tasks.calculator import calculator
from core.demo.transcript import reply, spelled
from core.vocabulary import encoding

EQUATION = re.compile(r"(?<![\d+*-])(\d+(?:[+*-]\d+)+)=(\d+)")


def drawn(family: str, n: int = 150) -> list[Question]:
    rng = Random(3)
    return [FAMILIES[family][0](rng) for _ in range(n)]


def worked_out(expression: str) -> int:
    """The value of a sum, difference or product of whole numbers, left to right."""
    numbers = [int(n) for n in re.findall(r"\d+", expression)]
    value = numbers[0]
    for sign, number in zip(re.findall(r"[-+*]", expression), numbers[1:], strict=True):
        value = {"+": value + number, "-": value - number, "*": value * number}[sign]
    return value


def numbers_in(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", text)]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_final_message_holds_the_answer_at_every_level(family: str) -> None:
    for question in drawn(family):
        if question.arguments is None:
            assert check(question, question.final)
        assert set(question.analysis) == set(LEVELS)


@pytest.mark.parametrize(("family", "sign"), [("sum", "+"), ("sum of many", "+"), ("product", "*")])
def test_arithmetic_answers_equal_the_value_of_the_numbers_asked(family: str, sign: str) -> None:
    for question in drawn(family):
        asked = sign.join(map(str, numbers_in(question.prompt)))
        assert int(question.answer) == worked_out(asked)


def test_differences_equal_the_value_of_the_numbers_asked() -> None:
    for question in drawn("difference"):
        first, second = numbers_in(question.prompt)
        if re.match(r".*(subtract|take) \d", question.prompt, re.IGNORECASE):
            first, second = second, first
        assert int(question.answer) == first - second


def test_stories_end_with_more_when_more_comes_and_fewer_when_some_go() -> None:
    for question in drawn("story"):
        first, second = numbers_in(question.prompt)
        away = re.search(r"gives \d|loses|sold|takes|give away", question.prompt)
        assert int(question.answer) == (first - second if away else first + second)


def test_ordered_numbers_are_those_asked_for_in_order() -> None:
    for question in drawn("order"):
        asked = numbers_in(question.prompt)
        said = numbers_in(question.answer)
        assert said in (sorted(asked), [max(asked)], [min(asked)])
        if len(said) == 1:
            most = re.search(r"largest|bigger|maximum|biggest", question.prompt, re.IGNORECASE)
            assert said == [max(asked) if most else min(asked)]


def test_what_is_to_be_copied_stands_in_the_question() -> None:
    for question in drawn("extract"):
        assert question.answer in question.prompt


@pytest.mark.parametrize("family", ["sum", "difference", "product", "sum of many", "story"])
def test_every_equation_of_the_work_is_right_except_in_work_that_is_thrown_away(
    family: str,
) -> None:
    for question in drawn(family):
        for level in LEVELS:
            kept = question.analysis[level].split("Again.\n")[-1]
            assert SLIP not in kept
            for expression, value in EQUATION.findall(kept):
                assert worked_out(expression) == int(value), (expression, value)


def test_a_slip_is_always_found_and_never_trained() -> None:
    slips = [q for q in drawn("product", 300) if SLIP in q.analysis["high"]]
    assert slips
    for question in slips:
        text = question.analysis["high"]
        assert text.index(SLIP) < text.index("Not the same: a slip. Again.\n")
        tokens, trained = spelled(text)
        assert trained.count(0) == text.count(SLIP)
        assert encoding().decode(tokens) == text.replace(SLIP, "")


def test_digits_of_a_reply_are_single_tokens() -> None:
    for question in drawn("product", 50):
        for token in reply(question, "high").tokens:
            text = encoding().decode([token])
            assert len(text) == 1 or not any(c.isdigit() for c in text)


def test_the_page_s_first_example_is_held_out() -> None:
    assert is_held_out("add:23,48")


def test_training_sees_no_held_out_question_and_no_held_out_step() -> None:
    rng = Random(11)
    seen = [training(rng, tools=i % 4 == 0) for i in range(2000)]
    assert all(may_train(q) for q in seen)
    together = {q.keys[0] for q in seen} & {q.keys[0] for q in held_out(300, seed=5)}
    assert not together


def test_no_wording_of_a_held_out_sum_reaches_training() -> None:
    rng = Random(2)
    for _ in range(4000):
        question = training(rng)
        if question.family in ("sum", "story", "sum of many"):
            assert sorted(numbers_in(question.prompt)) != [23, 48]


def test_held_out_questions_are_the_same_for_the_same_seed_and_all_different() -> None:
    first, second = held_out(60, seed=4), held_out(60, seed=4)
    assert first == second
    assert len({(q.prompt, q.history) for q in first}) == 60
    assert all(is_held_out(q.keys[0]) for q in first)


def test_a_family_can_be_asked_for() -> None:
    assert {q.family for q in held_out(10, family="capital")} == {"capital"}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_median_of_analysis_tokens_grows_with_the_level_in_every_family(family: str) -> None:
    questions = held_out(40, seed=1, family=family)
    low, medium, high = (
        statistics.median(len(spelled(q.analysis[level])[0]) for q in questions) for level in LEVELS
    )
    assert low < medium < high


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("23 + 48 = **71**.", True),
        ("71", True),
        ("23 + 48 = **171**.", False),
        ("23 + 48 = 70", False),
        ("It is 71, not 70", False),
        ("", False),
    ],
)
def test_a_number_counts_only_whole_and_as_the_last_word(text: str, right: bool) -> None:
    question = next(q for q in drawn("sum", 4000) if q.answer == "71")
    assert check(question, text) is right


def test_a_tool_call_asks_for_the_very_expression() -> None:
    rng = Random(1)
    for question in (calculator(rng) for _ in range(60)):
        expression = question.answer if question.arguments else ""
        assert sorted(numbers_in(expression)) in ([], sorted(numbers_in(question.prompt)))


def test_tasks_need_neither_torch_nor_mlx() -> None:
    code = (
        "import sys, core.demo.tasks; print([m for m in ('torch', 'mlx.core') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
