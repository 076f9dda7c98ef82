"""Sums, differences and products, and sums of three or four numbers."""

from random import Random

from core.demo.tasks import columns
from core.demo.tasks.asking import ADD, ADD_MANY, MULTIPLY, SUBTRACT, drawn
from core.demo.tasks.base import Level, Question
from core.demo.tasks.columns import LABELS, WIDTH, Scribe, labelled
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
        x, y = columns.restated(s, a, "+", b)
        s.write("\n")
        return columns.add(s, x, y)

    def check(s: Scribe, shown: int) -> bool:
        s.write("Check ")
        x, y = columns.restated(s, b, "+", a)
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
    width = max(WIDTH, len(str(big)))
    swap = f"{a}<{b}, so minus " if a < b else ""
    sign = f" So -{big - small}." if a < b else ""

    def work(s: Scribe) -> int:
        x, y = columns.restated(s, a, "-", b)
        pair = f"{x:0{width}} {y:0{width}}{columns.comparison(x, y, width)}"
        s.write(f". {pair} {columns.sign(x, y)}")
        if x < y:
            s.write(", minus ")
            y, x = columns.restated(s, y, "-", x)
        s.write("\n")
        return columns.subtract(s, max(x, y), min(x, y))

    def check(s: Scribe, shown: int) -> bool:
        # a - b = c is checked as c + b = a.
        s.write("Check ")
        x, y = columns.restated(s, shown, "+", small)
        s.write(": ")
        again = columns.add_briefly(s, x, y)
        return columns.compare(s, again, big)

    def short(s: Scribe) -> int:
        return columns.subtract_briefly(s, big, small)

    # What was compared last is not the result: it is found again by its name.
    end = f"Difference: {big - small}" + (f", minus: -{big - small}" if a < b else "")
    return {
        "low": f"{a}-{b}.",
        "medium": f"{swap}{big}-{small}: {columns.brief(rng, short)}.{sign}",
        "high": columns.checked(rng, work, check, big - small, SLIP_SHARE, end),
    }


def multiply_analysis(rng: Random, a: int, b: int) -> dict[Level, str]:
    """Row by row, and the sum of the rows; checked the other way round."""
    long, short = columns.longer_first(a, b)

    def work(s: Scribe) -> int:
        x, y = columns.restated(s, long, "*", short)
        s.write("\n")
        return columns.multiply(s, x, y)

    def check(s: Scribe, shown: int) -> bool:
        s.write("Check ")
        x, y = columns.restated(s, short, "*", long)
        s.write(": ")
        again = columns.multiply_briefly(s, x, y)
        return columns.compare(s, again, shown)

    def brief(s: Scribe) -> int:
        return columns.multiply_briefly(s, short, long)

    share = SLIP_SHARE if columns.is_row(a, b) else 0.0  # twice would be too long
    return {
        "low": f"{a}*{b}.",
        "medium": f"{short}*{long}: {columns.brief(rng, brief)}.",
        "high": columns.checked(rng, work, check, a * b, share),
    }


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
            x, y = columns.restated(s, number, "+", total)
            s.write("\n")
            total = columns.add(s, x, y)
        return total

    def check(s: Scribe, shown: int) -> bool:
        s.write("Check ")
        total = numbers[-1]
        for i in reversed(range(len(numbers) - 1)):
            s.write(f"{LABELS[i]} ")
            x, y = columns.restated(s, numbers[i], "+", total)
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
        _product_keys(a, b), numeric=True,
    )  # fmt: skip


def _product_keys(a: int, b: int) -> tuple[str, ...]:
    """Of the product, and of the products and sums that its work and its check consist of."""
    keys = [_mul_key(a, b)]
    if not columns.is_row(a, b):
        long, short = columns.longer_first(a, b)
        total = 0
        for place, digit in enumerate(columns.digits(short)):
            keys.append(_mul_key(long, digit))
            value = long * digit * 10**place
            keys += [add_key(total, value)] if place else []
            total += value
    return tuple(keys)


def _mul_key(a: int, b: int) -> str:
    return "mul:{},{}".format(*sorted((a, b)))


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
