"""The machine and the libraries that the figures are of."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from core.blas import load_openblas


def machine() -> dict[str, object]:
    """CPU model, cores, BLAS, system and versions."""
    return {
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "blas": blas(),
        "system": f"{platform.system()} {platform.machine()}",
        "mlx": version("mlx"),
        "mlx_lm": version("mlx-lm"),
    }


def in_words(facts: dict[str, object]) -> str:
    """One line of it."""
    return (
        f"{facts['cpu']}, {facts['cores']} cores, {facts['blas']}, {facts['system']}, "
        f"mlx {facts['mlx']}, mlx-lm {facts['mlx_lm']}"
    )


def cpu() -> str:
    """The model of the CPU as the system names it."""
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown CPU"


def blas() -> str:
    """What multiplies mlx's matrices on the CPU."""
    if sys.platform == "darwin":
        return "Accelerate"
    library = load_openblas()
    return f"OpenBLAS ({library})" if library else "mlx's reference BLAS"
