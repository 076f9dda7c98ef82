"""Downloads through huggingface_hub itself, from a small hub on this machine (HF_ENDPOINT)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SHA = "a" * 40
CONFIG = json.dumps({"model_type": "gpt_oss"}).encode()
REPOS = {
    "acme/small": {"config.json": CONFIG, "model.safetensors": bytes(range(256)) * 40},
    "acme/strange": {"config.json": b'{"layers": 1}', "model.safetensors": b"0" * 99},
    "acme/bare": {"config.json": CONFIG},
    "acme/huge": {"config.json": CONFIG, "model.safetensors": b"0"},
}
SIZES = {("acme/huge", "model.safetensors"): 10**18}  # what the hub says of it


class Hub(BaseHTTPRequestHandler):
    """The few answers that snapshot_download asks for."""

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        path = self.path.split("?")[0]
        found = re.match(r"(?:/api/models)?/(acme/[\w-]+)(?:/(\w+)/(\w+))?(?:/(.+))?$", path)
        name = found[1] if found else ""
        if name == "acme/gated":
            return self.send(403, b"{}", body, {"X-Error-Code": "GatedRepo"})
        if found is None or name not in REPOS:
            return self.send(404, b"{}", body, {"X-Error-Code": "RepoNotFound"})
        files, kind = REPOS[name], found[2]
        if kind == "tree":
            listed = [
                {"type": "file", "path": n, "oid": "b" * 40, "size": SIZES.get((name, n), len(c))}
                for n, c in files.items()
            ]
            return self.send(200, json.dumps(listed).encode(), body, {})
        if kind != "resolve":
            about = {"id": name, "sha": SHA, "siblings": [{"rfilename": n} for n in files]}
            return self.send(200, json.dumps(about).encode(), body, {})
        if found[4] not in files:
            return self.send(404, b"", body, {"X-Error-Code": "EntryNotFound"})
        length = SIZES.get((name, found[4]))
        etag = f'"{name}-{found[4]}"'.replace("/", "-")
        headers = {"X-Repo-Commit": SHA, "ETag": etag}
        return self.send(200, files[found[4]], body, headers, length)

    def send(self, status, content, body, headers, length=None) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length or len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def hub():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def download(name: str, endpoint: str, home) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    env |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    code = "from ui.terminal.cli import app; app()"
    return subprocess.run(
        [sys.executable, "-c", code, "models", "download", name],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_model_is_downloaded_whole_and_its_folder_is_the_answer(hub, tmp_path):
    done = download("acme/small", hub, tmp_path)
    assert done.returncode == 0, done.stderr
    weights = Path(done.stdout.strip()) / "model.safetensors"
    assert weights.read_bytes() == REPOS["acme/small"]["model.safetensors"]


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("acme/unknown", 1, "the hub knows no such model"),
        ("acme/gated", 1, "only to those who ask"),
        ("acme/strange", 1, "model_type None; it must name an architecture"),
        ("acme/bare", 1, r"holds no model\*\.safetensors"),
        ("acme/huge", 1, "more on the disk"),
        ("nowhere", 2, "is no hub id; allowed: OWNER/NAME"),
    ],
)
def test_what_cannot_be_downloaded_is_said_in_a_sentence(hub, tmp_path, name, status, said):
    done = download(name, hub, tmp_path)
    assert done.returncode == status, done.stderr
    assert re.search(said, done.stderr)
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.safetensors"))


def test_a_hub_out_of_reach_is_said_in_a_sentence(tmp_path):
    done = download("acme/small", "http://127.0.0.1:9", tmp_path)
    assert done.returncode == 1
    assert "could not be reached" in done.stderr
    assert "--model embedded" in done.stderr
