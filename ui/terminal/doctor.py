"""Looks at everything that a run needs, tries the model, and says what to do where something is
amiss."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from core.config import InferenceConfig
from core.errors import CoreError
from ui.terminal.doctor_check import Check
from ui.terminal.doctor_trial import Trial, answers, tried, unanswered

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


_FIRST: Final = "See the checks above."


def examine(config: InferenceConfig, given: Sequence[str] = ()) -> Iterator[Check]:
    """All checks, in order; each is made when it is asked for. Never raises for what it finds.

    given: the settings that flags gave.
    """
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
        ("home", lambda: _home(config), ""),
        ("model", lambda: _model(config), ""),
    ):
        yield _guarded(name, look, advice)
    trials: list[Trial] = []
    yield _guarded("run", lambda: _run(config, given, trials), _FIRST)
    yield from answers(trials[0]) if trials else unanswered()


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


def _home(config: InferenceConfig) -> Check:
    """Where chats, what was typed and the unpacked model are kept."""
    from core.machine import free_disk, size

    there = config.home
    while not there.exists() and there != there.parent:
        there = there.parent
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Check("home", True, f"{config.home}, {size(free_disk(there))} free")
    return Check(
        "home",
        False,
        f"{config.home} cannot be written",
        "Set COUNTERPOINT_HOME to a folder that can.",
    )


def _run(config: InferenceConfig, given: Sequence[str], trials: list[Trial]) -> Check:
    """Load the model and try it; the trial is left in `trials`."""
    from ui.terminal.engine import open_engine

    with open_engine(config) as engine:
        trial = tried(engine, config, given)
    seconds = trial.low.timing.first_token_s
    if seconds is None:
        return Check("run", False, "no token came", _FIRST)
    trials.append(trial)
    return Check("run", True, f"a token after {seconds:.2f} s, asked in {trial.low.format}")
