"""Sums, differences and products, and sums of three or four numbers."""

from random import Random

from core.demo.tasks import columns
from core.demo.tasks.base import Level, Question, dressed

SLIP_SHARE = 0.15

ADD = (
    "What is {a} + {b}?", "{a} + {b}", "{a}+{b}", "{a}+{b}=", "{a} + {b} =", "{a} + {b} = ?",
    "{a}+{b}=?", "What is {a}+{b}?", "What's {a} + {b}?", "What's {a} plus {b}?",
    "How much is {a} + {b}?", "Compute {a}+{b}", "How much is {a} plus {b}?",
    "Compute {a} + {b}.", "Calculate {a} + {b}", "Calculate {a}+{b}", "Add {a} and {b}.",
    "Add {a} to {b}", "What is the sum of {a} and {b}?", "Sum of {a} and {b}", "{a} plus {b}",
    "What is {a} plus {b}?", "Can you add {a} and {b}?", "What does {a} + {b} equal?",
    "What do you get if you add {a} and {b}?", "Work out {a} + {b}", "Solve {a} + {b}",
    "How much are {a} and {b}?", "Could you compute {a} + {b}?", "Find the sum of {a} and {b}.",
    "I want to know {a} + {b}.", "{a} and {b} together?",
)  # fmt: skip
SUBTRACT = (
    "What is {a} - {b}?", "{a} - {b}", "{a}-{b}", "{a} - {b} =", "What's {a} minus {b}?",
    "How much is {a} - {b}?", "How much is {a} minus {b}?", "Compute {a} - {b}.",
    "Calculate {a} - {b}", "Subtract {b} from {a}.", "Take {b} away from {a}",
    "What is the difference between {a} and {b}?", "{a} minus {b}", "Work out {a} - {b}",
    "What is {a}-{b}?", "What is {a} minus {b}?",
)  # fmt: skip
MULTIPLY = (
    "What is {a} * {b}?", "{a} * {b}", "{a}*{b}", "{a} x {b}", "{a} × {b}", "What is {a} × {b}?",
    "What is {a} x {b}?", "What's {a} times {b}?", "How much is {a} times {b}?",
    "Compute {a} * {b}.", "Calculate {a} x {b}", "Multiply {a} by {b}.",
    "What is the product of {a} and {b}?", "Product of {a} and {b}", "{a} times {b}",
    "Work out {a} * {b}", "What is {a} times {b}?", "Multiply {a} and {b}",
    "How much is {a} * {b}?", "What is {a}*{b}?",
)  # fmt: skip
ADD_MANY = (
    "What is {s}?", "{s}", "Compute {s}.", "Calculate {s}", "How much is {s}?", "What's {s}?",
    "{s} = ?", "Work out {s}", "Add {l}.", "What is the sum of {l}?", "Sum of {l}", "Add up {l}.",
    "Find the sum of {l}.", "What do {l} add up to?",
)  # fmt: skip


def add_key(a: int, b: int) -> str:
    return "add:{},{}".format(*sorted((a, b)))


def _digits(rng: Random, count: int) -> int:
    return rng.randrange(10 ** (count - 1), 10**count) if count > 1 else rng.randrange(10)


def _pair(rng: Random) -> tuple[int, int]:
    # Two-digit sums are what visitors type; the rest keeps the columns general.
    shape = rng.choices(
        ((2, 2), (1, 2), (2, 1), (1, 1), (3, 3), (3, 2), (2, 3), (3, 1)), (9, 2, 2, 1, 4, 2, 2, 1)
    )[0]
    return _digits(rng, shape[0]), _digits(rng, shape[1])


def add_analysis(rng: Random, a: int, b: int, slips: float = SLIP_SHARE) -> dict[Level, str]:
    def work(s: columns.Scribe) -> int:
        return columns.add(s, a, b)

    def check(shown: int) -> str:
        return columns.root_check([a, b], "+", shown)

    return {
        "low": "Add.",
        "medium": f"{a}+{b}: {columns.brief(rng, work)}.",
        "high": f"{a}+{b}\n{columns.checked(rng, work, check, a + b, slips)}",
    }


def subtract_analysis(rng: Random, a: int, b: int, slips: float = SLIP_SHARE) -> dict[Level, str]:
    big, small = max(a, b), min(a, b)

    def work(s: columns.Scribe) -> int:
        return columns.subtract(s, big, small)

    def check(shown: int) -> str:
        # a - b = c is checked as b + c = a.
        return columns.root_check([small, shown], "+", big, "Against")

    def high() -> str:
        first = columns.Scribe(True, rng)
        work(first)
        text = ""
        if rng.random() < slips:
            s = columns.Scribe(True, rng, slip_at=rng.randrange(first.results))
            shown = work(s)
            if shown != big - small and columns.root(shown + small) != columns.root(big):
                text = f"{s.text}\n{check(shown)} Not the same: a slip. Again.\n"
        return f"{text}{first.text}\n{check(big - small)} Same: right."

    swap = f"{a}<{b}, so minus {big}-{small}" if a < b else f"{a}-{b}"
    sign = f", -{big - small}" if a < b else ""
    return {
        "low": "Subtract.",
        "medium": f"{swap}: {columns.brief(rng, work)}{sign}.",
        "high": f"{swap}\n{high()}{sign}",
    }


def multiply_analysis(rng: Random, a: int, b: int, slips: float = SLIP_SHARE) -> dict[Level, str]:
    big, small = (a, b) if len(str(a)) >= len(str(b)) else (b, a)
    tens, units = divmod(small, 10)

    def work(s: columns.Scribe) -> int:
        if small < 10:
            return columns.multiply_digit(s, big, small)
        if not s.full:
            s.write(f"{big}*{units}=")
            first = s.result(big * units)
            s.write(f", {big}*{tens}=")
            second = s.result(big * tens) * 10
            s.write(f", {first}+{second}=")
            return s.result(first + second)
        s.write(f"{big}*{units}\n")
        first = columns.multiply_digit(s, big, units)
        s.write(f"\n{big}*{tens}\n")
        second = columns.multiply_digit(s, big, tens) * 10
        s.write(f", so {second}\n{first}+{second}\n")
        return columns.add(s, first, second)

    def check(shown: int) -> str:
        return columns.root_check([big, small], "*", shown)

    return {
        "low": "Multiply.",
        "medium": f"{big}*{small}: {columns.brief(rng, work)}.",
        "high": f"{big}*{small}\n{columns.checked(rng, work, check, a * b, slips)}",
    }


def add_many_analysis(
    rng: Random, numbers: list[int], slips: float = SLIP_SHARE
) -> dict[Level, str]:
    def work(s: columns.Scribe) -> int:
        if not s.full:
            return _all_columns(s, numbers)
        total = numbers[0]
        for i, number in enumerate(numbers[1:]):
            s.write(f"{chr(10) if i else ''}{total}+{number}\n")
            total = columns.add(s, total, number)
        return total

    def check(shown: int) -> str:
        return columns.root_check(numbers, "+", shown)

    return {
        "low": "Add them.",
        "medium": f"{'+'.join(map(str, numbers))}: {columns.brief(rng, work)}.",
        "high": f"{'+'.join(map(str, numbers))}\n"
        + columns.checked(rng, work, check, sum(numbers), slips),
    }


def _all_columns(s: columns.Scribe, numbers: list[int]) -> int:
    """One sum per column over all numbers: a larger leap than adding one number after another."""
    width = max(len(str(n)) for n in numbers)
    rows = [columns.reversed_digits(n, width) for n in numbers]
    carry, out = 0, []
    for column in zip(*rows, strict=True):
        terms = [*column, carry] if carry else [*column]
        s.write("+".join(map(str, terms)) + "=")
        value = s.result(sum(terms))
        out.append(value % 10)
        carry = value // 10
        s.write(", ")
    if carry:
        out += columns.reversed_digits(carry)
    return s.result(columns.joined(out))


def sums(rng: Random) -> Question:
    a, b = _pair(rng)
    prompt = dressed(rng, rng.choice(ADD).format(a=a, b=b))
    return Question(
        "sum",
        prompt,
        str(a + b),
        f"{a} + {b} = **{a + b}**.",
        add_analysis(rng, a, b),
        (add_key(a, b),),
        numeric=True,
    )


def differences(rng: Random) -> Question:
    a, b = _pair(rng)
    if a < b and rng.random() < 0.94:
        a, b = b, a
    prompt = dressed(rng, rng.choice(SUBTRACT).format(a=a, b=b))
    return Question(
        "difference", prompt, str(a - b), f"{a} - {b} = **{a - b}**.", subtract_analysis(rng, a,
        b), (f"sub:{a},{b}", ),
        numeric=True,
    )  # fmt: skip


def products(rng: Random) -> Question:
    shape = rng.choices(((2, 1), (1, 2), (2, 2), (1, 1), (3, 1)), (6, 4, 3, 2, 1))[0]
    a, b = _digits(rng, shape[0]), _digits(rng, shape[1])
    prompt = dressed(rng, rng.choice(MULTIPLY).format(a=a, b=b))
    return Question(
        "product", prompt, str(a * b), f"{a} × {b} = **{a * b}**.", multiply_analysis(rng, a, b),
        ("mul:{},{}".format(*sorted((a, b))),), numeric=True,
    )  # fmt: skip


def sums_of_many(rng: Random) -> Question:
    numbers = [_digits(rng, rng.choice((1, 2, 2, 2))) for _ in range(rng.choice((3, 3, 3, 4)))]
    shown = "+".join(map(str, numbers)) if rng.random() < 0.3 else " + ".join(map(str, numbers))
    listed = ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"
    prompt = dressed(rng, rng.choice(ADD_MANY).format(s=shown, l=listed))
    keys = ["many:" + ",".join(map(str, sorted(numbers)))]
    total = numbers[0]
    for number in numbers[1:]:
        keys.append(add_key(total, number))
        total += number
    return Question(
        "sum of many", prompt, str(total), f"{' + '.join(map(str, numbers))} = **{total}**.",
        add_many_analysis(rng, numbers), tuple(keys), numeric=True,
    )  # fmt: skip
