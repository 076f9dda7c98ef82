"""Looks at everything that a run needs, and says what to do where something is amiss."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from core.config import InferenceConfig
from core.errors import CoreError

PACKAGES = (
    "openai-harmony",
    "mlx",
    "mlx-lm",
    "gradio",
    "pandas",
    "pydantic-settings",
    "typer",
    "rich",
    "platformdirs",
    "prompt-toolkit",
    "huggingface-hub",
    "safetensors",
    "numpy",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. advice: what to do; also given where it works but could work better."""

    name: str
    ok: bool
    found: str | dict[str, str | None]
    advice: str | None = None

    def line(self) -> str:
        """For people: a mark, the name, what was found, and under it what to do."""
        mark = "✗" if not self.ok else "!" if self.advice else "✓"
        found = self.found
        if isinstance(found, dict):
            found = ", ".join(f"{name} {number or 'missing'}" for name, number in found.items())
        advice = f"\n  {self.advice}" if self.advice else ""
        return f"{mark} {self.name}: {found}{advice}"

    def as_dict(self) -> dict[str, Any]:
        """For `doctor --json`."""
        return {key: value for key, value in asdict(self).items() if key != "name"}


def examine(config: InferenceConfig) -> Iterator[Check]:
    """All checks, in order; each is made when it is asked for. Never raises for what it finds."""
    yield _python()
    yield _packages()
    for name, look, advice in (
        ("blas", _blas, ""),
        (
            "device",
            _device,
            "Install mlx again: pip install --force-reinstall -r requirements.lock",
        ),
        ("vocabulary", _vocabulary, ""),
        ("model", lambda: _model(config), ""),
        ("run", lambda: _run(config), "See the checks above."),
    ):
        yield _guarded(name, look, advice)


def _guarded(name: str, look: Callable[[], Check], advice: str) -> Check:
    """A failure of whatever kind is a finding: a doctor must not fall ill."""
    try:
        return look()
    except CoreError as error:
        return Check(name, False, str(error), advice or None)
    except Exception as error:
        return Check(name, False, f"{type(error).__name__}: {error}", advice or None)


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.platform()}"
    new_enough = sys.version_info >= (3, 11)
    return Check(
        "python", new_enough, found, None if new_enough else "Install Python 3.11 or later."
    )


def _packages() -> Check:
    found = {name: _version(name) for name in PACKAGES}
    missing = [name for name, number in found.items() if number is None]
    advice = f"Not installed: {', '.join(missing)}. Run: pip install -r requirements.lock"
    return Check("packages", not missing, found, advice if missing else None)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _blas() -> Check:
    from core.blas import load_openblas

    if sys.platform == "darwin":
        return Check("blas", True, "Accelerate")
    library = load_openblas()
    if library:
        return Check("blas", True, f"OpenBLAS ({library})")
    advice = "It works, but slowly. Install OpenBLAS: apt-get install libopenblas0"
    return Check("blas", True, "the reference BLAS of mlx", advice)


def _device() -> Check:
    from core.backends.drawing import device

    return Check("device", True, device())


def _vocabulary() -> Check:
    from core.vocabulary import VOCABULARY_SHA256, encoding, vocabulary_sha256

    encoding()
    digest = vocabulary_sha256()
    return Check("vocabulary", digest == VOCABULARY_SHA256, f"o200k, SHA-256 {digest}")


def _model(config: InferenceConfig) -> Check:
    from ui.terminal.engine import loader_for

    info = loader_for(config).info
    size = f"{info.weight_bytes / 1e6:,.0f} MB"
    return Check("model", True, f"{info.name} ({info.source}, {size}) in {info.path}")


def _run(config: InferenceConfig) -> Check:
    from core.sampling import SamplingParams
    from ui.terminal.engine import open_engine

    with open_engine(config) as engine:
        result = engine.generate("Hello", SamplingParams(temperature=0, max_tokens=1))
    seconds = result.timing.first_token_s
    ok = seconds is not None
    return Check("run", ok, f"one token after {seconds:.2f} s" if ok else "no token came")
