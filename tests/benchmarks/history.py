"""The history with 10,000 runs: opening, searching, paging, reading; and what recording costs."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from core.backends.base import EndReason, EndStep, PrefillStep, TokenStep
from core.config import InferenceConfig, ReasoningLevel
from core.conversation import conversation_from
from core.format import HarmonyFormat
from core.run import Run
from core.sampling import SamplingParams
from core.store.history import Store
from core.store.journal import timed
from core.store.values import Kind, RunFacts, Status, StoredEntry, StoredRun, StoredTurn
from tests.benchmarks.pairs import Row, Spread, interleaved, seconds
from tests.benchmarks.parsing import answer
from tests.fuzz.streams import plain

ENTRIES = 10_000
TARGET_MS = 200.0
WORDS = (Path(__file__).parents[2] / "core" / "demo" / "tasks" / "words.txt").read_text().split()
STREAM = 16_000
PER_READ = 16


def rows(pairs: int) -> Iterator[Row]:
    """What the page asks of a full history, in ms; then a stream with and without a recorder."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Store(folder) as store:
            fill(store, ENTRIES)
            found = store.page("answer").entries[0].id
            asked: list[tuple[str, Callable[[], object]]] = [
                ("the list", store.page),
                ("the last page", lambda: store.page(offset=ENTRIES - 50)),
                ("a word in every run", lambda: store.page("answer")),
                ("one letter", lambda: store.page("a")),
                ("three words", lambda: store.page("the answer seven")),
                ("a word of few runs", lambda: store.page(WORDS[0])),
                ("one entry", lambda: store.entry(found)),
            ]
            yield _row("opening the file", lambda: Store(folder).close(), pairs)
            for what, ask in asked:
                yield _row(what, ask, pairs)
            ours, theirs, ratio = interleaved(
                lambda: stream(store) / STREAM * 1e6, lambda: stream(None) / STREAM * 1e6, pairs
            )
            yield Row(
                "reading a stream in chunks of 16: recorded / not", "µs/token", ours, theirs, ratio
            )


def _row(what: str, ask: Callable[[], object], pairs: int) -> Row:
    ask()
    ours = Spread.of(seconds(ask) * 1e3 for _ in range(pairs))
    met = ours.median <= TARGET_MS
    return Row(f"history of {ENTRIES:,} runs: {what}", "ms", ours, target="≤ 200", met=met)


def fill(store: Store, count: int) -> None:
    """Entries of one run each, about 120 tokens, of the embedded model's kind."""
    rng = random.Random(1)
    config = InferenceConfig(_env_file=None)
    now = time.time()
    for start in range(0, count, 1000):
        made = (entry(rng, config, now - n) for n in range(start, min(count, start + 1000)))
        store.add(list(made))


def entry(rng: random.Random, config: InferenceConfig, at: float) -> StoredEntry:
    question = f"What is {rng.randrange(100)} + {rng.randrange(100)} {rng.choice(WORDS)}?"
    said = f"The answer to the {rng.choice(WORDS)} is {rng.randrange(200)}. " * 6
    run = new_run(config, question)
    for token in plain(said):
        run.on_step(TokenStep(token, time.perf_counter()))
    run.on_step(EndStep(EndReason.STOP, time.perf_counter()))
    events = [timed(e, [0.1] * max(1, len(e.tokens))) for e in run.drain()]
    facts = RunFacts(
        rng.choice(list(ReasoningLevel)), None, "model", "Harmony", run.params, True, at
    )
    made, turn, kept = (uuid.UUID(int=rng.getrandbits(128)).hex for _ in range(3))
    stored = StoredRun(kept, 0, Status.FINISHED, facts, tuple(events), 120)
    turns = (StoredTurn(turn, question, (stored,)),)
    return StoredEntry(made, Kind.CHAT, question, at, at, turns=turns)


def new_run(config: InferenceConfig, question: str) -> Run:
    format_, level = HarmonyFormat(config), ReasoningLevel.LOW
    prompt = format_.prompt(conversation_from(question), level)
    return Run(format_, prompt, level, SamplingParams(), "model", True)


def stream(store: Store | None) -> float:
    """CPU seconds of this process for a stream read 16 tokens at a time, the writer's included."""
    run = new_run(InferenceConfig(_env_file=None), "Question?")
    recorder = store.recorder(Kind.CHAT, "Stream").turn("Question?").follow(run) if store else None
    tokens = answer(STREAM)
    before = time.process_time()
    run.on_step(PrefillStep(7, 7, 0, time.perf_counter()))
    for start in range(0, len(tokens), PER_READ):
        for token in tokens[start : start + PER_READ]:
            run.on_step(TokenStep(token, time.perf_counter()))
        run.drain()
    run.on_step(EndStep(EndReason.STOP, time.perf_counter()))
    run.drain()
    if recorder is not None:
        recorder.wait_written(60)
    return time.process_time() - before
