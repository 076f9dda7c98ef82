"""Putting numbers in order, and finding the largest or smallest, by comparing two at a time.

At high every number has a letter, and two are compared digit by digit from the hundreds, as far as
the first that differ; these two alone say which is less.
Numbers are sorted by insertion: each new one is compared with those in the row, from the first,
until it comes before one; the row itself is of letters, which are copied without digits.
"""

from collections.abc import Callable
from itertools import pairwise
from random import Random

from core.demo.tasks.asking import LARGEST, SMALLEST, SORT_DOWN, SORT_UP, drawn
from core.demo.tasks.base import SLIP, Level, Question, plain, whole
from core.demo.tasks.columns import LABELS, comparison, labelled, misread, named, sign
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
    given = f"{_way(down)} {labelled(numbers)}"
    row = ", ".join(_lettered(numbers, numbers.index(n)) for n in ordered)
    high = f"{_sorted(numbers, down)} Right. So {', '.join(map(whole, ordered))}."
    if len(numbers) < 5 and rng.random() < SLIP_SHARE:  # five twice would be too long
        high = f"{_sorting_slip(rng, numbers, down)} A slip. Again.\n{high}"
    analysis: dict[Level, str] = {
        "low": f"{given}.",
        "medium": f"{given}. So {row}. {len(numbers)} numbers.",
        "high": high,
    }
    key = "order:" + ",".join(map(str, [*numbers, "down" if down else "up"]))
    return Question("order", prompt, answer, answer, analysis, (key,), whole=True)


def _way(down: bool) -> str:
    return f"Sort {'down' if down else 'up'}:"


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
    written = copied(" ".join(_lettered(numbers, i) for i in row))
    found = plain(written).split()
    there = ", ".join(
        f"{label} {whole(n)} {'there' if found[found.index(label) + 1] == str(n) else 'none'}"
        for label, n in named(asked or numbers)
    )
    check = f"Check {there}."
    if "none" not in there:
        check += f" {_in_order([numbers[i] for i in row], down)}."
    return "\n".join((f"{_way(down)} {given or labelled(numbers)}", *lines, written, check))


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
    return f"{LABELS[at]} {whole(numbers[at])}"


def _in_order(row: list[int], down: bool) -> str:
    """Each number against the next, as far as the first that is not in order."""
    steps = []
    for one, other in pairwise(row):
        pair = f"{whole(one)} {whole(other)}{comparison(one, other)}"
        steps.append(f"{pair} {sign(one, other)}")
        if (one < other) == down:
            break
    return ", ".join(steps)


def _sorting_slip(rng: Random, numbers: list[int], down: bool) -> str:
    """Work and check with a number misread at the start or the end, or a wrong verdict."""
    at, roll = rng.randrange(len(numbers)), rng.random()
    if roll < 0.35:
        taken = list(numbers)
        taken[at] = _misread(rng, taken[at], numbers)
        given = labelled(taken).replace(_lettered(taken, at), _slipped(taken, at))
        return _sorted(taken, down, given=given, asked=numbers)
    if roll < 0.7:
        steps = sum(line.count(";") + 1 for line in _inserted(numbers, down)[0])
        return _sorted(numbers, down, wrong_at=rng.randrange(steps))
    other = list(numbers)
    other[at] = _misread(rng, other[at], numbers)
    wrong, right = _slipped(other, at), _lettered(numbers, at)
    return _sorted(
        numbers, down, copied=lambda row: f"{row} ".replace(f"{right} ", f"{wrong} ")[:-1]
    )


def _misread(rng: Random, number: int, taken: list[int]) -> int:
    """`number` with one digit wrong, and none of those that are there."""
    while (wrong := misread(rng, number)) in taken:
        pass
    return wrong


def _slipped(numbers: list[int], at: int) -> str:
    return f"{LABELS[at]} {SLIP}{whole(numbers[at])}"


def _extreme(rng: Random, numbers: list[int], fill: dict[str, str]) -> Question:
    largest = rng.random() < 0.55
    prompt = dressed(rng, drawn(rng, LARGEST if largest else SMALLEST).format(**fill))
    best = max(numbers) if largest else min(numbers)
    word = "largest" if largest else "smallest"
    given = f"The {word} of {labelled(numbers)}"
    check = _extreme_check(numbers, numbers.index(best), largest)
    high = f"{given}\n{_duels(numbers, largest)}\n{check} Right. So {whole(best)}."
    if rng.random() < SLIP_SHARE:
        high = f"{_extreme_slip(rng, given, numbers, largest)} A slip. Again.\n{high}"
    analysis: dict[Level, str] = {
        "low": f"{given}.",
        "medium": f"{given}: {_lettered(numbers, numbers.index(best))}. {len(numbers)} numbers.",
        "high": high,
    }
    key = f"order:{word}:" + ",".join(map(str, numbers))
    return Question(
        "order", prompt, str(best), f"The {word} is **{best}**.", analysis, (key,),
        numeric=True, whole=True,
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
        wrong = list(numbers)
        wrong[best] = _misread(rng, wrong[best], numbers)
        return f"{given}\n{_duels(numbers, largest)}\nCheck {_slipped(wrong, best)} none."
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
    return f"Check {_lettered(numbers, at)} there. {', '.join(steps)}."
