"""What this machine has: memory and free disk, in bytes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_BESIDE_WEIGHTS = 1.25


def memory() -> int:
    """The machine's memory, not what is free of it."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def needed(weight_bytes: int) -> int:
    """Memory that a model asks for: its weights, and a quarter more for caches and activations."""
    return int(weight_bytes * _BESIDE_WEIGHTS)


def fits_in_memory(weight_bytes: int) -> bool:
    """Whether what the weights need is less than the memory."""
    return weight_bytes * _BESIDE_WEIGHTS < memory()


def free_disk(folder: Path) -> int:
    """Free bytes where `folder` lies or will lie."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def size(count: int) -> str:
    """6_100_000 -> '6 MB', 13_800_000_000 -> '13.8 GB'."""
    megabytes = count / 1e6
    return f"{megabytes:,.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:,.1f} GB"
