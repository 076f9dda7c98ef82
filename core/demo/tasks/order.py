"""Putting numbers in order, and finding the largest or smallest, by comparing two at a time."""

from random import Random

from core.demo.tasks.asking import LARGEST, SMALLEST, SORT_DOWN, SORT_UP, drawn
from core.demo.tasks.base import SLIP, Level, Question
from core.demo.tasks.dressing import dressed

SLIP_SHARE = 0.25


def _vs(a: int, b: int) -> str:
    return f"{a} vs {b}: {'more' if a > b else 'less'}"


def _numbers(rng: Random, count: int) -> list[int]:
    roll = rng.random()
    if roll < 0.15:  # close together: the last digits decide
        base = rng.randrange(1, 980)
        return rng.sample(range(base, base + 20), count)
    pool = range(1, 100) if roll < 0.55 else range(1, 1000)
    return rng.sample(pool, count)


def _listed(rng: Random, numbers: list[int], last: str) -> str:
    shown = [str(n) for n in numbers]
    return rng.choice((
        ", ".join(shown), ", ".join(shown[:-1]) + f" {last} {shown[-1]}", " ".join(shown),
        # 12,345 would be one number.
        ("," if max(numbers) < 100 else ", ").join(shown), f" {last} ".join(shown),
        ", ".join(shown[:-1]) + f", {last} {shown[-1]}",
    ))  # fmt: skip


def order(rng: Random) -> Question:
    sort = rng.random() < 0.6
    numbers = _numbers(rng, rng.choice((3, 3, 4, 4, 5)) if sort else rng.choice((2, 3, 3, 4, 5)))
    fill = {"l": _listed(rng, numbers, "and"), "o": _listed(rng, numbers, "or")}
    return _sorting(rng, numbers, fill) if sort else _extreme(rng, numbers, fill)


def _sorting(rng: Random, numbers: list[int], fill: dict[str, str]) -> Question:
    down = rng.random() < 0.35
    prompt = dressed(rng, drawn(rng, SORT_DOWN if down else SORT_UP).format(**fill))
    ordered = sorted(numbers, reverse=down)
    answer = ", ".join(map(str, ordered))
    given = f"Sort {'down' if down else 'up'}: {' '.join(map(str, numbers))}"
    good = _ranked(numbers, down, given)
    high = good
    if rng.random() < SLIP_SHARE:
        high = f"{_sorting_slip(rng, numbers, down, given)} A slip. Again.\n{good}"
    analysis: dict[Level, str] = {
        "low": f"{given}.",
        "medium": f"{given}. So {' '.join(map(str, ordered))}. {len(numbers)} numbers.",
        "high": high,
    }
    key = "order:" + ",".join(map(str, [*numbers, "down" if down else "up"]))
    return Question("order", prompt, answer, answer, analysis, (key,))


def _places(numbers: list[int], down: bool) -> list[str]:
    """A line for each number: the others beside it, those before it counted, and so its place."""
    lines = []
    for number in numbers:
        before, steps = 0, []
        for other in numbers:
            if other == number:
                continue
            before += (other > number) == down
            steps.append(f"{other} {before if (other > number) == down else 'no'}")
        lines.append(f"{number}: {', '.join(steps)}. Place {before + 1}")
    return lines


def _ranked(numbers: list[int], down: bool, given: str) -> str:
    """Sorted by the place of each number, which needs to look at two numbers at a time only."""
    ordered = sorted(numbers, reverse=down)
    work = "\n".join(_places(numbers, down))
    return f"{given}\n{work}\n{_row(ordered)}\n{_sorting_check(numbers, ordered)} Right."


def _row(ordered: list[int]) -> str:
    return ", ".join(f"{place} is {number}" for place, number in enumerate(ordered, 1)) + "."


def _sorting_check(numbers: list[int], row: list[int]) -> str:
    """Is every number that was asked for in the row?"""
    there = ", ".join(f"{n} {'there' if n in row else 'none'}" for n in numbers)
    return f"Check: {there}."


def _sorting_slip(rng: Random, numbers: list[int], down: bool, given: str) -> str:
    """Work and check with a number misread at the start or the end, or a wrong place."""
    ordered, at = sorted(numbers, reverse=down), rng.randrange(len(numbers))
    roll = rng.random()
    if roll < 0.35:
        misread = list(numbers)
        misread[at] = _misread(rng, misread[at], numbers)
        words = given.split(" ")
        words[2 + at] = _marked(misread[at], numbers[at])
        row = sorted(misread, reverse=down)
        lines = "\n".join(_places(misread, down))
        return f"{' '.join(words)}\n{lines}\n{_row(row)}\n{_sorting_check(numbers, row)}"
    lines = _places(numbers, down)
    if roll < 0.7:
        # A wrong place: two numbers have it, and nobody the right one.
        right = int(lines[at][-1])
        wrong = rng.choice([p for p in range(1, len(numbers) + 1) if p != right])
        lines[at] = f"{lines[at][:-1]}{SLIP}{wrong}"
        kept = _row(ordered).split(", ")[: right - 1]
        return "\n".join([given, *lines, ", ".join([*kept, f"{right} is none."])])
    row = list(ordered)
    row[at] = _misread(rng, row[at], ordered)
    shown = _row([10_000] * len(row)).split(", ")
    shown = [s.replace("10000", _marked(n, w)) for s, n, w in zip(shown, row, ordered, strict=True)]
    work = "\n".join([given, *lines, ", ".join(shown)])
    return f"{work}\n{_sorting_check(numbers, row)}"


def _misread(rng: Random, number: int, taken: list[int]) -> int:
    """`number` with one digit wrong."""
    while True:
        shown = str(number)
        at = rng.randrange(len(shown))
        wrong = int(shown[:at] + rng.choice("123456789") + shown[at + 1 :])
        if wrong != number and wrong not in taken:
            return wrong


def _marked(number: int, right: int) -> str:
    """`number`, the digits that differ from those of `right` marked as a slip."""
    shown, wanted = str(number), str(right)
    if len(shown) != len(wanted):
        return "".join(f"{SLIP}{digit}" for digit in shown)
    return "".join(d if d == w else f"{SLIP}{d}" for d, w in zip(shown, wanted, strict=True))


def _extreme(rng: Random, numbers: list[int], fill: dict[str, str]) -> Question:
    largest = rng.random() < 0.55
    prompt = dressed(rng, drawn(rng, LARGEST if largest else SMALLEST).format(**fill))
    best = max(numbers) if largest else min(numbers)
    word, sign = ("largest", "more") if largest else ("smallest", "less")
    given = " ".join(map(str, numbers))
    good = (
        f"The {word} of {given}\n{_duels(numbers, largest)}\n"
        f"{_extreme_check(numbers, best)} All {sign}: right."
    )
    high = good
    if rng.random() < SLIP_SHARE:
        high = f"{_extreme_slip(rng, word, numbers, largest)} A slip. Again.\n{good}"
    analysis: dict[Level, str] = {
        "low": f"The {word} of {given}.",
        "medium": f"The {word} of {given}: {best}. {len(numbers)} numbers.",
        "high": high,
    }
    key = f"order:{word}:" + ",".join(map(str, numbers))
    return Question(
        "order", prompt, str(best), f"The {word} is **{best}**.", analysis, (key,),
        numeric=True,
    )  # fmt: skip


def _duels(numbers: list[int], largest: bool) -> str:
    best, lines = numbers[0], []
    for number in numbers[1:]:
        won = max(best, number) if largest else min(best, number)
        lines.append(f"{_vs(best, number)}. {won}")
        best = won
    return "\n".join(lines)


def _extreme_slip(rng: Random, word: str, numbers: list[int], largest: bool) -> str:
    """Work and check with the wrong number at the end: another of them, or one misread."""
    best = max(numbers) if largest else min(numbers)
    wrong = rng.choice([n for n in numbers if n != best])
    if rng.random() < 0.5:
        wrong = _misread(rng, best, numbers)
    duels = _duels(numbers, largest).rsplit(" ", 1)[0]
    given = " ".join(map(str, numbers))
    return (
        f"The {word} of {given}\n{duels} {_marked(wrong, best)}\n{_extreme_check(numbers, wrong)}"
    )


def _extreme_check(numbers: list[int], best: int) -> str:
    if best not in numbers:
        return f"Check {best}: none."
    return f"Check {best}: there. " + ", ".join(_vs(best, n) for n in numbers if n != best) + "."
