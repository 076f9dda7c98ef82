"""Putting numbers in order, and finding the largest or smallest, by comparing two at a time.

At high every number is written with three digits, and two are compared digit by digit from the
left, as far as the first that differs.
"""

from random import Random

from core.demo.tasks.asking import LARGEST, SMALLEST, SORT_DOWN, SORT_UP, drawn
from core.demo.tasks.base import SLIP, Level, Question
from core.demo.tasks.columns import LABELS, labelled, named
from core.demo.tasks.dressing import dressed

SLIP_SHARE = 0.25
WIDTH = 3  # digits of the largest number


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
    way = f"Sort {'down' if down else 'up'}:"
    given = f"{way} {labelled(numbers)}"
    good = "\n".join((
        f"{way} {_wide(numbers)}", *_places(numbers, down), _row(numbers, ordered),
        f"{_sorting_check(numbers, ordered)} Right.",
    ))  # fmt: skip
    high = good
    if len(numbers) < 5 and rng.random() < SLIP_SHARE:  # five twice would be too long
        high = f"{_sorting_slip(rng, numbers, down, way)} A slip. Again.\n{good}"
    analysis: dict[Level, str] = {
        "low": f"{given}.",
        "medium": f"{given}. So {' '.join(map(str, ordered))}. {len(numbers)} numbers.",
        "high": high,
    }
    key = "order:" + ",".join(map(str, [*numbers, "down" if down else "up"]))
    return Question("order", prompt, answer, answer, analysis, (key,))


def _wide(numbers: list[int]) -> str:
    """The numbers behind their letters, all of them with `WIDTH` digits."""
    return " ".join(f"{label} {number:0{WIDTH}}" for label, number in named(numbers))


def _pairs(one: int, other: int) -> str:
    """The digits of both from the left, up to the first that differ."""
    pairs = []
    for x, y in zip(f"{one:0{WIDTH}}", f"{other:0{WIDTH}}", strict=True):
        pairs.append(f"{x} {y}")
        if x != y:
            break
    return ", ".join(pairs)


def _places(numbers: list[int], down: bool) -> list[str]:
    """A line for each number: the others beside it, those before it counted, and so its place."""
    lines = []
    for label, number in named(numbers):
        before, steps = 0, []
        for name, other in named(numbers):
            if name == label:
                continue
            first = (other > number) == down
            before += first
            steps.append(f"{name} {_pairs(number, other)} {before if first else 'no'}")
        line = f"{label} {number:0{WIDTH}}: {'; '.join(steps)}. Place {before + 1} {label}"
        lines.append(line)
    return lines


def _row(numbers: list[int], ordered: list[int]) -> str:
    return ", ".join(
        f"{place} {LABELS[numbers.index(number)]} {number}"
        for place, number in enumerate(ordered, 1)
    )


def _sorting_check(numbers: list[int], row: list[int]) -> str:
    """Is every number that was asked for in the row?"""
    there = ", ".join(
        f"{label} {n} {'there' if n in row else 'none'}" for label, n in named(numbers)
    )
    return f"Check {there}."


def _sorting_slip(rng: Random, numbers: list[int], down: bool, way: str) -> str:
    """Work and check with a number misread at the start or the end, or a wrong place."""
    at, roll = rng.randrange(len(numbers)), rng.random()
    if roll < 0.35:
        misread = list(numbers)
        misread[at] = _misread(rng, misread[at], numbers)
        shown = f" {LABELS[at]} {misread[at]:0{WIDTH}}"
        wrong = f" {LABELS[at]} {_marked(misread[at], numbers[at], WIDTH)}"
        given = f"{way} {_wide(misread)}".replace(shown, wrong)
        row = sorted(misread, reverse=down)
        lines = [given, *_places(misread, down), _row(misread, row), _sorting_check(numbers, row)]
        return "\n".join(lines)
    ordered = sorted(numbers, reverse=down)
    lines = [f"{way} {_wide(numbers)}", *_places(numbers, down)]
    kept = _row(numbers, ordered).split(", ")
    if roll < 0.7:
        # A wrong place: two numbers have it, and nobody the right one.
        right = ordered.index(numbers[at]) + 1
        wrong_place = rng.choice([p for p in range(1, len(numbers) + 1) if p != right])
        lines[at + 1] = lines[at + 1].replace(f"Place {right}", f"Place {SLIP}{wrong_place}")
        return "\n".join([*lines, ", ".join([*kept[: right - 1], f"{right} none."])])
    row = list(ordered)
    row[at] = _misread(rng, row[at], ordered)
    head, _, _ = kept[at].rpartition(" ")
    kept[at] = f"{head} {_marked(row[at], ordered[at])}"
    return "\n".join([*lines, ", ".join(kept), _sorting_check(numbers, row)])


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
    word, sign = ("largest", "less") if largest else ("smallest", "more")
    given = f"The {word} of {labelled(numbers)}"
    start = f"The {word} of {_wide(numbers)}"
    good = (
        f"{start}\n{_duels(numbers, largest)}\n{_extreme_check(numbers, best)} All {sign}: right."
    )
    high = good
    if rng.random() < SLIP_SHARE:
        high = f"{_extreme_slip(rng, start, numbers, largest)} A slip. Again.\n{good}"
    analysis: dict[Level, str] = {
        "low": f"{given}.",
        "medium": f"{given}: {best}. {len(numbers)} numbers.",
        "high": high,
    }
    key = f"order:{word}:" + ",".join(map(str, numbers))
    return Question(
        "order", prompt, str(best), f"The {word} is **{best}**.", analysis, (key,),
        numeric=True,
    )  # fmt: skip


def _duels(numbers: list[int], largest: bool) -> str:
    """The best so far against each number; the letter of the better one behind it."""
    best, lines = 0, []
    for i in range(1, len(numbers)):
        a, b = numbers[best], numbers[i]
        shown = f"{LABELS[best]} {a:0{WIDTH}} vs {LABELS[i]} {b:0{WIDTH}}"
        line = f"{shown}: {_pairs(a, b)} {'more' if a > b else 'less'}."
        best = i if (b > a) == largest else best
        lines.append(f"{line} {LABELS[best]}")
    return "\n".join(lines)


def _extreme_slip(rng: Random, given: str, numbers: list[int], largest: bool) -> str:
    """Work and check with another number taken at the end, or the best one misread."""
    best = max(numbers) if largest else min(numbers)
    duels = _duels(numbers, largest)
    if rng.random() < 0.5:
        wrong = _misread(rng, best, numbers)
        check = _extreme_check(numbers, wrong, best)
    else:
        wrong = rng.choice([n for n in numbers if n != best])
        duels = f"{duels[:-2]}{SLIP} {LABELS[numbers.index(wrong)]}"
        check = _extreme_check(numbers, wrong)
    return f"{given}\n{duels}\n{check}"


def _extreme_check(numbers: list[int], best: int, misread: int | None = None) -> str:
    """misread: what `best` should have been, where it is none of the numbers."""
    if misread is not None:
        wrong = _marked(best, misread, WIDTH)
        return f"Check {LABELS[numbers.index(misread)]} {wrong}: none."
    others = "; ".join(
        f"{label} {_pairs(n, best)} {'less' if best > n else 'more'}"
        for label, n in named(numbers)
        if n != best
    )
    return f"Check {LABELS[numbers.index(best)]} {best:0{WIDTH}}: there. {others}."
