"""mlx_lm.server in a process of its own on loopback, and one streamed request to it."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
        wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the model is loaded and answers."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            ask(port, [{"role": "user", "content": "Hello"}], max_tokens=1)
        except OSError:
            time.sleep(0.2)
        else:
            return
    said = log.read_text(errors="replace")
    raise SystemExit(f"mlx_lm.server did not answer (exit {process.poll()}). It said:\n{said}")


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


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
