"""Decoding through the engine against bare BatchGenerator: same model, prompts and sampler."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mlx_lm.generate import BatchGenerator, StopSequences

from core.config import ReasoningLevel
from core.engine import InferenceEngine
from core.models import ModelLoader
from core.run import Run
from core.sampling import SamplingParams
from core.vocabulary import STOP_IDS
from tests.benchmarks.pairs import Row, interleaved

QUESTION = "What is 23 + 48?"
GREEDY = SamplingParams(temperature=0, max_tokens=256)
LEVELS = tuple(ReasoningLevel)
CHATS = 32
DECODE, COMPARE, SUM_OF_RATES, FAIRNESS = 0.98, 1.03, 0.95, 1.2


def rows(engine: InferenceEngine, loader: ModelLoader, pairs: int) -> Iterator[Row]:
    """Batch 1 (high), 3 (a comparison of the three levels) and 32; then whole runs."""
    model = loader.load()
    for levels in ((ReasoningLevel.HIGH,), LEVELS, (ReasoningLevel.HIGH,) * CHATS):
        prompts = [prompt_of(engine, QUESTION, level) for level in levels]
        ours, theirs, ratio = interleaved(
            lambda levels=levels: read(engine.start_levels(QUESTION, levels, GREEDY)).rate,
            lambda prompts=prompts: bare(model, prompts).rate,
            pairs,
        )
        name = f"decode, batch {len(levels)}: engine / BatchGenerator"
        yield Row(name, "tokens/s", ours, theirs, ratio, f"≥ {DECODE}", ratio.median >= DECODE)
    yield comparison(engine, model, pairs)
    yield from many_chats(engine, model, pairs)


def comparison(engine: InferenceEngine, model: object, pairs: int) -> Row:
    """Wall-clock of `compare`, verdict included, against the bare generator on the same tokens."""
    prompts = [prompt_of(engine, QUESTION, level) for level in LEVELS]

    def compared() -> float:
        start = time.perf_counter()
        engine.compare(QUESTION, params=GREEDY)
        return time.perf_counter() - start

    ours, theirs, ratio = interleaved(compared, lambda: bare(model, prompts).seconds, pairs)
    met = ratio.median <= COMPARE
    return Row("compare of three / BatchGenerator", "s", ours, theirs, ratio, f"≤ {COMPARE}", met)


def many_chats(engine: InferenceEngine, model: object, pairs: int) -> Iterator[Row]:
    """32 chats that come one after the other, of equal work: the first tokens of a long turn."""
    params = SamplingParams(temperature=0, max_tokens=48)
    questions = [f"What is {n + 120} + {n + 340}?" for n in range(CHATS)]
    prompts = [prompt_of(engine, q, ReasoningLevel.HIGH) for q in questions]
    fairness: list[float] = []

    def ours() -> float:
        watch = read([engine.start(q, params, ReasoningLevel.HIGH) for q in questions])
        fairness.append(max(watch.ended) / min(watch.ended))
        return watch.tokens / watch.seconds

    def theirs() -> float:
        watch = bare(model, prompts, params.max_tokens)
        return watch.tokens / watch.seconds

    mine, other, ratio = interleaved(ours, theirs, pairs)
    name = f"{CHATS} chats at once, prompts included: engine / BatchGenerator"
    met = ratio.median >= SUM_OF_RATES
    yield Row(name, "tokens/s", mine, other, ratio, f"≥ {SUM_OF_RATES}", met)
    spread = type(mine).of(fairness[1:])
    name = f"{CHATS} chats at once, equal work: slowest / fastest finish"
    yield Row(name, "", spread, None, None, f"≤ {FAIRNESS}", spread.median <= FAIRNESS)


def prompt_of(engine: InferenceEngine, question: str, level: ReasoningLevel) -> list[int]:
    run = engine.start(question, GREEDY, level)
    run.cancel()
    list(run)
    return list(run.prompt.token_ids)


def read(runs: Sequence[Run]) -> Watch:
    """Read runs to their end as the page reads them."""
    watch = Watch()
    open_runs = list(runs)
    while open_runs:
        open_runs[0].wait(0.05)
        for run in tuple(open_runs):
            watch.saw(sum(len(event.tokens) for event in run.drain()))
            if run.done:
                open_runs.remove(run)
                watch.ended.append(run.timing.total_s)
    return watch


def bare(model: object, prompts: Sequence[list[int]], max_tokens: int = GREEDY.max_tokens) -> Watch:
    """The same, stepping BatchGenerator by hand."""
    watch = Watch()
    generator = BatchGenerator(model)
    generator.insert(
        [list(p) for p in prompts],
        max_tokens=[max_tokens] * len(prompts),
        stop_sequences=[StopSequences([(i,) for i in STOP_IDS])] * len(prompts),
    )
    while True:
        reading, generated = generator.next()
        if not reading and not generated:
            break
        watch.saw(len(generated))
    generator.close()
    return watch


@dataclass
class Watch:
    """Counts tokens, and the time since it was made and since the first were seen."""

    started: float = field(default_factory=time.perf_counter)
    first: float | None = None
    last: float = 0.0
    tokens: int = 0
    at_first: int = 0
    ended: list[float] = field(default_factory=list)

    def saw(self, tokens: int) -> None:
        if not tokens:
            return
        self.last = time.perf_counter()
        self.tokens += tokens
        if self.first is None:
            self.first, self.at_first = self.last, tokens

    @property
    def seconds(self) -> float:
        return self.last - self.started

    @property
    def rate(self) -> float:
        """Tokens per second from the first to the last."""
        if self.first is None or self.last == self.first:
            raise SystemExit("The benchmark's prompt gave no tokens; there is nothing to measure.")
        return (self.tokens - self.at_first) / (self.last - self.first)
