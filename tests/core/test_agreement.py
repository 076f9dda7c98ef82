"""When two answers say the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.agreement import Basis, answer, matches

PROSE = "Plants take up water and light. " * 12


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1,024", "The answer is 1024.", True),
        ("2.50", "2.5", True),
        ("100", "10", False),
        ("−7", "-7", True),
        ("7", "-7", False),
        ("12\u202f345", "12,345", True),
        ("\\boxed{71}", "**71**", True),
        ("Paris.", "paris", True),
        ("Paris", "Rome", False),
        ("7, 18, 42, 93", "18, 7, 42, 93", False),
        ("7, 18, 42, 93", "Sorted: 7, 18, 42 and 93.", True),
        ("7,18,42", "7, 18, 42", True),
        ("1. 7\n2. 18", "7, 18", True),
        ("- 7\n- 18", "18\n7", False),
        ("47 - 19 = 28", "28 apples are left.", True),
        ("2026-01-31", "2025-01-31", False),
        ("It begins at 12:30.", "12:30", True),
        ("H2O", "CO2", False),
        ('{"a": 1, "b": [2.0]}', '```json\n{"b": [2], "a": 1}\n```', True),
        ('{"a": 1}', '{"a": 2}', False),
        ("x > y", "x < y", False),
        ("", "…", False),
        (f"{PROSE}It took 3 years. So it is.", "3", False),
        (f"{PROSE}\n\nIn all 71.", "71", True),
        ("34 × 27 = **918**.\n\nI multiplied 34 by 20 and by 7.", "918", True),
        ("So \\boxed{918}, as 34 times 20 is 680.", "It is 918.", True),
        ("**Step 1:** 680\n**Step 2:** 918", "918", True),
        ("**680** and **238** make 918", "918", True),
        ("**34 × 20 = 680**, so it is 918", "918", False),
        ("On **2026-01-31**, not the 30", "2026-01-31", True),
    ],
)
def test_answers_are_the_same_as_json_by_their_numbers_or_by_their_words(one, other, same):
    assert (answer(one) == answer(other)) is same


@pytest.mark.parametrize(
    ("text", "expected", "right"),
    [
        ("It is 71.", "71", True),
        ("It is 71.", "17", False),
        ("The capital of Peru is Lima.", "Lima", True),
        ("The capital of Peru is Limassol.", "Lima", False),
        ("The capital of Peru is Quito.", "Lima", False),
        ("28 apples", "28", True),
        ('{"email": "a@b.org"}', '{ "email":"a@b.org" }', True),
        ("", "Lima", False),
    ],
)
def test_an_answer_is_the_expected_one(text, expected, right):
    assert matches(text, expected) is right


def test_what_was_compared_is_said_as_it_was_written():
    assert answer("It is 1,024.").shown == "1,024"
    assert answer("Lima").shown == "“Lima”"
    assert len(answer("word " * 100).shown) < 50


@given(st.text())
def test_any_text_is_the_same_as_itself_and_as_the_expected_answer(text):
    assert answer(text) == answer(text)
    assert matches(text, text)


@given(st.integers(), st.integers())
def test_whole_numbers_are_the_same_however_they_are_written(one, other):
    assert answer(f"**{one:,}**") == answer(f"So it is {one}.")
    assert (answer(str(one)) == answer(str(other))) is (one == other)


@given(st.lists(st.integers(0, 999), min_size=2, max_size=6), st.randoms())
def test_a_list_of_numbers_is_another_in_another_order(numbers, random):
    mixed = random.sample(numbers, len(numbers))
    same = answer(", ".join(map(str, numbers))) == answer(" ".join(map(str, mixed)))
    assert same is (numbers == mixed)


@given(
    st.dictionaries(
        st.text(), st.recursive(st.integers() | st.text() | st.none(), st.lists, max_leaves=8)
    )
)
def test_json_is_the_same_however_it_is_laid_out(value):
    backwards = dict(reversed(value.items()))
    one, other = answer(json.dumps(value)), answer(json.dumps(backwards, indent=3))
    assert one == other
    assert one.basis is Basis.JSON


@given(st.text(st.characters(categories=["Ll"]), min_size=1))
def test_case_emphasis_and_punctuation_do_not_matter(word):
    assert answer(f"**{word}**.") == answer(f" {word}!")


def test_the_same_day_of_another_month_is_another_date() -> None:
    assert answer("It is **April 29**.") == answer("It is April 29")
    assert answer("It is **April 29**.") != answer("It is **May 29**.")
    assert answer("On 3 June") != answer("On 3 July")
    assert matches("It is **April 29**.", "April 29")
    assert not matches("It is **May 29**.", "April 29")
    assert answer("You may take 71").value == "71"
