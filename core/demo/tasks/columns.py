"""Written arithmetic, column by column, and the check that does it again another way.

A `Scribe` writes the work. It can be told to slip once: the wrong digit is marked, so that the
network sees it (and learns to find it) but is never trained to write it. What follows a slip
follows from what was written, as it would for anyone who does not notice.
"""

from collections.abc import Callable, Sequence
from itertools import zip_longest
from random import Random

from core.demo.tasks.base import SLIP

PLACES = ("Units", "Tens", "Hundreds", "Thousands", "Ten thousands", "Hundred thousands")
LABELS = "abcde"
WIDTH = 3  # digits of numbers that are compared, at least
AGAIN = " Not the same: a slip. Again.\n"
SAME = " Same: right."


class Scribe:
    """Writes numbers and words; corrupts one digit of its `slip_at`-th number, if given."""

    def __init__(self, rng: Random, slip_at: int | None = None) -> None:
        self.rng = rng
        self.slip_at = slip_at
        self.numbers = 0
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        self.parts.append(text)

    def number(self, value: int) -> int:
        """Write a number, or a wrong one at the slip; return it, as later steps build on it."""
        shown = str(value)
        if self.numbers == self.slip_at:
            at = self.rng.randrange(len(shown))
            digit = self.rng.choice([d for d in "0123456789" if d != shown[at]])
            self.write(shown[:at] + SLIP + digit + shown[at + 1 :])
            value = int(shown[:at] + digit + shown[at + 1 :])
        else:
            self.write(shown)
        self.numbers += 1
        return value

    @property
    def text(self) -> str:
        return "".join(self.parts)


def restated(s: Scribe, a: int, sign: str, b: int) -> tuple[int, int]:
    """Write `a`, the sign and `b`; return the two as written."""
    x = s.number(a)
    s.write(sign)
    return x, s.number(b)


Work = Callable[[Scribe], int]
# Writes the check of the shown result; whether it agrees.
Check = Callable[[Scribe, int], bool]


def named(numbers: Sequence[int]) -> list[tuple[str, int]]:
    """Each number with a letter, by which it is found again in the work."""
    return list(zip(LABELS[: len(numbers)], numbers, strict=True))


def labelled(numbers: Sequence[int]) -> str:
    """The numbers as the work begins: each behind its letter."""
    return " ".join(f"{label} {n}" for label, n in named(numbers))


def digits(number: int, width: int = 1) -> list[int]:
    """Digits from the units up."""
    return [int(d) for d in reversed(str(number).zfill(width))]


def joined(units_first: list[int]) -> int:
    return int("".join(map(str, reversed(units_first))))


def add(s: Scribe, a: int, b: int) -> int:
    """a + b in full, one line per column."""
    width = max(len(str(a)), len(str(b)))
    carry, out = 0, []
    for place, (x, y) in enumerate(zip(digits(a, width), digits(b, width), strict=True)):
        s.write(f"{PLACES[place]}: ")
        value = _added(s, x, y, carry)
        out.append(value % 10)
        carry = value // 10
        if carry:
            s.write(", carry ")
            carry = s.number(carry)
        s.write("\n")
    s.write("Sum: ")
    return s.number(joined([*out, carry] if carry else out))


def add_briefly(s: Scribe, a: int, b: int) -> int:
    """a + b, the columns in a row."""
    width = max(len(str(a)), len(str(b)))
    carry, out = 0, []
    for x, y in zip(digits(a, width), digits(b, width), strict=True):
        value = _added(s, x, y, carry)
        out.append(value % 10)
        carry = value // 10
        s.write(", ")
    return s.number(joined([*out, carry] if carry else out))


def _added(s: Scribe, x: int, y: int, carry: int) -> int:
    x = s.number(x)
    s.write("+")
    total = x + s.number(y)
    if carry:
        s.write("+")
        total += s.number(carry)
    s.write("=")
    return s.number(total)


def subtract(s: Scribe, a: int, b: int) -> int:
    """a - b in full, for a >= b."""
    borrow, out = 0, []
    for place, (x, y) in enumerate(zip(digits(a), digits(b, len(str(a))), strict=True)):
        s.write(f"{PLACES[place]}: ")
        if x - borrow < y:
            s.number(x)
            s.write(f"{'-1' if borrow else ''}-{y}, borrow, ")
        value, borrow = _taken(s, x, y, borrow)
        out.append(value)
        s.write("\n")
    s.write("Difference: ")
    return s.number(joined(out))


def subtract_briefly(s: Scribe, a: int, b: int) -> int:
    """a - b for a >= b, the columns in a row."""
    borrow, out = 0, []
    for x, y in zip(digits(a), digits(b, len(str(a))), strict=True):
        value, borrow = _taken(s, x, y, borrow)
        out.append(value)
        s.write(", ")
    return s.number(joined(out))


def _taken(s: Scribe, x: int, y: int, borrow: int) -> tuple[int, int]:
    """One column of a difference: its digit, and what the next one owes."""
    owes = int(x - borrow < y)
    top = s.number(x + 10 * owes)
    if borrow:
        s.write("-1")
    s.write("-")
    value = top - borrow - s.number(y)
    s.write("=")
    return s.number(value % 10) % 10, owes


def multiply(s: Scribe, a: int, b: int) -> int:
    """a * b in full: a row for each digit of b, and the sum of the rows."""
    rows = [(a, y) for y in digits(b)]
    return _row(s, a, b) if is_row(a, b) else _rows(s, rows, _row, add, "\n", "\n")


def multiply_briefly(s: Scribe, a: int, b: int) -> int:
    """a * b, its rows by the digits of a, one behind the other."""
    if is_row(a, b):
        return _row_briefly(s, a, b)
    return _rows(s, [(x, b) for x in digits(a)], _row_briefly, add_briefly, ": ", "; ")


def longer_first(a: int, b: int) -> tuple[int, int]:
    """The two as they are multiplied: by the digits of the shorter one there are fewer rows."""
    return (a, b) if len(str(a)) >= len(str(b)) else (b, a)


Step = Callable[[Scribe, int, int], int]


def _rows(
    s: Scribe, rows: list[tuple[int, int]], row: Step, plus: Step, opening: str, gap: str
) -> int:
    """The sum of the rows, units first; `opening` stands before a step's work, `gap` between two.

    Each step has a letter: what comes next is said before its numbers are written.
    """
    total, labels = 0, iter(LABELS)
    for place, factors in enumerate(rows):
        s.write(f"{gap if place else ''}{next(labels)} ")
        x, y = restated(s, factors[0], "*", factors[1])
        s.write(opening)
        value = row(s, x, y) * 10**place
        if place:
            s.write(f"{gap}{next(labels)} ")
            value, total = restated(s, value, "+", total)
            s.write(opening)
            value = plus(s, value, total)
        total = value
    return total


def is_row(a: int, b: int) -> bool:
    """Whether the product is one row: one of the numbers has one digit."""
    return min(a, b) < 10


def _row(s: Scribe, a: int, b: int) -> int:
    """a * b where one has one digit, a line per place: the product of digits, and the carry."""
    carry, out = 0, []
    pairs = _places(a, b)
    for place, (x, y) in enumerate(pairs):
        s.write(f"{PLACES[place]}: ")
        value = _product(s, x, y)
        if carry:
            s.write(", ")
            value = _plus(s, value, carry)
        out.append(value % 10)
        carry = value // 10
        if carry and place + 1 < len(pairs):
            s.write(", carry ")
            carry = s.number(carry)
        s.write("\n")
    s.write("Product: ")
    return s.number(joined([*out, *digits(carry)] if carry else out))


def _row_briefly(s: Scribe, a: int, b: int) -> int:
    """a * b where one has one digit, the places in a row."""
    carry, out = 0, []
    for x, y in _places(a, b):
        left = s.number(x)
        s.write("*")
        value = left * s.number(y)
        if carry:
            s.write("+")
            carry = s.number(carry)
            s.write("=")
            value = s.number(value)
            s.write("+")
            value += s.number(carry)
        s.write("=")
        value = s.number(value)
        out.append(value % 10)
        carry = value // 10
        s.write(", ")
    return s.number(joined([*out, *digits(carry)] if carry else out))


def _places(a: int, b: int) -> list[tuple[int, int]]:
    """The digits that meet at each place, from the units up; one of the numbers has one digit."""
    return [(x, b) for x in digits(a)] if b < 10 else [(a, y) for y in digits(b)]


def _product(s: Scribe, x: int, y: int) -> int:
    x = s.number(x)
    s.write("*")
    x *= s.number(y)
    s.write("=")
    return s.number(x)


def _plus(s: Scribe, x: int, y: int) -> int:
    x = s.number(x)
    s.write("+")
    x += s.number(y)
    s.write("=")
    return s.number(x)


def compare(s: Scribe, got: int, wanted: int) -> bool:
    """What was wanted, brought near; the two side by side; whether they agree."""
    s.write(f"; first {wanted}. {side_by_side(got, wanted)}.")
    return got == wanted


def side_by_side(got: int, wanted: int) -> str:
    """The digits of the two in pairs, as far as the first that differ."""
    return f"Compare {', '.join(_paired(str(got), str(wanted), ' '))}"


def comparison(one: int, other: int, width: int = WIDTH) -> str:
    """The digits in pairs, as far as the first that differ; both numbers have `width` digits."""
    return ": " + " ".join(_paired(f"{one:0{width}}", f"{other:0{width}}"))


def sign(one: int, other: int) -> str:
    """What stands between the two. It follows from the last pair of digits alone."""
    return "=" if one == other else "<" if one < other else ">"


def _paired(one: str, other: str, between: str = "") -> list[str]:
    """Digit beside digit, as far as the first that differ."""
    pairs = []
    for x, y in zip_longest(one, other, fillvalue="-"):
        pairs.append(f"{x}{between}{y}")
        if x != y:
            break
    return pairs


def checked(
    rng: Random, work: Work, check: Check, right: int, slip_share: float, end: str | None = None
) -> str:
    """The work at high effort: in full and checked; with a slip, found wrong and done again.

    Its last words are the result, so that the answer is copied from close by: `end`, or
    "So {right}".
    """
    text = ""
    if rng.random() < slip_share:
        dry = Scribe(rng)
        check(dry, work(dry))
        text = _slipped(Scribe(rng, rng.randrange(dry.numbers)), work, check)
    s = Scribe(rng)
    shown = work(s)
    s.write("\n")
    if shown != right or not check(s, shown):
        raise ValueError(f"the work gave {shown} for {right}: {s.text}")
    return f"{text}{s.text}{SAME} {end or f'So {right}'}."


def _slipped(s: Scribe, work: Work, check: Check) -> str:
    """Work with a slip that its check finds; nothing where it does not show."""
    shown = work(s)
    s.write("\n")
    return "" if check(s, shown) else s.text + AGAIN


def brief(rng: Random, work: Work) -> str:
    """The work at medium effort: no check."""
    s = Scribe(rng)
    work(s)
    return s.text
