"""A prompt set at several levels: what is to be run, what has run, and the runs as they end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from core.agreement import matches
from core.config import ReasoningLevel, reasoning_level
from core.conversation import Conversation
from core.engine import InferenceEngine
from core.errors import InvalidPrompt, InvalidSetting, PromptTooLong
from core.events import FinishReason
from core.experiment.prompt_set import Question
from core.many import AT_ONCE, run_all
from core.result import GenerationResult
from core.run import Run
from core.sampling import SamplingParams
from core.tellings import why_not

SEED: Final = 1
"""Where none is given: the same set gives the same runs again."""


@dataclass(frozen=True, slots=True, order=True)
class Trial:
    """One question at one level, once. repeat, question: from 1."""

    repeat: int
    question: int
    level: ReasoningLevel


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial that has run. at_once: as many runs were under way beside it, at most."""

    trial: Trial
    question: Question
    result: GenerationResult
    at_once: int

    @property
    def counts(self) -> bool:
        """Whether it came to its own end with an answer."""
        return why_not(self.result) is None

    @property
    def right(self) -> bool | None:
        """Whether it gave the expected answer; None where none is known."""
        if self.question.expected is None:
            return None
        return self.counts and matches(self.result.text, self.question.expected)


@dataclass(frozen=True, slots=True)
class Experiment:
    """Prompts, each at every level, `repeats` times.

    prompts: questions of `read_prompts`, or plain texts. levels: lowest first in any case.
    params: how all runs draw; its seed (1 where it has none) is that of the first repeat, and each
        further repeat's is one higher, for all questions and levels.
    instructions: the developer message, where a question has none of its own.
    date: ISO date in all prompts; empty takes the engine's.

        experiment = Experiment(read_prompts("questions.csv"), ["low", "high"])
        for outcome in experiment.run(engine):
            print(outcome.question.prompt, outcome.trial.level, outcome.right)

    Raises InvalidSetting, and InvalidPrompt where there is no prompt.
    """

    prompts: Sequence[Question | str]
    levels: Sequence[ReasoningLevel | str] = tuple(ReasoningLevel)
    repeats: int = 1
    params: SamplingParams = field(default_factory=SamplingParams)
    instructions: str | None = None
    date: str = ""
    questions: tuple[Question, ...] = field(init=False, repr=False)
    reasoning_levels: tuple[ReasoningLevel, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        asked = {reasoning_level(level) for level in self.levels}
        if not asked:
            raise InvalidSetting(f"No level was given; allowed: {', '.join(ReasoningLevel)}.")
        if self.repeats < 1:
            raise InvalidSetting(f"repeats is {self.repeats}; allowed: 1 or more.")
        if not self.prompts:
            raise InvalidPrompt("There are no prompts; allowed: one or more. Give some.")
        if self.params.seed is None:
            object.__setattr__(self, "params", replace(self.params, seed=SEED))
        questions = tuple(_question(n, one) for n, one in enumerate(self.prompts, 1))
        levels = tuple(level for level in ReasoningLevel if level in asked)
        object.__setattr__(self, "questions", questions)
        object.__setattr__(self, "reasoning_levels", levels)

    @property
    def marked(self) -> bool:
        """Whether any question has an expected answer."""
        return any(question.expected is not None for question in self.questions)

    def trials(self) -> Iterator[Trial]:
        """All that is to be run, in order: each question once at every level, before any twice."""
        for repeat in range(1, self.repeats + 1):
            for question in self.questions:
                for level in self.reasoning_levels:
                    yield Trial(repeat, question.number, level)

    def __len__(self) -> int:
        """How many runs it takes."""
        return self.repeats * len(self.questions) * len(self.reasoning_levels)

    def run(
        self,
        engine: InferenceEngine,
        done: Iterable[Outcome] = (),
        at_once: int = AT_ONCE,
        capture_reasoning: bool | None = None,
    ) -> Iterator[Outcome]:
        """Outcomes as they come, not in order; closing the iterator cancels what is under way.

        done: what has run already and is not run again. at_once: runs under way at any time; times
            are those of the batch that they share.
        Before the first run it raises PromptTooLong for a question that does not fit in the
        model's context; while it runs, BackendError where the machine fails.
        """
        there = {outcome.trial for outcome in done}
        left = [trial for trial in self.trials() if trial not in there]
        # Once: an experiment that goes on past midnight keeps its date.
        dated = self.date or engine.config.date_now()
        self._check(engine, left, dated)
        starts = (
            (trial, partial(self._start, engine, trial, dated, capture_reasoning)) for trial in left
        )
        for trial, result in run_all(starts, at_once):
            if result.finish_reason is not FinishReason.CANCELLED:
                yield Outcome(trial, self.questions[trial.question - 1], result, at_once)

    def conversation(self, question: Question, date: str) -> Conversation:
        """A question as the model gets it. date: ISO."""
        instructions = question.instructions or self.instructions
        return Conversation(instructions=instructions, current_date=date).with_user(question.prompt)

    def sampling(self, repeat: int) -> SamplingParams:
        """How the runs of a repeat draw."""
        return replace(self.params, seed=((self.params.seed or 0) + repeat - 1) % 2**64)

    def _start(self, engine: InferenceEngine, trial: Trial, date: str, capture: bool | None) -> Run:
        conversation = self.conversation(self.questions[trial.question - 1], date)
        return engine.start(conversation, self.sampling(trial.repeat), trial.level, capture)

    def _check(self, engine: InferenceEngine, trials: Sequence[Trial], date: str) -> None:
        for number, level in {(trial.question, trial.level): None for trial in trials}:
            question = self.questions[number - 1]
            prompt = engine.format.prompt(self.conversation(question, date), level)
            if len(prompt.token_ids) >= engine.context_length:
                raise PromptTooLong(
                    f"Prompt {question.name} is {len(prompt.token_ids):,} tokens long with its "
                    f"instructions; {engine.model} reads fewer than {engine.context_length:,}. "
                    "Nothing was run: shorten it, or remove its row."
                )


def _question(number: int, given: Question | str) -> Question:
    one = Question(number, given) if isinstance(given, str) else replace(given, number=number)
    if not one.prompt.strip():
        raise InvalidPrompt(f"Prompt {one.name} is empty; allowed: a text. Write it, or remove it.")
    return one
