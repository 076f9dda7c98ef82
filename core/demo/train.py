"""Train the demo model: `python -m core.demo.train --minutes 75 --folder build/demo`.

The learning rate follows the clock, so that a run ends when it was asked to. `last.pt` in the
folder is written every minute; a run that was cut off goes on from it, on its own clock.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.demo.batches import Batch, Batches
from core.demo.compact import Compact, collect, feature_table
from core.demo.cores import Cores
from core.demo.network import Network, Shape
from core.demo.optimizer import optimizers

COLLECTED = 20_000  # questions from which the compact vocabulary is taken
WARM_UP_STEPS = 100
WARM_UP_RESUMED = 20
AVERAGE = 0.96  # per AVERAGE_EVERY steps
AVERAGE_EVERY = 5
SHOW_SECONDS = 20
SAVE_SECONDS = 60


def rate(done: float, flat: float) -> float:
    """The share of the peak rate when `done` of the time is over: flat, then linear to 0."""
    return 1.0 if done < flat else max(0.0, (1.0 - done) / (1.0 - flat))


def tensors(batch: Batch) -> tuple[Tensor, ...]:
    """The batch as `Network.loss` takes it."""
    arrays = (batch.prefix, batch.prefix_length, batch.branch, batch.start, batch.target)
    return tuple(torch.from_numpy(a) for a in arrays)


def build(compact: Compact, shape: Shape) -> Network:
    """A fresh network over the compact vocabulary."""
    table, _ = feature_table(compact.ids)
    return Network(shape, table, compact.outputs, compact.others)


def load_state(file: Path) -> dict[str, Any]:
    """What a run wrote: a file of one's own, as it may hold any Python object."""
    state: dict[str, Any] = torch.load(file, weights_only=False)
    return state


class Run:
    """One training run: the network, its running average, the optimisers and the clock."""

    def __init__(self, folder: Path, minutes: float, flat: float, peak: float) -> None:
        self.file = folder / "last.pt"
        self.seconds = minutes * 60
        self.flat, self.peak = flat, peak
        self.resumed = self.file.exists()
        state = load_state(self.file) if self.resumed else None
        self.compact: Compact = state["compact"] if state else collect(COLLECTED)
        self.network = build(self.compact, Shape())
        self.optimizers = optimizers(self.network)
        self.average = {k: v.clone() for k, v in self.network.state_dict().items()}
        self.steps, self.tokens, self.spent = 0, 0, 0.0
        if state:
            self.network.load_state_dict(state["network"])
            self.average = state["average"]
            self.steps, self.tokens, self.spent = state["steps"], state["tokens"], state["spent"]
            for (optimizer, _), saved in zip(self.optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(saved)
        self.first, self.began = self.steps, time.monotonic()

    @property
    def done(self) -> float:
        """The share of the run's time that is over."""
        return (self.spent + time.monotonic() - self.began) / self.seconds

    def step(self, batch: Batch) -> float:
        """One step on one batch; returns the cross-entropy."""
        warm = WARM_UP_RESUMED if self.resumed else WARM_UP_STEPS
        factor = self.peak * rate(self.done, self.flat)
        factor *= min(1.0, (self.steps - self.first + 1) / warm)
        for optimizer, peaks in self.optimizers:
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * factor
        loss, entropy = self.network.loss(*tensors(batch))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.network.features.grad[0] = 0  # feature 0 is the zero vector
        for optimizer, _ in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.steps += 1
        self.tokens += batch.tokens
        if self.steps % AVERAGE_EVERY == 0:
            self._average()
        return float(entropy.detach())

    def _average(self) -> None:
        # A young average would remember the first steps for too long.
        count = self.steps / AVERAGE_EVERY
        keep = min(AVERAGE, count / (count + 10))
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value, 1 - keep)

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


def main() -> None:
    """Read the options and train until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--folder", type=Path, default=Path("build/demo"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--flat", type=float, default=0.45, help="share of the time at peak rate")
    parser.add_argument("--peak", type=float, default=1.0, help="factor on all learning rates")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    args.folder.mkdir(parents=True, exist_ok=True)
    run = Run(args.folder, args.minutes, args.flat, args.peak)
    parameters = sum(p.numel() for p in run.network.parameters())
    print(
        f"{len(run.compact.ids)} rows in, {len(run.compact.outputs)} out, {parameters} parameters"
    )
    train(run, Cores(args.threads), args.seed)


def train(run: Run, cores: Cores, seed: int) -> None:
    """Step until the run's time is over, saying how it goes and saving now and then."""
    batches = iter(Batches(run.compact, seed + run.steps))
    shown_at = saved_at = time.monotonic()
    shown_tokens, losses = run.tokens, []
    while run.done < 1:
        if run.steps % 5 == 0:
            torch.set_num_threads(cores.threads())
        losses.append(run.step(next(batches)))
        now = time.monotonic()
        if now - shown_at > SHOW_SECONDS:
            speed = (run.tokens - shown_tokens) / (now - shown_at)
            loss = sum(losses) / len(losses)
            print(
                f"{run.done:6.1%} step {run.steps} tokens {run.tokens / 1e6:.2f}M {speed:.0f}/s "
                f"loss {loss:.4f} threads {torch.get_num_threads()}",
                flush=True,
            )
            shown_at, shown_tokens, losses = now, run.tokens, []
        if now - saved_at > SAVE_SECONDS:
            saved_at = now
            run.save()
    run.save()
    print(f"done: {run.steps} steps, {run.tokens / 1e6:.1f}M tokens")


if __name__ == "__main__":
    main()
