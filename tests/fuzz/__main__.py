"""`make fuzz N=1000000`: random streams against the parser's laws. Exit 1 where one is broken.

Stream n of a seed is always the same, whatever the number of processes.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz.trial import Tally, pool, run_trial

BLOCK = 2_000
SHOWN = 10
WANTED = 0.95


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    options.add_argument("streams", type=int, nargs="?", default=100_000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--first", type=int, default=0, help="number of the first stream")
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    chosen = options.parse_args(arguments)
    end = chosen.first + chosen.streams
    blocks = [(chosen.seed, at, min(BLOCK, end - at)) for at in range(chosen.first, end, BLOCK)]
    begun = time.perf_counter()
    tally = Tally()
    with ProcessPoolExecutor(chosen.processes) as processes:
        for part in processes.map(run_block, blocks):
            tally.add(part)
    for line in report(tally, time.perf_counter() - begun):
        print(line)
    return 0 if is_well(tally) else 1


def run_block(block: tuple[int, int, int]) -> Tally:
    """The streams of one block, in a process of its own."""
    seed, first, count = block
    turns, tally = pool(seed), Tally()
    for number in range(first, first + count):
        run_trial(seed, number, turns, tally)
    return tally


def is_well(tally: Tally) -> bool:
    """True where every law held and enough finals came through."""
    enough = tally.intact.total() >= WANTED * tally.touched.total()
    return enough and not tally.failures


def report(tally: Tally, seconds: float) -> Iterator[str]:
    """What to print."""
    yield (
        f"{tally.streams:,} streams, {tally.tokens:,} tokens in {seconds:,.1f} s "
        f"({tally.streams / seconds:,.0f} streams/s): {len(tally.failures)} failures"
    )
    for failure in tally.failures[:SHOWN]:
        yield f"  stream {failure.number}: {failure.law}: {list(failure.ids)}"
    yield (
        "final intact after one fault outside its own header and content: "
        f"{share(tally.intact.total(), tally.touched.total())}"
    )
    for fault, touched in tally.touched.most_common():
        yield f"  {fault}: {share(tally.intact[fault], touched)}"
    for place, lost in tally.lost.most_common(SHOWN):
        yield f"  lost {lost:,} times: {place}"


def share(part: int, whole: int) -> str:
    """A share in per cent, with what it is a share of."""
    return f"{100 * part / whole:.2f} % of {whole:,}" if whole else "none seen"


if __name__ == "__main__":
    sys.exit(main())
