"""The compact vocabulary: the few token ids that the tasks use, and the features of their rows.

Training knows only these rows and one shared row for all other ids; export expands them to the
whole vocabulary. An input row is the sum of feature vectors: digits by place for numbers (so that
23 and 28 share their tens), the word, its letters by place and its capital or space for words, and
one vector of its own.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from core.demo.tasks import LEVELS, training
from core.demo.tasks.extract import NAMED, PLAIN, address_tokens
from core.demo.tasks.letters import spelled, words
from core.demo.transcript import (
    INSTRUCTIONS,
    Opening,
    encode,
    opening_tokens,
    random_opening,
    sample,
)
from core.vocabulary import FIRST_SPECIAL, token_text

FULL_ROWS = 201_088
SELDOM = 3  # a token must come so often to get a row of its own
MAX_LETTERS = 11  # letters of a word whose places have features
MAX_FEATURES = 5 + MAX_LETTERS


@dataclass(frozen=True)
class Compact:
    """Sorted ids of the input rows; `outputs` index those of them that a reply may hold.

    Row `len(ids)` of the embedding stands for every other id.
    """

    ids: list[int]
    outputs: list[int]

    @property
    def others(self) -> int:
        """How many ids share the one output row."""
        return FULL_ROWS - len(self.outputs)


def collect(questions: int, seed: int = 0) -> Compact:
    """The ids that `questions` generated questions, every short number and every word use.

    What comes once or twice in all of them (typos, mostly) stays unknown; but what a reply can be
    asked to copy is always known.
    """
    rng = Random(seed)
    seen: Counter[int] = Counter()
    said: set[int] = set()

    def keep(tokens: Iterable[int]) -> None:
        seen.update(dict.fromkeys(tokens, SELDOM))

    for number in range(1000):
        for text in {str(number), f"{number:02}", f"{number:03}"}:
            keep(encode(text))
    typed = (*words(), *(word.capitalize() for word in spelled()))
    for word in typed:
        for text in (word, f" {word}"):
            keep(encode(text))
    copied = (*NAMED, *(f" {text}" for text in (*NAMED, *PLAIN)))
    for tokens in (address_tokens(), *map(encode, copied)):
        keep(tokens)
        said.update(tokens)
    for instructions in INSTRUCTIONS:
        keep(opening_tokens(Opening("low", instructions=instructions, tools=True)))
    for i in range(questions):
        tools = i % 8 == 0
        question = training(rng, tools)
        level = rng.choice(LEVELS)
        keep(opening_tokens(random_opening(rng, level, tools)))
        one = sample(question, level)
        seen.update(one.tokens)
        said.update(t for t, w in zip(one.tokens, one.trained, strict=True) if w)
    ids = sorted(token for token, count in seen.items() if count >= SELDOM or token in said)
    return Compact(ids, [i for i, token in enumerate(ids) if token in said])


def features(token: int) -> list[str]:
    """Names of the vectors whose sum is the token's embedding, the token's own first."""
    text = token_text(token)
    own = f"own:{token}"
    if token >= FIRST_SPECIAL:
        return [own]
    if text.isdigit() and text.isascii() and len(text) <= 3:
        places = [f"digit:{place}:{digit}" for place, digit in enumerate(reversed(text))]
        return [*places, f"digits:{len(text)}"] + ([own] if len(text) == 1 else [])
    names = [own, f"word:{text.strip().lower() or text}"]
    if text.startswith(" "):
        names.append("space")
    if text.strip()[:1].isupper():
        names.append("capital")
    spelling = text.strip().lower()
    if spelling.isascii() and spelling.isalpha():
        names.append(f"letters:{len(spelling)}")
        names += [f"letter:{i}:{c}" for i, c in enumerate(spelling[:MAX_LETTERS])]
    return names


def feature_table(ids: list[int]) -> tuple[list[list[int]], list[str]]:
    """`MAX_FEATURES` feature numbers for each id, and last the shared row; 0 is the zero vector."""
    names: dict[str, int] = {"": 0}
    rows = []
    for token in ids:
        row = [names.setdefault(name, len(names)) for name in features(token)]
        rows.append(row + [0] * (MAX_FEATURES - len(row)))
    rows.append([names.setdefault("unknown", len(names))] + [0] * (MAX_FEATURES - 1))
    return rows, list(names)
