"""Runs a comparison step by step. What has ended is kept, whatever ends the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from core.asked import Asked, Step
from core.compare import Comparison, Proof, compared
from core.errors import CoreError
from core.events import Event
from core.model_turns import ModelTurns
from core.result import GenerationResult
from core.run import Run
from core.sampling import SamplingParams
from core.variants import Variant

Start = Callable[[Sequence[Variant], SamplingParams], Sequence[Run]]
"""Starts one run per variant, all in one batch. Raises what `InferenceEngine.start` raises."""

Watch = Callable[[Variant, int, Run, Sequence[Event]], None]
"""Told what is read of a comparison while it runs, on the caller's thread: the column, the repeat
from 0, its run, and the events; also now and then where there are none. Not of a warm-up."""

_TICK_S: Final = 0.05


class Record:
    """What has run so far."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.runs: dict[str, list[GenerationResult]] = {v.label: [] for v in asked.variants}
        self.proofs: dict[str, Proof] = {}
        self.again: set[str] = set()

    def began(self, variant: Variant, run: Run) -> None:
        """Keep what shows that this effort was asked for."""
        self.proofs[variant.label] = proof_of(run)

    def anew(self, variant: Variant) -> None:
        """Forget a column's runs: it is run again, alone."""
        self.runs[variant.label] = []
        self.again.add(variant.label)

    def ended(self, variant: Variant, run: Run) -> None:
        """Keep a run that came to an end, also where it was stopped; a failed one has no result."""
        if run.transcript.finished is not None:
            self.runs[variant.label].append(run.result())

    def comparison(self, *, stopped: bool = False, failure: str | None = None) -> Comparison:
        """Judge what is there."""
        again = frozenset(self.again)
        return compared(
            self.asked, {**self.runs}, self.proofs, stopped=stopped, failure=failure, again=again
        )


def proof_of(run: Run) -> Proof:
    """What shows that a run's effort was asked for."""
    level = run.prompt.reasoning_level_in_prompt
    line = f"Reasoning: {level}" if level else "no reasoning line"
    return Proof(line, run.prompt.sha256, len(run.prompt.token_ids))


def run_comparison(
    start: Start,
    asked: Asked,
    stop: threading.Event | None = None,
    turns: ModelTurns | None = None,
    watch: Watch | None = None,
) -> Comparison:
    """Run all that was asked, and judge it.

    stop: once it is set, from any thread, what runs is cancelled and nothing more begins. Ctrl-C
    does the same; a second one raises. A failure of the machine ends it and is told in
    `Comparison.failure`; it is raised where nothing had ended by then.
    watch: told what happens, as it happens.
    turns: loads the models, where these differ; the engine has its own again when this returns.
    """
    stop = stop or threading.Event()
    record = Record(asked)
    stopped, failure = False, None
    try:
        for step in asked.steps():
            # The first runs begin in any case, so that there is something to show.
            if record.proofs and stop.is_set():
                break
            if turns is not None and step.model is not None:
                turns.load(step.model).result()
            if step.warm_up:
                _warm_up(start, asked, step, stop)
            else:
                _run(start, asked, record, step, stop, watch)
    except KeyboardInterrupt:
        stopped = True
    except CoreError as error:
        if not any(record.runs.values()):
            raise
        failure = str(error)
    finally:
        lost = None if turns is None else _put_back(turns)
    failure = failure or lost
    return record.comparison(stopped=stopped or stop.is_set(), failure=failure)


def _put_back(turns: ModelTurns) -> str | None:
    """Wait for the engine's own model; why it is not there, in a sentence, where it cannot be."""
    try:
        turns.back().result()
    except CoreError as error:
        return str(error)
    return None


def _warm_up(start: Start, asked: Asked, step: Step, stop: threading.Event) -> None:
    """Read every prompt once, and write one token behind it."""
    for run in start(step.variants, replace(asked.params, max_tokens=1)):
        _read((run,), stop, lambda *_: None)
        run.cancel()


def _run(
    start: Start,
    asked: Asked,
    record: Record,
    step: Step,
    stop: threading.Event,
    watch: Watch | None,
) -> None:
    variants = step.variants
    runs = start(variants, replace(asked.params, seed=step.seed))

    def told(n: int, events: Sequence[Event]) -> None:
        if watch is not None:
            watch(variants[n], step.repeat, runs[n], events)

    try:
        for variant, run in zip(variants, runs, strict=True):
            record.began(variant, run)
        _read(runs, stop, told)
    finally:
        for run in runs:
            if not run.done:
                run.cancel()
        for variant, run in zip(variants, runs, strict=True):
            _wind_down(run)
            record.ended(variant, run)


def _read(
    runs: Sequence[Run], stop: threading.Event, told: Callable[[int, Sequence[Event]], None]
) -> None:
    """Take in the events of runs side by side to their ends, or until `stop` is set.

    told: the number of a run, and what was just read of it.
    """
    while not stop.is_set():
        under_way = [n for n, run in enumerate(runs) if not run.done]
        if not under_way:
            return
        runs[under_way[0]].wait(_TICK_S)
        for n in under_way:
            told(n, runs[n].drain())


def _wind_down(run: Run) -> None:
    """Read a cancelled run to its end. A second failure says nothing new: the first is raised."""
    try:
        for _ in run:
            pass
    except CoreError:
        return
