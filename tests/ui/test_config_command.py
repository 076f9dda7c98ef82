"""`counterpoint config`, and the order in which the sources of a setting win."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.config import InferenceConfig, variable
from core.sources import Source, sources
from ui.terminal import cli
from ui.terminal.options import GenerationOptions

VALUES: dict[str, tuple[str, str, str]] = {
    "use_harmony_format": ("false", "true", "false"),
    "reasoning_level": ("low", "high", "medium"),
    "capture_reasoning": ("true", "false", "true"),
    "show_reasoning": ("true", "false", "true"),
    "model": ("one", "two", "three"),
    "temperature": ("0.1", "0.2", "0.3"),
    "top_p": ("0.1", "0.2", "0.3"),
    "top_k": ("1", "2", "3"),
    "max_tokens": ("1", "2", "3"),
    "seed": ("1", "2", "3"),
    "knowledge_cutoff": ("2021-01", "2022-01", "2023-01"),
    "current_date": ("2021-01-31", "2022-01-31", "2023-01-31"),
    "home": ("/one", "/two", "/three"),
    "keep_history": ("false", "true", "false"),
    "prompt_cache_mb": ("1", "2", "3"),
    "queue_limit": ("1", "2", "3"),
    "auth": ("ann:one", "ann:two", "ann:three"),
}
"""What .env, the environment and the flag say; no neighbours are alike."""
FLAGS = {
    "use_harmony_format": ["--no-harmony"],
    "reasoning_level": ["--reasoning-level", "medium"],
    "capture_reasoning": ["--capture-reasoning"],
    "show_reasoning": ["--show-reasoning"],
    "model": ["--model", "three"],
    "temperature": ["--temperature", "0.3"],
    "top_p": ["--top-p", "0.3"],
    "top_k": ["--top-k", "3"],
    "max_tokens": ["--max-tokens", "3"],
    "seed": ["--seed", "3"],
}
MASK = "**********"


def as_shown(field: str, value: str) -> str:
    """A value as the command has it: a password is masked."""
    return MASK if field == "auth" else value


every_setting = pytest.mark.parametrize("field", sorted(InferenceConfig.model_fields))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COUNTERPOINT_HOME")
    return tmp_path


def shown(field: str, *flags: str) -> tuple[str, str]:
    """A setting's value as it is typed, and its source, as the command has them."""
    done = CliRunner().invoke(cli.app, ["config", "--json", *flags])
    assert done.exit_code == 0, done.stderr
    row = json.loads(done.stdout)["settings"][field]
    assert row["variable"] == variable(field)
    value = row["value"]
    return (str(value).lower() if isinstance(value, bool) else str(value)), row["source"]


@every_setting
def test_without_any_source_a_setting_has_its_default(field):
    assert shown(field)[1] == "default"


@every_setting
def test_dotenv_wins_over_the_default(field, folder):
    (folder / ".env").write_text(f"{variable(field)}={VALUES[field][0]}\n")
    assert shown(field) == (as_shown(field, VALUES[field][0]), ".env")


@every_setting
def test_the_environment_wins_over_dotenv(field, folder, monkeypatch):
    (folder / ".env").write_text(f"{variable(field)}={VALUES[field][0]}\n")
    monkeypatch.setenv(variable(field), VALUES[field][1])
    assert shown(field) == (as_shown(field, VALUES[field][1]), "environment")


@every_setting
def test_what_is_given_by_name_wins_over_the_environment(field, folder, monkeypatch):
    (folder / ".env").write_text(f"{variable(field)}={VALUES[field][0]}\n")
    monkeypatch.setenv(variable(field), VALUES[field][1])
    config = InferenceConfig(**{field: VALUES[field][2]})
    assert str(getattr(config, field)).lower() == as_shown(field, VALUES[field][2])
    assert sources([field])[field] is Source.FLAG


@pytest.mark.parametrize("field", sorted(FLAGS))
def test_the_flag_wins_over_the_environment(field, folder, monkeypatch):
    (folder / ".env").write_text(f"{variable(field)}={VALUES[field][0]}\n")
    monkeypatch.setenv(variable(field), VALUES[field][1])
    assert shown(field, *FLAGS[field]) == (as_shown(field, VALUES[field][2]), "flag")


def test_every_setting_that_has_a_flag_is_among_these():
    flags = {option.name for option in fields(GenerationOptions)}
    assert flags & set(InferenceConfig.model_fields) == set(FLAGS)


@pytest.mark.parametrize("empty_in", [".env", "environment"])
def test_an_empty_line_leaves_a_setting_to_the_next_source(folder, monkeypatch, empty_in):
    line = "" if empty_in == ".env" else "7"
    (folder / ".env").write_text(f"COUNTERPOINT_TOP_K={line}\n")
    monkeypatch.setenv("COUNTERPOINT_TOP_K", "")
    assert shown("top_k") == (("0", "default") if empty_in == ".env" else ("7", ".env"))


def test_variables_are_found_in_any_case_as_the_settings_find_them(folder, monkeypatch):
    (folder / ".env").write_text("counterpoint_seed=5\n")
    monkeypatch.setenv("reasoning_level", "high")
    assert shown("seed") == ("5", ".env")
    assert shown("reasoning_level") == ("high", "environment")


def test_a_variable_of_another_program_is_no_source(folder, monkeypatch):
    (folder / ".env").write_text("MODEL=x\nTEMPERATURE=9\n")
    monkeypatch.setenv("SEED", "3")
    assert {shown(field)[1] for field in ("model", "temperature", "seed")} == {"default"}


def test_the_table_has_a_line_for_every_setting_and_stdout_nothing_else(folder):
    (folder / ".env").write_text("COUNTERPOINT_TOP_K=4\n")
    done = CliRunner().invoke(cli.app, ["config", "--seed", "3"])
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == list(InferenceConfig.model_fields)
    assert ["top_k", "4", ".env", "COUNTERPOINT_TOP_K"] in lines
    assert ["seed", "3", "flag", "COUNTERPOINT_SEED"] in lines
    assert ["capture_reasoning", "false", "default", "CAPTURE_REASONING"] in lines
    assert str(folder / ".env") in done.stderr


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_the_password_is_printed_nowhere(folder, monkeypatch, flags):
    (folder / ".env").write_text("COUNTERPOINT_AUTH=ann:open-sesame\n")
    done = CliRunner().invoke(cli.app, ["config", *flags])
    assert (done.exit_code, "sesame" in done.output) == (0, False)
    assert MASK in done.stdout
    assert InferenceConfig().login() == ("ann", "open-sesame")
    assert "sesame" not in repr(InferenceConfig())
    monkeypatch.setenv("COUNTERPOINT_AUTH", "open-sesame")
    done = CliRunner().invoke(cli.app, ["config", "--verbose", *flags])
    assert (done.exit_code, "sesame" in done.output) == (2, False)
    assert "COUNTERPOINT_AUTH is not a login; allowed: USER:PASSWORD, neither" in done.stderr
