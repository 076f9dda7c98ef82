"""Fetching a checkpoint from the hub into its cache: what it takes is checked before, and what goes
wrong is said in a sentence.

huggingface_hub shows the progress on stderr. Where a connection breaks it takes the file up again
where it was; of a download that ended altogether it keeps the files that were whole, and begins the
others anew.
Neither huggingface.co nor gpt-oss's real weights were at hand: for those this follows the library's
code.
"""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Final

from core.errors import ModelError
from core.hub_cache import FILES, cache_folder
from core.machine import fits_in_memory, free_disk, memory, needed, size

_AGAIN: Final = "Then try again: files that are here whole are kept."
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ALLOWED: Final = "allowed: the id of a model that mlx-lm runs, such as openai/gpt-oss-20b"


def download(name: str, *, check_memory: bool = True) -> Path:
    """The folder of the whole checkpoint, downloaded as far as it is not there yet.

    name: a hub id. check_memory: False fetches also what this machine cannot run.

    Raises ModelError before the weights are fetched where its config.json names no architecture, or
    where disk or memory are too small; and later for whatever ends the download.
    """
    from huggingface_hub import hf_hub_download, snapshot_download

    try:
        _check_kind(name, Path(hf_hub_download(name, "config.json")))
        _check_room(name, check_memory)
        return Path(snapshot_download(name, allow_patterns=list(FILES)))
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"{name} is not in the hub's cache and could not be downloaded: {_why(error)} "
            "Or run with --model embedded, which needs no download."
        ) from error


def _check_kind(name: str, file: Path) -> None:
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(
            f"The config.json of {name} is no JSON ({error}). Its weights were not downloaded; "
            f"{_ALLOWED}."
        ) from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if not isinstance(kind, str):
        raise ModelError(
            f"{name} says model_type {kind!r}; it must name an architecture. Its weights were not "
            f"downloaded; {_ALLOWED}."
        )


def _check_room(name: str, check_memory: bool) -> None:
    from huggingface_hub import snapshot_download

    plan = snapshot_download(name, allow_patterns=list(FILES), dry_run=True)
    weights = sum(f.file_size or 0 for f in plan if f.filename.endswith(".safetensors"))
    if not weights:
        raise ModelError(
            f"{name} holds no model*.safetensors file; {_ALLOWED}. Nothing but its config.json "
            "was downloaded."
        )
    cache = cache_folder()
    missing = sum(f.file_size or 0 for f in plan if f.will_download)
    free = free_disk(cache)
    if missing > free:
        raise ModelError(
            f"{name} needs {size(missing)} more on the disk of {cache}, and {size(free)} are free. "
            "Nothing was downloaded; make room there, or set HF_HOME to a folder with more of it."
        )
    if check_memory and not fits_in_memory(weights):
        raise ModelError(
            f"{name} needs about {size(needed(weights))} of memory, and this machine has "
            f"{size(memory())}. Its weights were not downloaded; choose a smaller model "
            "(`counterpoint models list` shows which fit)."
        )


def _why(error: Exception) -> str:
    """What ended a download, and what to do about it."""
    from huggingface_hub import constants, errors

    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, errors.GatedRepoError):
        return (
            "its owner gives it only to those who ask. Ask on its page at huggingface.co, log in "
            "with `hf auth login`, and try again."
        )
    if isinstance(error, errors.RepositoryNotFoundError) or status == 401:
        return f"the hub knows no such model, or it is private; {_ALLOWED}. Check the id."
    if isinstance(error, errors.EntryNotFoundError) and status == 404:
        return f"it holds no config.json; {_ALLOWED}. Check the id."
    if isinstance(error, errors.OfflineModeIsEnabled) or constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set. Unset it, and try again."
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        folder = cache_folder()
        return (
            f"the disk of {folder} took no more ({error.strerror}; {size(free_disk(folder))} are "
            f"free). Make room there, or set HF_HOME to a folder with more of it. {_AGAIN}"
        )
    if status is not None:
        return f"the hub answered {status}. Wait a while. {_AGAIN}"
    return (
        f"the hub could not be reached, or the connection broke ({type(error).__name__}). Check "
        f"the network. {_AGAIN}"
    )
