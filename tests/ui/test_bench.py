"""What `counterpoint bench` prints."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from tests.ui.recorded import answer, recorded
from ui.terminal import cli
from ui.terminal.bench import LONG, QUESTION, TOGETHER


def bench(*given: str):
    done = CliRunner().invoke(cli.app, ["bench", *given])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_json_holds_each_figure_with_its_spread(monkeypatch):
    asked = recorded(monkeypatch, answer("It is 99242."), rate=2000)
    value = json.loads(bench("--repeats", "2", "--json"))
    assert value["repeats"] == 2
    for name in ("first_token_s", "alone_tokens_per_s", "together_tokens_per_s"):
        figures = value[name]
        assert 0 < figures["min"] <= figures["median"] <= figures["max"]
        assert figures["n"] == 2
    # A warm-up, and in each repeat a long prompt, one alone, and a batch.
    assert len(asked.prompts) == 1 + 2 * (2 + TOGETHER)
    long = [prompt for prompt in asked.prompts if LONG in prompt]
    assert len(set(long)) == 2
    assert all(QUESTION in prompt for prompt in asked.prompts)


def test_people_read_medians_and_how_far_they_vary(monkeypatch):
    recorded(monkeypatch, answer("It is 99242."), rate=2000)
    said = bench("--repeats", "1")
    for name in ("Load", "First token of a short prompt", "Write, alone", "3 at once"):
        assert name in said
    assert "medians of 1" in said


def test_the_model_is_the_one_that_was_asked_for(monkeypatch):
    asked = recorded(monkeypatch, answer("It is 99242."))
    bench("--repeats", "1", "--model", "/elsewhere")
    assert asked.config is not None
    assert asked.config.model == "/elsewhere"


def test_what_was_too_short_to_time_is_left_open(monkeypatch):
    recorded(monkeypatch, "<|return|>")
    value = json.loads(bench("--repeats", "1", "--json"))
    assert value["alone_tokens_per_s"] is None
    assert value["together_tokens_per_s"] is None
