"""Train the demo model: `python -m core.demo.train --minutes 75 --folder build/demo`.

The learning rate follows the clock, so that a run ends when it was asked to. `last.pt` in the
folder is written every minute; a run that was cut off goes on from it, on its own clock. A numbered
copy stays every ten minutes. Where there is no `last.pt`, `--from-weights` starts a new stage from
exported weights.
"""

import argparse
import shutil
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own habit

from core.checkpoint import WEIGHTS
from core.demo.batches import Batch
from core.demo.compact import Compact, collect, feature_table
from core.demo.cores import Cores
from core.demo.layers import Shape
from core.demo.network import Network
from core.demo.optimizer import optimizers
from core.demo.progress import Progress
from core.demo.start import begin_from
from core.demo.stream import Stream
from core.demo.workers import Workers, work

COLLECTED = 40_000  # questions from which the compact vocabulary is taken
WARM_UP_STEPS = 100
WARM_UP_RESUMED = 20
# Weights that a run has ended with forget at a fresh network's rates: after 4.5 M tokens at these a
# sum's loss at high was six times what it had begun with, a date's nearly four times. At 0.4, and
# down to 0 within 2.1 M tokens, both were a third above it, word problems and addresses below.
PEAK_FROM_WEIGHTS = 0.4
AVERAGE = 0.96  # per AVERAGE_EVERY steps
AVERAGE_EVERY = 5
SAVE_SECONDS = 60
SHAPES = 128  # compiled variants of a layer that torch may keep: more than there are buckets


def rate(done: float, flat: float) -> float:
    """The share of the peak rate when `done` of the time is over: flat, then linear to 0."""
    return 1.0 if done < flat else max(0.0, (1.0 - done) / (1.0 - flat))


def tensors(batch: Batch, device: str = "cpu") -> tuple[Tensor, ...]:
    """The batch as `Network.loss` takes it."""
    parts = (batch.prefix, batch.prefix_length, batch.branch, batch.start)
    return tuple(torch.from_numpy(a).to(device) for a in (*parts, batch.trained, batch.label))


def build(compact: Compact, shape: Shape) -> Network:
    """A fresh network over the compact vocabulary."""
    table, _ = feature_table(compact.ids)
    return Network(shape, table, compact.outputs, compact.others)


def load_state(file: Path) -> dict[str, Any]:
    """What a run wrote: a file of one's own, as it may hold any Python object."""
    state: dict[str, Any] = torch.load(file, weights_only=False, map_location="cpu")
    return state


def seconds_of_product(precision: torch.dtype) -> float:
    """The least time of a product of the sizes that a layer has."""
    a, b = (torch.ones(size, Shape().hidden, dtype=precision) for size in (2048, 1024))
    taken = []
    for _ in range(12):
        before = time.perf_counter()
        F.linear(a, b)
        taken.append(time.perf_counter() - before)
    return min(taken)


def quicken(network: Network, device: str, compiled: bool) -> None:
    """bfloat16 where it is faster, compiled where there is a compiler."""
    if device == "cpu":
        # A processor may have instructions for bfloat16 and still be twice as fast without.
        low = seconds_of_product(torch.bfloat16) < seconds_of_product(torch.float32)
        compiled = compiled and shutil.which("g++") is not None
        if compiled:
            import torch._inductor.config as inductor

            # The number of threads changes while training.
            inductor.cpp.dynamic_threads = True
    else:
        low = device.startswith("cuda")
        compiled = compiled and low
    if compiled:
        import torch._dynamo.config as dynamo

        dynamo.recompile_limit = SHAPES
    network.quick(torch.bfloat16 if low else torch.float32, compiled)


class Run:
    """One training run: the network, its running average, the optimisers and the clock."""

    def __init__(self, args: argparse.Namespace, workers: Workers) -> None:
        self.workers = workers
        self.folder: Path = args.folder
        self.file = self.folder / "last.pt"
        self.device: str = args.device
        self.seconds = args.minutes * 60
        self.flat = args.flat
        self.peak: float = args.peak or (PEAK_FROM_WEIGHTS if args.from_weights else 1.0)
        self.resumed = self.file.exists()
        state = load_state(self.file) if self.resumed else None
        self.compact: Compact = state["compact"] if state else collect(COLLECTED)
        self.network = build(self.compact, Shape())
        self.steps, self.tokens, self.spent = 0, 0, 0.0
        if state:
            self.network.load_state_dict(state["network"])
            self.steps, self.tokens, self.spent = state["steps"], state["tokens"], state["spent"]
        elif args.from_weights:
            known = begin_from(self.network, self.compact, args.from_weights)
            if workers.first:
                print(f"{args.from_weights}: {known} of {len(self.compact.ids)} rows were known")
        self.network.to(self.device)
        quicken(self.network, self.device, args.compile)
        self.optimizers = optimizers(self.network)
        self.average = {k: v.clone() for k, v in self.network.state_dict().items()}
        if state:
            self.average = {k: v.to(self.device) for k, v in state["average"].items()}
            for (optimizer, _), saved in zip(self.optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(saved)
        self.first, self.began = self.steps, time.monotonic()

    @property
    def done(self) -> float:
        """The share of the run's time that is over."""
        share: float = (self.spent + time.monotonic() - self.began) / self.seconds
        return share

    def step(self, batch: Batch, done: float) -> float:
        """One step on one batch of each worker; returns the cross-entropy of this one's."""
        warm = WARM_UP_RESUMED if self.resumed else WARM_UP_STEPS
        factor = self.peak * rate(done, self.flat)
        factor *= min(1.0, (self.steps - self.first + 1) / warm)
        for optimizer, peaks in self.optimizers:
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * factor
        loss, entropy = self.network.loss(*tensors(batch, self.device))
        loss.backward()
        self.workers.average([p.grad for p in self.network.parameters() if p.grad is not None])
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.network.features.grad[0] = 0  # feature 0 is the zero vector
        for optimizer, _ in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.steps += 1
        self.tokens += round(self.workers.total(batch.tokens))
        if self.steps % AVERAGE_EVERY == 0:
            self._average()
        return float(entropy.detach())

    def _average(self) -> None:
        # A young average would remember the first steps for too long.
        count = self.steps / AVERAGE_EVERY
        keep = min(AVERAGE, count / (count + 10))
        floats = {
            name: value
            for name, value in self.network.state_dict().items()
            if value.is_floating_point()
        }
        averages = [self.average[name] for name in floats]
        torch._foreach_lerp_(averages, list(floats.values()), 1 - keep)

    def save(self) -> None:
        """Write `last.pt`, whole or not at all."""
        part = self.file.with_suffix(".part")
        state = {
            "network": self.network.state_dict(),
            "average": self.average,
            "compact": self.compact,
            "steps": self.steps,
            "tokens": self.tokens,
            "spent": self.spent + time.monotonic() - self.began,
            "optimizers": [optimizer.state_dict() for optimizer, _ in self.optimizers],
        }
        torch.save(state, part)
        part.replace(self.file)

    def keep(self) -> None:
        """A numbered copy of what was saved last."""
        shutil.copyfile(self.file, self.folder / f"step-{self.steps:06}.pt")


def main() -> None:
    """Read the options and train until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--folder", type=Path, default=Path("build/demo"))
    parser.add_argument("--from-weights", type=Path, nargs="?", const=WEIGHTS)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--flat", type=float, default=0.45, help="share of the time at peak rate")
    parser.add_argument(
        "--peak",
        type=float,
        help=f"factor on all learning rates (default: 1, {PEAK_FROM_WEIGHTS} with --from-weights)",
    )
    parser.add_argument("--keep-minutes", type=float, default=10, help="between numbered copies")
    parser.add_argument("--steps", type=int, help="stop after so many, for comparisons")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--workers", type=int, default=1, help="processes that share the threads")
    args = parser.parse_args()
    work(args.workers, train, args)


def train(workers: Workers, args: argparse.Namespace) -> None:
    """One worker's part: step until the run's time is over, saving and saying how it goes."""
    # First of all: a second thread that ever worked would go on spinning for work.
    torch.set_num_threads(max(1, args.threads // workers.count))
    torch.manual_seed(args.seed)
    args.folder.mkdir(parents=True, exist_ok=True)
    run = Run(args, workers)
    if workers.first:
        parameters = sum(p.numel() for p in run.network.parameters())
        print(
            f"{len(run.compact.ids)} rows in, {len(run.compact.outputs)} out, "
            f"{parameters} parameters",
            flush=True,
        )
    seed = args.seed + run.steps + 1_000_003 * workers.number
    with closing(Stream(run.compact, seed)) as stream:
        _steps(run, stream, args)


def _steps(run: Run, stream: Stream, args: argparse.Namespace) -> None:
    workers = run.workers
    cores = Cores(args.threads) if workers.count == 1 else None
    batches = iter(stream)
    progress = Progress(run.tokens) if workers.first else None
    saved_at = kept_at = time.monotonic()
    # All workers stop at the same step, and have the same learning rate in each.
    while (done := workers.told(run.done)) < 1:
        if args.steps is not None and run.steps >= args.steps:
            break
        if cores and run.steps % 5 == 0:
            torch.set_num_threads(cores.threads())
        loss = run.step(next(batches), done)
        if not progress:
            continue
        progress.step(done, run.steps, run.tokens, loss, f" threads {torch.get_num_threads()}")
        now = time.monotonic()
        if now - saved_at > SAVE_SECONDS:
            saved_at = now
            run.save()
            if now - kept_at > args.keep_minutes * 60:
                kept_at = now
                run.keep()
    if progress:
        run.save()
        progress.close(f"done: {run.steps} steps, {run.tokens / 1e6:.1f}M tokens")


if __name__ == "__main__":
    main()
