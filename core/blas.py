"""A fast BLAS for mlx's CPU build on Linux."""

from __future__ import annotations

import ctypes
import sys

_OPENBLAS = ("libopenblas.so.0", "libopenblas.so")


def load_openblas() -> str | None:
    """Make OpenBLAS answer for the BLAS that mlx's Linux wheel links; call before mlx is imported.

    The wheel brings the reference BLAS, about fifty times slower in float32. Symbols loaded first
    and globally win. Returns the library's name, or None where there is none or no need (macOS).
    """
    if not sys.platform.startswith("linux"):
        return None
    for name in _OPENBLAS:
        try:
            ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
        return name
    return None
