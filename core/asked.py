"""What is compared, and how fairly: the questions, seeds, order and date of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.config import ReasoningLevel
from core.conversation import Conversation, Role
from core.errors import InvalidSetting
from core.sampling import SamplingParams
from core.variants import Variant, Varied, varied_in

ONE_MODEL_AT_A_TIME: Final = (
    "The models ran one after the other, as one is loaded at a time: all runs of one before those "
    "of the next. Times are of a run alone, without the loading."
)
OWN_VOCABULARY: Final = "Each model counts tokens of its own vocabulary."


@dataclass(frozen=True, slots=True)
class Step:
    """Runs that start together. repeat: from 0.

    warm_up: every prompt is only read, and one token written behind it.
    """

    repeat: int
    seed: int
    variants: tuple[Variant, ...]
    warm_up: bool = False

    @property
    def model(self) -> str | None:
        """What is to be loaded for it; None where the models do not differ."""
        return self.variants[0].model


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared, and how fairly: with this alone the same can be asked again.

    prompt: the user's question. params: how all columns draw, unless that is what varies; its seed
        is that of the first repeat, and each further repeat's is one higher, for all columns.
    together: the columns of one repeat share a batch; else each runs alone, and every repeat
        begins with another column. Models have their turns: all runs of one, then those of the
        next. warm_up: every prompt was read once before, for one token.
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
        """What runs after what, the warm-up before the runs that it warms."""
        if self.varied is Varied.MODELS:
            for variant in self.variants:
                yield from self._of((variant,))
        else:
            yield from self._of(self.variants)

    def _of(self, variants: tuple[Variant, ...]) -> Iterator[Step]:
        if self.warm_up:
            yield Step(0, self._seed(0), variants, warm_up=True)
        for repeat in range(self.repeats):
            if self.together:
                yield Step(repeat, self._seed(repeat), variants)
                continue
            first = repeat % len(variants)
            for variant in (*variants[first:], *variants[:first]):
                yield Step(repeat, self._seed(repeat), (variant,))

    def _seed(self, repeat: int) -> int:
        return ((self.params.seed or 0) + repeat) % 2**64

    @property
    def order(self) -> str:
        """`together` in batches, `in turn`, or `model by model`."""
        if self.varied is Varied.MODELS:
            return "model by model"
        return "together" if self.together else "in turn"

    def conditions(self) -> list[str]:
        """How it was measured, a sentence each: what makes the figures fair, and what they are."""
        said = [f"Every column got the same seeds and the same date, {self.date or 'none'}."]
        if self.varied is Varied.MODELS:
            said += [ONE_MODEL_AT_A_TIME, OWN_VOCABULARY]
        elif self.together:
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
            "order": self.order,
            "warm_up": self.warm_up,
            "date": self.date,
            "instructions": self.instructions,
            "model": self.model,
        }


@dataclass(frozen=True, slots=True)
class How:
    """How a comparison is to be run.

    repeats: runs of each column, each with the next seed. expected: the right answer, where it is
        known. together: the columns of one repeat share a batch; else each runs alone, as different
        models do in any case. warm_up: read every prompt once before; None does so where there are
        repeats, or columns run alone.
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
        varied = varied_in(variants)
        together = self.together and varied is not Varied.MODELS
        several = self.repeats > 1 or not together
        said = [m.text for m in conversation.messages if m.role is Role.USER]
        return Asked(
            prompt=said[-1] if said else "",
            variants=tuple(variants),
            varied=varied,
            repeats=self.repeats,
            params=params,
            together=together,
            warm_up=several if self.warm_up is None else self.warm_up,
            date=conversation.current_date or "",
            instructions=conversation.instructions,
            expected=(self.expected or "").strip() or None,
            model=", ".join(v.model for v in variants if v.model) or model,
        )
