"""How a training run goes: a bar where a terminal is, a line now and then elsewhere."""

import sys
import time

from tqdm import tqdm

SHOW_SECONDS = 20.0


class Progress:
    """Call `step` after each step; the speed counts real tokens, no padding."""

    def __init__(self, tokens: int) -> None:
        self._bar = tqdm(
            total=1.0,
            disable=not sys.stderr.isatty(),
            bar_format="{percentage:3.0f}% |{bar}| {elapsed} {postfix}",
        )
        self._tokens, self._at = tokens, time.monotonic()
        self._losses: list[float] = []

    def step(self, done: float, steps: int, tokens: int, loss: float, note: str = "") -> None:
        """Tell of `steps` steps and `tokens` tokens in all; `done` is the share of the time."""
        self._losses.append(loss)
        self._bar.update(min(done, 1.0) - self._bar.n)
        seconds = time.monotonic() - self._at
        if seconds < SHOW_SECONDS:
            return
        mean = sum(self._losses) / len(self._losses)
        speed = (tokens - self._tokens) / seconds
        line = f"step {steps} tokens {tokens / 1e6:.2f}M {speed:.0f}/s loss {mean:.4f}{note}"
        self._bar.set_postfix_str(line)
        if self._bar.disable:
            print(f"{done:6.1%} {line}", flush=True)
        self._tokens, self._at, self._losses = tokens, time.monotonic(), []

    def close(self, line: str) -> None:
        self._bar.close()
        print(line, flush=True)
