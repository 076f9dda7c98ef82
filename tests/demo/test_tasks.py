"""The generated questions are right, varied, and honest about what was held out."""

from __future__ import annotations

import datetime as dt
import math
import re
import statistics
import subprocess
import sys
from random import Random

import pytest

from core.demo.tasks import (
    FAMILIES,
    LEVELS,
    LOW_IS_ENOUGH,
    PAYS,
    Question,
    check,
    columns,
    held_out,
    is_held_out,
    may_train,
    training,
)
from core.demo.tasks.base import SLIP
from core.demo.tasks.calculator import calculator
from core.demo.tasks.letters import spelled as spelled_words
from core.demo.transcript import reply, spelled
from core.vocabulary import encoding

# Several expressions may stand in a row: 3*2+4=6+4=10.
EQUATION = re.compile(r"(?<![\d+*=-])\d+(?:[+*-]\d+)+(?:=\d+(?:[+*-]\d+)*)+")
COMPARISON = re.compile(r"(\d+) (?:[a-e] )?(\d+): ((?:\d\d )+)([<=>])")
ARITHMETIC = ("sum", "difference", "product", "sum of many", "story", "date")


def drawn(family: str, n: int = 150) -> list[Question]:
    rng = Random(3)
    return [FAMILIES[family][0](rng) for _ in range(n)]


def worked_out(expression: str) -> int:
    """The value of an expression in whole numbers, products first."""
    total = 0
    for sign, term in re.findall(r"([+-]?)(\d+(?:\*\d+)*)", expression):
        value = math.prod(map(int, term.split("*")))
        total += -value if sign == "-" else value
    return total


def numbers_in(text: str) -> list[int]:
    return [int(n.replace(",", "")) for n in re.findall(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+", text)]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_final_message_holds_the_answer_at_every_level(family: str) -> None:
    for question in drawn(family):
        if question.arguments is None:
            assert check(question, question.final)
        assert set(question.analysis) == set(LEVELS)


@pytest.mark.parametrize(("family", "sign"), [("sum", "+"), ("product", "*")])
def test_arithmetic_answers_equal_the_value_of_the_numbers_asked(family: str, sign: str) -> None:
    for question in drawn(family):
        asked = sign.join(map(str, numbers_in(question.prompt)))
        assert int(question.answer) == worked_out(asked)


def test_sums_of_many_equal_the_sum_of_the_numbers_worked_with() -> None:
    for question in drawn("sum of many"):
        assert int(question.answer) == sum(numbers_in(question.final.split("=")[0]))


def test_differences_are_of_the_two_numbers_asked_for() -> None:
    for question in drawn("difference"):
        first, second = numbers_in(question.prompt)
        assert int(question.answer) in (first - second, second - first)
        assert int(question.answer) == worked_out(question.final.split("=")[0].replace(" ", ""))


def test_stories_work_with_the_numbers_told() -> None:
    for question in drawn("story", 400):
        expression = question.final.split("=")[0].replace(" ", "").replace("×", "*")
        assert int(question.answer) == worked_out(expression)
        told = numbers_in(question.prompt)
        assert all(n in told for n in numbers_in(expression))


def test_letters_are_counted_as_python_counts_them() -> None:
    for question in drawn("letters", 400):
        _, letter, word = question.keys[0].split(":")
        assert word in question.prompt.lower()
        expected = len(word) if letter == "all" else word.count(letter)
        assert int(question.answer) == expected


def test_every_letter_is_counted_where_it_stands() -> None:
    counted = {
        letter
        for question in drawn("letters", 1500)
        for _, letter, word in [question.keys[0].split(":")]
        if letter in word
    }
    assert counted >= set("".join(spelled_words()))


def test_dates_move_as_the_calendar_of_a_common_year_does() -> None:
    for question in drawn("date", 400):
        _, month, day, way, n = question.keys[0].split(":")
        start = dt.date(2025, int(month) + 1, int(day))
        end = start + dt.timedelta(days=int(n) * (1 if way == "after" else -1))
        if end.year == 2024 and end.month <= 2:
            continue
        assert question.answer == f"{end:%B} {end.day}"


def test_ordered_numbers_are_those_asked_for_in_order() -> None:
    for question in drawn("order", 400):
        asked = numbers_in(question.prompt.replace(",", " "))
        said = numbers_in(question.answer)
        allowed = (sorted(asked), sorted(asked, reverse=True), [max(asked)], [min(asked)])
        assert said in allowed


@pytest.mark.parametrize("family", ["email", "number"])
def test_what_is_to_be_copied_stands_in_the_question(family: str) -> None:
    for question in drawn(family):
        assert question.answer in question.prompt.replace(",", "")


@pytest.mark.parametrize("family", ARITHMETIC)
def test_every_equation_of_the_work_is_right_except_in_work_that_is_thrown_away(
    family: str,
) -> None:
    for question in drawn(family):
        for level in LEVELS:
            kept = question.analysis[level].split("Again.\n")[-1]
            assert SLIP not in kept
            for equation in EQUATION.findall(kept):
                assert len({worked_out(side) for side in equation.split("=")}) == 1, equation


def test_every_comparison_of_the_work_is_right_except_in_work_that_is_thrown_away() -> None:
    seen = 0
    for question in (*drawn("order", 300), *drawn("difference")):
        kept = question.analysis["high"].split("Again.\n")[-1]
        for one, other, pairs, sign in COMPARISON.findall(kept):
            assert sign == columns.sign(int(one), int(other)), kept
            # What the network goes by: the last two digits alone.
            assert sign == columns.sign(*map(int, pairs.split()[-1])), kept
            seen += 1
    assert seen > 1000


@pytest.mark.parametrize("family", PAYS)
def test_a_slip_is_always_found_and_never_trained(family: str) -> None:
    slips = [q for q in drawn(family, 300) if SLIP in q.analysis["high"]]
    assert slips
    for question in slips:
        text = question.analysis["high"]
        assert text.rindex(SLIP) < text.index("slip. Again.\n")
        tokens, trained = spelled(text)
        assert trained.count(0) == text.count(SLIP)
        assert encoding().decode(tokens) == text.replace(SLIP, "")


@pytest.mark.parametrize("family", FAMILIES)
def test_only_high_ever_slips(family: str) -> None:
    for question in drawn(family):
        assert SLIP not in question.analysis["low"] + question.analysis["medium"] + question.final


def test_the_two_lessons_name_families() -> None:
    assert set(PAYS) | set(LOW_IS_ENOUGH) < set(FAMILIES)
    assert not set(PAYS) & set(LOW_IS_ENOUGH)


def test_digits_of_a_reply_are_single_tokens() -> None:
    for question in drawn("product", 50):
        for token in reply(question, "high").tokens:
            text = encoding().decode([token])
            assert len(text) == 1 or not any(c.isdigit() for c in text)


def test_a_sign_between_two_numbers_is_a_token_of_its_own() -> None:
    seen = set()
    for question in (*drawn("order"), *drawn("difference")):
        texts = {encoding().decode([t]) for t in reply(question, "high").tokens}
        seen |= {text for text in texts if text[:2] in (" <", " >")}
    assert seen == {" <", " >"}


def test_the_page_s_first_example_is_held_out() -> None:
    assert is_held_out("add:23,48")


def test_training_sees_no_held_out_question_and_no_held_out_step() -> None:
    rng = Random(11)
    seen = [training(rng, tools=i % 4 == 0) for i in range(2000)]
    assert all(may_train(q) for q in seen)
    together = {q.keys[0] for q in seen} & {q.keys[0] for q in held_out(300, seed=5)}
    assert not together


def test_every_row_and_sum_in_a_product_s_work_is_one_of_its_keys() -> None:
    steps = 0
    for question in drawn("product"):
        for line in question.analysis["high"].splitlines():
            if step := re.fullmatch(r"(?:[a-e] )?(\d+)([*+])(\d+)", line):
                steps += 1
                first, second = sorted((int(step[1]), int(step[3])))
                name = {"*": "mul", "+": "add"}[step[2]]
                assert f"{name}:{first},{second}" in question.keys
    assert steps > 300


def test_no_wording_of_a_held_out_sum_reaches_training() -> None:
    rng = Random(2)
    for _ in range(4000):
        question = training(rng)
        if question.family in ("sum", "story", "sum of many"):
            asked = sorted(numbers_in(question.prompt))
            assert asked != [23, 48] or question.answer == "25"  # what is left of 48 is another one


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
