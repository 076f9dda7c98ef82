"""Written arithmetic, column by column, with a check by digit roots that can fail.

A `Scribe` writes the work. It can be told to slip once: the wrong digit is marked, so that the
network sees it (and learns to find it) but is never trained to write it.
"""

from collections.abc import Callable
from random import Random

from core.demo.tasks.base import SLIP

PLACES = ("Units", "Tens", "Hundreds", "Thousands", "Ten thousands")
Work = Callable[["Scribe"], int]


class Scribe:
    """Writes numbers and words; corrupts the last digit of its `slip_at`-th result, if given."""

    def __init__(self, full: bool, rng: Random, slip_at: int | None = None) -> None:
        self.full = full
        self.rng = rng
        self.slip_at = slip_at
        self.results = 0
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        self.parts.append(text)

    def result(self, value: int) -> int:
        """Write a result, or a wrong one at the slip; return it, as later steps build on it."""
        if self.results == self.slip_at:
            last = (value % 10 + self.rng.choice((1, 2, 3, -1, -2, -3))) % 10
            value = value - value % 10 + last
            shown = str(value)
            self.write(shown[:-1] + SLIP + shown[-1])
        else:
            self.write(str(value))
        self.results += 1
        return value

    @property
    def text(self) -> str:
        return "".join(self.parts)


def root(number: int) -> int:
    """The repeated digit sum: 0 for 0, else 1 to 9."""
    return 0 if number == 0 else 1 + (number - 1) % 9


def reversed_digits(number: int, width: int = 1) -> list[int]:
    return [int(d) for d in reversed(str(number).zfill(width))]


def joined(reversed_: list[int]) -> int:
    return int("".join(map(str, reversed(reversed_))))


def _column(s: Scribe, place: int) -> None:
    if s.full:
        s.write(f"{PLACES[place]}: ")


def _end_column(s: Scribe) -> None:
    s.write("\n" if s.full else ", ")


def add(s: Scribe, a: int, b: int) -> int:
    width = max(len(str(a)), len(str(b)))
    carry, out = 0, []
    for place, (x, y) in enumerate(
        zip(reversed_digits(a, width), reversed_digits(b, width), strict=True)
    ):
        _column(s, place)
        s.write(f"{x}+{y}+{carry}=" if carry else f"{x}+{y}=")
        value = s.result(x + y + carry)
        out.append(value % 10)
        carry = value // 10
        if s.full and carry:
            s.write(f", carry {carry}")
        _end_column(s)
    if carry:
        out.append(carry)
    if s.full:
        s.write("Sum: ")
    return s.result(joined(out))


def subtract(s: Scribe, a: int, b: int) -> int:
    """Columns of a - b, for a >= b."""
    width = len(str(a))
    borrow, out = 0, []
    for place, (x, y) in enumerate(
        zip(reversed_digits(a, width), reversed_digits(b, width), strict=True)
    ):
        _column(s, place)
        taken = f"-{borrow}" if borrow else ""
        top = x
        if x - borrow < y:
            top = x + 10
            if s.full:
                s.write(f"{x}{taken}-{y}, borrow, ")
        s.write(f"{top}{taken}-{y}=")
        out.append(s.result(top - borrow - y))
        borrow = int(top != x)
        _end_column(s)
    if s.full:
        s.write("Difference: ")
    return s.result(joined(out))


def multiply_digit(s: Scribe, a: int, d: int) -> int:
    """Columns of a times one digit."""
    digits = reversed_digits(a)
    carry, out = 0, []
    for place, x in enumerate(digits):
        _column(s, place)
        if s.full:
            s.write(f"{x}*{d}=")
            value = s.result(x * d)
            if carry:
                s.write(f", {value}+{carry}=")
                value = s.result(value + carry)
        else:
            s.write(f"{x}*{d}+{carry}=" if carry else f"{x}*{d}=")
            value = s.result(x * d + carry)
        out.append(value % 10)
        carry = value // 10
        if s.full and carry and place + 1 < len(digits):
            s.write(f", carry {carry}")
        _end_column(s)
    if carry:
        out += reversed_digits(carry)
    if s.full:
        s.write("Product: ")
    return s.result(joined(out))


def _root_of(number: int) -> str:
    digits = str(number)
    if len(digits) == 1:
        return f"{digits}: {digits}."
    total = sum(map(int, digits))
    reduced = f", {root(total)}" if total > 9 else ""
    return f"{digits}: {'+'.join(digits)}={total}{reduced}."


def _reduced(expression: str, value: int) -> str:
    return f"{expression}={value}, {root(value)}." if value > 9 else f"{expression}={value}."


def root_check(numbers: list[int], sign: str, shown: int, label: str = "Result") -> str:
    """The text of the check of `numbers` joined by `sign` against the shown result."""
    lines = ["Check roots: " + " ".join(_root_of(n) for n in numbers)]
    total = root(numbers[0])
    for number in numbers[1:]:
        r = root(number)
        value = total * r if sign == "*" else total + r
        lines[0] += " " + _reduced(f"{total}{sign}{r}", value)
        total = root(value)
    lines.append(f"{label} {_root_of(shown)}")
    return "\n".join(lines)


def checked(
    rng: Random, work: Work, check: Callable[[int], str], right: int, slip_share: float
) -> str:
    """The work at high effort: in full and checked; with a slip, found wrong and done again.

    `check(shown)` gives the text of the check; it succeeds exactly when the two roots agree.
    """
    dry = Scribe(True, rng)
    work(dry)
    text = ""
    if rng.random() < slip_share:
        s = Scribe(True, rng, slip_at=rng.randrange(dry.results))
        shown = work(s)
        if shown != right and root(shown) != root(right):
            text = f"{s.text}\n{check(shown)} Not the same: a slip. Again.\n"
    return f"{text}{dry.text}\n{check(right)} Same: right."


def brief(rng: Random, work: Work) -> str:
    """The work at medium effort: the columns in a row, no check."""
    s = Scribe(False, rng)
    work(s)
    return s.text
