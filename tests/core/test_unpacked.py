"""The unpacked checkpoint: broken folders heal, two processes do no harm, old ones are removed."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from core.checkpoint import CONFIG, EMBEDDING, HEAD, IDS, TENSORS, WEIGHTS, expand
from core.errors import ModelError
from core.unpacked import DAYS_UNUSED, MANIFEST, is_whole

ROWS = 5000
DAY = 86_400


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Weights of three known tokens in a vocabulary of `ROWS`."""
    folder = tmp_path / "weights"
    folder.mkdir()
    rows = np.arange(128, dtype=np.float32).reshape(4, 32)
    tensors = {EMBEDDING: rows, HEAD: rows[1:] * 10, "model.norm.weight": rows[0]}
    save_file(tensors, folder / TENSORS)
    (folder / IDS).write_text(json.dumps({"input": [2, 5, 7], "output": [5, 7]}))
    (folder / CONFIG).write_text(json.dumps({"vocab_size": ROWS, "model_type": "gpt_oss"}))
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def cut_short(folder: Path) -> None:
    with (folder / TENSORS).open("r+b") as file:
        file.truncate(1000)


def one_byte_changed(folder: Path) -> None:
    with (folder / TENSORS).open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        before = file.read(1)
        file.seek(-100, os.SEEK_END)
        file.write(bytes([before[0] ^ 1]))


def emptied(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


BREAKS = {
    "a file cut short": cut_short,
    "one bit changed, size and all else the same": one_byte_changed,
    "an empty folder": emptied,
    "no weights": lambda folder: (folder / TENSORS).unlink(),
    "no config": lambda folder: (folder / CONFIG).unlink(),
    "a config that was edited": lambda folder: (folder / CONFIG).write_text("{}"),
    "no manifest": lambda folder: (folder / MANIFEST).unlink(),
    "half a manifest": lambda folder: (folder / MANIFEST).write_text('{"config.js'),
    "an empty manifest": lambda folder: (folder / MANIFEST).write_text("{}"),
    "a manifest of something else": lambda folder: (folder / MANIFEST).write_text('["a"]'),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_broken_folder_heals_itself_and_says_so(broken, weights, cache, caplog):
    folder = expand(cache, weights)
    sound = {file.name: file.read_bytes() for file in folder.iterdir()}
    BREAKS[broken](folder)
    caplog.set_level(logging.INFO)
    assert expand(cache, weights) == folder
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == sound
    assert list(cache.iterdir()) == [folder]
    (said,) = [record.getMessage() for record in caplog.records]
    assert "is damaged; unpacking it again" in said


def test_the_first_unpacking_is_told_in_one_line_and_later_ones_in_none(weights, cache, caplog):
    caplog.set_level(logging.INFO)
    folder = expand(cache, weights)
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith(f"Unpacking the embedded model into {folder}")
    expand(cache, weights)
    assert len(caplog.records) == 1


def test_others_may_read_what_was_unpacked(weights, cache):
    for file in expand(cache, weights).iterdir():
        assert file.stat().st_mode & 0o044 == 0o044


TWO = """
import sys, time
from pathlib import Path
from core.checkpoint import TENSORS, expand
from safetensors.numpy import load_file
cache, weights, go = map(Path, sys.argv[1:])
print("ready", flush=True)
while not go.exists():
    time.sleep(0.001)
folder = expand(cache, weights)
print(folder, *(t.sum() for t in load_file(folder / TENSORS).values()))
"""


@pytest.mark.parametrize("before", ["nothing there", "a broken folder there"])
def test_two_processes_at_once_do_no_harm(before, weights, cache, tmp_path):
    if before == "a broken folder there":
        cut_short(expand(cache, weights))
    go = tmp_path / "go"
    pair = [
        subprocess.Popen(
            [sys.executable, "-c", TWO, str(cache), str(weights), str(go)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in pair:
        assert process.stdout.readline() == "ready\n"
    go.touch()
    said = [process.communicate(timeout=60) for process in pair]
    assert [process.returncode for process in pair] == [0, 0], said
    assert said[0][0] == said[1][0]
    (folder,) = cache.iterdir()
    assert is_whole(folder)


def test_a_writer_that_died_leaves_nothing_that_is_taken_for_a_checkpoint(weights, cache):
    dying = (
        "import os, sys; from pathlib import Path; from core.unpacked import replacing\n"
        "with replacing(Path(sys.argv[1]) / 'demo-0123456789abcdef') as part:\n"
        "    (part / 'model.safetensors').write_bytes(b'half'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", dying, str(cache)], timeout=60, check=False)
    assert len(list(cache.iterdir())) == 1
    assert load_file(expand(cache, weights) / TENSORS)[HEAD].shape == (ROWS, 32)


def aged(path: Path, days: float) -> None:
    then = time.time() - days * DAY
    for file in (*path.iterdir(), path):
        os.utime(file, (then, then))


def changed(weights: Path) -> None:
    """Make these other weights."""
    tensors = load_file(weights / TENSORS)
    save_file({**tensors, HEAD: tensors[HEAD] + 1}, weights / TENSORS)


def test_folders_of_earlier_weights_go_when_nobody_used_them_for_a_month(weights, cache):
    old = expand(cache, weights)
    aged(old, DAYS_UNUSED + 1)
    changed(weights)
    new = expand(cache, weights)
    assert list(cache.iterdir()) == [new]


def test_folders_in_use_and_files_that_are_not_ours_stay(weights, cache):
    old = expand(cache, weights)
    aged(old, DAYS_UNUSED + 1)
    expand(cache, weights)  # used today
    for name in ("demo-notes", "models--openai", ".demo-writing-now"):
        (cache / name).mkdir()
    aged(cache / "demo-notes", 1000)
    changed(weights)
    new = expand(cache, weights)
    names = {"demo-notes", "models--openai", ".demo-writing-now", old.name, new.name}
    assert {path.name for path in cache.iterdir()} == names


def test_what_a_killed_writer_left_goes_after_a_day(weights, cache):
    left = cache / ".demo-left"
    left.mkdir(parents=True)
    (left / TENSORS).write_bytes(b"half")
    aged(left, 2)
    folder = expand(cache, weights)
    assert list(cache.iterdir()) == [folder]


def read_only(*_: object, **__: object) -> None:
    raise OSError(30, "Read-only file system")


def test_a_read_only_cache_that_is_whole_is_used(weights, cache, monkeypatch):
    folder = expand(cache, weights)
    for name in ("mkdir", "replace", "utime"):
        monkeypatch.setattr(os, name, read_only)
    assert expand(cache, weights) == folder


@pytest.mark.parametrize("broken", [False, True])
def test_a_read_only_cache_that_cannot_be_filled_says_what_to_do(
    broken, weights, cache, monkeypatch
):
    if broken:
        cut_short(expand(cache, weights))
    for name in ("mkdir", "replace", "utime"):
        monkeypatch.setattr(os, name, read_only)
    with pytest.raises(ModelError, match=r"Read-only file system.*220 MB.*COUNTERPOINT_HOME"):
        expand(cache, weights)


def test_the_shipped_weights_take_at_most_twenty_megabytes_in_all():
    shipped = [file.stat().st_size for file in WEIGHTS.rglob("*") if file.is_file()]
    assert sum(shipped) <= 20_000_000
