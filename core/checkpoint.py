"""The embedded checkpoint: unpacked from the few rows that ship to the whole gpt-oss vocabulary.

The package holds the embedding and output rows of the tokens that the demo model knows and one
shared row for all others (about 6 MB). mlx-lm wants all 201,088 rows (about 210 MB), so they are
written once into a cache folder, which then is an ordinary gpt_oss checkpoint. What lies there is
checked before it is used (`core.unpacked`).
"""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save_file

from core.errors import ModelError
from core.unpacked import is_whole, replacing, sweep

WEIGHTS: Final = Path(__file__).parent / "demo" / "weights"
CONFIG: Final = "config.json"
IDS: Final = "ids.json"
TENSORS: Final = "model.safetensors"
FILES: Final = (CONFIG, IDS, TENSORS)

EMBEDDING: Final = "model.embed_tokens.weight"
HEAD: Final = "lm_head.weight"

# Raised when what is written from the same weights changes, so that old folders are not taken for
# new ones.
_LAYOUT: Final = b"2"

Floats = NDArray[np.float32]

_log = logging.getLogger(__name__)


def expand(target: Path, weights: Path = WEIGHTS) -> Path:
    """The whole checkpoint below `target`, written where it is not there yet; its folder.

    The folder is named by the content of `weights`, so that new weights make a new folder. Every
    call checks size and SHA-256 of what it finds: a folder that is broken in whatever way is
    written again. Any number of processes may do this at once. Writing is told to the log.

    Raises ModelError where the shipped weights are missing or damaged, or where `target` cannot be
    written.
    """
    files = {name: _read(weights / name) for name in FILES}
    folder = target / f"demo-{_digest(files)}"
    if is_whole(folder):
        return folder
    if folder.exists():
        _log.warning("The unpacked embedded model in %s is damaged; unpacking it again.", folder)
    else:
        _log.info("Unpacking the embedded model into %s (about 210 MB, once).", folder)
    try:
        with replacing(folder) as part:
            config = json.loads(files[CONFIG])
            tensors = _expanded(files, int(config["vocab_size"]))
            save_file(tensors, part / TENSORS, {"format": "mlx"})
            (part / CONFIG).write_bytes(files[CONFIG])
    except OSError as error:
        raise ModelError(_unwritable(target, error)) from error
    except (SafetensorError, ValueError, KeyError, IndexError) as error:
        raise ModelError(
            f"The shipped weights in {weights} are damaged ({type(error).__name__}: {error}). "
            "Install Counterpoint again."
        ) from error
    sweep(folder)
    return folder


def _expanded(files: dict[str, bytes], rows: int) -> dict[str, Floats]:
    """All tensors with the embedding and the head at `rows` rows, [rows, hidden]."""
    ids: dict[str, Any] = json.loads(files[IDS])
    tensors: dict[str, Floats] = load(files[TENSORS])
    tensors[EMBEDDING] = _spread(tensors[EMBEDDING], ids["input"], rows)
    tensors[HEAD] = _spread(tensors[HEAD], ids["output"], rows)
    return tensors


def _spread(known: Floats, ids: list[int], rows: int) -> Floats:
    """Row i of `known` at ids[i]; its last row everywhere else."""
    if len(known) != len(ids) + 1:
        raise ValueError(f"{len(known)} rows for {len(ids)} ids; expected one more row than ids")
    full = np.repeat(known[-1:], rows, axis=0)
    full[ids] = known[:-1]
    return full


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256(_LAYOUT)
    for name in FILES:
        digest.update(hashlib.sha256(files[name]).digest())
    return digest.hexdigest()[:16]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ModelError(
            f"The shipped weights {file} cannot be read ({error.strerror}). "
            "Install Counterpoint again."
        ) from error


def _unwritable(target: Path, error: OSError) -> str:
    return (
        f"The embedded model cannot be unpacked into {target} ({error.strerror or error}). "
        "It needs about 220 MB there, and the right to write. Make room, or set COUNTERPOINT_HOME "
        "to a folder that has both."
    )
