"""How much memory the machine took at its peak."""

from __future__ import annotations

import sys
from typing import Any


def forget_peak() -> None:
    """Begin to measure anew, where mlx can."""
    forget: Any = getattr(_mlx(), "reset_peak_memory", None)
    if forget is not None:
        forget()


def peak_memory() -> int:
    """Bytes: mlx's own peak since `forget_peak`, else the most that the process ever held."""
    import resource

    peak: Any = getattr(_mlx(), "get_peak_memory", None)
    counted = int(peak()) if peak is not None else 0
    if counted:
        return counted
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _mlx() -> object:
    import mlx.core

    return mlx.core
