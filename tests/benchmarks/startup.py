"""What starting costs: a help text, the embedded model loaded, a first word of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.config import ReasoningLevel
from core.engine import InferenceEngine
from core.models import ModelLoader
from tests.benchmarks.decode import GREEDY, QUESTION, read
from tests.benchmarks.pairs import Row, Spread, interleaved, seconds

ROOT = Path(__file__).resolve().parents[2]
HELP_S = 0.5
FIRST_WORD = 2
"""Times as long as `import mlx_lm` alone."""
GENERATE = (
    *("-m", "ui.terminal.cli", "generate", QUESTION, "--model", "embedded"),
    *("--temperature", "0", "--reasoning-level", "high", "--show-reasoning"),
)


def rows(engine: InferenceEngine, loader: ModelLoader, pairs: int) -> Iterator[Row]:
    """Absolute figures of this machine; the last one is a ratio of two fresh processes."""
    cache = loader.info.path.parent
    environment = os.environ | {"COUNTERPOINT_HOME": str(cache.parent), "HF_HUB_OFFLINE": "1"}
    # A figure of this machine, and a bound that people feel: below it a help text is just there.
    row = alone(
        "`counterpoint --help` in a fresh process", "s", partial(help_text, environment), pairs
    )
    yield replace(row, target=f"< {HELP_S} s", met=row.ours.median < HELP_S)
    yield alone(
        "load the embedded model, unpacked",
        "s",
        # The whole way: the check that the files are whole, and the weights in memory.
        lambda: seconds(ModelLoader(cache=cache).load),
        pairs,
    )
    yield alone(
        "decode of the embedded model, one stream",
        "tokens/s",
        lambda: read([engine.start(QUESTION, GREEDY, ReasoningLevel.HIGH)]).rate,
        pairs,
    )
    ours, theirs, ratio = interleaved(
        partial(first_word, environment), partial(import_mlx_lm, environment), pairs
    )
    name = "`generate` in a fresh process, first word of its thinking / `import mlx_lm`"
    target = f"≤ {FIRST_WORD} ×"
    yield Row(name, "s", ours, theirs, ratio, target, ratio.median <= FIRST_WORD)


def alone(name: str, unit: str, measure: Callable[[], float], pairs: int) -> Row:
    """A figure without another to compare it with; the first round does not count."""
    measure()
    return Row(name, unit, Spread.of(measure() for _ in range(pairs)))


def help_text(environment: dict[str, str]) -> float:
    """Seconds of a command that prints its help, and ends."""
    command = [sys.executable, "-m", "ui.terminal.cli", "--help"]
    return seconds(
        lambda: subprocess.run(
            command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
        )
    )


def first_word(environment: dict[str, str]) -> float:
    """Seconds from starting the command to the first byte of thinking on the terminal."""
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *GENERATE],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read(1)
        taken = time.perf_counter() - start
        process.kill()
    if not said:
        raise SystemExit("`generate` wrote nothing; there is nothing to measure.")
    return taken


def import_mlx_lm(environment: dict[str, str]) -> float:
    """Seconds of a Python that imports mlx_lm, and ends."""
    command = [sys.executable, "-c", "import mlx_lm"]
    return seconds(lambda: subprocess.run(command, cwd=ROOT, env=environment, check=True))
