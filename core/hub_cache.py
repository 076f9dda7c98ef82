"""What lies in the hub's cache. Asks the disk alone, never the network."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

# The tokenizers of models other than gpt-oss lie in files of many names.
_TOKENIZERS = ("*.jinja", "*.txt", "*.jsonl", "*.tiktoken", "tokenizer.model")
FILES: Final = ("*.json", "model*.safetensors", *_TOKENIZERS)
"""What of a repository is a checkpoint."""

_SHARD = re.compile(r"-\d+-of-0*(\d+)\.safetensors$")


def is_hub_id(name: str) -> bool:
    """Whether the hub could have a model of this name."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        try_to_load_from_cache(name, "config.json")  # for its check of the name
    except HFValidationError:
        return False
    return "/" in name


def cache_folder() -> Path:
    """Where the hub's models lie or will lie."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def in_hub_cache(name: str) -> Path | None:
    """The folder of a checkpoint that is here as a whole; None where any of it is missing."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(name, allow_patterns=list(FILES), local_files_only=True))
    except (LocalEntryNotFoundError, OSError):
        return None
    return folder if _complete(folder) else None


def names_in_hub_cache() -> list[str]:
    """The hub ids of all models of which anything is here, by name."""
    from huggingface_hub import CacheNotFound, scan_cache_dir

    try:
        repos = scan_cache_dir(cache_folder()).repos
    except (CacheNotFound, OSError, ValueError):
        return []
    return sorted(repo.repo_id for repo in repos if repo.repo_type == "model")


def bytes_here(name: str) -> int:
    """Bytes of a model's files that are here whole, and are not downloaded again.

    huggingface_hub drops the file that a download was broken off in, and begins it anew; what a
    process that was killed has left of one counts for nothing.
    """
    blobs = cache_folder() / f"models--{name.replace('/', '--')}" / "blobs"
    return sum(f.stat().st_size for f in blobs.glob("*") if f.suffix != ".incomplete")


def _complete(folder: Path) -> bool:
    """False where a download was broken off: a weight file that the index names is missing, or,
    where the index itself is, one that the others' names tell of."""
    index = folder / "model.safetensors.index.json"
    # Links to what lies elsewhere in the cache; some lead nowhere once that was cleared.
    weights = [file.name for file in folder.glob("model*.safetensors") if file.is_file()]
    if index.is_file():
        try:
            named = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
        return all((folder / name).is_file() for name in named)
    shards = [int(found[1]) for found in map(_SHARD.search, weights) if found]
    return bool(weights) and len(shards) >= max(shards, default=0)
