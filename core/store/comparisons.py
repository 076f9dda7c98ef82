"""A comparison of the history, read back as what it was: its columns, runs and verdict.

Its entry has one turn, which holds all runs. Where a run stands among them says which it is (see
`Place`), so that this lives through an export and an import under other ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from core.asked import Asked, Step
from core.compare import Comparison, Proof, compared
from core.errors import InvalidSetting, StoreError
from core.store.values import Kind, Status, StoredEntry, StoredRun, StoredTurn
from core.variants import MOST

_ASKED: Final = TypeAdapter(Asked)
_MOST_REPEATS: Final = 1000
_BROKEN: Final = (Status.INTERRUPTED, Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Place:
    """Which run of a comparison it is. column, repeat: from 0. attempt: 0, or the how-manieth time
    it is that the column was run again."""

    column: int
    repeat: int
    attempt: int = 0

    def number(self, asked: Asked) -> int:
        """Its place among the runs of the turn: repeat by repeat, what was run again at the end."""
        rounds = asked.repeats * self.attempt + self.repeat
        return len(asked.variants) * rounds + self.column

    @classmethod
    def of(cls, number: int, asked: Asked) -> Place:
        """The one of a number."""
        rounds, column = divmod(number, len(asked.variants))
        attempt, repeat = divmod(rounds, asked.repeats)
        return cls(column, repeat, attempt)


@dataclass(frozen=True)
class StoredComparison:
    """A comparison as it stands in the history.

    runs: by label, then by repeat, from 0: of a column that was run again, those of the last time.
    attempts: by label, how often a column was run again; without those that never were.
    batches: by repeat, how many runs began together at first.
    broken: nobody saw its end, so that it has no verdict of its own.
    """

    entry: StoredEntry
    asked: Asked
    runs: Mapping[str, Mapping[int, StoredRun]]
    attempts: Mapping[str, int] = field(default_factory=dict)
    batches: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, entry: StoredEntry) -> StoredComparison:
        """The comparison of an entry. Raises StoreError where it holds none that can be shown."""
        if entry.kind is not Kind.COMPARISON:
            raise StoreError(f"“{entry.title}” is a {entry.kind}, and no comparison.")
        turn = entry.turns[0] if entry.turns else StoredTurn("", "")
        asked = _asked(entry, turn.question)
        last: dict[int, dict[int, tuple[int, StoredRun]]] = {}
        places = [Place.of(run.place, asked) for run in turn.runs]
        batches = Counter(place.repeat for place in {*places} if not place.attempt)
        for place, run in zip(places, turn.runs, strict=True):
            column = last.setdefault(place.column, {})
            # A later attempt takes the place of all runs of the one before.
            if any(attempt < place.attempt for attempt, _ in column.values()):
                column.clear()
            column[place.repeat] = (place.attempt, run)
        labels = [variant.label for variant in asked.variants]
        runs = {
            label: {repeat: run for repeat, (_, run) in sorted(last.get(n, {}).items())}
            for n, label in enumerate(labels)
        }
        attempts = {
            label: max((a for a, _ in last.get(n, {}).values()), default=0)
            for n, label in enumerate(labels)
        }
        return cls(entry, asked, runs, {label: a for label, a in attempts.items() if a}, batches)

    @property
    def all_runs(self) -> list[StoredRun]:
        """Column by column."""
        return [run for column in self.runs.values() for run in column.values()]

    @property
    def captured(self) -> bool:
        """Whether the reasoning of every run was kept."""
        return all(run.facts.captured for run in self.all_runs)

    @property
    def broken(self) -> bool:
        return "verdict" not in self.entry.facts or bool(self.entry.facts.get("interrupted"))

    @property
    def stopped(self) -> bool:
        """It was ended before all that was asked had run."""
        return bool(self.entry.facts.get("stopped")) or any(
            run.status in _BROKEN for run in self.all_runs
        )

    @property
    def failure(self) -> str | None:
        """What ended it in the machine, in a sentence."""
        said = [self.entry.facts.get("failure"), *(run.failure for run in self.all_runs)]
        return next((one for one in said if isinstance(one, str)), None)

    @property
    def again(self) -> frozenset[str]:
        """Labels of the columns that were run again later."""
        return frozenset(self.attempts)

    def beside(self, label: str, repeat: int) -> int:
        """How many runs a run shared its batch with, itself among them."""
        shared = self.asked.together and label not in self.attempts
        return self.batches.get(repeat, 1) if shared else 1

    def steps(self) -> Iterator[Step]:
        """What ran after what, as far as it was begun; of a column run again, the last runs in the
        place of the first."""
        for step in self.asked.steps():
            if step.warm_up:
                continue
            there = tuple(v for v in step.variants if step.repeat in self.runs[v.label])
            if there:
                yield replace(step, variants=there)

    def comparison(self) -> Comparison:
        """The same as a live one gives, judged anew."""
        results = {
            label: [run.result() for run in column.values() if run.transcript.finished]
            for label, column in self.runs.items()
        }
        proofs = {
            label: proof_of(run) for label, column in self.runs.items() for run in column.values()
        }
        return compared(
            self.asked,
            {**results},
            proofs,
            stopped=self.stopped,
            failure=self.failure,
            again=self.again,
        )


def proof_of(run: StoredRun) -> Proof:
    """What shows that a run's effort was asked for."""
    level, seen = run.facts.level_in_prompt, run.transcript
    line = f"Reasoning: {level}" if level else "no reasoning line"
    return Proof(line, seen.prompt_sha256, seen.prompt_tokens)


def asked_json(asked: Asked) -> dict[str, Any]:
    """What was asked, for the facts of an entry; the prompt stands in its turn."""
    value: dict[str, Any] = _ASKED.dump_python(asked, mode="json", exclude={"prompt"})
    return value


def _asked(entry: StoredEntry, prompt: str) -> Asked:
    """What was asked. Raises StoreError for anything that cannot have been."""
    given = entry.facts.get("asked")
    labels: set[str] = set()
    try:
        if any(turn.runs for turn in entry.turns[:1]):
            asked = _ASKED.validate_python({**given, "prompt": prompt} if given else None)
            labels = {variant.label for variant in asked.variants}
    except (ValidationError, InvalidSetting, TypeError):
        pass
    columns_fit = 0 < len(labels) <= MOST and len(labels) == len(asked.variants)
    if not columns_fit or not 1 <= asked.repeats <= _MOST_REPEATS:
        raise StoreError(
            f"“{entry.title}” does not say what was compared, so it cannot be opened as a "
            "comparison. Its questions and answers can be read in the History tab."
        )
    return asked
