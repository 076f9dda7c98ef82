"""Putting numbers in order, and finding the largest or smallest, by comparing two at a time."""

from itertools import pairwise
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
    given = " ".join(map(str, numbers))
    way = "down" if down else "up"
    good = f"{_sorted_work(way, numbers, down)}\n{_sorting_check(numbers, ordered)} Right."
    high = good
    if rng.random() < SLIP_SHARE:
        high = f"{_sorting_slip(rng, way, numbers, down)} A slip. Again.\n{good}"
    analysis: dict[Level, str] = {
        "low": "Sort.",
        "medium": f"{given}, {way}: {' '.join(map(str, ordered))}. " + f"{len(numbers)} numbers.",
        "high": high,
    }
    key = "order:" + ",".join(map(str, [*numbers, way]))
    return Question("order", prompt, answer, answer, analysis, (key,))


def _insertions(numbers: list[int], down: bool) -> str:
    """Each number put into the sorted row before it: a line of comparisons, then the new row."""
    row, lines = numbers[:1], []
    for number in numbers[1:]:
        steps, at = [], 0
        for other in row:
            steps.append(_vs(number, other))
            if (number > other) == down:
                break
            at += 1
        row = [*row[:at], number, *row[at:]]
        lines.append(", ".join(steps) + ". " + " ".join(map(str, row)))
    return "\n".join(lines)


def _sorting_check(numbers: list[int], row: list[int]) -> str:
    """Is every number that was asked for in the row, and each pair of neighbours in order?"""
    there = ", ".join(f"{n} {'there' if n in row else 'none'}" for n in numbers)
    if any(n not in row for n in numbers):
        return f"Check: {there}."
    pairs = ", ".join(_vs(a, b) for a, b in pairwise(row))
    return f"Check: {there}. {pairs}."


def _sorted_work(way: str, numbers: list[int], down: bool) -> str:
    return f"Sort {way}: {' '.join(map(str, numbers))}\n{_insertions(numbers, down)}"


def _sorting_slip(rng: Random, way: str, numbers: list[int], down: bool) -> str:
    """Work and check with a number misread at the start or the end, or two neighbours swapped."""
    ordered, at = sorted(numbers, reverse=down), rng.randrange(len(numbers))
    if rng.random() < 0.35:
        given = list(numbers)
        given[at] = _misread(rng, given[at], numbers)
        work = _sorted_work(way, given, down)
        head, _, rest = work.partition("\n")
        words = head.split(" ")
        words[2 + at] = _marked(given[at], numbers[at])
        row = sorted(given, reverse=down)
        return f"{' '.join(words)}\n{rest}\n{_sorting_check(numbers, row)}"
    row = list(ordered)
    if rng.random() < 0.6 or at == 0:
        row[at] = _misread(rng, row[at], ordered)
    else:
        row[at - 1], row[at] = row[at], row[at - 1]
    shown = " ".join(_marked(n, right) for n, right in zip(row, ordered, strict=True))
    work = _sorted_work(way, numbers, down).rsplit(". ", 1)[0]
    return f"{work}. {shown}\n{_sorting_check(numbers, row)}"


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
        "low": "Compare.",
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
