"""`counterpoint doctor`: each entry of the guide's troubleshooting chapter, answered by a trial."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import ModelError
from core.events import Usage
from core.vocabulary import encoding
from tests.ui.recorded import answer, recorded
from ui.terminal import cli
from ui.terminal import engine as terminal_engine
from ui.terminal.doctor_check import Check
from ui.terminal.doctor_trial import ENTRIES, Trial, answers, tried

SUM = answer("It is 71.", "Twenty and forty.")
HEADER = "<|channel|>final<|message|>"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def trial(turn: str = SUM, typed: str = "", given: tuple[str, ...] = ()) -> Trial:
    """A trial of a model that writes this turn, then this as ordinary text, whatever is asked."""
    tokens = encoding().encode(turn, allowed_special="all")
    tokens += encoding().encode(typed, disallowed_special=())
    config = InferenceConfig()
    with InferenceEngine(ScriptedBackend(lambda _: tokens), config) as engine:
        return tried(engine, config, given)


def entry(name: str, of: Trial) -> Check:
    return dict(zip(ENTRIES, answers(of), strict=True))[name]


def test_a_healthy_model_with_the_default_settings_has_nothing_to_mend():
    for check in answers(trial()):
        assert (check.ok, check.advice) == (True, None), check.line()


# Reasoning not captured.


def test_reasoning_that_is_not_kept_is_said_with_its_setting_and_how_to_keep_it():
    found = entry("reasoning", trial()).found
    assert "not kept, as asked: CAPTURE_REASONING is false (default)" in found
    assert "give --capture-reasoning, or put CAPTURE_REASONING=true into .env." in found


def test_reasoning_that_is_kept_is_said_with_where_that_was_set(folder):
    (folder / ".env").write_text("CAPTURE_REASONING=true\n")
    found = entry("reasoning", trial()).found
    assert found.startswith("kept: CAPTURE_REASONING is true (.env)")


def test_a_variable_is_changed_where_it_was_set(monkeypatch):
    monkeypatch.setenv("CAPTURE_REASONING", "false")
    found = entry("reasoning", trial()).found
    assert "give --capture-reasoning, or set CAPTURE_REASONING=true." in found


def test_a_model_that_does_not_think_gives_nothing_to_keep(monkeypatch):
    monkeypatch.setenv("CAPTURE_REASONING", "true")
    check = entry("reasoning", trial(f"{HEADER}It is 71.<|return|>"))
    assert check.ok
    assert "the model wrote no analysis" in check.found
    assert "--reasoning-level high" in check.advice


def test_reasoning_is_not_kept_where_harmony_is_off(monkeypatch):
    monkeypatch.setenv("CAPTURE_REASONING", "true")
    monkeypatch.setenv("USE_HARMONY_FORMAT", "false")
    check = entry("reasoning", trial("It is 71.<|im_end|>"))
    assert not check.ok
    assert "asked in ChatML" in check.found
    assert "USE_HARMONY_FORMAT is false (environment)" in check.advice
    assert "give --harmony" in check.advice


# Raw Harmony markers in output.


def test_markers_in_an_answer_are_named():
    check = entry("markers", trial(HEADER, typed="<|start|>It is <|channel|>71."))
    assert not check.ok
    assert "<|channel|>, <|start|>" in check.found
    assert "report it" in check.advice


def test_markers_where_harmony_is_off_are_told_to_turn_it_on():
    config = InferenceConfig(use_harmony_format=False)
    legacy = replace(trial(), config=config, given=("use_harmony_format",))
    check = entry("markers", legacy)
    assert check.ok
    assert "USE_HARMONY_FORMAT is false (flag)" in check.advice
    assert check.advice.endswith("give --harmony.")


# Analysis channel appears in user output.


def test_shown_reasoning_is_told_with_how_to_hide_it(monkeypatch):
    monkeypatch.setenv("SHOW_REASONING", "true")
    check = entry("analysis", trial())
    assert check.ok
    assert "SHOW_REASONING is true (environment)" in check.found
    assert "--hide-reasoning" in check.advice


def test_an_answer_that_holds_more_than_final_is_a_fault():
    healthy = trial()
    mixed = replace(healthy.plain, text="Twenty and forty. It is 71.")
    kept = replace(healthy.plain, reasoning="Twenty and forty.")
    for plain in (mixed, kept):
        assert not entry("analysis", replace(healthy, plain=plain)).ok


# Slow performance with high reasoning.


def test_speed_is_told_of_low_and_of_high():
    found = entry("speed", trial()).found
    assert "low wrote" in found
    assert "high" in found
    assert "tokens/s" in found


def test_high_is_named_as_what_takes_long(folder):
    (folder / ".env").write_text("REASONING_LEVEL=high\n")
    check = entry("speed", trial())
    assert check.ok
    assert "REASONING_LEVEL is high (.env)" in check.found
    assert "--reasoning-level low" in check.advice


def test_a_run_that_was_not_done_is_said_to_be():
    told = entry("speed", trial("<|channel|>analysis<|message|>" + "Hm, " * 500)).found
    assert told.count("and was not done") == 2


# Legacy mode not working.


def test_the_legacy_format_is_tried():
    check = entry("legacy", trial())
    assert check.ok
    assert "--no-harmony works: asked in ChatML, the model wrote" in check.found


def test_a_legacy_format_that_gives_nothing_is_told():
    healthy = trial()
    silent = replace(healthy, legacy=replace(healthy.legacy, usage=Usage()))
    check = entry("legacy", silent)
    assert not check.ok
    assert check.advice.startswith("Leave it out.")


def test_a_model_of_another_family_has_no_legacy_format():
    check = entry("legacy", replace(trial(), legacy=None))
    assert check.ok
    assert "not for this model" in check.found


# The command.


def doctor(*flags: str):
    return CliRunner().invoke(cli.app, ["doctor", *flags])


def test_the_command_prints_a_line_for_each_check_and_exits_0(monkeypatch):
    recorded(monkeypatch, SUM)
    done = doctor()
    assert done.exit_code == 0, done.stdout
    for name in ("python", "home", "model", "run", *ENTRIES):
        assert f"\n✓ {name}: " in f"\n{done.stdout}"
    assert done.stdout.endswith("All is well.\n")


def test_one_thing_amiss_makes_it_exit_1(monkeypatch):
    recorded(monkeypatch, "It is 71.<|im_end|>")
    monkeypatch.setenv("CAPTURE_REASONING", "true")
    done = doctor("--no-harmony")
    assert done.exit_code == 1
    assert "✗ reasoning: " in done.stdout
    assert "give --harmony." in done.stdout


def test_without_a_run_every_entry_says_what_comes_first(monkeypatch):
    def fail(_config: InferenceConfig) -> InferenceEngine:
        raise ModelError("There is no model here.")

    monkeypatch.setattr(terminal_engine, "open_engine", fail)
    done = doctor()
    assert done.exit_code == 1
    assert "✗ run: There is no model here." in done.stdout
    for name in ENTRIES:
        assert f"✗ {name}: could not be looked at without a run" in done.stdout


def test_a_home_that_cannot_be_written_is_found(monkeypatch, folder):
    recorded(monkeypatch, SUM)
    (folder / "file").touch()
    monkeypatch.setenv("COUNTERPOINT_HOME", str(folder / "file/home"))
    done = doctor()
    assert done.exit_code == 1
    assert f"✗ home: {folder / 'file/home'} cannot be written" in done.stdout
    assert "Set COUNTERPOINT_HOME to a folder that can." in done.stdout
