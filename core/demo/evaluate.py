"""Free-running accuracy on held-out questions: `python -m core.demo.evaluate --each 100`.

Generates through mlx-lm and prints a Markdown table, one row per family: right answers and median
analysis tokens at each level, with Wilson's 95 % interval.
"""

import argparse
import json
import math
import re
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.blas import load_openblas
from core.checkpoint import CONFIG, IDS, TENSORS, WEIGHTS, expand
from core.demo.tasks import FAMILIES, LEVELS, Level, Question, check, held_out
from core.demo.transcript import prompt_tokens, random_opening
from core.vocabulary import CALL, CHANNEL, END, MESSAGE, RETURN, encoding

MAX_TOKENS = 700
BATCH = 24
FULL = 201_088
UNKNOWN = 199_999  # stands for every id that the model does not know
TWO_DIGIT = "two-digit sum"


@dataclass(frozen=True)
class Outcome:
    """What one generation came to."""

    question: Question
    level: Level
    right: bool
    well_formed: bool
    analysis_tokens: int
    text: str


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share, 0 to 1."""
    if n == 0:
        return 0.0, 1.0
    p, w = hits / n, z * z / n
    middle, half = (p + w / 2) / (1 + w), z * math.sqrt(p * (1 - p) / n + w / (4 * n)) / (1 + w)
    return max(0.0, middle - half), min(1.0, middle + half)


def judge(question: Question, level: Level, tokens: Sequence[int]) -> Outcome:
    """Read a turn: `<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>…`."""
    ids = list(tokens)
    text = encoding().decode(ids)
    if END not in ids:
        return Outcome(question, level, False, False, len(ids), text)
    cut = ids.index(END)
    head, rest = ids[:cut], ids[cut + 1 :]
    analysis = encoding().decode(head[3:])
    formed = head[:1] == [CHANNEL] and MESSAGE in rest and rest[-1:] in ([RETURN], [CALL])
    if not formed:
        return Outcome(question, level, False, False, len(analysis), text)
    at = rest.index(MESSAGE)
    header, body = encoding().decode(rest[:at]), encoding().decode(rest[at + 1 : -1])
    if question.arguments:
        try:
            right = "functions.calculator" in header and json.loads(body) == json.loads(
                question.arguments
            )
        except ValueError:
            right = False
    else:
        right = header.endswith("final") and rest[-1] == RETURN and check(question, body)
    return Outcome(question, level, right, True, len(head) - 3, text)


def run(
    weights: Path,
    questions: list[tuple[Question, Level]],
    temperature: float,
    seed: int,
    whole: bool,
) -> list[Outcome]:
    """Generate every turn, `BATCH` at a time; `whole` for the whole vocabulary."""
    load_openblas()
    from random import Random

    import mlx.core as mx
    from mlx_lm.generate import BatchGenerator
    from mlx_lm.sample_utils import make_sampler
    from mlx_lm.utils import load_model

    rng = Random(seed)
    mx.random.seed(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ids = list(range(FULL)) if whole else known_only(weights, folder / "known")
        row, names = {token: i for i, token in enumerate(ids)}, [*ids, UNKNOWN]
        model, _ = load_model(expand(folder, weights if whole else folder / "known"))
        generator = BatchGenerator(
            model, max_tokens=MAX_TOKENS, stop_tokens=[[row[RETURN]], [row[CALL]]],
            sampler=make_sampler(temperature),
            completion_batch_size=BATCH, prefill_batch_size=BATCH,
        )  # fmt: skip
        prompts = [
            prompt_tokens(q, level, random_opening(rng, level, q.tools)) for q, level in questions
        ]
        keys = generator.insert([[row.get(t, len(ids)) for t in prompt] for prompt in prompts])
        said: dict[int, list[int]] = {key: [] for key in keys}
        waiting = set(keys)
        while waiting:
            for response in generator.next_generated():
                said[response.uid].append(names[response.token])
                if response.finish_reason is not None:
                    waiting.discard(response.uid)
    return [judge(q, level, said[key]) for key, (q, level) in zip(keys, questions, strict=True)]


def known_only(weights: Path, folder: Path) -> list[int]:
    """Write the weights for a vocabulary of the known rows and one more; return their ids.

    Greedy turns are those of the whole vocabulary, as all other ids have equal logits; each step
    costs a twentieth.
    """
    folder.mkdir()
    ids = json.loads((weights / IDS).read_text())
    known: list[int] = ids["input"]
    row = {token: i for i, token in enumerate(known)}
    config = json.loads((weights / CONFIG).read_text()) | {"vocab_size": len(known) + 1}
    rows = {"input": list(range(len(known))), "output": [row[t] for t in ids["output"]]}
    (folder / CONFIG).write_text(json.dumps(config))
    (folder / IDS).write_text(json.dumps(rows))
    (folder / TENSORS).write_bytes((weights / TENSORS).read_bytes())
    return known


def asked(family: str, n: int, seed: int) -> list[Question]:
    """`n` held-out questions of a family, or of the two-digit sums among the sums."""
    if family != TWO_DIGIT:
        return held_out(n, seed, family)
    found: list[Question] = []
    while len(found) < n:
        seed += 1000
        for question in held_out(4 * n, seed, "sum"):
            numbers = re.findall(r"\d+", question.keys[0])
            if all(len(number) == 2 for number in numbers):
                found.append(replace(question, family=TWO_DIGIT))
    return found[:n]


def table(outcomes: list[Outcome]) -> str:
    """Accuracy with its interval and median analysis tokens, per family and level."""
    by: dict[tuple[str, Level], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by[outcome.question.family, outcome.level].append(outcome)
        if outcome.question.family != TWO_DIGIT:  # counted among the sums
            by["all", outcome.level].append(outcome)
    lines = [
        "| family | n | " + " | ".join(LEVELS) + " | analysis tokens |",
        "|---|---|" + "---|" * 4,
    ]
    for family in sorted({name for name, _ in by}, key=lambda name: (name == "all", name)):
        cells, medians, n = [], [], 0
        for level in LEVELS:
            found = by[family, level]
            hits, n = sum(o.right for o in found), len(found)
            low, high = wilson(hits, n)
            cells.append(f"{hits / n:.0%} ({low:.0%}–{high:.0%})" if n else "–")
            medians.append(
                f"{statistics.median(o.analysis_tokens for o in found):.0f}" if n else "–"
            )
        lines.append(f"| {family} | {n} | {' | '.join(cells)} | {' / '.join(medians)} |")
    formed = sum(o.well_formed for o in outcomes)
    return "\n".join([*lines, "", f"Well-formed Harmony: {formed} of {len(outcomes)}."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--each", type=int, default=40, help="questions per family and level")
    parser.add_argument("--families", nargs="*", default=[TWO_DIGIT, *FAMILIES])
    parser.add_argument("--levels", nargs="*", default=list(LEVELS))
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--whole", action="store_true", help="the whole vocabulary, greedy too")
    parser.add_argument(
        "--wrong", type=int, default=0, help="wrong turns to print per family and level"
    )
    args = parser.parse_args()
    questions = [
        (q, level)
        for f in args.families
        for q in asked(f, args.each, args.seed)
        for level in args.levels
    ]
    # Drawing at a temperature must see the weight of all the other ids together.
    whole = args.whole or args.temperature > 0
    began = time.monotonic()
    outcomes = run(args.weights, questions, args.temperature, args.seed, whole)
    print(table(outcomes))
    print(
        f"\n{len(outcomes)} turns, temperature {args.temperature}, {time.monotonic() - began:.0f} s"
    )
    shown: dict[tuple[str, Level], int] = defaultdict(int)
    for o in outcomes:
        key = o.question.family, o.level
        if not o.right and shown[key] < args.wrong:
            shown[key] += 1
            print(f"\n--- {key} {o.question.prompt!r} wants {o.question.answer!r}\n{o.text}")


if __name__ == "__main__":
    main()
