"""What all tests share: a machine that holds nothing of the user's, and one engine.

Nothing here may import core before the environment is set: some libraries read it on import.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from core.engine import InferenceEngine

ROOT = Path(__file__).resolve().parent.parent
_AWAY = tempfile.TemporaryDirectory(prefix="counterpoint-tests-", ignore_cleanup_errors=True)
_SETTINGS = ("USE_HARMONY_FORMAT", "REASONING_LEVEL", "CAPTURE_REASONING", "SHOW_REASONING")


def _leave_home(away: Path) -> None:
    """Point this process, and those it starts, away from the user's files and settings."""
    for name in list(os.environ):
        if name.upper() in _SETTINGS or name.upper().startswith(("COUNTERPOINT_", "GRADIO_")):
            del os.environ[name]
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN", "TIKTOKEN_ENCODINGS_BASE"):
        os.environ.pop(name, None)
    os.environ |= {
        "HOME": str(away),
        "XDG_CACHE_HOME": str(away / ".cache"),
        "XDG_CONFIG_HOME": str(away / ".config"),
        "XDG_DATA_HOME": str(away / ".local/share"),
        "HF_HOME": str(away / "huggingface"),
        "HF_HUB_OFFLINE": "1",
        "COUNTERPOINT_HOME": str(away / "counterpoint"),
        "PYTHONPATH": str(ROOT),
    }


_leave_home(Path(_AWAY.name))

from core.blas import load_openblas  # noqa: E402

# Before any test module imports mlx.
load_openblas()

# A shell that starts the tests in the background lets them ignore Ctrl-C, and all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session", autouse=True)
def _elsewhere() -> Iterator[None]:
    """Run in an empty folder, so that no `.env` of the developer's is read."""
    before = Path.cwd()
    folder = Path(_AWAY.name) / "work"
    folder.mkdir()
    os.chdir(folder)
    yield
    os.chdir(before)


@pytest.fixture(scope="session")
def engine() -> Iterator[InferenceEngine]:
    """The engine on the embedded model, with the default settings."""
    from core.config import InferenceConfig
    from core.engine import InferenceEngine
    from core.models import ModelLoader

    with InferenceEngine(ModelLoader(), InferenceConfig()) as shared:
        yield shared


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InferenceEngine]:
    """The engine on the embedded model's known rows, a step of which costs a twentieth.

    For many greedy turns: they are those of `engine`, to which tests/demo/test_suite.py holds it.
    """
    from core.checkpoint import WEIGHTS
    from core.config import InferenceConfig
    from core.demo.known import KnownRows
    from core.engine import InferenceEngine

    folder = tmp_path_factory.mktemp("known")
    with InferenceEngine(KnownRows(WEIGHTS, folder), InferenceConfig()) as shared:
        yield shared


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The embedded checkpoint as a model of its own: a folder of links to its files."""
    from core.models import ModelLoader

    folder = tmp_path / "other"
    folder.mkdir()
    for file in ModelLoader().info.path.iterdir():
        (folder / file.name).symlink_to(file)
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail where a test was skipped")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--no-skips") and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: object, config: pytest.Config) -> None:
    skipped = _skipped(config)
    if config.getoption("--no-skips") and skipped:
        write = terminalreporter.write_line  # type: ignore[attr-defined]
        write(f"--no-skips: {skipped} skipped, and nothing may be skipped here.", red=True)


def _skipped(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", [])) if reporter else 0
