"""Decode rate through the engine against bare BatchGenerator: same model, prompts and sampler."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from mlx_lm.generate import BatchGenerator, StopSequences

from core.config import ReasoningLevel
from core.engine import InferenceEngine
from core.models import ModelLoader
from core.sampling import SamplingParams
from core.vocabulary import STOP_IDS
from tests.benchmarks.pairs import Row, interleaved

QUESTION = "What is 23 + 48?"
GREEDY = SamplingParams(temperature=0, max_tokens=256)
TARGET = 0.95


def rows(engine: InferenceEngine, loader: ModelLoader) -> Iterator[Row]:
    """Batch 1 (high) and batch 3 (a comparison of the three levels)."""
    model = loader.load()
    for levels in ((ReasoningLevel.HIGH,), tuple(ReasoningLevel)):
        prompts = [engine_prompt(engine, level) for level in levels]
        ours, theirs, ratio = interleaved(
            lambda levels=levels: through_engine(engine, levels),
            lambda prompts=prompts: bare(model, prompts),
        )
        name = f"decode, batch {len(levels)}: engine / BatchGenerator"
        yield Row(name, "tokens/s", ours, theirs, ratio, f"≥ {TARGET}", ratio.median >= TARGET)


def engine_prompt(engine: InferenceEngine, level: ReasoningLevel) -> list[int]:
    run = engine.start(QUESTION, GREEDY, level)
    run.cancel()
    list(run)
    return list(run.prompt.token_ids)


def through_engine(engine: InferenceEngine, levels: Sequence[ReasoningLevel]) -> float:
    """Tokens per second from the first token to the last, read as events as the page reads them."""
    clock = _Clock()
    runs = engine.start_levels(QUESTION, levels, GREEDY)
    while not all(run.done for run in runs):
        for run in runs:
            if run.done:
                continue
            run.wait(0.05)
            clock.saw(sum(len(event.tokens) for event in run.drain()))
    return clock.rate()


def bare(model: object, prompts: Sequence[list[int]]) -> float:
    """The same, stepping BatchGenerator by hand."""
    clock = _Clock()
    generator = BatchGenerator(model)
    generator.insert(
        [list(p) for p in prompts],
        max_tokens=[GREEDY.max_tokens] * len(prompts),
        stop_sequences=[StopSequences([(i,) for i in STOP_IDS])] * len(prompts),
    )
    while True:
        read, generated = generator.next()
        if not read and not generated:
            break
        clock.saw(len(generated))
    generator.close()
    return clock.rate()


class _Clock:
    """Counts tokens from the moment the first were seen."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._first: float | None = None
        self._last = 0.0
        self._tokens = 0

    def saw(self, tokens: int) -> None:
        if not tokens:
            return
        self._last = self._now()
        if self._first is None:
            self._first = self._last
        else:
            self._tokens += tokens

    def rate(self) -> float:
        if self._first is None or self._last == self._first:
            raise SystemExit("The benchmark's prompt gave no tokens; there is nothing to measure.")
        return self._tokens / (self._last - self._first)
