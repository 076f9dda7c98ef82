"""`counterpoint bench`: how fast the model is on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ui.terminal.options import Json, Model, Verbose, settings
from ui.terminal.telling import print_json, told

if TYPE_CHECKING:
    from core.engine import InferenceEngine
    from core.result import GenerationResult
    from core.spread import Spread

QUESTION: Final = "What is 347 * 286?"
MAX_TOKENS: Final = 128
TOGETHER: Final = 3
"""Runs of a batch: as many as Compare has columns."""
# About a thousand tokens. Each repeat reads it behind a number of its own, as what a prompt has in
# common with the one before is not read again.
LONG: Final = "The quick brown fox jumps over the lazy dog near the river. " * 75


def bench(
    repeats: Annotated[int, typer.Option(min=1, help="How often each thing is measured.")] = 5,
    model: Model = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Measure how fast the model loads, reads and writes here, alone and three at once."""
    with told(verbose):
        from ui.terminal.engine import open_engine

        config = settings({"model": model})
        began = time.perf_counter()
        with open_engine(config) as engine:
            speeds = measured(engine, time.perf_counter() - began, repeats)
        if as_json:
            print_json(speeds.as_dict())
        else:
            for line in speeds.lines():
                typer.echo(line)


@dataclass(frozen=True, slots=True)
class Speeds:
    """What was measured. load_s: seconds, imports included. reading, alone, together: tokens/s;
    together: of all runs of a batch. first_token: seconds, of a short prompt.

    None where too little was written to tell. peak_memory: bytes, of mlx alone.
    """

    model: str
    repeats: int
    load_s: float
    prompt_tokens: int
    reading: Spread | None
    first_token: Spread | None
    alone: Spread | None
    together: Spread | None
    peak_memory: int | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""

        def figures(spread: Spread | None) -> dict[str, float] | None:
            return None if spread is None else spread.as_dict()

        return {
            "model": self.model,
            "repeats": self.repeats,
            "load_s": self.load_s,
            "prompt_tokens": self.prompt_tokens,
            "reading_tokens_per_s": figures(self.reading),
            "first_token_s": figures(self.first_token),
            "alone_tokens_per_s": figures(self.alone),
            "together": TOGETHER,
            "together_tokens_per_s": figures(self.together),
            "peak_memory_bytes": self.peak_memory,
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        from core import figures
        from core.machine import size

        def row(name: str, spread: Spread | None, unit: str) -> str:
            if spread is None:
                return f"{name:<32}{figures.NONE}"
            low, middle, high = (_short(n) for n in (spread.low, spread.median, spread.high))
            return f"{name:<32}{middle:>8} {unit:<10} {low} to {high}"

        yield f"{self.model}: medians of {self.repeats}, and from least to most"
        yield f"{'Load, imports included':<32}{_short(self.load_s):>8} s"
        yield row(f"Read {self.prompt_tokens:,} tokens", self.reading, "tokens/s")
        yield row("First token of a short prompt", self.first_token, "s")
        yield row("Write, alone", self.alone, "tokens/s")
        yield row(f"Write, {TOGETHER} at once, all of them", self.together, "tokens/s")
        if self.peak_memory is not None:
            yield f"{'Memory of mlx, at most':<32}{size(self.peak_memory):>8}"
        yield "What else runs here slows it down; compare only what was measured alike."


def measured(engine: InferenceEngine, load_s: float, repeats: int) -> Speeds:
    """Run it all, what is compared in turns. Raises what the engine raises."""
    from core.config import ReasoningLevel
    from core.conversation import Conversation
    from core.sampling import SamplingParams
    from core.spread import spread

    level, params = ReasoningLevel.HIGH, SamplingParams(temperature=0, max_tokens=MAX_TOKENS)
    one = SamplingParams(temperature=0, max_tokens=1)
    stamp = time.time_ns()  # no prompt of an earlier bench lies in the cache
    engine.generate(QUESTION, params, level)  # a warm-up

    long: list[GenerationResult] = []
    alone: list[GenerationResult] = []
    together: list[list[GenerationResult]] = []
    for n in range(repeats):
        asked = Conversation(instructions=f"{stamp + n} {LONG}").with_user(QUESTION)
        long.append(engine.generate(asked, one, level))
        alone.append(engine.generate(QUESTION, params, level))
        runs = engine.start_levels(QUESTION, [level] * TOGETHER, params)
        together.append([run.result() for run in runs])
    peaks = [r.peak_memory for r in [*long, *alone] if r.peak_memory is not None]
    return Speeds(
        engine.model,
        repeats,
        load_s,
        _read(long[0]),
        spread(_read(r) / r.timing.prefill_s for r in long if r.timing.prefill_s),
        spread(r.timing.first_token_s for r in alone),
        spread(r.timing.tokens_per_s for r in alone),
        spread(sum(r.timing.tokens_per_s or 0.0 for r in batch) or None for batch in together),
        max(peaks, default=None),
    )


def _read(result: GenerationResult) -> int:
    """Tokens of the prompt that were read, and not in the cache."""
    return result.usage.prompt_tokens - result.usage.cached_tokens


def _short(value: float) -> str:
    digits = 0 if value >= 99.5 else 1 if value >= 9.95 else 2
    return f"{value:,.{digits}f}"
