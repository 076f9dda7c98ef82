"""`counterpoint evaluate` over recorded tokens, and stopped in mid-run in a process of its own."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.demo.tasks import FAMILIES
from core.engine import InferenceEngine
from core.vocabulary import encoding
from ui.terminal import cli
from ui.terminal import engine as terminal_engine

ANSWER = (
    "<|channel|>analysis<|message|>Hm.<|end|>"
    "<|start|>assistant<|channel|>final<|message|>It is 71.<|return|>"
)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[InferenceConfig]:
    """Every question gets the same answer; the settings that the engine was opened with."""
    opened = []

    def open_engine(config: InferenceConfig) -> InferenceEngine:
        opened.append(config)
        tokens = encoding().encode(ANSWER, allowed_special="all")
        return InferenceEngine(ScriptedBackend(lambda _: tokens), config)

    monkeypatch.setattr(terminal_engine, "open_engine", open_engine)
    return opened


def run(*arguments: str):
    return CliRunner().invoke(cli.app, ["evaluate", *arguments])


def test_the_table_goes_to_stdout_with_what_must_be_said_of_it():
    done = run("--suite", "embedded", "--each", "1")
    assert (done.exit_code, done.stderr) == (0, "")
    for said in ("family", "where thinking pays", "where low is enough", "all"):
        assert said in done.stdout
    words = " ".join(done.stdout.split())
    assert "the seconds are those of the batch, not of an answer alone" in words
    n = 3 * len(FAMILIES)
    assert f"Well-formed (nothing repaired, ended by itself): {n} of {n}" in words
    assert "counterpoint evaluate --suite embedded --each 1 --temperature 0 --seed 1" in words


@pytest.mark.parametrize(("at_once", "shared"), [("5", "5"), ("300", "32")])
def test_it_is_said_how_many_answers_really_shared_a_batch(at_once, shared):
    done = run("--each", "1", "--levels", "low", "--at-once", at_once, "--markdown")
    assert f"Up to {shared} answers shared a batch:" in done.stdout


def test_markdown_is_a_table_and_its_notes_and_nothing_else():
    lines = run("--each", "2", "--levels", "high,low", "--markdown").stdout.splitlines()
    head = "| family | n | low | high | analysis tokens | seconds | well-formed |"
    assert lines[:2] == [head, "| --- | --- | --- | --- | --- | --- | --- |"]
    table = [line for line in lines if line.startswith("|")]
    assert all(line.count("|") == 8 for line in table)
    assert "--levels low,high" in lines[-1]


def test_json_holds_every_row_with_its_interval():
    done = run("--each", "1", "--levels", "low", "--json", "--seed", "3")
    value = json.loads(done.stdout)
    assert (value["complete"], value["answers"], value["asked"]) == (
        True,
        len(FAMILIES),
        len(FAMILIES),
    )
    assert value["sampling"]["seed"] == 3
    assert value["sampling"]["temperature"] == 0
    low = value["rows"]["all"]["low"]
    assert low["n"] == len(FAMILIES)
    assert low["well_formed"] == len(FAMILIES)
    assert low["wilson_95"][0] <= low["accuracy"] <= low["wilson_95"][1]
    assert low["median_analysis_tokens"] == 2
    assert low["median_seconds_in_batch"] >= 0


def test_csv_holds_every_answer(tmp_path: Path):
    file = tmp_path / "answers.csv"
    done = run("--each", "2", "--csv", str(file))
    assert done.exit_code == 0
    with file.open(encoding="utf-8", newline="") as stream:
        answers = list(csv.DictReader(stream))
    assert len(answers) == 6 * len(FAMILIES)
    assert {row["level"] for row in answers} == {"low", "medium", "high"}
    assert {row["well_formed"] for row in answers} == {"True"}
    assert all(row["question"] and row["wanted"] for row in answers)


def test_the_embedded_model_is_asked_whatever_the_environment_says(asked, monkeypatch):
    monkeypatch.setenv("COUNTERPOINT_MODEL", "openai/gpt-oss-20b")
    run("--each", "1", "--levels", "low")
    run("--each", "1", "--levels", "low", "--model", "/elsewhere")
    assert [config.model for config in asked] == ["embedded", "/elsewhere"]


def test_a_format_without_tools_is_asked_all_but_those_and_that_is_said():
    done = run("--each", "1", "--levels", "low", "--no-harmony", "--markdown")
    assert done.exit_code == 0, done.stderr
    assert "ChatML has no tools: that family was left out." in done.stdout
    assert "| sum | 1 |" in done.stdout
    assert "| tool" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--suite", "mmlu"], "--suite is 'mmlu'; allowed: embedded"),
        (["--levels", "low,extreme"], "'extreme'; allowed: low, medium, high"),
        (["--temperature", "3"], "temperature is 3.0; allowed"),
        (["--json", "--markdown"], "give one of them"),
        (["--csv", "/no/such/folder/x.csv"], "cannot be written"),
        (["--each", "0"], "Invalid value for '--each'"),
    ],
)
def test_bad_usage_is_told_before_any_model_is_loaded(arguments, sentence, asked):
    done = run(*arguments)
    assert done.exit_code == 2
    assert sentence in " ".join(done.stderr.split())
    assert asked == []


STOPPED = """
import sys
from core.backends.scripted import ScriptedBackend
from core.engine import InferenceEngine
from core.vocabulary import encoding
from ui.terminal import cli
from ui.terminal import engine as terminal_engine

tokens = encoding().encode(sys.argv.pop(1), allowed_special="all")
backend = ScriptedBackend(lambda _: tokens, 100)
terminal_engine.open_engine = lambda config: InferenceEngine(backend, config)
cli.main()
"""


def test_ctrl_c_prints_what_is_done_so_far_and_says_so(tmp_path: Path):
    file = tmp_path / "answers.csv"
    command = [sys.executable, "-c", STOPPED, ANSWER, "evaluate", "--each", "50", "--markdown"]
    process = subprocess.Popen(
        [*command, "--csv", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        # Rows reach the file in blocks: the first means that answers have been counted.
        while process.poll() is None and not (file.exists() and file.stat().st_size):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, complaints = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, complaints) == (130, "")
    assert f"of {150 * len(FAMILIES):,} answers are counted, short ones before long" in said
    assert said.startswith("| family |")
    with file.open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) > 0


def test_the_real_command_measures_the_shipped_model_through_the_engine():
    command = [sys.executable, "-m", "ui.terminal.cli", "evaluate", "--suite", "embedded"]
    options = ("--each", "1", "--levels", "low", "--max-tokens", "40", "--json")
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    assert (value["model"], value["answers"]) == ("embedded demo model", len(FAMILIES))
    assert value["rows"]["all"]["low"]["median_seconds_in_batch"] > 0
