"""One random stream, made from its number alone: damaged, parsed and judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from random import Random
from typing import Any

from core.events import ParserEvent
from core.vocabulary import FIRST_SPECIAL, SIZE, encoding
from tests.fuzz.faults import FAULTS, MARKERS, WILD, WORDS, Placed, is_outside_final, placed
from tests.fuzz.laws import broken_by, broken_law, events_of, finals_in, leak
from tests.fuzz.streams import Clean, clean_turn, plain

POOL = 400
"""Clean turns of one seed. A stream draws from them, and damages its own place."""


@dataclass(frozen=True)
class Failure:
    """A law that a stream broke. ids: as short as it could be made."""

    number: int
    law: str
    ids: tuple[int, ...]


@dataclass
class Tally:
    """What came of some streams.

    intact, touched: streams with one fault outside every final, by fault; those whose finals came
    through, and all of them. lost: where the fault stood in the others.
    """

    streams: int = 0
    tokens: int = 0
    failures: list[Failure] = field(default_factory=list)
    touched: Counter[str] = field(default_factory=Counter)
    intact: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Plain values; `Tally.of_json` reads them again."""
        # Not asdict: it cannot make a Counter again.
        return {**vars(self), "failures": [asdict(failure) for failure in self.failures]}

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Tally:
        """What `as_json` told."""
        failures = [Failure(f["number"], f["law"], tuple(f["ids"])) for f in told["failures"]]
        counts = {name: Counter(told[name]) for name in ("touched", "intact", "lost")}
        return cls(told["streams"], told["tokens"], failures, **counts)

    def add(self, other: Tally) -> None:
        """Take in another tally."""
        self.streams += other.streams
        self.tokens += other.tokens
        self.failures += other.failures
        self.touched += other.touched
        self.intact += other.intact
        self.lost += other.lost


@lru_cache(maxsize=1)
def pool(seed: int) -> list[Clean]:
    """The clean turns of a seed."""
    return [clean_turn(Random(f"{seed} turn {n}")) for n in range(POOL)]


def run_trial(seed: int, number: int, turns: Sequence[Clean], tally: Tally) -> None:
    """Make stream `number` of a seed and count what comes of it."""
    rng = Random(f"{seed} stream {number}")
    draw = rng.random()
    if draw < 0.15:
        ids = soup(rng)
    else:
        clean = rng.choice(turns)
        stream = placed(clean)
        for _ in range(1 if draw < 0.75 else rng.randrange(2, 7)):
            fault, at = rng.choice(list(FAULTS)), rng.randrange(max(len(stream), 1))
            stream = FAULTS[fault](stream, at, rng)
        ids = [token for token, _ in stream]
    sizes = [rng.randrange(1, 20) for _ in range(rng.randrange(6))]
    tally.streams += 1
    tally.tokens += len(ids)
    events: list[ParserEvent] | None = None
    try:
        events = events_of(ids)
        law = broken_by(events, ids, sizes)
    except Exception as error:
        law = f"raised {type(error).__name__}"
    if law:
        least = shrunk(ids, lambda less: broken_law(less, sizes) == law)
        tally.failures.append(Failure(number, law, tuple(least)))
    if 0.15 <= draw < 0.75 and events is not None:
        count_intact(clean, stream, fault, at, events, tally)
        if told := leak(stream, clean, events):
            tally.failures.append(Failure(number, told, tuple(ids)))


def count_intact(
    clean: Clean,
    stream: list[Placed],
    fault: str,
    at: int,
    events: Sequence[ParserEvent],
    tally: Tally,
) -> None:
    """Count a stream with one fault, where that fault left every final's own tokens alone."""
    wanted = clean.finals
    if not wanted or not is_outside_final(clean, stream):
        return
    tally.touched[fault] += 1
    if finals_in(events) == wanted:
        tally.intact[fault] += 1
    else:
        channel, part = clean.parts[at]
        put_in = encoding().decode([t for t, place in stream if place < 0 and 0 <= t < SIZE])
        tally.lost[f"{fault} {put_in}, {channel} {part}"] += 1


def soup(rng: Random) -> list[int]:
    """Markers, words of headers, text and nonsense in any order."""
    ids: list[int] = []
    for _ in range(rng.randrange(40)):
        match rng.randrange(8):
            case 0 | 1 | 2:
                ids.append(rng.choice(MARKERS))
            case 3 | 4:
                ids += plain(rng.choice(WORDS))
            case 5:
                ids.append(rng.choice(WILD))
            case _:
                ids += [rng.randrange(FIRST_SPECIAL) for _ in range(rng.randrange(1, 4))]
    return ids


def shrunk(ids: list[int], fails: Callable[[list[int]], bool]) -> list[int]:
    """As few of the tokens as still fail, by taking out runs, longest first."""
    size = len(ids) // 2
    while size:
        at = 0
        while at < len(ids):
            less = ids[:at] + ids[at + size :]
            if fails(less):
                ids = less
            else:
                at += size
        size //= 2
    return ids
