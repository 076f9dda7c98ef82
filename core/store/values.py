"""What the history holds, as pure values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from core.config import ReasoningLevel
from core.conversation import Message
from core.result import GenerationResult, Transcript, kept_messages, result_of, why_empty
from core.sampling import SamplingParams
from core.store.journal import Timed, folded

TITLE_LENGTH: Final = 120
BROKEN_OFF: Final = "Broken off here: the page was closed, or the program ended."


class Kind(StrEnum):
    """What an entry of the history is."""

    CHAT = "chat"
    COMPARISON = "comparison"
    LAB = "lab"


class Status(StrEnum):
    """How far a run came. interrupted: nobody read it to its end, or the program was killed."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """How a run was asked for.

    level_in_prompt: what was really rendered. captured: the reasoning was kept.
    started_at: seconds since 1970, UTC.
    """

    level: ReasoningLevel
    level_in_prompt: ReasoningLevel | None
    model: str
    format: str
    params: SamplingParams
    captured: bool
    started_at: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class StoredRun:
    """One run. events: as they came; without token ids and reasoning unless it was captured.

    place: its order among the runs of a turn. tokens: how many the model wrote. failure: in a
    sentence, where the machine failed.
    """

    id: str
    place: int
    status: Status
    facts: RunFacts
    events: tuple[Timed, ...]
    tokens: int = 0
    failure: str | None = None

    @cached_property
    def transcript(self) -> Transcript:
        """The events, folded."""
        return folded(self.events)

    def result(self) -> GenerationResult:
        """What the run gave. Raises ValueError where it came to no end."""
        facts = self.facts
        return result_of(
            self.transcript,
            facts.level,
            facts.model,
            facts.captured,
            facts.format,
            facts.notes,
            facts.params.seed,
        )

    @property
    def why_no_answer(self) -> str:
        """Why there is no answer, or only a part of one, in a sentence; empty where it is whole."""
        finished = self.transcript.finished
        if self.failure is not None:
            return self.failure
        if finished is None:
            return BROKEN_OFF
        result = self.result()
        return why_empty(finished.reason, result.commentary, result.text) or ""


@dataclass(frozen=True)
class StoredTurn:
    """One question. given: what came back, where it was imported and no run is known."""

    id: str
    question: str
    runs: tuple[StoredRun, ...] = ()
    given: tuple[Message, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """What of the answer goes back into the next prompt."""
        if not self.runs:
            return self.given
        return kept_messages(self.runs[-1].transcript.messages)


@dataclass(frozen=True)
class StoredEntry:
    """A chat, a comparison or a lab. Times: seconds since 1970, UTC.

    facts: what else its kind knows, as JSON: a verdict, say. votes: JSON objects, oldest first.
    """

    id: str
    kind: Kind
    title: str
    created_at: float
    updated_at: float
    instructions: str | None = None
    current_date: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    votes: Sequence[Mapping[str, Any]] = ()
    turns: tuple[StoredTurn, ...] = ()

    def called(self, entry_id: str) -> StoredEntry:
        """The same under another id, its turns and runs under ids made of it."""
        turns = tuple(
            replace(
                turn,
                id=f"{entry_id}-{n}",
                runs=tuple(
                    replace(run, id=f"{entry_id}-{n}-{m}") for m, run in enumerate(turn.runs)
                ),
            )
            for n, turn in enumerate(self.turns)
        )
        return replace(self, id=entry_id, turns=turns)


@dataclass(frozen=True, slots=True)
class Summary:
    """A line of the list. levels: as asked for, without repeats. tokens: generated ones.

    status: of its latest run; finished where there is none.
    """

    id: str
    kind: Kind
    title: str
    created_at: float
    updated_at: float
    model: str
    levels: tuple[str, ...]
    tokens: int
    turns: int
    status: Status


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list, newest first. total: entries that match, on all pages."""

    entries: tuple[Summary, ...]
    total: int


def title_of(question: str) -> str:
    """A title for what begins with this question: its first line, cut at a word."""
    line = " ".join(next((x for x in question.splitlines() if x.strip()), "").split())
    if len(line) <= TITLE_LENGTH:
        return line or "Untitled"
    cut = line[:TITLE_LENGTH].rsplit(" ", 1)[0]
    return f"{cut}…"
