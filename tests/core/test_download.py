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
from typing import Any, ClassVar

import pytest

SHA = "a" * 40
CONFIG = json.dumps({"model_type": "gpt_oss"}).encode()
INDEX = {"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}
REPOS = {
    "acme/shards": {
        "config.json": CONFIG,
        "model.safetensors.index.json": json.dumps(INDEX).encode(),
        "model-1-of-2.safetensors": b"first" * 1000,
        "model-2-of-2.safetensors": bytes(range(256)) * 4000,
    },
    "acme/small": {"config.json": CONFIG, "model.safetensors": bytes(range(256)) * 40},
    "acme/strange": {"config.json": b'{"layers": 1}', "model.safetensors": b"0" * 99},
    "acme/broken": {"config.json": b"{", "model.safetensors": b"0" * 99},
    "acme/bare": {"config.json": CONFIG},
    "acme/huge": {"config.json": CONFIG, "model.safetensors": b"0"},
}
SIZES = {("acme/huge", "model.safetensors"): 10**18}  # what the hub says of it


class Hub(BaseHTTPRequestHandler):
    """The few answers that snapshot_download asks for.

    cuts: how many answers with a file's content break off half way. sent: what of each file was
    asked for, from which byte on.
    """

    cuts: ClassVar[dict[str, int]] = {}
    sent: ClassVar[list[tuple[str, int]]] = []

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
        content, file = files[found[4]], found[4]
        start = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if body:
            self.sent.append((file, int(start[1]) if start else 0))
        if start:
            whole, content = len(content), content[int(start[1]) :]
            headers["Content-Range"] = f"bytes {start[1]}-{whole - 1}/{whole}"
        if body and self.cuts.get(file, 0):
            self.cuts[file] -= 1
            return self.send(206 if start else 200, content, body, headers, length, half=True)
        return self.send(206 if start else 200, content, body, headers, length)

    def send(self, status, content, body, headers, length=None, half=False) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length or len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content[: len(content) // 2] if half else content)
        self.close_connection = half

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _nothing_breaks():
    Hub.cuts.clear()
    Hub.sent.clear()


@pytest.fixture(scope="module")
def hub():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.daemon_threads = False  # closing waits for them
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


RUN = "from ui.terminal.cli import app; app()"
# The library keeps what it has by chunks of 10 MB; these files are smaller.
SMALL_CHUNKS = """
from huggingface_hub import constants
constants.DOWNLOAD_CHUNK_SIZE = 10_000
"""
# Between its tries the library waits, 23 seconds in all.
NO_WAITING = """
from huggingface_hub.utils import _http
_http.time.sleep = lambda seconds: None
"""
# The disk takes 100 KB of a file, and then says what a full one says. That is as real as it gets
# without filling a disk that others use.
FULL_DISK = f"""{SMALL_CHUNKS}
import errno
from huggingface_hub import file_download
class Full:
    def __init__(self, file):
        self.file, self.tell = file, file.tell
    def write(self, data):
        if self.tell() + len(data) > 100_000:
            self.file.write(data[: 100_000 - self.tell()])
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.file.write(data)
get = file_download.http_get
def into_a_full_disk(url, temp_file, **given):
    return get(url, Full(temp_file), **given)
file_download.http_get = into_a_full_disk
"""


def process(
    program: str, *arguments: str, endpoint: str, home: Path
) -> subprocess.CompletedProcess[str]:
    """Python in a process that knows this hub and this home alone."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    env |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def command(
    *arguments: str, endpoint: str, home: Path, before: str = ""
) -> subprocess.CompletedProcess[str]:
    """`counterpoint models …`; before: python that is run before it, in the same process."""
    return process(before + RUN, "models", *arguments, endpoint=endpoint, home=home)


def download(name: str, endpoint: str, home: Path, before: str = "") -> Any:
    return command("download", name, endpoint=endpoint, home=home, before=before)


def holds_no_half(home: Path, endpoint: str) -> None:
    """The model is not taken for whole, and nothing lies about that is of no use."""
    told = command("info", "acme/shards", "--json", endpoint=endpoint, home=home)
    assert json.loads(told.stdout)["here"] is False
    assert "acme/shards" not in command("list", endpoint=endpoint, home=home).stdout
    assert not list(home.rglob("*.incomplete"))
    assert not list(home.rglob("model-2-of-2.safetensors"))


def test_a_model_is_downloaded_whole_and_its_folder_is_the_answer(hub, tmp_path):
    done = download("acme/small", hub, tmp_path)
    assert done.returncode == 0, done.stderr
    weights = Path(done.stdout.strip()) / "model.safetensors"
    assert weights.read_bytes() == REPOS["acme/small"]["model.safetensors"]


REFUSED = [
    ("acme/unknown", 1, "the hub knows no such model"),
    ("acme/gated", 1, "only to those who ask"),
    ("acme/strange", 1, "model_type None; it must name an architecture"),
    ("acme/broken", 1, "config.json of acme/broken is no JSON .* weights were not downloaded"),
    ("acme/bare", 1, r"holds no model\*\.safetensors"),
    ("acme/huge", 1, "more on the disk"),
    ("nowhere", 2, "is no hub id; allowed: OWNER/NAME"),
]
# One process for all of them: to start one takes longer than what it does. It prints of each its
# exit status and what it said on stderr.
ONE_BY_ONE = """
import contextlib, io, json, sys, traceback
from ui.terminal.cli import app
for name in sys.argv[1:]:
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            status = app(["models", "download", name])
        except SystemExit as end:
            status = end.code
        except BaseException:
            status = traceback.print_exc()
    print(json.dumps([status, said.getvalue()]))
"""


@pytest.fixture(scope="module")
def refused(hub, tmp_path_factory):
    """What became of each of these downloads, and the folder they would have gone to."""
    home = tmp_path_factory.mktemp("refused")
    done = process(ONE_BY_ONE, *[name for name, _, _ in REFUSED], endpoint=hub, home=home)
    assert done.returncode == 0, done.stderr
    told = map(json.loads, done.stdout.splitlines())
    return dict(zip([name for name, _, _ in REFUSED], told, strict=True)), home


@pytest.mark.parametrize(("name", "status", "said"), REFUSED)
def test_what_cannot_be_downloaded_is_said_in_a_sentence(refused, name, status, said):
    told, home = refused
    ended, stderr = told[name]
    assert ended == status, stderr
    assert re.search(said, stderr)
    assert "Traceback" not in stderr
    assert not list(home.rglob("*.safetensors"))


def test_a_hub_out_of_reach_is_said_in_a_sentence(tmp_path):
    done = download("acme/small", "http://127.0.0.1:9", tmp_path, before=NO_WAITING)
    assert done.returncode == 1
    assert "could not be reached" in done.stderr
    assert "--model embedded" in done.stderr


SECOND = "model-2-of-2.safetensors"
SIZE = len(REPOS["acme/shards"][SECOND])


def test_a_connection_that_breaks_is_taken_up_again_where_it_broke(hub, tmp_path):
    Hub.cuts[SECOND] = 2
    done = download("acme/shards", hub, tmp_path, before=SMALL_CHUNKS)
    assert done.returncode == 0, done.stderr
    weights = Path(done.stdout.strip()) / SECOND
    assert weights.read_bytes() == REPOS["acme/shards"][SECOND]
    starts = [start for file, start in Hub.sent if file == SECOND]
    assert len(starts) == 3
    for start, reached in zip(starts, (0, SIZE // 2, SIZE * 3 // 4), strict=True):
        assert reached - 20_000 <= start <= reached


def test_a_download_that_ended_in_the_middle_goes_on_with_the_files_that_were_missing(
    hub, tmp_path
):
    done = download("acme/shards", hub, tmp_path, before=FULL_DISK)
    assert done.returncode == 1
    holds_no_half(tmp_path, hub)
    Hub.sent.clear()
    done = download("acme/shards", hub, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (Path(done.stdout.strip()) / SECOND).stat().st_size == SIZE
    assert Hub.sent == [(SECOND, 0)]
    assert json.loads(command("info", "acme/shards", "--json", endpoint=hub, home=tmp_path).stdout)[
        "here"
    ]


def test_a_disk_that_fills_half_way_is_said_with_its_folder_and_what_is_free(hub, tmp_path):
    done = download("acme/shards", hub, tmp_path, before=FULL_DISK)
    assert done.returncode == 1
    assert f"the disk of {tmp_path}" in done.stderr
    assert re.search(r"took no more \(No space left on device; .+ are free\)", done.stderr)
    assert "set HF_HOME" in done.stderr
    assert "Traceback" not in done.stderr
    assert "files that are here whole are kept" in done.stderr
    holds_no_half(tmp_path, hub)
