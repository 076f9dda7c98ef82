"""mlx_lm.server in a process of its own on loopback, and one streamed request to it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.serving import end, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
# Importing this package loads the fast BLAS before mlx: both sides compute with the same.
SERVE = "import tests.benchmarks; from mlx_lm.server import main; main()"
HOST = "127.0.0.1"
PATIENCE_S = 180.0


@dataclass(frozen=True)
class Streamed:
    """One answer: seconds to its first token, and the prompt's tokens as the server counts them."""

    first_token_s: float
    prompt_tokens: int


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serve the model in `folder`; gives the port once the first answer has come."""
    port = free_port()
    arguments = ("--model", str(folder), "--host", HOST, "--port", str(port))
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, *arguments, "--log-level", "WARNING"],
            cwd=ROOT,
            env=os.environ | {"HF_HUB_OFFLINE": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        # It answers once the model is loaded.
        wait_until(
            lambda: ask(port, [{"role": "user", "content": "Hello"}], max_tokens=1), process, log
        )
        yield port
    finally:
        end(process)


def ask(port: int, messages: list[dict[str, str]], max_tokens: int) -> Streamed:
    """Stream one greedy answer to its end."""
    body = {
        "messages": messages,
        "max_tokens": max_tokens,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
    start = time.perf_counter()
    first = None
    prompt_tokens = 0
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise SystemExit(f"mlx_lm.server answered {answer.status}: {answer.read().decode()}")
        for event in events(answer):
            if event["choices"] and first is None:
                first = time.perf_counter() - start
            prompt_tokens = event.get("usage", {}).get("prompt_tokens", prompt_tokens)
    finally:
        connection.close()
    if first is None:
        raise SystemExit("mlx_lm.server streamed no token; there is nothing to measure.")
    return Streamed(first, prompt_tokens)


def events(answer: http.client.HTTPResponse) -> Iterator[dict]:
    """The server-sent events as they come; what keeps the connection alive is none."""
    for line in answer:
        if line.startswith(b"data: ") and line.strip() != b"data: [DONE]":
            yield json.loads(line.removeprefix(b"data: "))
