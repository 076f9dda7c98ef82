"""The embedded checkpoint: unpacked from the few rows that ship to the whole gpt-oss vocabulary.

The package holds the embedding and output rows of the tokens that the demo model knows and one
shared row for all others (about 6 MB). mlx-lm wants all 201,088 rows (about 210 MB), so they are
written once into a cache folder, which then is an ordinary gpt_oss checkpoint.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save_file

from core.errors import ModelError

WEIGHTS: Final = Path(__file__).parent / "demo" / "weights"
CONFIG: Final = "config.json"
IDS: Final = "ids.json"
TENSORS: Final = "model.safetensors"
FILES: Final = (CONFIG, IDS, TENSORS)

EMBEDDING: Final = "model.embed_tokens.weight"
HEAD: Final = "lm_head.weight"

# Raised when what is written from the same weights changes, so that old folders are not taken for
# new ones.
_LAYOUT: Final = b"1"

Floats = NDArray[np.float32]


def expand(target: Path, weights: Path = WEIGHTS) -> Path:
    """Write the whole checkpoint below `target`, once; return its folder.

    The folder is named by the content of `weights`, so that new weights make a new folder. It
    appears complete or not at all, also when several processes write it at once. Raises
    ModelError where the shipped weights are missing or damaged, or where `target` cannot be
    written.
    """
    files = {name: _read(weights / name) for name in FILES}
    folder = target / f"demo-{_digest(files)}"
    if (folder / TENSORS).is_file():
        return folder
    try:
        target.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".demo-", dir=target))
    except OSError as error:
        raise ModelError(_unwritable(target, error)) from error
    try:
        config = json.loads(files[CONFIG])
        save_file(_expanded(files, int(config["vocab_size"])), part / TENSORS, {"format": "mlx"})
        (part / CONFIG).write_bytes(files[CONFIG])
        # mkdtemp makes a private folder; the cache may be shared.
        part.chmod(0o755)
        _publish(part, folder)
    except OSError as error:
        raise ModelError(_unwritable(target, error)) from error
    except (SafetensorError, ValueError, KeyError, IndexError) as error:
        raise ModelError(
            f"The shipped weights in {weights} are damaged ({type(error).__name__}: {error}). "
            "Install Counterpoint again."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _publish(part: Path, folder: Path) -> None:
    """Rename into place; another process that was first has written the same."""
    try:
        part.rename(folder)
    except OSError:
        if not (folder / TENSORS).is_file():
            raise


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
        f"The embedded model cannot be unpacked into {target} ({error.strerror}). "
        "It needs about 220 MB there; set COUNTERPOINT_HOME to a folder with room."
    )
