"""What the model card claims beyond the suite, measured: `python -m tests.demo.claims`.

Typed questions, prompts out of scope, mended slips, slips claimed where there was none, and
well-formed turns at temperature 1. Greedy turns are computed over the known rows only, which gives
the same; those at temperature 1 over the whole vocabulary, which takes long.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from core.backends.base import TokenBackend
from core.backends.mlx import MLXBackend
from core.checkpoint import WEIGHTS, expand
from core.config import InferenceConfig
from core.demo.known import KnownRows
from core.demo.suite import Asked, Outcome, conversation_of, evaluate, judge, suite
from core.demo.tasks import FAMILIES, LEVELS, LOW_IS_ENOUGH, PAYS, Question
from core.demo.transcript import random_opening
from core.engine import InferenceEngine
from core.many import run_all
from core.models import ModelLoader
from core.result import GenerationResult
from core.sampling import SamplingParams
from core.statistics import wilson
from core.vocabulary import END, MESSAGE, encoding
from tests.demo.typed import out_of_scope_prompts, typed_questions

GREEDY = SamplingParams(temperature=0, max_tokens=900, seed=1)
REFUSAL = "more than I can do"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--each", type=int, default=25, help="questions of each family")
    parser.add_argument("--samples", type=int, default=0, help="turns at temperature 1")
    args = parser.parse_args()
    with TemporaryDirectory() as folder, _engine(KnownRows(args.weights, Path(folder))) as engine:
        typed = list(evaluate(engine, _asked(typed_questions(), "high"), GREEDY, keep_turns=True))
        _say("typed questions right at high", (o.right for o in typed))
        for outcome in (o for o in typed if not o.right):
            print(
                f"    {outcome.family}: {outcome.question!r} {outcome.wanted!r}: {outcome.answer!r}"
            )
        for level in LEVELS:
            scope = list(evaluate(engine, _asked(out_of_scope_prompts(), level), GREEDY))
            _say(f"out of scope declined at {level}", (o.right for o in scope))
        clean = _high(engine, args.each)
        low = list(evaluate(engine, suite([*PAYS, *LOW_IS_ENOUGH], LEVELS, args.each, 7), GREEDY))
        _say("in scope declined", (REFUSAL in o.answer for o in low))
        _say("a slip claimed", ("slip" in (result.reasoning or "") for _, result in clean))
        _say("one wrong digit forced: right", (o.right for o in _forced(engine, clean)))
    if args.samples:
        with TemporaryDirectory() as folder:
            loader = ModelLoader(expand(Path(folder), args.weights))
            with _engine(MLXBackend(loader)) as engine:
                _say("well-formed at temperature 1", _sampled(engine, args.samples))


def _engine(backend: TokenBackend) -> InferenceEngine:
    return InferenceEngine(backend, InferenceConfig(_env_file=None))


def _say(what: str, hits: Iterable[bool]) -> None:
    found = list(hits)
    low, high = wilson(sum(found), len(found))
    print(f"{what}: {sum(found)} of {len(found)} ({low:.1%} to {high:.1%})", flush=True)


def _asked(questions: Iterable[Question], level: str) -> Iterator[Asked]:
    rng = Random(3)
    for number, question in enumerate(questions):
        conversation = conversation_of(question, random_opening(rng, level))
        yield Asked(number, question, level, conversation)


def _high(engine: InferenceEngine, each: int) -> list[tuple[Asked, GenerationResult]]:
    """Clean greedy runs at high where thinking pays, with their tokens."""
    asked = list(suite(PAYS, ["high"], each, seed=11))
    starts = (
        (one, partial(engine.start, one.conversation, GREEDY, one.level, True)) for one in asked
    )
    return list(run_all(starts, 32))


def _forced(
    engine: InferenceEngine, clean: Iterable[tuple[Asked, GenerationResult]]
) -> Iterator[Outcome]:
    """Right turns, gone on from a digit of the analysis that was made a wrong one."""
    rng = Random(5)
    starts = []
    for one, result in clean:
        prefix = _with_wrong_digit(rng, result) if judge(one, result).right else None
        if prefix:
            starts.append(
                (
                    one,
                    partial(engine.start, one.conversation, GREEDY, one.level, True, prefix=prefix),
                )
            )
    for one, result in run_all(iter(starts), 32):
        yield judge(one, result)


def _with_wrong_digit(rng: Random, result: GenerationResult) -> list[int] | None:
    """The turn's tokens up to a digit of its analysis, which is replaced by another."""
    tokens = list(result.token_ids)
    first, last = tokens.index(MESSAGE) + 1, tokens.index(END)
    places = [i for i in range(first, last) if encoding().decode([tokens[i]]).isdigit()]
    if not places:
        return None
    at = rng.choice(places)
    right = encoding().decode([tokens[at]])
    wrong = rng.choice([d for d in "0123456789" if d != right])
    return [*tokens[:at], *encoding().encode(wrong)]


def _sampled(engine: InferenceEngine, samples: int) -> Iterator[bool]:
    each = -(-samples // (len(FAMILIES) * len(LEVELS)))
    params = SamplingParams(temperature=1, max_tokens=900, seed=1)
    for outcome in evaluate(engine, suite(FAMILIES, LEVELS, each, seed=13), params):
        yield outcome.well_formed


if __name__ == "__main__":
    main()
