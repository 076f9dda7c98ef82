"""A date plus or minus some days, month by month; checked by counting the days between."""

from collections.abc import Callable
from random import Random

from core.demo.tasks import columns
from core.demo.tasks.asking import DAYS_AFTER, DAYS_BEFORE, drawn
from core.demo.tasks.base import Level, Question
from core.demo.tasks.columns import Scribe
from core.demo.tasks.dressing import dressed

SLIP_SHARE = 0.25
MOST_DAYS = 60
MONTHS = {
    "January": 31, "February": 28, "March": 31, "April": 30, "May": 31, "June": 30, "July": 31,
    "August": 31, "September": 30, "October": 31, "November": 30, "December": 31,
}  # fmt: skip
NAMES = tuple(MONTHS)


def dates(rng: Random) -> Question:
    month, n = rng.randrange(12), rng.randrange(1, rng.choice((10, 31, 31, MOST_DAYS + 1)))
    day = rng.randrange(1, MONTHS[NAMES[month]] + 1)
    if rng.random() < 0.1:
        n = rng.choice((7, 14, 10, 30, 60, 21, 28, 20))
    forward = rng.random() < 0.65
    work = _forward if forward else _backward
    check = _check_forward if forward else _check_backward
    end_month, end_day = _moved(month, day, n if forward else -n)
    phrasing = drawn(rng, DAYS_AFTER if forward else DAYS_BEFORE)
    prompt = dressed(rng, phrasing.format(d=_typed(rng, month, day), n=n))
    answer = f"{NAMES[end_month]} {end_day}"
    way = "after" if forward else "before"
    analysis: dict[Level, str] = {
        "low": f"{NAMES[month]} {day}, {n} {way}.",
        "medium": f"{NAMES[month]} {day}, {n} {way}: {_leaps(month, day, n, forward)}.",
        "high": _high(rng, month, day, n, work, check, way),
    }
    key = f"date:{month}:{day}:{way}:{n}"
    return Question("date", prompt, answer, f"It is **{answer}**.", analysis, (key,))


def _moved(month: int, day: int, by: int) -> tuple[int, int]:
    day += by
    while day > MONTHS[NAMES[month]]:
        day -= MONTHS[NAMES[month]]
        month = (month + 1) % 12
    while day < 1:
        month = (month - 1) % 12
        day += MONTHS[NAMES[month]]
    return month, day


def _typed(rng: Random, month: int, day: int) -> str:
    name = NAMES[month]
    if rng.random() < 0.25:
        name = name[:3]
        if rng.random() < 0.3:
            name += "."
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    shown = f"{day}{ending}" if rng.random() < 0.25 else str(day)
    roll = rng.random()
    if roll < 0.7:
        return f"{name} {shown}"
    if roll < 0.74:
        return f"the {day}{ending} of {name}"
    return f"{shown} {name}"


def _leaps(month: int, day: int, n: int, forward: bool) -> str:
    steps = []
    here = day + n if forward else day - n
    steps.append(f"{day}{'+' if forward else '-'}{n}={here}")
    while forward and here > MONTHS[NAMES[month]]:
        length = MONTHS[NAMES[month]]
        steps.append(f"{here}-{length}={here - length}")
        here -= length
        month = (month + 1) % 12
    while here < 1:
        month = (month - 1) % 12
        length = MONTHS[NAMES[month]]
        steps.append(f"{here}+{length}={here + length}")
        here += length
    return ", ".join([*steps, f"{NAMES[month]} {here}"])


# A month and a day in it.
Walk = tuple[int, int]
Work = Callable[[Scribe, int, int, int], Walk]
Check = Callable[[Scribe, int, int, int, Walk], bool]


def _forward(s: Scribe, month: int, day: int, n: int) -> Walk:
    """Add the days to the day, then take whole months away; each line begins with its month."""
    s.write(f"{NAMES[month]} ")
    here = _sum(s, day, n)
    while True:
        length = MONTHS[NAMES[month]]
        s.write(f"\n{NAMES[month]} has ")
        length = s.number(length)
        s.write(", ")
        here = s.number(here)
        if here <= length:
            s.write(f" fits: {NAMES[month]} ")
            return month, s.number(here)
        s.write(" is more: ")
        here = _difference(s, here, length)
        month = (month + 1) % 12
        s.write(f". Then {NAMES[month]}")


def _backward(s: Scribe, month: int, day: int, n: int) -> Walk:
    """Add whole months to the day until the days can be taken away."""
    here = day
    while here <= n:
        s.write(f"{NAMES[month]} ")
        here = s.number(here)
        s.write(" is not more than ")
        s.number(n)
        month = (month - 1) % 12
        s.write(f". Before it {NAMES[month]} has ")
        length = s.number(MONTHS[NAMES[month]])
        s.write(", ")
        here = _sum(s, here, length)
        s.write("\n")
    s.write(f"{NAMES[month]} ")
    here = _difference(s, here, n)
    s.write(f"\nSo {NAMES[month]} ")
    return month, s.number(here)


def _check_forward(s: Scribe, month: int, day: int, n: int, shown: Walk) -> bool:
    """Days left in the first month, whole months, and the days of the last."""
    s.write(f"{NAMES[month]} ")
    if shown[0] == month:
        return columns.compare(s, _difference(s, max(shown[1], day), min(shown[1], day)), n)
    total = _difference(s, MONTHS[NAMES[month]], day)
    at = (month + 1) % 12
    for _ in range(4):
        if at == shown[0]:
            break
        s.write(f"; {NAMES[at]} ")
        total = _sum(s, total, MONTHS[NAMES[at]])
        at = (at + 1) % 12
    s.write(f"; {NAMES[at]} ")
    return columns.compare(s, _sum(s, total, shown[1]), n)


def _check_backward(s: Scribe, month: int, day: int, n: int, shown: Walk) -> bool:
    return _check_forward(s, shown[0], shown[1], n, (month, day))


def _sum(s: Scribe, a: int, b: int) -> int:
    a, b = _pair(s, a, "+", b)
    return columns.add_briefly(s, a, b)


def _difference(s: Scribe, a: int, b: int) -> int:
    a, b = _pair(s, a, "-", b)
    return columns.subtract_briefly(s, max(a, b), min(a, b))


def _pair(s: Scribe, a: int, sign: str, b: int) -> Walk:
    a = s.number(a)
    s.write(sign)
    b = s.number(b)
    s.write(": ")
    return a, b


def _high(rng: Random, month: int, day: int, n: int, work: Work, check: Check, way: str) -> str:
    def once(s: Scribe) -> bool:
        s.write(f"{NAMES[month]} ")
        s.number(day)
        s.write(", ")
        s.number(n)
        s.write(f" {way}\n")
        shown = work(s, month, day, n)
        s.write("\nCheck ")
        return check(s, month, day, n, shown)

    text = ""
    if rng.random() < SLIP_SHARE:
        dry = Scribe(rng)
        once(dry)
        s = Scribe(rng, rng.randrange(dry.numbers))
        if not once(s):
            text = s.text + columns.AGAIN
    s = Scribe(rng)
    if not once(s):
        raise ValueError(s.text)
    return text + s.text + columns.SAME
