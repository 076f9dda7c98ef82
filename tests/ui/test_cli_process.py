"""The real command in a process of its own, on the embedded model."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pandas as pd
import pytest

from core.metrics import COMPARISON_COLUMNS
from core.models import ModelLoader
from core.vocabulary import VOCABULARY_SHA256
from tests.core import tiny_llama

COMMAND = (sys.executable, "-m", "ui.terminal.cli")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(autouse=True, scope="module")
def _unpacked() -> None:
    """The first use of the embedded model writes a line to stderr; here it is behind us."""
    _ = ModelLoader().info


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_generate_answers_with_the_embedded_model_and_says_at_its_first_use_that_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COUNTERPOINT_HOME", str(tmp_path))
    done = run("generate", "What is 23 + 48?", "--reasoning-level", "high", "--json", "--seed", "1")
    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    assert value["text"]
    assert value["usage"]["analysis_tokens"] > 0
    assert value["model"] == "embedded demo model"
    assert value["repairs"] == []
    (said,) = [line for line in done.stderr.splitlines() if "Unpacking" in line]
    assert str(tmp_path) in said
    assert "Unpacking" not in run("generate", "Hello", "--max-tokens", "1").stderr


def test_compare_repeats_and_writes_a_table_and_a_report(tmp_path: Path):
    report, runs = tmp_path / "report.html", tmp_path / "runs.csv"
    files = ("--html", str(report), "--csv", str(runs))
    asked = ("compare", "What is 2 + 3?", "--levels", "low,medium", "--repeats", "2")
    done = run(*asked, "--expected", "5", "--seed", "1", *files)
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(runs)
    assert list(table["column"]) == ["low", "low", "medium", "medium"]
    assert list(table["seed"]) == [1, 2, 1, 2]
    assert (table["generated_tokens"] > 0).all()
    assert list(table.columns) == list(COMPARISON_COLUMNS)
    (verdict,) = set(table["verdict"])
    assert verdict in done.stdout
    assert "What is 2 + 3?" in report.read_text()


def test_compare_runs_models_one_after_the_other(tmp_path: Path):
    llama = str(tiny_llama.checkpoint(tmp_path))
    asked = ("compare", "What is 2 + 3?", "--max-tokens", "8", "--models", f"{llama},embedded")
    done = run(*asked, "--json")
    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    models = {one["model"] for v in value["variants"].values() for one in v["runs"]}
    assert models == {llama, "embedded demo model"}
    assert value["conditions"]["order"] == "model by model"
    assert (
        "There is no model 'nowhere'" in run("compare", "?", "--models", "embedded,nowhere").stderr
    )


def test_the_page_opens_says_where_and_closes_on_ctrl_c():
    port = free_port()
    page = subprocess.Popen(
        [*COMMAND, "--port", str(port), "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = page.stdout.readline()
        assert f"http://127.0.0.1:{port}" in said
        assert "embedded demo model" in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=30) as answer:
            assert b"Counterpoint" in answer.read()
        page.send_signal(signal.SIGINT)
        _, complaints = page.communicate(timeout=30)
    finally:
        page.kill()
        page.communicate()
    assert (page.returncode, complaints) == (0, "")


def test_doctor_finds_all_well_here():
    done = run("doctor", "--json")
    assert done.returncode == 0, done.stdout
    value = json.loads(done.stdout)
    assert value["ok"]
    checks = ("python", "packages", "blas", "device", "vocabulary", "home", "model", "run")
    checks += ("reasoning", "markers", "analysis", "speed", "legacy")
    assert tuple(value["checks"]) == checks
    assert VOCABULARY_SHA256 in value["checks"]["vocabulary"]["found"]
    assert value["checks"]["packages"]["found"]["openai-harmony"] == "0.0.8"


def test_doctor_says_what_to_do_where_a_model_is_missing(tmp_path: Path):
    done = run("doctor", "--model", str(tmp_path))
    assert done.returncode == 1
    assert "✗ model: " in done.stdout
    assert "✗ run: " in done.stdout
    assert "Give a folder with a whole checkpoint" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["", "generate", "chat", "config"])
def test_help_loads_neither_the_page_nor_the_model_nor_the_prompt(command):
    heavy = (
        *("gradio", "mlx", "pandas", "transformers", "openai_harmony", "numpy"),
        *("prompt_toolkit", "rich", "markdown_it", "core.config"),
    )
    script = (
        "import sys, runpy\n"
        f"sys.argv = ['counterpoint', *{command.split()}, '--help']\n"
        "try:\n    runpy.run_module('ui.terminal.cli', run_name='__main__')\n"
        "except SystemExit:\n    pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
