"""The calculator: exact, bounded, and no way from an expression into Python."""

from __future__ import annotations

import time
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calculator import CALCULATOR, MAX_CHARACTERS, NotCalculable, calculate
from core.demo.tasks.calculator import DESCRIPTION, NAME, PARAMETERS


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("12 + 34", "46"),
        ("0.1 + 0.2", "0.3"),
        ("1/3", "0.333333333333333"),
        ("2/3", "0.666666666666667"),
        ("7 % 3", "1"),
        ("-7 % 3", "2"),
        ("2**10", "1024"),
        ("2^10", "1024"),
        ("2**-2", "0.25"),
        ("-2**2", "-4"),
        ("3 × 4 ÷ 2 − 1", "5"),
        ("(1 + 2) * (3 + 4)", "21"),
        ("1e3 / 8", "125"),
        (" 1.50 ", "1.5"),
        ("12345678901234567890 * 98765432109876543210", "1219326311370217952237463801111263526900"),
        ("1e-40", "1e-40"),
    ],
)
def test_it_works_out_what_people_write(expression: str, value: str) -> None:
    assert calculate(expression) == value


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.sampled_from("+-*"))
def test_whole_numbers_are_exact(a: int, b: int, sign: str) -> None:
    assert int(calculate(f"{a} {sign} ({b})")) == {"+": a + b, "-": a - b, "*": a * b}[sign]


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**4))
def test_a_quotient_is_right_to_15_digits(a: int, b: int) -> None:
    off = abs(Fraction(calculate(f"{a} / {b}")) - Fraction(a, b))
    assert off <= abs(Fraction(a, b)) * Fraction(1, 10**14)


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("", "no expression"),
        ("12 +", "no expression"),
        ("x", "'x' cannot be worked out"),
        ("__import__('os')", "cannot be worked out"),
        ("(1).__class__", "cannot be worked out"),
        ("[1][0]", "cannot be worked out"),
        ("lambda: 1", "cannot be worked out"),
        ("1 if 1 else 2", "cannot be worked out"),
        ("7 // 2", "cannot be worked out"),
        ("1 < 2", "cannot be worked out"),
        ("True", "'True' is no number"),
        ("'a' * 9", "no number"),
        ("0x10", "no number"),
        ("1j", "no number"),
        ("1,234 + 1", "write 1234.5 and not 1,234.5"),
        ("1/0", "divides by zero"),
        ("1 % 0", "divides by zero"),
        ("0 ** -1", "divides by zero"),
        ("2 ** 0.5", "allowed: whole numbers"),
        ("9 ** 9 ** 9", "exponent is too large"),
        ("(10 ** 900) ** 900", "too large"),
        ("1e999 * 1e999 * 1e999 * 1e999", "too large"),
        ("1e9999", "no number"),
        ("1" * (MAX_CHARACTERS + 1), "201 characters long; allowed: 200"),
        ("()", "cannot be worked out"),
        ("1\x00", "no expression"),
        ("1\n2", "no expression"),
    ],
)
def test_anything_else_is_refused_in_words(expression: str, told: str) -> None:
    with pytest.raises(NotCalculable, match=told.replace("*", r"\*")):
        calculate(expression)


@given(st.text("0123456789.+-*/%()^e,x ", max_size=MAX_CHARACTERS))
def test_no_expression_takes_long_or_raises_anything_else(expression: str) -> None:
    begun = time.process_time()
    with suppress(NotCalculable):
        assert len(calculate(expression)) < 4000
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "expression", ["-" * 199 + "1", "(" * 90 + "1" + ")" * 90, "1" + "+1" * 99]
)
def test_the_deepest_expressions_come_to_an_end(expression: str) -> None:
    assert calculate(expression)


def test_the_embedded_model_was_taught_this_very_declaration() -> None:
    tool = CALCULATOR.tool
    assert (tool.name, tool.description, tool.parameters) == (NAME, DESCRIPTION, PARAMETERS)
