"""`make fuzz N=1000000`: random streams against the parser's laws. Exit 1 where one is broken.

Stream n of a seed is always the same, whatever the number of processes. With ARGS="--keep FILE"
every block of streams that was tried is written there: a run that was broken off goes on with the
rest, several may be given parts of one file's work with --first, and each reports what it holds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

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
    options.add_argument("--keep", type=Path, metavar="FILE", help="go on from it, and write to it")
    chosen = options.parse_args(arguments)
    end = chosen.first + chosen.streams
    told = kept(chosen.keep) if chosen.keep else {}
    starts = range(chosen.first, end, BLOCK)
    blocks = [(chosen.seed, at, min(BLOCK, end - at)) for at in starts]
    blocks = [block for block in blocks if block not in told]
    try:
        with ProcessPoolExecutor(chosen.processes) as processes:
            running = {processes.submit(run_block, block): block for block in blocks}
            try:
                for done in as_completed(running):
                    told[running[done]] = done.result()
                    if chosen.keep:
                        keep(chosen.keep, running[done], done.result())
            finally:
                processes.shutdown(cancel_futures=True)
    except KeyboardInterrupt:
        print("Broken off; what was tried until then:")
    tally = Tally()
    for part, _ in told.values():
        tally.add(part)
    for line in report(tally, sum(seconds for _, seconds in told.values())):
        print(line)
    return 0 if is_well(tally) else 1


Block = tuple[int, int, int]
"""Seed, number of the first stream, how many."""

Tried = tuple[Tally, float]
"""What came of a block, and the processor's seconds that it took."""


def run_block(block: Block) -> Tried:
    """The streams of one block, in a process of its own."""
    begun = time.process_time()
    seed, first, count = block
    turns, tally = pool(seed), Tally()
    for number in range(first, first + count):
        run_trial(seed, number, turns, tally)
    return tally, time.process_time() - begun


def kept(file: Path) -> dict[Block, Tried]:
    """The blocks that were tried and written to a file; none where it is not there."""
    if not file.exists():
        return {}
    told: dict[Block, Tried] = {}
    for line in map(json.loads, file.read_text().splitlines()):
        seed, first, count = line["block"]
        told[seed, first, count] = (Tally.of_json(line["tally"]), line["seconds"])
    return told


def keep(file: Path, block: Block, tried: Tried) -> None:
    """Write a block to the end of a file, in one piece."""
    tally, seconds = tried
    line = json.dumps({"block": block, "seconds": seconds, "tally": tally.as_json()})
    with file.open("a") as end:
        end.write(line + "\n")


def is_well(tally: Tally) -> bool:
    """True where every law held and enough finals came through."""
    enough = tally.intact.total() >= WANTED * tally.touched.total()
    return enough and not tally.failures


def report(tally: Tally, seconds: float) -> Iterator[str]:
    """What to print."""
    yield (
        f"{tally.streams:,} streams, {tally.tokens:,} tokens in {seconds:,.1f} s of a processor "
        f"({tally.streams / seconds:,.0f} streams/s each): {len(tally.failures)} failures"
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
