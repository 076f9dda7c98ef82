"""The commands on recorded tokens, counted as the model writes them, and Ctrl-C in their midst."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace

from typer.testing import CliRunner

from core.backends.base import Step, TokenRequest, TokenStep
from core.config import InferenceConfig
from ui.terminal import cli

ANSWER = (
    "<|channel|>analysis<|message|>Twenty and forty.<|end|>"
    "<|start|>assistant<|channel|>final<|message|>It is 71.<|return|>"
)
BEGUN = 30
"""More tokens than the answer has, so that all of it was written before."""
RUN_KEYS = {
    "text",
    "reasoning",
    "commentary",
    "messages",
    "finish_reason",
    "peak_memory_bytes",
    "reasoning_level",
    "model",
    "prompt_sha256",
    "usage",
    "timing",
    "repairs",
    "format",
    "notes",
    "seed",
}


@dataclass
class Asked:
    """What reached the engine: its settings and the text of each prompt.

    written: of each request, counted from 0, how many tokens the model has written.
    """

    config: InferenceConfig | None = None
    prompts: tuple[str, ...] = ()
    written: Counter[int] = field(default_factory=Counter)

    def counting(self, number: int, request: TokenRequest) -> TokenRequest:
        """The request, with its tokens counted as those of this number."""

        def on_step(step: Step) -> None:
            request.on_step(step)
            self.written[number] += isinstance(step, TokenStep)

        return replace(request, on_step=on_step)


def run(*arguments: str, stdin: str | None = None):
    return CliRunner().invoke(cli.app, arguments, input=stdin)


def press_ctrl_c(asked: Asked, requests: int) -> threading.Thread:
    """Press it as soon as the model has written its answer's beginning to so many requests."""

    def press() -> None:
        while sum(tokens > BEGUN for tokens in asked.written.copy().values()) < requests:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    return thread
