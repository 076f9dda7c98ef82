"""The demo model's tasks: generated questions with right answers, and a held-out split.

`held_out(n, seed)` gives questions that no training run has seen; `check(question, text)` marks
an answer. Nothing here needs torch or mlx.
"""

import re
from collections.abc import Callable
from random import Random

from core.demo.tasks.arithmetic import differences, products, sums, sums_of_many
from core.demo.tasks.base import LEVELS, Call, Level, Question, is_held_out, may_train
from core.demo.tasks.calculator import calculator
from core.demo.tasks.capitals import capitals
from core.demo.tasks.dates import dates
from core.demo.tasks.extract import emails, numbers, repeats
from core.demo.tasks.letters import letters, spellings
from core.demo.tasks.order import order
from core.demo.tasks.scope import out_of_scope
from core.demo.tasks.stories import stories
from core.demo.tasks.talk import talk

__all__ = [
    "FAMILIES",
    "LEVELS",
    "LOW_IS_ENOUGH",
    "PAYS",
    "Call",
    "Level",
    "Question",
    "check",
    "held_out",
    "is_held_out",
    "may_train",
    "training",
]

Make = Callable[[Random], Question]
# Each family with its weight among the questions. `repeat` teaches to copy: most tokens of names
# and addresses come too seldom to be learned elsewhere. `spell` teaches what `letters` needs.
FAMILIES: dict[str, tuple[Make, float]] = {
    "sum": (sums, 0.05),
    "difference": (differences, 0.08),
    "product": (products, 0.18),
    "sum of many": (sums_of_many, 0.06),
    "letters": (letters, 0.14),
    "date": (dates, 0.04),
    "order": (order, 0.20),
    "story": (stories, 0.10),
    "capital": (capitals, 0.07),
    "email": (emails, 0.11),
    "number": (numbers, 0.04),
    "talk": (talk, 0.07),
    "out of scope": (out_of_scope, 0.07),
    "repeat": (repeats, 0.08),
    "spell": (spellings, 0.06),
    "tool": (calculator, 0.0),
}
# The two lessons: where more effort gives more right answers, and where it does not.
PAYS = ("sum", "difference", "product", "sum of many", "letters", "date", "order", "story")
LOW_IS_ENOUGH = ("capital", "email", "number", "talk")
TOOL_FAMILIES = ("tool", "capital", "talk", "out of scope")
TOOL_WEIGHTS = (6, 1, 1, 1)


def training(rng: Random, tools: bool = False) -> Question:
    """One question that training may see; with `tools`, for one that offers the calculator."""
    while True:
        question = _draw(rng, tools)
        if may_train(question):
            return question


def held_out(n: int, seed: int = 0, family: str | None = None) -> list[Question]:
    """`n` different questions that training never saw, of one family or of all in their shares.

    Tool questions come only when `family="tool"` asks for them: their prompt needs the
    calculator's declaration.
    """
    rng = Random(seed)
    found: dict[tuple[str, object], Question] = {}
    while len(found) < n:
        question = _draw(rng, False) if family is None else FAMILIES[family][0](rng)
        if is_held_out(question.keys[0]):
            found.setdefault((question.prompt, question.history), question)
    return list(found.values())


def check(question: Question, text: str) -> bool:
    """Whether the final message `text` holds the right answer, whole; a number must come last."""
    plain = text.replace("*", "").replace("\u2212", "-")
    if question.numeric:
        said = re.findall(r"-?\d+", plain.split("=")[-1])
        return bool(said) and said[-1] == question.answer
    return re.search(rf"(?<![\w.]){re.escape(question.answer)}(?![\w])", plain) is not None


def _draw(rng: Random, tools: bool) -> Question:
    if tools:
        return FAMILIES[rng.choices(TOOL_FAMILIES, TOOL_WEIGHTS)[0]][0](rng)
    names = list(FAMILIES)
    return FAMILIES[rng.choices(names, [FAMILIES[name][1] for name in names])[0]][0](rng)
