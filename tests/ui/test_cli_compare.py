"""`counterpoint compare` over recorded tokens: the table, its verdict, and the files it writes."""

from __future__ import annotations

import json
import shlex
from html import unescape

import pytest

from tests.ui.counted import ANSWER, RUN_KEYS, press_ctrl_c, run


def test_compare_says_once_that_the_levels_were_ignored(says):
    says("It is 71.<|return|>")
    done = run("compare", "What is 23 + 48?", "--no-harmony")
    assert done.stdout.count("was ignored") == 1


def test_compare_prints_a_table_and_a_verdict(says):
    asked = says(ANSWER)
    done = run("compare", "What is 23 + 48?")
    assert done.exit_code == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[2:5]] == ["low", "medium", "high"]
    assert "Low was enough: same answer as high" in done.stdout
    levels = ("low", "medium", "high")
    assert all(f"Reasoning: {level}" in "".join(asked.prompts) for level in levels)
    assert "Twenty" not in done.output


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_ctrl_c_in_a_comparison_keeps_what_was_written_and_exits_130(says, arguments):
    asked = says(ANSWER.replace("71.", "71. " + "More. " * 2000), rate=100)
    press = press_ctrl_c(asked, 3)
    done = run("compare", "Hello", "--repeats", "2", *arguments)
    press.join()
    assert done.exit_code == 130
    assert done.stdout.count("cancelled") == 3
    assert "It is 71." in done.stdout
    assert "low was stopped, medium was stopped, high was stopped" in done.stdout


def test_compare_json_holds_every_run(says):
    says(ANSWER)
    done = run("compare", "What?", "--levels", "low, high", "--repeats", "2", "--json")
    value = json.loads(done.stdout)
    assert {"prompt", "levels", "verdict"} <= set(value)
    assert value["prompt"] == "What?"
    assert list(value["levels"]) == ["low", "high"]
    for level, runs in value["levels"].items():
        assert len(runs["runs"]) == 2
        for one in runs["runs"]:
            assert set(one) == RUN_KEYS
            assert one["reasoning_level"] == level
    assert {"level", "reason"} <= set(value["verdict"])


def test_compare_takes_an_expected_answer_and_runs_the_levels_in_turn(says):
    asked = says(ANSWER)
    done = run("compare", "What?", "--levels", "low,high", "--expected", "71", "--in-turn")
    assert done.exit_code == 0, done.stderr
    assert "Low was enough: gave the expected answer" in done.stdout
    assert "one after the other" in done.stdout
    levels = [prompt.split("Reasoning: ")[1].split("\n")[0] for prompt in asked.prompts]
    assert levels == ["low", "high", "low", "high"]


def test_compare_writes_reports_without_the_analysis(says, tmp_path):
    says(ANSWER)
    files = {flag: tmp_path / f"report{flag}" for flag in ("--csv", "--html", "--markdown")}
    options = [part for flag, file in files.items() for part in (flag, str(file))]
    done = run("compare", "What?", "--capture-reasoning", "--json", *options)
    assert done.exit_code == 0, done.stderr
    assert "Twenty" in done.stdout
    for file in files.values():
        assert "Low was enough" in file.read_text()
        assert "Twenty" not in file.read_text()


def test_the_report_gives_the_command_that_asks_the_same_again(says, tmp_path):
    asked = says(ANSWER)
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    how = ("--levels", "low,high", "--repeats", "2", "--expected", "it's 71", "--top-k", "3")
    done = run("compare", *how, "--html", str(first), "--", "-What's <b>23</b> + 48?")
    assert done.exit_code == 0, done.stderr
    told = unescape(
        first.read_text().split("To run it again</dt><dd><code>")[1].split("</code>")[0]
    )
    date, counterpoint, *arguments = shlex.split(told)
    assert (date.split("=")[0], counterpoint) == ("COUNTERPOINT_CURRENT_DATE", "counterpoint")
    before = asked.prompts
    again = says(ANSWER)
    done = run(*arguments[:1], "--html", str(second), *arguments[1:])
    assert done.exit_code == 0, done.stderr
    assert again.prompts == before
    assert told in unescape(second.read_text())


def test_compare_includes_the_analysis_in_its_files_alone_where_asked(says, tmp_path):
    says(ANSWER)
    file = tmp_path / "report.html"
    done = run("compare", "What?", "--html", str(file), "--include-reasoning", "--json")
    assert "Twenty" in file.read_text()
    assert "Twenty" not in done.stdout


def test_compare_asks_nothing_where_a_report_is_there_already(says, tmp_path):
    asked = says(ANSWER)
    file = tmp_path / "report.html"
    file.write_text("mine")
    done = run("compare", "What?", "--html", str(file))
    assert (done.exit_code, done.stdout, asked.prompts) == (2, "", ())
    assert "is there already" in done.stderr
    assert file.read_text() == "mine"


def test_a_report_that_cannot_be_written_in_the_end_loses_no_result(says, tmp_path, monkeypatch):
    says(ANSWER)
    monkeypatch.setattr("core.report.files.check_new", lambda *_: None)
    csv = tmp_path / "runs.csv"
    lost = tmp_path / "missing" / "report.html"
    done = run("compare", "What?", "--html", str(lost), "--csv", str(csv))
    assert done.exit_code == 1
    assert "Low was enough" in done.stdout
    assert "could not be written" in done.stderr
    assert csv.exists()


def test_compare_shows_reasoning_on_stderr_when_asked(says):
    says(ANSWER)
    done = run("compare", "What?", "--levels", "low,high", "--show-reasoning")
    assert "high: Twenty and forty." in done.stderr
    assert "Twenty" not in done.stdout


def test_compare_shows_no_reasoning_in_json_that_was_not_captured(says):
    says(ANSWER)
    done = run("compare", "What?", "--show-reasoning", "--json")
    assert "Twenty" not in done.stdout
