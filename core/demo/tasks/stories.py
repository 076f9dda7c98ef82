"""Small word problems: one or two steps told as a story."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from core.demo.tasks import columns
from core.demo.tasks.arithmetic import add_key
from core.demo.tasks.asking import drawn
from core.demo.tasks.base import Level, Question
from core.demo.tasks.columns import Scribe
from core.demo.tasks.dressing import dressed
from core.demo.tasks.letters import words
from core.demo.tasks.telling import (
    APART,
    COME,
    CROWD_ASK,
    EACH,
    FIRST_PERSON,
    GO,
    GROUPS_OPEN,
    JOIN,
    LEFT,
    LEFT_I,
    LESS,
    MORE,
    NAMES,
    NOW,
    NOW_I,
    OPEN,
    PEOPLE,
    ROOM,
    THEN_ASK,
    THEN_LESS,
    THEN_MORE,
    THINGS,
    THREE,
    TOGETHER,
    TWO_SPENT,
    TWO_THEN_GONE,
)

SLIP_SHARE = 0.2


@dataclass(frozen=True)
class Told:
    """A story: its words, what is worked out (from left to right), and the quantities in it."""

    text: str
    first: int
    steps: tuple[tuple[str, int], ...]

    @property
    def value(self) -> int:
        total = self.first
        for sign, number in self.steps:
            total = _OPERATIONS[sign](total, number)
        return total


_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def stories(rng: Random) -> Question:
    told = rng.choice(TELLERS)(rng)
    while told.value < 0 or told.value > 2000:
        told = rng.choice(TELLERS)(rng)
    final = f"{told.first}" + "".join(
        f" {'×' if sign == '*' else sign} {number}" for sign, number in told.steps
    )
    analysis: dict[Level, str] = {
        "low": _plan(rng, told),
        "medium": f"{columns.brief(rng, lambda s: _worked(s, _planned(s, told), _BRIEF, ' '))}.",
        "high": _checked(rng, told),
    }
    # Its first step gives a sum away.
    sign, number = told.steps[0]
    given = (add_key(told.first, number),) if sign == "+" else ()
    keys = (f"story:{told.text}", *given)
    text = told.text[0].upper() + told.text[1:] if rng.random() < 0.75 else told.text
    return Question(
        "story", dressed(rng, text), str(told.value), f"{final} = **{told.value}**.", analysis,
        keys, numeric=True,
    )  # fmt: skip


_WHY = {"+": "More: +", "-": "Fewer: -", "*": "Times: *"}
_Do = dict[str, Callable[[Scribe, int, int], int]]


def _larger_first(do: Callable[[Scribe, int, int], int]) -> Callable[[Scribe, int, int], int]:
    return lambda s, a, b: do(s, max(a, b), min(a, b))


_FULL: _Do = {
    "+": columns.add,
    "-": _larger_first(columns.subtract),
    "*": columns.multiply,
}
_BRIEF: _Do = {
    "+": columns.add_briefly,
    "-": _larger_first(columns.subtract_briefly),
    "*": columns.multiply_briefly,
}


def _planned(s: Scribe, told: Told) -> Told:
    """Write what there is to do; the plan as written."""
    s.write("Start ")
    first = s.number(told.first)
    steps = []
    for sign, number in told.steps:
        s.write(f". {_WHY[sign]}")
        steps.append((sign, s.number(number)))
    s.write(".")
    return Told(told.text, first, tuple(steps))


def _plan(rng: Random, told: Told) -> str:
    """The plan alone."""
    s = Scribe(rng)
    _planned(s, told)
    return s.text


def _worked(s: Scribe, told: Told, do: _Do, before: str, between: str = ": ") -> int:
    total = told.first
    for sign, number in told.steps:
        s.write(before)
        total = s.number(total)
        s.write(sign)
        written = s.number(number)
        s.write(between)
        total = do[sign](s, total, written)
        before = before if before == "\n" else "; "
    return total


def _checked(rng: Random, told: Told) -> str:
    def work(s: Scribe) -> int:
        return _worked(s, _planned(s, told), _FULL, "\n", "\n")

    def check(s: Scribe, shown: int) -> bool:
        s.write("Check")
        again = _worked(s, told, _BRIEF, " ")
        return columns.compare(s, again, shown)

    return columns.checked(rng, work, check, told.value, SLIP_SHARE)


def _first_person(text: str) -> str:
    for third, first in FIRST_PERSON:
        text = text.replace(third, first)
    return text


def _cast(rng: Random) -> dict[str, str]:
    name, friend = rng.sample(NAMES, 2)
    she = rng.choice(("she", "he", name, name, "they"))
    # Now and then any word at all, so that no word has to be known.
    thing = rng.choice(THINGS) if rng.random() < 0.75 else rng.choice(words())
    return {"n": name, "m": friend, "t": thing, "s": she}


def _change(rng: Random, more: bool, first_person: bool, number: str) -> str:
    text = drawn(rng, (MORE,) if more else LESS).replace("{b}", number)
    return _first_person(text) if first_person else text


def _changes(rng: Random) -> Told:
    """Somebody has some; one or two times some come or go."""
    two = rng.random() < 0.5
    a, cast = rng.randrange(2, 100), _cast(rng)
    steps = []
    total = a
    for _ in range(2 if two else 1):
        more = rng.random() < 0.5 or total < 2
        number = rng.randrange(1, 100) if more else rng.randrange(1, total + 1)
        if number > 30 and rng.random() < 0.4:
            number = rng.randrange(1, min(number, 20))
        steps.append(("+" if more else "-", number))
        total += number if more else -number
    roll = rng.random()
    if roll < 0.28:
        subject, opening, ask = "I", OPEN[1], (NOW_I, LEFT_I)
    else:
        opening = OPEN[0] if roll < 0.75 else rng.choice(OPEN[2:])
        subject = rng.choice(("{s}", "{n}", "{n}", ""))
        ask = (NOW, LEFT)
    person = subject == "I"
    text = drawn(rng, (opening,)).replace("{a}", str(a))
    if subject in ("", "{n}", "{s}") and opening is not OPEN[0]:
        subject = "{n}"
    for sign, number in steps:
        text += drawn(rng, (JOIN,)) + (f"{subject} " if subject else "")
        text += _change(rng, sign == "+", person, str(number))
    text += drawn(rng, (THEN_ASK,)) + drawn(rng, (ask[0] if steps[-1][0] == "+" else ask[1],))
    if rng.random() < 0.15:
        text = "[If |if |Suppose |Imagine |Say ]" + text
        text = drawn(rng, (text,))
    return Told(text.format(**cast), a, tuple(steps))


def _crowd(rng: Random) -> Told:
    """People come and go."""
    a = rng.randrange(2, 100)
    steps = []
    total = a
    for _ in range(rng.choice((1, 2))):
        more = rng.random() < 0.5 or total < 2
        number = rng.randrange(1, 60) if more else rng.randrange(1, total + 1)
        steps.append(("+" if more else "-", number))
        total += number if more else -number
    text = drawn(rng, (f"[There are|there were|] {{a}} {{t}} [are |were |sit |]{ROOM}",)).strip()
    for sign, number in steps:
        text += drawn(rng, (JOIN,))
        text += f"{number} " + drawn(
            rng, ("[more |]" + COME if sign == "+" else "[of them |]" + GO,)
        )
    text += drawn(rng, CROWD_ASK)
    return Told(text.format(a=a, t=rng.choice(PEOPLE)), a, tuple(steps))


def _pair_story(rng: Random) -> Told:
    cast = _cast(rng)
    a, b = rng.randrange(2, 100), rng.randrange(1, 100)
    if rng.random() < 0.5:
        text = drawn(rng, TOGETHER).format(a=a, b=b, **cast)
        return Told(text, a, (("+", b),))
    a, b = max(a, b), min(a, b)
    return Told(drawn(rng, APART).format(a=a, b=b, **cast), a, (("-", b),))


def _groups(rng: Random) -> Told:
    cast = _cast(rng)
    a, b = rng.randrange(2, 13), rng.randrange(2, rng.choice((11, 21, 31)))
    text = drawn(rng, EACH).format(a=a, b=b, one=cast["t"].rstrip("s"), **cast)
    return Told(text, a, (("*", b),))


def _groups_then(rng: Random) -> Told:
    cast = _cast(rng)
    a, b = rng.randrange(2, 10), rng.randrange(2, rng.choice((11, 21, 31)))
    less = rng.random() < 0.6
    c = rng.randrange(1, min(a * b, 60)) if less else rng.randrange(1, 60)
    text = drawn(rng, GROUPS_OPEN)
    text = text.strip(" ") + " " if text.endswith(" ") else text
    text += drawn(rng, THEN_LESS if less else THEN_MORE)
    return Told(
        text.strip().format(a=a, b=b, c=c, **cast), a, (("*", b), ("-" if less else "+", c))
    )


def _three(rng: Random) -> Told:
    """Three amounts together, or two amounts of which some go."""
    cast = _cast(rng)
    a, b, c = (rng.randrange(1, 100) for _ in range(3))
    if rng.random() < 0.4:
        text = drawn(rng, THREE).format(a=a, b=b, c=c, o=rng.choice(NAMES), **cast)
        return Told(text, a, (("+", b), ("+", c)))
    c = rng.randrange(1, a + b)
    text = drawn(rng, TWO_THEN_GONE).format(a=a, b=b, c=c, **cast)
    return Told(text, a, (("+", b), ("-", c)))


def _spending(rng: Random) -> Told:
    """Money, and two things bought."""
    cast = _cast(rng)
    b, c = rng.randrange(1, 40), rng.randrange(1, 40)
    a = rng.randrange(b + c, 100) if b + c < 99 else b + c
    text = drawn(rng, TWO_SPENT).format(a=a, b=b, c=c, **cast)
    return Told(text, a, (("-", b), ("-", c)))


TELLERS: tuple[Callable[[Random], Told], ...] = (
    _changes, _changes, _changes, _crowd, _pair_story, _pair_story, _groups, _groups_then,
    _groups_then, _three, _spending,
)  # fmt: skip
