"""Putting numbers in order, and finding the largest or smallest, by comparing two at a time.

At high every number has a letter and three digits, so that two stand at fixed places when they are
compared: digit by digit, as far as the first that differ, and these two alone say which is less.
Numbers are sorted by insertion: each new one is compared with those in the row, from the first,
until it comes before one; the row itself is of letters, which are copied without digits.
"""

from collections.abc import Callable
from itertools import pairwise
from random import Random

from core.demo.tasks.asking import LARGEST, SMALLEST, SORT_DOWN, SORT_UP, drawn
from core.demo.tasks.base import SLIP, Level, Question
from core.demo.tasks.columns import LABELS, WIDTH, comparison, labelled, named, sign
from core.demo.tasks.dressing import dressed

SLIP_SHARE = 0.25


def _numbers(rng: Random, count: int) -> list[int]:
    roll = rng.random()
    if roll < 0.2:  # close together: the last digits decide
        base = rng.randrange(1, 980)
        return rng.sample(range(base, base + 20), count)
    if roll < 0.3:
        base = rng.randrange(100, 900)
        return rng.sample(range(base, base + 100), count)
    pool = range(1, 100) if roll < 0.6 else range(1, 1000)
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
    way = f"Sort {'down' if down else 'up'}:"
    given = f"{way} {labelled(numbers)}"
    row = ", ".join(f"{LABELS[numbers.index(n)]} {n}" for n in ordered)
    high = f"{_sorted(numbers, down)} Right. So {answer}."
    if len(numbers) < 5 and rng.random() < SLIP_SHARE:  # five twice would be too long
        high = f"{_sorting_slip(rng, numbers, down)} A slip. Again.\n{high}"
    analysis: dict[Level, str] = {
        "low": f"{given}.",
        "medium": f"{given}. So {row}. {len(numbers)} numbers.",
        "high": high,
    }
    key = "order:" + ",".join(map(str, [*numbers, "down" if down else "up"]))
    return Question("order", prompt, answer, answer, analysis, (key,))


def _wide(numbers: list[int]) -> str:
    """The numbers behind their letters, all of them with `WIDTH` digits."""
    return " ".join(f"{label} {number:0{WIDTH}}" for label, number in named(numbers))


def _sorted(
    numbers: list[int],
    down: bool,
    given: str | None = None,
    asked: list[int] | None = None,
    wrong_at: int | None = None,
    copied: Callable[[str], str] = str,
) -> str:
    """The work and its check; the last word is for the caller.

    given: the numbers as first written, where one is misread, and asked: what they should be.
    wrong_at: the comparison whose verdict is wrong. copied: what becomes of the row of numbers.
    """
    lines, row = _inserted(numbers, down, wrong_at)
    written = copied(_wide_row(numbers, row))
    there = ", ".join(
        f"{label} {n} {'there' if f'{label} {n:0{WIDTH}}' in written.replace(SLIP, '') else 'none'}"
        for label, n in named(asked or numbers)
    )
    check = f"Check {there}."
    if "none" not in there:
        check += f" {_in_order([numbers[i] for i in row], down)}."
    way = f"Sort {'down' if down else 'up'}:"
    return "\n".join((f"{way} {given or _wide(numbers)}", *lines, written, check))


def _inserted(
    numbers: list[int], down: bool, wrong_at: int | None = None
) -> tuple[list[str], list[int]]:
    """A line for each number after the first; the indices of the numbers in the row's order."""
    lines, row, done = [], [0], 0
    for new in range(1, len(numbers)):
        steps, at = [], len(row)
        for place, other in enumerate(row):
            step, before = _compared(numbers, new, other, down, done == wrong_at)
            steps.append(step)
            done += 1
            if before:
                at = place
                break
        row.insert(at, new)
        lines.append(f"{'; '.join(steps)}: {' '.join(LABELS[i] for i in row)}")
    return lines, row


def _compared(
    numbers: list[int], one: int, other: int, down: bool, wrong: bool = False
) -> tuple[str, bool]:
    """Two numbers beside each other and whether the first one comes before; or the opposite."""
    less = (numbers[one] < numbers[other]) != wrong
    pair = f"{_lettered(numbers, one)} {_lettered(numbers, other)}"
    pair += comparison(numbers[one], numbers[other])
    return f"{pair}{SLIP if wrong else ''} {'<' if less else '>'}", less != down


def _lettered(numbers: list[int], at: int) -> str:
    return f"{LABELS[at]} {numbers[at]:0{WIDTH}}"


def _wide_row(numbers: list[int], row: list[int]) -> str:
    return " ".join(_lettered(numbers, i) for i in row)


def _in_order(row: list[int], down: bool) -> str:
    """Each number against the next, as far as the first that is not in order."""
    steps = []
    for one, other in pairwise(row):
        pair = f"{one:0{WIDTH}} {other:0{WIDTH}}{comparison(one, other)}"
        steps.append(f"{pair} {sign(one, other)}")
        if (one < other) == down:
            break
    return ", ".join(steps)


def _sorting_slip(rng: Random, numbers: list[int], down: bool) -> str:
    """Work and check with a number misread at the start or the end, or a wrong verdict."""
    at, roll = rng.randrange(len(numbers)), rng.random()
    if roll < 0.35:
        misread = list(numbers)
        misread[at] = _misread(rng, misread[at], numbers)
        wrong = f"{LABELS[at]} {_marked(misread[at], numbers[at], WIDTH)}"
        given = _wide(misread).replace(_lettered(misread, at), wrong)
        return _sorted(misread, down, given=given, asked=numbers)
    if roll < 0.7:
        steps = sum(line.count(";") + 1 for line in _inserted(numbers, down)[0])
        return _sorted(numbers, down, wrong_at=rng.randrange(steps))
    other = _misread(rng, numbers[at], numbers)
    wrong = f"{LABELS[at]} {_marked(other, numbers[at], WIDTH)}"
    return _sorted(numbers, down, copied=lambda row: row.replace(_lettered(numbers, at), wrong))


def _misread(rng: Random, number: int, taken: list[int]) -> int:
    """`number` with one digit wrong."""
    while True:
        shown = str(number)
        at = rng.randrange(len(shown))
        wrong = int(shown[:at] + rng.choice("123456789") + shown[at + 1 :])
        if wrong != number and wrong not in taken:
            return wrong


def _marked(number: int, right: int, width: int = 1) -> str:
    """`number`, the digits that differ from those of `right` marked as a slip."""
    shown, wanted = f"{number:0{width}}", f"{right:0{width}}"
    if len(shown) != len(wanted):
        return "".join(f"{SLIP}{digit}" for digit in shown)
    return "".join(d if d == w else f"{SLIP}{d}" for d, w in zip(shown, wanted, strict=True))


def _extreme(rng: Random, numbers: list[int], fill: dict[str, str]) -> Question:
    largest = rng.random() < 0.55
    prompt = dressed(rng, drawn(rng, LARGEST if largest else SMALLEST).format(**fill))
    best = max(numbers) if largest else min(numbers)
    word = "largest" if largest else "smallest"
    given = f"The {word} of {labelled(numbers)}"
    start = f"The {word} of {_wide(numbers)}"
    check = _extreme_check(numbers, numbers.index(best), largest)
    high = f"{start}\n{_duels(numbers, largest)}\n{check} Right. So {best}."
    if rng.random() < SLIP_SHARE:
        high = f"{_extreme_slip(rng, start, numbers, largest)} A slip. Again.\n{high}"
    analysis: dict[Level, str] = {
        "low": f"{given}.",
        "medium": f"{given}: {LABELS[numbers.index(best)]} {best}. {len(numbers)} numbers.",
        "high": high,
    }
    key = f"order:{word}:" + ",".join(map(str, numbers))
    return Question(
        "order", prompt, str(best), f"The {word} is **{best}**.", analysis, (key,),
        numeric=True,
    )  # fmt: skip


def _duels(numbers: list[int], largest: bool, wrong_at: int | None = None) -> str:
    """Each number against the best so far; the letter of the better one behind it."""
    best, lines = 0, []
    for new in range(1, len(numbers)):
        step, better = _compared(numbers, new, best, largest, new == wrong_at)
        best = new if better else best
        lines.append(f"{step}: {LABELS[best]}")
    return "\n".join(lines)


def _extreme_slip(rng: Random, given: str, numbers: list[int], largest: bool) -> str:
    """Work and check with a wrong verdict, or the best one misread."""
    best = numbers.index(max(numbers) if largest else min(numbers))
    if rng.random() < 0.4:
        wrong = _marked(_misread(rng, numbers[best], numbers), numbers[best])
        return f"{given}\n{_duels(numbers, largest)}\nCheck {LABELS[best]} {wrong} none."
    duels = _duels(numbers, largest, wrong_at=rng.randrange(1, len(numbers)))
    at = LABELS.index(duels[-1])
    if at == best:  # the better one came later
        duels = _duels(numbers, largest, wrong_at=max(best, 1))
        at = LABELS.index(duels[-1])
    return f"{given}\n{duels}\n{_extreme_check(numbers, at, largest)}"


def _extreme_check(numbers: list[int], at: int, largest: bool) -> str:
    """Is the number at `at` there, and better than the others, as far as one that is not?"""
    steps = []
    for other in range(len(numbers)):
        if other == at:
            continue
        step, better = _compared(numbers, at, other, largest)
        steps.append(step)
        if not better:
            break
    return f"Check {LABELS[at]} {numbers[at]} there. {', '.join(steps)}."
