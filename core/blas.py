"""A fast BLAS for mlx's CPU build on Linux."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

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


def store_head_by_columns(model: Any) -> None:
    """Where OpenBLAS computes, store the output matrix so that one row's product is quicker.

    The matrix [vocabulary, hidden] stays what it is to everyone who reads it, only its memory is
    that of its transpose. A step of decoding multiplies one row by it, and OpenBLAS, which copies
    the matrix into its own order for every product, copies from this one in half the time.
    """
    import mlx.core as mx
    from mlx.nn.layers.linear import Linear

    head: Any = getattr(model, "lm_head", None)
    plain = isinstance(head, Linear) and head.weight.dtype == mx.float32
    if plain and mx.default_device() == mx.cpu:
        head.weight = mx.contiguous(head.weight.T).T
        mx.eval(head.weight)
