"""Counting a letter in a word, or all its letters: spelled first, then counted along, twice.

How a word is spelled cannot be read off its token: it is learned, word by word, and `spellings`
are its exercises. All that counts copies from the spelling: every letter is written as a word of
its own behind its place, so that it is the same token wherever it stands and is found by its place.
"""

from functools import cache
from importlib.resources import files
from random import Random

from core.demo.tasks.asking import COUNT, LENGTH, SPELL, drawn
from core.demo.tasks.base import SLIP, Level, Question
from core.demo.tasks.columns import side_by_side
from core.demo.tasks.dressing import dressed

SLIP_SHARE = 0.25
LONGEST = 12
SPELLED = 450  # of the words, the first, whose letters are asked for: each must come often

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("*", "*"))


@cache
def words() -> tuple[str, ...]:
    """English words of 3 to 12 letters, the commonest first."""
    text = files("core.demo.tasks").joinpath("words.txt").read_text(encoding="utf-8")
    return tuple(text.split())


def spelled() -> tuple[str, ...]:
    """The words whose letters are asked for."""
    return words()[:SPELLED]


def letters(rng: Random) -> Question:
    if rng.random() < 0.3:
        return _length(rng, *_typed(rng, rng.choice(spelled())))
    letter, word = _asked(rng)
    word, shown = _typed(rng, word)
    typed = letter.upper() if rng.random() < 0.2 else letter
    quote = rng.choice(("", "", "", "", "'", '"'))
    frame = _framed(rng, drawn(rng, COUNT), f"{quote}{typed}{quote}", shown)
    count = word.count(letter)
    given = f"{letter} in {word}"
    analysis: dict[Level, str] = {
        "low": f"{given}.",
        "medium": f"{given}: {_numbered(word)}. {count}.",
        "high": f"{given}: {_numbered(word)}.\n{_counted(rng, word, letter)}",
    }
    final = f"The letter {letter} stands there **{count}** time{'s' if count != 1 else ''}."
    key = f"letters:{letter}:{word}"
    return Question("letters", frame, str(count), final, analysis, (key,), numeric=True)


def _asked(rng: Random) -> tuple[str, str]:
    """A letter and a word. The rare letters too are to be recognised, wherever they stand."""
    roll = rng.random()
    if roll < 0.4:
        letter = rng.choice(ALPHABET)
        holding = [word for word in spelled() if letter in word]
        return letter, rng.choice(holding or spelled())
    word = rng.choice(spelled())
    most = [c for c in word if word.count(c) > 1]
    if roll < 0.6 and most:
        return rng.choice(most), word
    return rng.choice(word if roll < 0.85 else ALPHABET), word


def _typed(rng: Random, word: str) -> tuple[str, str]:
    """The word, and how it is typed: quoted perhaps, perhaps with a capital."""
    left, right = rng.choice(_QUOTES) if rng.random() < 0.25 else ("", "")
    shown = word.capitalize() if rng.random() < 0.1 else word
    return word, f"{left}{shown}{right}"


def spellings(rng: Random) -> Question:
    word, shown = _typed(rng, rng.choice(spelled()))
    apart = " ".join(word)
    analysis: dict[Level, str] = {
        "low": f"Letters of {word}.",
        "medium": f"Letters of {word}: {apart}.",
        "high": f"Letters of {word}: {apart}.\n{_numbered(word)}. So {len(word)}.",
    }
    prompt = _framed(rng, drawn(rng, SPELL), "", shown)
    return Question(
        "spell",
        prompt,
        apart,
        f"It is spelled: {apart}",
        analysis,
        (f"spell:{word}:{prompt.lower()}",),
    )


def _framed(rng: Random, frame: str, letter: str, word: str) -> str:
    """The dressed phrasing with letter and word put in untouched by typos and small letters."""
    marks = {"{c}": "\ue001", "{w}": "\ue002"}
    for name, mark in marks.items():
        frame = frame.replace(name, mark)
    frame = dressed(rng, frame)
    return frame.replace("\ue001", letter).replace("\ue002", word)


def _numbered(word: str) -> str:
    """The letters behind their places: a letter that comes twice is found again by its place."""
    return " ".join(f"{i} {c}" for i, c in enumerate(word, 1))


def _tally(word: str, letter: str, wrong_at: int | None = None, wrong: int = 0) -> str:
    """Each place with its letter, the letter to count beside it, and the count so far.

    `wrong` is added to the count at the place `wrong_at`, and stays in it.
    """
    count, out = 0, []
    for at, c in enumerate(word):
        count += (c == letter) + (wrong if at == wrong_at else 0)
        mark = SLIP if at == wrong_at else ""
        out.append(f"{at + 1} {c} {letter} {mark}{count}")
    return f"{' '.join(out)}. So {count}"


def _counted(rng: Random, word: str, letter: str) -> str:
    once, count = _tally(word, letter), word.count(letter)
    if rng.random() >= SLIP_SHARE:
        return f"Count: {_twice((once, count), (once, count))}"
    at = rng.randrange(len(word))
    by = rng.choice((-1, 1)) if word[: at + 1].count(letter) else 1
    wrong = _tally(word, letter, at, by)
    return _slipped(rng, "Count: ", (once, count), (wrong, count + by))


Counted = tuple[str, int]


def _twice(first: Counted, again: Counted) -> str:
    """The work, its check, and whether they come to the same."""
    (work, shown), (check, got) = first, again
    same = "Same: right" if got == shown else "Not the same: a slip. Again"
    return f"{work}.\nCheck: {check}. {side_by_side(got, shown)}. {same}."


def _slipped(rng: Random, head: str, right: Counted, wrong: Counted) -> str:
    """The slip stands in the work or in its check; then both are done again."""
    both = [right, wrong]
    rng.shuffle(both)
    return f"{head}{_twice(*both)}\n{head}{_twice(right, right)}"


def _length(rng: Random, word: str, shown: str) -> Question:
    frame = _framed(rng, drawn(rng, LENGTH), "", shown)
    count = len(word)
    forth = _numbered(word)
    right = f"{forth}. So {count}", count
    high = _twice(right, right)
    at, jump = rng.randrange(2, count), rng.choice((-1, 1))
    if rng.random() < SLIP_SHARE and at + 1 + jump < 10:
        places = [f"{i if i <= at else i + jump} {c}" for i, c in enumerate(word, 1)]
        places[at] = f"{SLIP}{places[at]}"
        wrong = f"{' '.join(places)}. So {count + jump}", count + jump
        high = _slipped(rng, "", right, wrong)
    analysis: dict[Level, str] = {
        "low": f"All letters of {word}.",
        "medium": f"All letters of {word}: {forth}. {count}.",
        "high": f"All letters of {word}: {high}",
    }
    final = f"The word has **{count}** letters."
    return Question(
        "letters", frame, str(count), final, analysis, (f"letters:all:{word}",), numeric=True
    )
