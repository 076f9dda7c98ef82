"""Sums, differences and products, and sums of three or four numbers."""

from random import Random

from core.demo.tasks import columns
from core.demo.tasks.asking import ADD, ADD_MANY, MULTIPLY, SUBTRACT, drawn
from core.demo.tasks.base import Level, Question
from core.demo.tasks.columns import LABELS, Scribe, labelled
from core.demo.tasks.dressing import dressed

SLIP_SHARE = 0.25
SLIP_SHARE_LONG = 0.2  # where the work is long


def add_key(a: int, b: int) -> str:
    return "add:{},{}".format(*sorted((a, b)))


def _digits(rng: Random, count: int) -> int:
    return rng.randrange(10 ** (count - 1), 10**count) if count > 1 else rng.randrange(10)


# Digits of the two numbers, and how often: two and three are what visitors type most.
SHAPES = {
    (2, 2): 7, (1, 2): 2, (2, 1): 2, (1, 1): 1, (3, 3): 7, (3, 2): 3, (2, 3): 3, (3, 1): 1,
    (4, 4): 1, (4, 3): 1, (3, 4): 1, (4, 2): 1,
}  # fmt: skip
PRODUCT_SHAPES = {
    (2, 1): 4, (1, 2): 3, (2, 2): 6, (1, 1): 1, (3, 1): 3, (1, 3): 2, (3, 2): 5, (2, 3): 2,
}  # fmt: skip


def _pair(rng: Random, shapes: dict[tuple[int, int], int]) -> tuple[int, int]:
    first, second = rng.choices(list(shapes), list(shapes.values()))[0]
    return _digits(rng, first), _digits(rng, second)


def add_analysis(rng: Random, a: int, b: int) -> dict[Level, str]:
    def work(s: Scribe) -> int:
        x, y = _restated(s, a, "+", b)
        s.write("\n")
        return columns.add(s, x, y)

    def check(s: Scribe, shown: int) -> bool:
        s.write("Check ")
        x, y = _restated(s, b, "+", a)
        s.write(": ")
        again = columns.add_briefly(s, x, y)
        return columns.compare(s, again, shown)

    def short(s: Scribe) -> int:
        return columns.add_briefly(s, a, b)

    return {
        "low": f"{a}+{b}.",
        "medium": f"{a}+{b}: {columns.brief(rng, short)}.",
        "high": columns.checked(rng, work, check, a + b, SLIP_SHARE),
    }


def subtract_analysis(rng: Random, a: int, b: int) -> dict[Level, str]:
    """a - b; where that is negative, b - a with a minus before it."""
    big, small = max(a, b), min(a, b)
    swap = f"{a}<{b}, so minus " if a < b else ""
    sign = f" So -{big - small}." if a < b else ""

    def work(s: Scribe) -> int:
        s.write(swap)
        x, y = _restated(s, big, "-", small)
        s.write("\n")
        return columns.subtract(s, max(x, y), min(x, y))

    def check(s: Scribe, shown: int) -> bool:
        # a - b = c is checked as c + b = a.
        s.write("Check ")
        x, y = _restated(s, shown, "+", small)
        s.write(": ")
        again = columns.add_briefly(s, x, y)
        return columns.compare(s, again, big)

    def short(s: Scribe) -> int:
        return columns.subtract_briefly(s, big, small)

    return {
        "low": f"{a}-{b}.",
        "medium": f"{swap}{big}-{small}: {columns.brief(rng, short)}.{sign}",
        "high": columns.checked(rng, work, check, big - small, SLIP_SHARE, a < b),
    }


def multiply_analysis(rng: Random, a: int, b: int) -> dict[Level, str]:
    """Restated in the question's order, as sums are; worked with the longer number first."""

    def longer_first(x: int, y: int) -> tuple[int, int]:
        return (x, y) if len(str(a)) >= len(str(b)) else (y, x)

    def work(s: Scribe) -> int:
        x, y = longer_first(*_restated(s, a, "*", b))
        s.write("\n")
        return long_product(s, x, y)

    def check(s: Scribe, shown: int) -> bool:
        s.write("Check ")
        x, y = longer_first(*_restated(s, a, "*", b))
        s.write(": ")
        again = product_again(s, x, y)
        return columns.compare(s, again, shown)

    def short(s: Scribe) -> int:
        return product_again(s, *longer_first(a, b))

    share = SLIP_SHARE_LONG if min(len(str(a)), len(str(b))) > 1 else SLIP_SHARE
    return {
        "low": f"{a}*{b}.",
        "medium": f"{a}*{b}: {columns.brief(rng, short)}.",
        "high": columns.checked(rng, work, check, a * b, share),
    }


def long_product(s: Scribe, a: int, b: int) -> int:
    """a * b for b below 100: a row per digit of b, then their sum."""
    if b < 10:
        return columns.multiply(s, a, b)
    tens, units = divmod(b, 10)
    _restated(s, a, "*", units)
    s.write("\n")
    first = columns.multiply(s, a, units)
    s.write("\n")
    _restated(s, a, "*", tens)
    s.write("\n")
    second = columns.multiply(s, a, tens) * 10
    s.write(", so ")
    second = s.number(second)
    s.write("\n")
    first, second = _restated(s, first, "+", second)
    s.write("\n")
    return columns.add(s, first, second)


def product_again(s: Scribe, a: int, b: int) -> int:
    """a * b once more, in larger steps and from the tens down."""
    if b < 10:
        return columns.multiply_briefly(s, a, b)
    tens, units = divmod(b, 10)
    second = columns.multiply_briefly(s, a, tens) * 10
    s.write("; ")
    first = columns.multiply_briefly(s, a, units)
    s.write("; ")
    second, first = _restated(s, second, "+", first)
    s.write(": ")
    return columns.add_briefly(s, second, first)


def add_many_analysis(rng: Random, numbers: list[int]) -> dict[Level, str]:
    """Each number has a letter, by which the next one to add is found."""

    def work(s: Scribe) -> int:
        given: list[int] = []
        for label, number in columns.named(numbers):
            s.write(f"{' ' if given else ''}{label} ")
            given.append(s.number(number))
        total = given[0]
        for label, number in columns.named(given)[1:]:
            s.write(f"\n{label} ")
            x, y = _restated(s, number, "+", total)
            s.write("\n")
            total = columns.add(s, x, y)
        return total

    def check(s: Scribe, shown: int) -> bool:
        s.write("Check ")
        total = numbers[-1]
        for i in reversed(range(len(numbers) - 1)):
            s.write(f"{LABELS[i]} ")
            x, y = _restated(s, numbers[i], "+", total)
            s.write(": ")
            total = columns.add_briefly(s, x, y)
            s.write("; " if i else "")
        return columns.compare(s, total, shown)

    def leaps(s: Scribe) -> int:
        """One sum per column over all numbers."""
        width = max(len(str(n)) for n in numbers)
        carry, out = 0, []
        for column in zip(*(columns.digits(n, width) for n in numbers), strict=True):
            terms = [*column, carry] if carry else [*column]
            value = sum(terms)
            s.write("+".join(map(str, terms)) + f"={value}, ")
            out.append(value % 10)
            carry = value // 10
        return s.number(columns.joined([*out, *columns.digits(carry)] if carry else out))

    return {
        "low": f"{labelled(numbers)}.",
        "medium": f"{labelled(numbers)}: {columns.brief(rng, leaps)}.",
        "high": columns.checked(rng, work, check, sum(numbers), SLIP_SHARE_LONG),
    }


def _restated(s: Scribe, a: int, sign: str, b: int) -> tuple[int, int]:
    x = s.number(a)
    s.write(sign)
    return x, s.number(b)


def typed(rng: Random, number: int) -> str:
    """A number as people type it: with or without a comma between the thousands."""
    return f"{number:,}" if number > 999 and rng.random() < 0.4 else str(number)


def sums(rng: Random) -> Question:
    a, b = _pair(rng, SHAPES)
    prompt = dressed(rng, drawn(rng, ADD).format(a=typed(rng, a), b=typed(rng, b)))
    return Question(
        "sum", prompt, str(a + b), f"{a} + {b} = **{a + b}**.", add_analysis(rng, a, b),
        (add_key(a, b),), numeric=True,
    )  # fmt: skip


def differences(rng: Random) -> Question:
    a, b = _pair(rng, SHAPES)
    if a < b and rng.random() < 0.85:
        a, b = b, a
    prompt = dressed(rng, drawn(rng, SUBTRACT).format(a=typed(rng, a), b=typed(rng, b)))
    return Question(
        "difference", prompt, str(a - b), f"{a} - {b} = **{a - b}**.",
        subtract_analysis(rng, a, b), (f"sub:{a},{b}",), numeric=True,
    )  # fmt: skip


def products(rng: Random) -> Question:
    a, b = _pair(rng, PRODUCT_SHAPES)
    prompt = dressed(rng, drawn(rng, MULTIPLY).format(a=a, b=b))
    return Question(
        "product", prompt, str(a * b), f"{a} × {b} = **{a * b}**.", multiply_analysis(rng, a, b),
        ("mul:{},{}".format(*sorted((a, b))),), numeric=True,
    )  # fmt: skip


def sums_of_many(rng: Random) -> Question:
    count = rng.choice((3, 3, 3, 4))
    sizes = (1, 2, 2, 2, 3) if count == 3 else (1, 2, 2)
    numbers = [_digits(rng, rng.choice(sizes)) for _ in range(count)]
    if rng.random() < 0.15 and count == 3:
        numbers = [_digits(rng, 3) for _ in numbers]
    shown = rng.choice((" + ", "+", "+ ", " + ")).join(map(str, numbers))
    listed = rng.choice((
        ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}",
        ", ".join(map(str, numbers)),
        " ".join(map(str, numbers)),
        " and ".join(map(str, numbers)),
        ", ".join(map(str, numbers[:-1])) + f", and {numbers[-1]}",
    ))  # fmt: skip
    words = " plus ".join(map(str, numbers))
    prompt = dressed(rng, drawn(rng, ADD_MANY).format(s=shown, l=listed, p=words))
    keys = ["many:" + ",".join(map(str, sorted(numbers)))]
    # The work adds them one after the other, its check from the last to the first.
    for row in (numbers, numbers[::-1]):
        partial = [sum(row[:i]) for i in range(1, len(row))]
        keys += [add_key(a, b) for a, b in zip(partial, row[1:], strict=True)]
    total = sum(numbers)
    return Question(
        "sum of many", prompt, str(total), f"{' + '.join(map(str, numbers))} = **{total}**.",
        add_many_analysis(rng, numbers), tuple(keys), numeric=True,
    )  # fmt: skip
