"""A checkpoint in training, tried on held-out questions: `python -m core.demo.evaluate --each 100`.

As `counterpoint evaluate --suite embedded`, for any compact weights, and faster: greedy turns are
computed over the known rows only.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from core.backends.base import TokenBackend
from core.checkpoint import WEIGHTS, expand
from core.config import InferenceConfig
from core.demo.known import KnownRows
from core.demo.scores import markdown, rows
from core.demo.suite import Outcome, evaluate, suite
from core.demo.tasks import FAMILIES, LEVELS
from core.engine import InferenceEngine
from core.models import ModelLoader
from core.sampling import SamplingParams

MAX_TOKENS = 700


def wrong_turns(outcomes: Sequence[Outcome], most: int) -> list[str]:
    """Up to `most` wrong turns of each family and level, in full."""
    shown: Counter[tuple[str, str]] = Counter()
    told = []
    for o in outcomes:
        key = o.family, o.level
        if not o.right and shown[key] < most:
            shown[key] += 1
            told.append(f"--- {key} {o.question!r} wants {o.wanted!r}\n{o.turn}")
    return told


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--each", type=int, default=40, help="questions per family and level")
    parser.add_argument("--families", nargs="*", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--levels", nargs="*", choices=LEVELS, default=list(LEVELS))
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--whole", action="store_true", help="the whole vocabulary, greedy too")
    parser.add_argument(
        "--wrong", type=int, default=0, help="wrong turns to print per family and level"
    )
    return parser


def main() -> None:
    args = _options().parse_args()
    asked = suite(args.families, args.levels, args.each, args.seed)
    params = SamplingParams(args.temperature, max_tokens=MAX_TOKENS, seed=args.seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        # Drawing at a temperature must see the weight of all the other ids together.
        model: ModelLoader | TokenBackend
        if args.whole or args.temperature > 0:
            model = ModelLoader(expand(folder, args.weights))
        else:
            model = KnownRows(args.weights, folder)
        with InferenceEngine(model, InferenceConfig()) as engine:
            began = time.monotonic()
            outcomes = list(evaluate(engine, asked, params, keep_turns=args.wrong > 0))
            seconds = time.monotonic() - began
    print(markdown(rows(outcomes, args.levels), args.levels))
    print(f"\n{len(outcomes)} turns, temperature {args.temperature}, {seconds:.0f} s")
    for turn in wrong_turns(outcomes, args.wrong):
        print(f"\n{turn}")


if __name__ == "__main__":
    main()
