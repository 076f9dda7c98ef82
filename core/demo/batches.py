"""Batches: several questions behind one shared opening, which is computed once.

A group is an opening (with a few finished turns) and K questions at the same level; each question
sees the opening and itself, never its neighbours. Shapes are fixed per bucket, as torch.compile
wants them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from core.demo.compact import Compact
from core.demo.tasks import Level, Question, training
from core.demo.transcript import message, opening_tokens, random_opening, sample
from core.vocabulary import FIRST_SPECIAL

# Longest position that training reaches: prompts up to here are in distribution.
POSITIONS = 4096
LEVEL_SHARES: dict[Level, float] = {"low": 0.24, "medium": 0.34, "high": 0.42}
TOOL_SHARE = 0.07
# What unknown words are dropped into, so that a word nobody trained is read as just that.
UNKNOWN_SHARE = {"out of scope": 0.25}
UNKNOWN_BEFORE = 0.04


@dataclass(frozen=True)
class Bucket:
    """`groups` openings of `prefix` tokens, each with `branches` questions of `length` tokens."""

    tools: bool
    groups: int
    branches: int
    prefix: int
    length: int


BUCKETS = (
    Bucket(False, 6, 10, 96, 56),
    Bucket(False, 5, 8, 96, 88),
    Bucket(False, 5, 6, 96, 128),
    Bucket(False, 4, 5, 96, 192),
    Bucket(False, 4, 3, 96, 320),
    Bucket(True, 5, 8, 176, 72),
    Bucket(True, 4, 5, 176, 192),
)


@dataclass(frozen=True)
class Batch:
    """Compact ids and what is trained. G groups, K branches, P prefix and L branch positions.

    prefix [G, P], prefix_length [G], branch [G, K, L], start [G] (position of a branch's first
    token), target [G, K, L] (index into the outputs, -1 where nothing is trained).
    """

    bucket: Bucket
    prefix: NDArray[np.int64]
    prefix_length: NDArray[np.int64]
    branch: NDArray[np.int64]
    start: NDArray[np.int64]
    target: NDArray[np.int64]
    tokens: int


class Batches:
    """An endless stream of batches of generated questions."""

    def __init__(self, compact: Compact, seed: int) -> None:
        self._rng = Random(seed)
        self._row = {token: row for row, token in enumerate(compact.ids)}
        self._output = {compact.ids[row]: i for i, row in enumerate(compact.outputs)}
        self._unknown = len(compact.ids)
        self._waiting: dict[tuple[Level, Bucket], list[tuple[list[int], list[int]]]] = defaultdict(
            list
        )
        self._groups: dict[Bucket, list[tuple[Level, list[tuple[list[int], list[int]]]]]] = (
            defaultdict(list)
        )

    def __iter__(self) -> Iterator[Batch]:
        levels, shares = list(LEVEL_SHARES), list(LEVEL_SHARES.values())
        while True:
            level = self._rng.choices(levels, shares)[0]
            tools = self._rng.random() < TOOL_SHARE
            branch = self._branch(training(self._rng, tools), level)
            bucket = next(
                (b for b in BUCKETS if b.tools == tools and len(branch[0]) <= b.length), None
            )
            if bucket is None:
                continue
            waiting = self._waiting[level, bucket]
            waiting.append(branch)
            if len(waiting) < bucket.branches:
                continue
            groups = self._groups[bucket]
            groups.append((level, waiting))
            self._waiting[level, bucket] = []
            if len(groups) == bucket.groups:
                self._groups[bucket] = []
                yield self._batch(bucket, groups)

    def _branch(self, question: Question, level: Level) -> tuple[list[int], list[int]]:
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
        if rng.random() < 0.5:
            for _ in range(3):
                past = training(rng)
                turn = message("user", past.prompt) + message("assistant", past.final, "final")
                if not past.history and len(rows) + len(turn) <= bucket.prefix:
                    rows += [self._row.get(t, self._unknown) for t in turn]
        return rows

    def _batch(
        self, b: Bucket, groups: list[tuple[Level, list[tuple[list[int], list[int]]]]]
    ) -> Batch:
        prefix = np.zeros((b.groups, b.prefix), np.int64)
        lengths = np.zeros(b.groups, np.int64)
        start = np.zeros(b.groups, np.int64)
        branch = np.zeros((b.groups, b.branches, b.length), np.int64)
        target = np.full((b.groups, b.branches, b.length), -1, np.int64)
        tokens = 0
        for g, (level, members) in enumerate(groups):
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
                branch[g, k, : len(ids)] = ids[: b.length]
                target[g, k, : len(ids)] = targets[: b.length]
                tokens += len(ids)
        return Batch(b, prefix, lengths, branch, start, target, tokens)
