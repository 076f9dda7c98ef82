"""Finding a browser, and running a server for it: for the tests and for the pictures."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Playwright

ROOT = Path(__file__).resolve().parents[2]
NO_BROWSER = (
    "NO BROWSER: chromium was not found, so the page is NOT tested. Install chromium from the "
    "distribution, or run: python -m playwright install chromium"
)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium(playwright: Playwright) -> str | None:
    """The system's chromium, else Playwright's own; None where there is neither."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@contextmanager
def serving(
    module: str,
    *arguments: str,
    settings: Mapping[str, str] | None = None,
    logs: Path | None = None,
    port: int | None = None,
) -> Iterator[str]:
    """Run `python -m module … --port N`, wait until it answers, and always end it.

    settings: environment variables on top of this process's own. logs: folder for what it says.
    port: where it listens; None takes a free one.
    Raises RuntimeError where the server has printed a traceback meanwhile.
    """
    port = port or free_port()
    log = (logs or Path()).resolve() / f"server-{port}.log"
    command = [sys.executable, "-m", module, *arguments, "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=os.environ | dict(settings or {})
        )
    try:
        address = f"http://127.0.0.1:{port}/"
        wait_for(address, process, log)
        yield address
    finally:
        end(process)
    said = log.read_text(errors="replace")
    if "Traceback" in said:
        raise RuntimeError(f"The server failed while it was used. It said:\n{said}")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a server, by force where it does not go."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the address answers. Raises RuntimeError where it ended, or after 150 s."""
    # No proxy of the environment stands between this machine and itself.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    wait_until(lambda: direct.open(address, timeout=5).close(), process, log)


def wait_until(asked: Callable[[], object], process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once `asked` raises no OSError. Raises RuntimeError where the process ended, or after
    150 s."""
    until = time.monotonic() + 150
    while time.monotonic() < until and process.poll() is None:
        try:
            asked()
        except OSError:
            time.sleep(0.2)
        else:
            return
    said = log.read_text(errors="replace")
    raise RuntimeError(
        f"The server did not answer (exit status {process.poll()}). It said:\n{said}"
    )


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
