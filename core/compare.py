"""One prompt asked in several ways: the results by column, how they were measured, the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.asked import Asked
from core.result import GenerationResult
from core.spread import Spread, spread
from core.tellings import Runs, Telling, told
from core.variants import Varied
from core.verdict import Verdict, judge

__all__ = ["Asked", "Comparison", "Proof", "Runs", "Verdict", "judge"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that a column's effort was really asked for.

    line: the system message's line with the level. sha256: of the prompt's tokens, in hex.
    """

    line: str
    sha256: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it.

    runs: by label, in the order of seeds; a column that was never begun has none.
    proofs: by label. stopped: it was ended before all that was asked had run.
    failure: what ended it in the machine, in a sentence; the results before that are kept.
    again: labels of columns that were run again later, alone, with the same seeds.
    """

    asked: Asked
    runs: Runs
    verdict: Verdict
    proofs: dict[str, Proof] = field(default_factory=dict)
    stopped: bool = False
    failure: str | None = None
    again: frozenset[str] = frozenset()

    @property
    def prompt(self) -> str:
        """The question."""
        return self.asked.prompt

    def in_batch(self, label: str) -> bool:
        """Whether a column's runs shared a batch, so that their times are those of the batch."""
        return self.asked.together and label not in self.again

    def conditions(self) -> list[str]:
        """How it was measured, a sentence each."""
        if not self.again:
            return self.asked.conditions()
        names = ", ".join(label for label in self.runs if label in self.again)
        later = f"Run again later, alone, with the same seeds: {names}. Its times are its own."
        return [*self.asked.conditions(), later]

    def tellings(self) -> list[Telling]:
        """Every column's runs, looked through, in the order of columns."""
        return [told(str(label), runs, self.asked.expected) for label, runs in self.runs.items()]

    def tokens(self, label: str) -> Spread | None:
        """Generated tokens of a column's runs that were not stopped."""
        return spread(run.usage.generated_tokens for run in self.finished(label))

    def seconds(self, label: str) -> Spread | None:
        """Seconds to the end of a column's runs that were not stopped."""
        return spread(run.timing.total_s for run in self.finished(label))

    def first_answers(self, label: str) -> Spread | None:
        """Seconds to the first answer token, of the runs that have one."""
        return spread(run.timing.first_answer_s for run in self.finished(label))

    def finished(self, label: str) -> list[GenerationResult]:
        """A column's runs but for those that somebody stopped."""
        return [run for run in self.runs[label] if run.finish_reason != "cancelled"]

    def without_reasoning(self) -> Comparison:
        """The same without analysis, raw tokens and scores: what goes out unless asked for."""
        bare = {label: tuple(map(_bare, runs)) for label, runs in self.runs.items()}
        return replace(self, runs=bare)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of `counterpoint compare --json`."""
        columns = {column.label: self._column(column) for column in self.tellings()}
        return {
            "prompt": self.prompt,
            "expected": self.asked.expected,
            "levels" if self.asked.varied is Varied.LEVELS else "variants": columns,
            "verdict": self.verdict.as_dict(),
            "conditions": self.asked.as_dict() | {"run_again": sorted(self.again)},
            "stopped": self.stopped,
            "failure": self.failure,
        }

    def _column(self, column: Telling) -> dict[str, Any]:
        spreads = {
            "generated_tokens": self.tokens(column.label),
            "first_answer_s": self.first_answers(column.label),
            "total_s": self.seconds(column.label),
        }
        proof = self.proofs.get(column.label)
        return {
            "runs": [run.as_dict() for run in column.runs],
            "answer": column.text or None,
            "agreeing": {"hits": column.agreeing.hits, "n": column.agreeing.n},
            "right": column.right and _share(column),
            "spread": {name: one and one.as_dict() for name, one in spreads.items()},
            "system_line": proof and proof.line,
        }


def compared(
    asked: Asked,
    runs: dict[str, Sequence[GenerationResult]],
    proofs: dict[str, Proof],
    *,
    stopped: bool = False,
    failure: str | None = None,
    again: frozenset[str] = frozenset(),
) -> Comparison:
    """Judge what has run so far."""
    kept = {v.label: tuple(runs.get(v.label, ())) for v in asked.variants}
    return Comparison(asked, kept, judge(kept, asked.expected), proofs, stopped, failure, again)


def _bare(run: GenerationResult) -> GenerationResult:
    messages = tuple(m for m in run.messages if m.channel != "analysis")
    channels = {name: text for name, text in run.channels.items() if name != "analysis"}
    return replace(
        run, reasoning=None, messages=messages, channels=channels, token_ids=None, scores=None
    )


def _share(column: Telling) -> dict[str, Any] | None:
    if column.right is None:
        return None
    return {
        "hits": column.right.hits,
        "n": column.right.n,
        "wilson_95": list(column.right.interval),
    }
