"""`counterpoint evaluate FILE` over recorded tokens, and killed in a process of its own."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.experiment import EXPERIMENT_COLUMNS
from tests.ui.recorded import Asked, answer, recorded
from ui.terminal import cli

SET = "Prompt,Expected,kind\n" + "".join(f'"What is {n} + 48?",71,sum\n' for n in range(20, 28))
N = 8 * 3


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "set.csv").write_text(SET)
    return tmp_path


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return recorded(monkeypatch, answer("It is 71."))


def run(*arguments: str, stdin: str = ""):
    return CliRunner().invoke(cli.app, ["evaluate", *arguments], input=stdin)


def words(text: str) -> str:
    return " ".join(text.split())


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "set.csv.runs.jsonl").read_text().splitlines()]


def test_the_tables_and_the_sentence_go_to_stdout(asked):
    done = run("set.csv")
    assert (done.exit_code, done.stderr, len(asked.prompts)) == (0, "", N)
    said = words(done.stdout)
    assert "level runs right analysis answer seconds cut off no answer" in said
    assert "low 8 100% (68%–100%) 2 5 0.0" in said
    assert "low to high 8 0 0 +0 (" in said
    assert "Low is the cheapest level that is good enough, as far as 8 questions can tell" in said
    assert "The sample cannot tell low from medium and high" in said
    assert "Up to 32 runs shared a batch" in said


def test_markdown_is_two_tables_and_what_is_said_of_them():
    done = run("set.csv", "--markdown")
    tables = [line for line in done.stdout.splitlines() if line.startswith("|")]
    assert [line.count("|") for line in tables] == [9] * 5 + [7] * 5
    assert done.stdout.startswith("**Low is the cheapest level")


def test_json_holds_every_run_and_what_they_came_to():
    value = json.loads(run("set.csv", "--json", "--repeats", "2", "--levels", "high,low").stdout)
    assert (value["file"], value["ran"], value["asked"], value["complete"]) == (
        "set.csv", 32, 32, True,
    )  # fmt: skip
    assert list(value["levels"]) == ["low", "high"]
    assert value["levels"]["low"]["right"]["value"] == 1
    assert value["pairs"][0]["p"] == 1
    assert value["verdict"]["level"] == "low"
    assert {(one["repeat"], one["seed"]) for one in value["runs"]} == {(1, 1), (2, 2)}
    assert {one["reasoning"] for one in value["runs"]} == {None}


def test_settings_reach_every_prompt(asked, monkeypatch):
    monkeypatch.setenv("COUNTERPOINT_MAX_TOKENS", "50")
    given = ("--instructions", "Be brief.", "--top-p", "0.9", "--top-k", "3")
    done = run("set.csv", "--reasoning-level", "high", "--json", *given)
    sampling = json.loads(done.stdout)["sampling"]
    assert [sampling[name] for name in ("top_p", "top_k", "max_tokens")] == [0.9, 3, 50]
    assert len(asked.prompts) == 8
    for prompt in asked.prompts:
        assert "Reasoning: high" in prompt
        assert "Be brief." in prompt


def test_the_reports_hold_every_run(folder):
    done = run("set.csv", "--csv", "runs.csv", "--html", "report.html")
    assert (done.exit_code, done.stderr) == (0, "")
    with (folder / "runs.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [*EXPERIMENT_COLUMNS, "kind"]
    assert Counter(row["level"] for row in rows) == {"low": 8, "medium": 8, "high": 8}
    assert {row["right"] for row in rows} == {"True"}
    page = (folder / "report.html").read_text()
    assert "What is 27 + 48?" in page
    assert "counterpoint evaluate --levels low,medium,high" in page


def test_the_analysis_goes_only_where_it_is_asked_for(folder, monkeypatch):
    monkeypatch.setenv("CAPTURE_REASONING", "true")
    done = run("set.csv", "--json", "--drop-reasoning", "--csv", "a.csv", "--html", "a.html")
    assert "Hm." not in done.stdout
    names = ("a.csv", "a.html", "set.csv.runs.jsonl")
    assert [name for name in names if "Hm." in (folder / name).read_text()] == []
    monkeypatch.delenv("CAPTURE_REASONING")
    given = ("--csv", "b.csv", "--html", "b.html", "--runs", "b.jsonl")
    done = run("set.csv", "--json", "--include-reasoning", *given)
    assert "Hm." not in done.stdout
    assert all("Hm." in (folder / name).read_text() for name in ("b.csv", "b.html", "b.jsonl"))
    done = run("set.csv", "--json", "--capture-reasoning", "--runs", "c.jsonl")
    assert '"reasoning": "Hm."' in done.stdout


def test_resume_after_the_end_runs_nothing_and_prints_the_same(asked):
    first = run("set.csv", "--resume")
    again = run("set.csv", "--resume")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert again.stdout == first.stdout
    assert len(asked.prompts) == N


def test_what_is_there_is_never_run_over_without_resume(asked, folder):
    run("set.csv")
    before = (folder / "set.csv.runs.jsonl").read_bytes()
    done = run("set.csv")
    assert (done.exit_code, done.stdout) == (2, "")
    said = words(done.stderr)
    assert "'set.csv.runs.jsonl' is there already" in said
    assert "Go on with it by --resume, or name another file with --runs, or remove" in said
    assert len(asked.prompts) == N
    assert (folder / "set.csv.runs.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--temperature", "0"], "temperature was 0.7 and is 0"),
        (["--seed", "9"], "seed was 1 and is 9"),
        (["--instructions", "Be brief."], "instructions was none and is Be brief."),
        (["--no-harmony"], "format was Harmony and is ChatML"),
        (["--levels", "low"], "at medium, repeat 1, for which you do not ask now"),
    ],
)
def test_resume_with_other_settings_is_refused(asked, arguments, told):
    run("set.csv")
    done = run("set.csv", "--resume", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in words(done.stderr)
    assert len(asked.prompts) == N


def test_resume_with_another_prompt_is_refused_and_with_another_expected_answer_is_not(folder):
    run("set.csv", "--levels", "low")
    (folder / "set.csv").write_text(SET.replace(",71,", ",72,"))
    done = run("set.csv", "--levels", "low", "--resume", "--json")
    assert json.loads(done.stdout)["levels"]["low"]["right"]["value"] == 0
    (folder / "set.csv").write_text(SET.replace("22 + 48", "22 + 49"))
    done = run("set.csv", "--levels", "low", "--resume")
    assert done.exit_code == 2
    assert "prompt 3 was another" in done.stderr


def test_resume_on_another_day_goes_on_with_the_date_that_it_began_with(asked, monkeypatch):
    monkeypatch.setenv("COUNTERPOINT_CURRENT_DATE", "2026-01-31")
    run("set.csv", "--levels", "low")
    monkeypatch.delenv("COUNTERPOINT_CURRENT_DATE")
    done = run("set.csv", "--levels", "low,high", "--resume")
    assert done.exit_code == 0, done.stderr
    assert all("Current date: 2026-01-31" in prompt for prompt in asked.prompts)


def test_prompts_of_standard_input_are_kept_where_runs_says(asked, folder):
    done = run("-", "--levels", "low", "--runs", "kept.jsonl", stdin=SET)
    assert done.exit_code == 0, done.stderr
    assert len((folder / "kept.jsonl").read_text().splitlines()) == 9
    done = run("-", "--levels", "low", stdin=SET)
    assert done.exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["kept.jsonl", "set.csv"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["set.csv", "--suite", "embedded"], "--suite is for the suite, and FILE is given"),
        (["set.csv", "--each", "3"], "--each is for the suite, and FILE is given"),
        (["--resume"], "--resume is for prompts of your own, and no FILE is given"),
        (["--html", "x.html", "--repeats", "2"], "--repeats and --html are for prompts of your"),
        (["no.csv"], "FILE is 'no.csv', and it cannot be read"),
        (["set.csv", "--levels", "low,max"], "'max'; allowed: low, medium, high"),
        (["set.csv", "--levels", "low", "--reasoning-level", "low"], "give one of them"),
        (["set.csv", "--markdown", "--json"], "give one of them"),
        (["set.csv", "--temperature", "3"], "temperature is 3.0; allowed"),
        (["set.csv", "--repeats", "0"], "Invalid value for '--repeats'"),
        (["set.csv", "--csv", "set.csv"], "--csv is 'set.csv', and that is there already"),
        (["set.csv", "--csv", "x", "--html", "x"], "name one file"),
        (["set.csv", "--csv", "set.csv.runs.jsonl"], "where the runs are kept"),
        (["set.csv", "--runs", "set.csv"], "'set.csv' is no file of runs"),
        (["set.csv", "--runs", "set.csv", "--resume"], "'set.csv' is no file of runs"),
        (["set.csv", "--runs", "no/folder"], "'no/folder' cannot be written"),
        (["set.csv", "--include-reasoning"], "--include-reasoning is given without a file"),
        (["-", "--resume"], "of which no runs are kept"),
    ],
)
def test_bad_usage_is_told_and_nothing_runs(arguments, told, asked, folder):
    done = run(*arguments, stdin=SET)
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in words(done.stderr)
    assert asked.prompts == []
    assert (folder / "set.csv").read_text() == SET
    assert [path.name for path in folder.iterdir()] == ["set.csv"]


SCRIPTED = """
import sys
from core.backends.scripted import ScriptedBackend
from core.engine import InferenceEngine
from core.vocabulary import encoding
from ui.terminal import cli
from ui.terminal import engine as terminal_engine

tokens = encoding().encode(sys.argv.pop(1), allowed_special="all")
backend = ScriptedBackend(lambda _: tokens, 30)
terminal_engine.open_engine = lambda config: InferenceEngine(backend, config)
cli.main()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["killed", "ctrl-c"])
def test_no_finished_run_is_lost_and_resume_runs_each_of_the_others_once(folder, asked, end):
    command = [sys.executable, "-c", SCRIPTED, answer("It is 71."), "evaluate", "set.csv"]
    process = subprocess.Popen(
        [*command, "--at-once", "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    kept = folder / "set.csv.runs.jsonl"
    try:
        # The head, and three runs of 24.
        while process.poll() is None and not (kept.exists() and kept.read_bytes().count(b"\n") > 3):
            time.sleep(0.02)
        process.send_signal(end)
        said, complaints = process.communicate(timeout=120)
    finally:
        process.kill()
    finished = len(lines(folder)) - 1
    assert 3 <= finished < N
    if end == signal.SIGINT:
        assert process.returncode == 130, complaints
        assert f"Not all has run, {finished} of 24: no level is named yet." in said
        assert f"{finished} of 24 runs are kept in 'set.csv.runs.jsonl'" in complaints
        assert "--resume goes on with the others" in complaints
    else:
        with kept.open("a") as stream:
            stream.write('{"question":7,"level":"hi')
    done = run("set.csv", "--resume", "--csv", "all.csv")
    assert done.exit_code == 0, done.stderr
    assert len(asked.prompts) == N - finished
    counts = Counter((run["question"], run["level"], run["repeat"]) for run in lines(folder)[1:])
    assert len(counts) == N
    assert set(counts.values()) == {1}
    assert len((folder / "all.csv").read_text().splitlines()) == N + 1


def test_a_failure_of_the_machine_keeps_what_ran_and_says_how_to_go_on(folder, monkeypatch):
    from core.errors import BackendError
    from core.experiment import Experiment

    run_all = Experiment.run

    def failing(self, *given, **how):
        for n, outcome in enumerate(run_all(self, *given, **how)):
            if n == 5:
                raise BackendError("The device is gone.")
            yield outcome

    with monkeypatch.context() as broken:
        broken.setattr(Experiment, "run", failing)
        done = run("set.csv", "--html", "report.html")
    assert done.exit_code == 1
    assert "The device is gone." in done.stderr
    assert "5 of 24 runs are kept" in done.stderr
    assert "and write the reports then" in done.stderr
    assert not (folder / "report.html").exists()
    assert run("set.csv", "--resume", "--html", "report.html").exit_code == 0
    assert (folder / "report.html").exists()
