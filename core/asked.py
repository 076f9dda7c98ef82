"""What is compared, and how fairly: the questions, seeds, order and date of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.config import ReasoningLevel
from core.conversation import Conversation, Role
from core.errors import InvalidSetting
from core.sampling import SamplingParams
from core.variants import Variant, Varied, varied_in


@dataclass(frozen=True, slots=True)
class Step:
    """Runs that start together. repeat: from 0."""

    repeat: int
    seed: int
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared, and how fairly: with this alone the same can be asked again.

    prompt: the user's question. params: how all columns draw, unless that is what varies; its seed
        is that of the first repeat, and each further repeat's is one higher, for all columns.
    together: the columns of one repeat share a batch; else each runs alone, and every repeat
        begins with another column. warm_up: every prompt was read once before, for one token.
    date: ISO date in all prompts. expected: the right answer, where it is known.
    """

    prompt: str
    variants: tuple[Variant, ...]
    varied: Varied = Varied.LEVELS
    repeats: int = 1
    params: SamplingParams = field(default_factory=SamplingParams)
    together: bool = True
    warm_up: bool = False
    date: str = ""
    instructions: str | None = None
    expected: str | None = None
    model: str = ""

    def steps(self) -> Iterator[Step]:
        """What runs after what."""
        for repeat in range(self.repeats):
            seed = ((self.params.seed or 0) + repeat) % 2**64
            if self.together:
                yield Step(repeat, seed, self.variants)
                continue
            first = repeat % len(self.variants)
            for variant in (*self.variants[first:], *self.variants[:first]):
                yield Step(repeat, seed, (variant,))

    def conditions(self) -> list[str]:
        """How it was measured, a sentence each: what makes the figures fair, and what they are."""
        said = [f"Every column got the same seeds and the same date, {self.date or 'none'}."]
        if self.together:
            said.append(
                "The columns ran together in one batch: times and rates are those of the batch, "
                "not of a run alone."
            )
        else:
            turns = ", each repeat beginning with another column" if self.repeats > 1 else ""
            said.append(f"The columns ran one after the other{turns}: times are of a run alone.")
        if self.warm_up:
            said.append(
                "Every prompt was read once before, as a warm-up: the times to the first token "
                "are those of a model that has run, and has most of the prompt in its cache."
            )
        else:
            said.append("There was no warm-up: the first runs may have been slower for it.")
        return said

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "varied": self.varied,
            "repeats": self.repeats,
            "seed": self.params.seed,
            "temperature": self.params.temperature,
            "top_p": self.params.top_p,
            "top_k": self.params.top_k,
            "max_tokens": self.params.max_tokens,
            "together": self.together,
            "warm_up": self.warm_up,
            "date": self.date,
            "instructions": self.instructions,
            "model": self.model,
        }


@dataclass(frozen=True, slots=True)
class How:
    """How a comparison is to be run.

    repeats: runs of each column, each with the next seed. expected: the right answer, where it is
        known. together: the columns of one repeat share a batch; else each runs alone. warm_up:
        read every prompt once before; None does so where there are repeats, or columns run alone.
    """

    repeats: int = 1
    expected: str | None = None
    together: bool = True
    warm_up: bool | None = None

    def asked(
        self,
        conversation: Conversation,
        variants: Sequence[Variant],
        params: SamplingParams,
        model: str,
    ) -> Asked:
        """The comparison of these columns; `params` has its seed, the conversation its date.

        Raises InvalidSetting.
        """
        if self.repeats < 1:
            raise InvalidSetting(f"repeats is {self.repeats}; allowed: 1 or more.")
        if not variants:
            raise InvalidSetting(f"No level was given; allowed: {', '.join(ReasoningLevel)}.")
        several = self.repeats > 1 or not self.together
        said = [m.text for m in conversation.messages if m.role is Role.USER]
        return Asked(
            prompt=said[-1] if said else "",
            variants=tuple(variants),
            varied=varied_in(variants),
            repeats=self.repeats,
            params=params,
            together=self.together,
            warm_up=several if self.warm_up is None else self.warm_up,
            date=conversation.current_date or "",
            instructions=conversation.instructions,
            expected=(self.expected or "").strip() or None,
            model=model,
        )
