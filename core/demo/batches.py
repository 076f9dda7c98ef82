"""Batches: several questions behind one shared opening, which is computed once.

A group is an opening (with a few finished turns) and K questions at the same level; each question
sees the opening and itself, never its neighbours. Shapes are fixed per bucket, as torch.compile
wants them. Every question is asked at all three levels, in whichever batches their lengths fall.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from core.demo.compact import Compact
from core.demo.tasks import LEVELS, Level, Question, training
from core.demo.transcript import message, opening_tokens, random_opening, sample
from core.vocabulary import FIRST_SPECIAL, token_text

# Longest position that training reaches: prompts up to here are in distribution.
POSITIONS = 4096
TOOL_SHARE = 0.07
# What unknown words are dropped into, so that a word nobody trained is read as just that.
UNKNOWN_SHARE = {"out of scope": 0.25, "story": 0.02}
UNKNOWN_BEFORE = 0.04


@dataclass(frozen=True)
class Bucket:
    """`groups` openings of `prefix` tokens, each with `branches` questions of `length` at most.

    `trained`: the share of the branches' places at which a next token is learned, at most.
    """

    tools: bool
    groups: int
    branches: int
    prefix: int
    length: int
    trained: float

    @property
    def labels(self) -> int:
        """How many places are learned, padding included."""
        return round(self.groups * self.branches * self.length * self.trained / 32) * 32


# To be tuned for the lengths of the tasks: more of them pad less and compile longer.
BUCKETS = (
    Bucket(False, 4, 18, 96, 48, 0.55),
    Bucket(False, 4, 14, 96, 64, 0.65),
    Bucket(False, 4, 11, 96, 80, 0.75),
    Bucket(False, 4, 8, 96, 112, 0.80),
    Bucket(False, 3, 7, 96, 152, 0.85),
    Bucket(False, 3, 5, 96, 216, 0.85),
    Bucket(False, 3, 4, 96, 312, 0.90),
    Bucket(False, 3, 3, 96, 480, 0.95),
    Bucket(True, 3, 12, 176, 96, 0.65),
    Bucket(True, 3, 7, 176, 176, 0.75),
)

Branch = tuple[list[int], list[int]]
Group = tuple[Level, list[Branch]]


@dataclass(frozen=True)
class Batch:
    """Compact ids and what is trained. G groups, K branches, P prefix and L branch positions.

    prefix [G, P], prefix_length [G], branch [G, K, L], start [G] (position of a branch's first
    token), trained [M] (places of the flat branches), label [M] (the next token's index into the
    outputs there, -1 for padding).
    """

    bucket: Bucket
    prefix: NDArray[np.int64]
    prefix_length: NDArray[np.int64]
    branch: NDArray[np.int64]
    start: NDArray[np.int64]
    trained: NDArray[np.int64]
    label: NDArray[np.int64]
    tokens: int
    levels: dict[Level, int]


class Batches:
    """An endless stream of batches of generated questions."""

    def __init__(self, compact: Compact, seed: int) -> None:
        self._rng = Random(seed)
        self._row = {token: row for row, token in enumerate(compact.ids)}
        self._output = {compact.ids[row]: i for i, row in enumerate(compact.outputs)}
        self._unknown = len(compact.ids)
        self._numbers = {token for token in compact.ids if token_text(token).isdigit()}
        self._waiting: dict[tuple[Level, Bucket], list[Branch]] = defaultdict(list)
        self._groups: dict[Bucket, list[Group]] = defaultdict(list)

    def __iter__(self) -> Iterator[Batch]:
        while True:
            tools = self._rng.random() < TOOL_SHARE
            question = training(self._rng, tools)
            branches = [self._branch(question, level) for level in LEVELS]
            buckets = [fitting(tools, len(tokens)) for tokens, _ in branches]
            for level, branch, bucket in zip(LEVELS, branches, buckets, strict=True):
                # What is too long at one level is left out at all of them.
                if bucket is not None and None not in buckets:
                    yield from self._add(level, branch, bucket)

    def _add(self, level: Level, branch: Branch, bucket: Bucket) -> Iterator[Batch]:
        """The batch that this branch makes full, if it does."""
        waiting = self._waiting[level, bucket]
        waiting.append(branch)
        if len(waiting) == bucket.branches:
            groups = self._groups[bucket]
            groups.append((level, self._waiting.pop((level, bucket))))
            if len(groups) == bucket.groups:
                yield self._batch(bucket, self._groups.pop(bucket))

    def _branch(self, question: Question, level: Level) -> Branch:
        """Compact input ids and, at each place, the output index of the next token or -1."""
        one = sample(question, level)
        tokens = [self._row.get(t, self._unknown) for t in one.tokens]
        targets = [
            self._output.get(t, -1) if w else -1
            for t, w in zip(one.tokens[1:], one.trained[1:], strict=True)
        ]
        self._forget_words(one.tokens, one.trained, tokens, UNKNOWN_SHARE.get(question.family, 0.0))
        if question.numeric and self._rng.random() < UNKNOWN_BEFORE:
            # After `<|start|>user<|message|>`; the history of these families is empty.
            extra = self._rng.randrange(1, 4)
            tokens[3:3] = [self._unknown] * extra
            targets[3:3] = [-1] * extra
        return tokens, [*targets, -1]

    def _forget_words(
        self, ids: list[int], trained: list[int], rows: list[int], share: float
    ) -> None:
        if not share:
            return
        for i in range(3, len(ids)):
            inside = ids[i] < FIRST_SPECIAL and ids[i - 1] < FIRST_SPECIAL
            inside = inside and ids[i] not in self._numbers
            prompt = not trained[i] and i + 1 < len(ids) and not trained[i + 1]
            if inside and prompt and self._rng.random() < share:
                rows[i] = self._unknown

    def _prefix(self, level: Level, bucket: Bucket) -> list[int]:
        """An opening of a random date and developer message; finished turns where there is room."""
        rng = self._rng
        while True:
            opening = random_opening(rng, level, bucket.tools)
            tokens = opening_tokens(opening)
            if len(tokens) <= bucket.prefix:
                break
        rows = [self._row.get(t, self._unknown) for t in tokens]
        if opening.instructions and rng.random() < 0.3:
            first = tokens.index(200008, 10) + 5
            rows[first:-1] = (
                [self._unknown if rng.random() < 0.5 else r for r in rows[first:-1]]
                if not bucket.tools
                else rows[first:-1]
            )
        if rng.random() < 0.3:
            for _ in range(3):
                past = training(rng)
                turn = message("user", past.prompt) + message("assistant", past.final, "final")
                if not past.history and len(rows) + len(turn) <= bucket.prefix:
                    rows += [self._row.get(t, self._unknown) for t in turn]
        return rows

    def _batch(self, b: Bucket, groups: list[Group]) -> Batch:
        prefix = np.zeros((b.groups, b.prefix), np.int64)
        lengths = np.zeros(b.groups, np.int64)
        start = np.zeros(b.groups, np.int64)
        branch = np.zeros((b.groups, b.branches, b.length), np.int64)
        target = np.full((b.groups, b.branches, b.length), -1, np.int64)
        levels: dict[Level, int] = dict.fromkeys(LEVELS, 0)
        tokens = 0
        for g, (level, members) in enumerate(groups):
            levels[level] += len(members)
            rows = self._prefix(level, b)
            prefix[g, : len(rows)] = rows
            lengths[g] = len(rows)
            # A gap stands for earlier turns: later positions are met in training without paying
            # for them.
            gap = self._rng.randrange(POSITIONS - 800) if self._rng.random() < 0.2 else 0
            gap = gap if self._rng.random() < 0.5 else gap // 6
            start[g] = len(rows) + gap
            tokens += len(rows)
            for k, (ids, targets) in enumerate(members):
                branch[g, k, : len(ids)] = ids
                target[g, k, : len(ids)] = targets
                tokens += len(ids)
        trained, label = self._labels(b, target.reshape(-1))
        return Batch(b, prefix, lengths, branch, start, trained, label, tokens, levels)

    def _labels(self, b: Bucket, flat: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
        """The trained places and their labels; what there is no room for goes by chance."""
        at = np.flatnonzero(flat >= 0)
        if len(at) > b.labels:
            at = at[sorted(self._rng.sample(range(len(at)), b.labels))]
        trained = np.zeros(b.labels, np.int64)
        label = np.full(b.labels, -1, np.int64)
        trained[: len(at)], label[: len(at)] = at, flat[at]
        return trained, label


def fitting(tools: bool, length: int) -> Bucket | None:
    """The shortest bucket that holds a branch of `length` tokens."""
    return next((b for b in BUCKETS if b.tools == tools and length <= b.length), None)
