"""The calculator: a tool that every model may be given, and the one the embedded model was taught.

The expression is parsed, never evaluated as Python. Numbers are exact fractions, and their size is
bounded, so that no expression takes noticeable time or memory.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from core.conversation import Tool
from core.errors import InvalidInput
from core.tools import Function

MAX_CHARACTERS: Final = 200
MAX_BITS: Final = 10_000
"""Of numerator and denominator together: about 3,000 digits."""
MAX_EXPONENT: Final = 1_000
_DIGITS: Final = 15
"""Significant digits of a result that has no end, such as 1/3."""

TOOL: Final = Tool(
    "calculator",
    "Work out an expression.",
    {
        "type": "object",
        "properties": {"expression": {"type": "string", "description": "For example 12 + 34"}},
        "required": ["expression"],
    },
)

_AS_TYPED = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-"})
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_ALLOWED = "allowed: numbers, + - * / % ** and brackets"
_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}


class NotCalculable(InvalidInput):
    """The expression is none, or too large."""


def calculate(expression: str) -> str:
    """The value of an expression: exact where that takes 30 characters, else to 15 digits.

    A whole number is always exact. `^` is read as a power, as people write it. `%` is the
    remainder, with the divisor's sign.

    Raises NotCalculable with what is wrong and what is allowed.
    """
    plain = expression.translate(_AS_TYPED).replace("^", "**").strip()
    if len(plain) > MAX_CHARACTERS:
        raise NotCalculable(
            f"The expression is {len(plain):,} characters long; allowed: {MAX_CHARACTERS}."
        )
    try:
        # A tree of 200 characters is not deep enough to trouble this recursion.
        value = _value(ast.parse(plain, mode="eval").body, plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, NotCalculable):
            raise
        raise NotCalculable(f"{expression!r} is no expression; {_ALLOWED}.") from None
    except ZeroDivisionError:
        raise NotCalculable(f"{expression!r} divides by zero.") from None
    return _written(value)


def _value(node: ast.expr, source: str) -> Fraction:
    match node:
        case ast.Constant():
            text = ast.get_source_segment(source, node) or ""
            if not _NUMBER.fullmatch(text):
                raise NotCalculable(f"{text!r} is no number; {_ALLOWED}.")
            return _bounded(Fraction(text))
        case ast.UnaryOp(op=ast.UAdd()):
            return _value(node.operand, source)
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, source)
        case ast.BinOp(op=ast.Pow()):
            return _power(_value(node.left, source), _value(node.right, source))
        case ast.BinOp() if type(node.op) in _OPERATORS:
            work_out = _OPERATORS[type(node.op)]
            return _bounded(work_out(_value(node.left, source), _value(node.right, source)))
        case ast.Tuple(elts=[_, *_]):
            raise NotCalculable("There is a comma; write 1234.5 and not 1,234.5.")
    text = ast.get_source_segment(source, node) or source
    raise NotCalculable(f"{text!r} cannot be worked out; {_ALLOWED}.")


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise NotCalculable("An exponent has a fraction; allowed: whole numbers.")
    if abs(exponent) > MAX_EXPONENT:
        raise NotCalculable(f"An exponent is too large; allowed: up to {MAX_EXPONENT:,}.")
    if _bits(base) * abs(exponent) > MAX_BITS + 2 * MAX_EXPONENT:
        raise NotCalculable(_TOO_LARGE)
    return _bounded(Fraction(base ** int(exponent)))


_TOO_LARGE = f"A result is too large; allowed: about {MAX_BITS * 3 // 10_000:,},000 digits."


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _bounded(value: Fraction) -> Fraction:
    if _bits(value) > MAX_BITS:
        raise NotCalculable(_TOO_LARGE)
    return value


def _written(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    with localcontext() as context:
        context.prec = MAX_BITS if rest == 1 else _DIGITS
        decimal = Decimal(value.numerator) / Decimal(value.denominator)
        plain = f"{decimal:f}"
        return plain if len(plain) <= 2 * _DIGITS else f"{decimal:.{_DIGITS}g}"


CALCULATOR: Final = Function(TOOL, calculate)
