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
from core.demo.tasks.dressing import dressed

SLIP_SHARE = 0.25
LONGEST = 12
SPELLED = 450  # of the words, the first, whose letters are asked for: each must come often

_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("*", "*"))


@cache
def words() -> tuple[str, ...]:
    """English words of 3 to 12 letters, the commonest first."""
    text = files("core.demo.tasks").joinpath("words.txt").read_text(encoding="utf-8")
    return tuple(text.split())


def letters(rng: Random) -> Question:
    word, shown = _word(rng)
    if rng.random() < 0.3:
        return _length(rng, word, shown)
    if rng.random() < 0.82:
        most = [c for c in word if word.count(c) > 1]
        letter = rng.choice(most if most and rng.random() < 0.55 else word)
    else:
        letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
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


def _word(rng: Random) -> tuple[str, str]:
    """A word, and how it is typed: quoted perhaps, perhaps with capitals."""
    word = rng.choice(words()[:SPELLED])
    left, right = rng.choice(_QUOTES) if rng.random() < 0.25 else ("", "")
    case = rng.random()
    shown = word.capitalize() if case < 0.1 else word.upper() if case < 0.11 else word
    return word, f"{left}{shown}{right}"


def spellings(rng: Random) -> Question:
    word, shown = _word(rng)
    spelled = " ".join(word)
    analysis: dict[Level, str] = {
        "low": f"Letters of {word}.",
        "medium": f"Letters of {word}: {spelled}.",
        "high": f"Letters of {word}: {spelled}.\n{_numbered(word)}. So {len(word)}.",
    }
    prompt = _framed(rng, drawn(rng, SPELL), "", shown)
    return Question(
        "spell",
        prompt,
        spelled,
        f"It is spelled: {spelled}",
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
    once = _tally(word, letter)
    good = f"Count: {once}.\nCheck: {once}. Same: right."
    if rng.random() >= SLIP_SHARE:
        return good
    at = rng.randrange(len(word))
    least = word[: at + 1].count(letter)
    wrong = _tally(word, letter, at, rng.choice((-1, 1)) if least else 1)
    said = [once, wrong] if rng.random() < 0.5 else [wrong, once]
    return f"Count: {said[0]}.\nCheck: {said[1]}. Not the same: a slip. Again.\n{good}"


def _length(rng: Random, word: str, shown: str) -> Question:
    frame = _framed(rng, drawn(rng, LENGTH), "", shown)
    count = len(word)
    forth = _numbered(word)
    good = f"{forth}. So {count}.\nCheck: {forth}. So {count}. Same: right."
    high = good
    at, jump = rng.randrange(2, count), rng.choice((-1, 1))
    if rng.random() < SLIP_SHARE and at + 1 + jump < 10:
        wrong = [f"{i if i <= at else i + jump} {c}" for i, c in enumerate(word, 1)]
        wrong[at] = f"{SLIP}{wrong[at]}"
        said = [f"{forth}. So {count}"] * 2
        said[rng.randrange(2)] = f"{' '.join(wrong)}. So {count + jump}"
        high = f"{said[0]}.\nCheck: {said[1]}. Not the same: a slip. Again.\n{good}"
    analysis: dict[Level, str] = {
        "low": f"All letters of {word}.",
        "medium": f"All letters of {word}: {forth}. {count}.",
        "high": f"All letters of {word}: {high}",
    }
    final = f"The word has **{count}** letters."
    return Question(
        "letters", frame, str(count), final, analysis, (f"letters:all:{word}",), numeric=True
    )
