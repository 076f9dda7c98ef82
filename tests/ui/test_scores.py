"""`counterpoint generate --scores`: the real command on the embedded model."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from ui.terminal import cli

ASKED = ("generate", "What is 23 + 48?", "--temperature", "0", "--scores", "3")


def run(*arguments: str):
    return CliRunner().invoke(cli.app, [*ASKED, *arguments])


def test_the_table_is_on_stderr_with_a_line_for_each_token_of_the_answer():
    done = run("--reasoning-level", "high")
    assert done.exit_code == 0
    assert "probability" not in done.stdout
    head, *lines = done.stderr.splitlines()
    assert head.split() == ["token", "channel", "probability", "entropy", "likeliest"]
    *lines, remark = lines
    assert "scores of the analysis are left out; --show-reasoning" in remark
    row = re.compile(r'^("(?:[^"\\]|\\.)*") +(final|–) +[<>]?[\d.]+ % +[\d.]+ bits +(.*)$')
    found = [row.match(line) for line in lines]
    assert all(found)
    answer = "".join(json.loads(m[1]) for m in found if m and m[2] == "final")
    assert answer == done.stdout.removesuffix("\n")
    assert all(m and m[3].count(" %") == 3 for m in found)


def test_shown_reasoning_has_its_scores_in_the_table_too():
    done = run("--reasoning-level", "high", "--show-reasoning")
    assert re.search(r'^".*" +analysis +', done.stderr, re.MULTILINE)
    assert "left out" not in done.stderr


@pytest.mark.parametrize("kept", [True, False])
def test_json_has_the_scores_of_every_token_and_those_of_the_analysis_where_it_is_kept(kept):
    done = run("--json", "--reasoning-level", "high", *(["--capture-reasoning"] if kept else []))
    value = json.loads(done.stdout)
    scores = value["scores"]
    assert set(scores[0]) == {"token", "id", "logprob", "channel", "entropy_bits", "top"}
    assert [set(rival) for rival in scores[0]["top"]] == [{"token", "id", "logprob"}] * 3
    answer = "".join(s["token"] for s in scores if s["channel"] == "final")
    assert answer == value["text"]
    analysis = "".join(s["token"] for s in scores if s["channel"] == "analysis")
    assert analysis == (value["reasoning"] or "")
    assert bool(analysis) is kept
    assert (len(scores) == value["usage"]["generated_tokens"]) is kept
    assert ("--capture-reasoning has them told" in done.stderr) is not kept


def test_a_number_that_is_too_large_is_refused():
    done = run("--scores", "21")
    assert done.exit_code == 2
    assert "--scores" in done.stderr
    assert "20" in done.stderr
