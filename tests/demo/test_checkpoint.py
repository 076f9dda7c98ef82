"""The compact weights become a checkpoint that mlx-lm loads as it loads gpt-oss-20b."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from core.checkpoint import CONFIG, EMBEDDING, HEAD, IDS, TENSORS, WEIGHTS, expand
from core.errors import ModelError

LOAD = """
import sys
sys.modules["torch"] = None  # an import of it fails, as where it is not installed
from pathlib import Path
from core.blas import load_openblas
load_openblas()
from core.checkpoint import expand
import mlx.core as mx
from mlx_lm.utils import load_model
model, config = load_model(expand(Path(sys.argv[1])))
logits = model(mx.array([[200006, 1428, 200008]]))
print(config["model_type"], logits.shape, bool(mx.isfinite(logits).all()))
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Weights of three known tokens in a vocabulary of ten."""
    folder = tmp_path / "weights"
    folder.mkdir()
    rows = np.arange(8, dtype=np.float32).reshape(4, 2)
    save_file(
        {EMBEDDING: rows, HEAD: rows[1:] * 10, "model.norm.weight": rows[0]}, folder / TENSORS
    )
    (folder / IDS).write_text(json.dumps({"input": [2, 5, 7], "output": [5, 7]}))
    (folder / CONFIG).write_text(json.dumps({"vocab_size": 10, "model_type": "gpt_oss"}))
    return folder


def test_known_rows_go_to_their_ids_and_the_last_row_to_every_other(
    small: Path, tmp_path: Path
) -> None:
    tensors = load_file(expand(tmp_path / "cache", small) / TENSORS)
    known, full = load_file(small / TENSORS), tensors[EMBEDDING]
    assert full.shape == (10, 2)
    for row, token in enumerate([2, 5, 7]):
        assert (full[token] == known[EMBEDDING][row]).all()
    for token in (0, 1, 3, 4, 6, 8, 9):
        assert (full[token] == known[EMBEDDING][3]).all()
    assert (tensors[HEAD][[5, 7, 0]] == known[HEAD]).all()
    assert (tensors["model.norm.weight"] == known["model.norm.weight"]).all()


def test_what_is_there_is_not_written_again(small: Path, tmp_path: Path) -> None:
    first = expand(tmp_path / "cache", small)
    before = (first / TENSORS).stat().st_mtime_ns
    assert expand(tmp_path / "cache", small) == first
    assert (first / TENSORS).stat().st_mtime_ns == before


def test_new_weights_make_a_new_folder(small: Path, tmp_path: Path) -> None:
    first = expand(tmp_path / "cache", small)
    tensors = load_file(small / TENSORS)
    save_file({**tensors, HEAD: tensors[HEAD] + 1}, small / TENSORS)
    assert expand(tmp_path / "cache", small) != first


def test_eight_writers_at_once_leave_one_whole_folder_and_nothing_else(
    small: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: expand(cache, small), range(8)))
    assert list(cache.iterdir()) == list(folders)
    assert load_file(folders.pop() / TENSORS)[EMBEDDING].shape == (10, 2)


def test_a_write_that_was_cut_off_is_not_taken_for_a_checkpoint(
    small: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    (cache / ".demo-left").mkdir(parents=True)
    (cache / ".demo-left" / TENSORS).write_bytes(b"half")
    assert load_file(expand(cache, small) / TENSORS)[HEAD].shape == (10, 2)


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Install Counterpoint again"):
        expand(tmp_path / "cache", tmp_path / "nowhere")


@pytest.mark.parametrize("name", [CONFIG, IDS, TENSORS])
def test_damaged_weights_are_named_and_leave_nothing_behind(
    small: Path, tmp_path: Path, name: str
) -> None:
    (small / name).write_bytes(b"{}")
    with pytest.raises(ModelError, match="damaged"):
        expand(tmp_path / "cache", small)
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_unwritable_cache_says_so(small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be unpacked"):
        expand(tmp_path / "file" / "cache", small)


def test_the_shipped_config_is_that_of_gpt_oss_with_its_whole_vocabulary() -> None:
    config = json.loads((WEIGHTS / CONFIG).read_text())
    assert config["model_type"] == "gpt_oss"
    assert config["vocab_size"] == 201_088


def test_mlx_lm_loads_the_shipped_weights_without_torch(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[0] == "gpt_oss (1, 3, 201088) True"
