"""Benchmarks: ratios of two ways to do the same work, measured in turns within one process."""

from core.blas import load_openblas

# Before any module here imports mlx, or both sides would be measured on the reference BLAS.
load_openblas()
