"""What differs between the columns of a comparison; everything else is held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from core.config import ReasoningLevel, reasoning_level
from core.conversation import Conversation
from core.errors import InvalidSetting
from core.sampling import SamplingParams

MOST: Final = 4
"""Columns that people can still read side by side."""
_LABEL: Final = 40


class Varied(StrEnum):
    """The one thing that differs from column to column."""

    LEVELS = "levels"
    MODELS = "models"
    INSTRUCTIONS = "instructions"
    SAMPLING = "sampling"


@dataclass(frozen=True, slots=True)
class Variant:
    """What one column asks for.

    label: its name, unlike all others of its comparison; the level's word where levels differ.
    instructions: in place of the conversation's; None keeps those.
    params: in place of the comparison's but for the seed, which all share; None keeps those.
    model: what a ModelLoader takes; None keeps the engine's.
    """

    label: str
    level: ReasoningLevel
    instructions: str | None = None
    params: SamplingParams | None = None
    model: str | None = None

    def conversation(self, asked: Conversation) -> Conversation:
        """The conversation as this column asks it."""
        if self.instructions is None:
            return asked
        return replace(asked, instructions=self.instructions)

    def sampling(self, shared: SamplingParams) -> SamplingParams:
        """How this column draws, with the seed that all share."""
        return shared if self.params is None else replace(self.params, seed=shared.seed)


def of_levels(levels: Iterable[ReasoningLevel | str]) -> tuple[Variant, ...]:
    """A column per level, each once. Raises InvalidSetting for another word."""
    asked = dict.fromkeys(reasoning_level(level) for level in levels)
    return tuple(Variant(level.value, level) for level in asked)


def of_models(models: Iterable[str], level: ReasoningLevel) -> tuple[Variant, ...]:
    """A column per model, all at one level. models: as a ModelLoader takes them.

    Raises InvalidSetting for fewer than two or more than MOST, and for one that is given twice.
    """
    names = [model.strip() for model in models if model.strip()]
    if not 2 <= len(names) <= MOST or len(set(names)) < len(names):
        raise InvalidSetting(
            f"The models are {', '.join(names) or 'none'}; allowed: 2 to {MOST}, each once: "
            "embedded, a folder, or a hub id."
        )
    lasts = [name.rstrip("/").rpartition("/")[2] for name in names]
    return tuple(
        Variant(_label_of(name, last, lasts.count(last)), level, model=name)
        for name, last in zip(names, lasts, strict=True)
    )


def _label_of(name: str, last: str, times: int) -> str:
    """The last part of a model's name where that is enough, and no level is called so."""
    alone = times == 1 and last and last not in [level.value for level in ReasoningLevel]
    return last if alone else f"model {name}"


def varied_in(variants: Sequence[Variant]) -> Varied:
    """What differs between these. Raises InvalidSetting where two have one label."""
    labels = [variant.label for variant in variants]
    if len(set(labels)) < len(labels):
        raise InvalidSetting(
            f"The columns are called {', '.join(labels)}; allowed: each name once. Change one."
        )
    if any(variant.model is not None for variant in variants):
        return Varied.MODELS
    if any(variant.params is not None for variant in variants):
        return Varied.SAMPLING
    if any(variant.instructions is not None for variant in variants):
        return Varied.INSTRUCTIONS
    return Varied.LEVELS


def read_variants(
    varied: Varied, typed: str, level: ReasoningLevel, params: SamplingParams
) -> tuple[Variant, ...]:
    """Columns as people type them, one a line; what is not typed is held as given.

    levels: `low`. models: as a ModelLoader takes them. instructions: the text of the developer
    message. sampling: `temperature 0.7`, `top-p 0.9, top-k 40`.

    Raises InvalidSetting for fewer than two lines or more than MOST, for two that are the same,
    and for what cannot be read.
    """
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if varied is Varied.LEVELS:
        lines = [word for line in lines for word in line.replace(",", " ").split()]
    if not 2 <= len(lines) <= MOST or len(set(lines)) < len(lines):
        raise InvalidSetting(
            f"What varies has {len(lines)} lines; allowed: 2 to {MOST}, each another one, "
            "one line for each column."
        )
    match varied:
        case Varied.LEVELS:
            return of_levels(lines)
        case Varied.MODELS:
            return of_models(lines, level)
        case Varied.INSTRUCTIONS:
            return tuple(
                Variant(f"{n}: {_short(line)}", level, instructions=line)
                for n, line in enumerate(lines, 1)
            )
        case Varied.SAMPLING:
            return tuple(
                Variant(_short(line), level, params=read_sampling(line, params)) for line in lines
            )


_READ: dict[str, Callable[[str], Any]] = {
    "temperature": float,
    "top-p": float,
    "top-k": int,
    "max-tokens": int,
}


def read_sampling(line: str, held: SamplingParams) -> SamplingParams:
    """`temperature 0.7, top-p 0.9` over the parameters that are held. Raises InvalidSetting."""
    given: dict[str, Any] = {}
    for part in line.split(","):
        name, _, value = part.strip().partition(" ")
        name = name.lower().rstrip(":=").replace("_", "-")
        try:
            given[name.replace("-", "_")] = _READ[name](value.strip())
        except (KeyError, ValueError):
            raise InvalidSetting(
                f"{part.strip()!r} cannot be read; allowed: {', '.join(_READ)}, each followed by "
                "its value, with commas between them: temperature 0.7, top-p 0.9."
            ) from None
    return replace(held, **given)


def _short(text: str) -> str:
    return text if len(text) <= _LABEL else f"{text[:_LABEL].rstrip()}…"
