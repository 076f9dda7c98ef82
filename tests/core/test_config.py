"""Settings: which source wins, and what a wrong value is told."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from core.config import InferenceConfig, ReasoningLevel, reasoning_level, variable
from core.errors import InvalidSetting
from core.sampling import SamplingParams

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_source_the_defaults_hold(monkeypatch):
    monkeypatch.delenv("COUNTERPOINT_HOME")
    config = InferenceConfig()
    assert config.reasoning_level is ReasoningLevel.MEDIUM
    assert config.sampling() == SamplingParams()
    assert (config.capture_reasoning, config.show_reasoning) == (False, False)
    assert config.model is None
    assert config.date_now() == date.today().isoformat()
    assert config.home.name == "counterpoint"


def test_dotenv_beats_default_environment_beats_dotenv_argument_beats_environment(
    folder, monkeypatch
):
    (folder / ".env").write_text("COUNTERPOINT_TOP_K=1\nREASONING_LEVEL=low\n")
    assert InferenceConfig().top_k == 1
    assert InferenceConfig().reasoning_level is ReasoningLevel.LOW
    monkeypatch.setenv("COUNTERPOINT_TOP_K", "2")
    monkeypatch.setenv("REASONING_LEVEL", "HIGH")
    assert InferenceConfig().top_k == 2
    assert InferenceConfig().reasoning_level is ReasoningLevel.HIGH
    assert InferenceConfig(top_k=3).top_k == 3
    assert InferenceConfig(reasoning_level=ReasoningLevel.LOW).reasoning_level == "low"


@pytest.mark.parametrize("field", sorted(InferenceConfig.model_fields))
def test_every_setting_can_come_from_its_variable(field, monkeypatch):
    values = {
        "use_harmony_format": "false",
        "reasoning_level": "high",
        "capture_reasoning": "true",
        "show_reasoning": "1",
        "model": "openai/gpt-oss-20b",
        "temperature": "1.5",
        "auth": "ann:sesame",
        "top_p": "0.5",
        "top_k": "7",
        "max_tokens": "9",
        "seed": "11",
        "knowledge_cutoff": "2025-01",
        "current_date": "2026-01-31",
        "home": "/elsewhere",
        "keep_history": "false",
        "prompt_cache_mb": "64",
        "queue_limit": "2",
    }
    before = getattr(InferenceConfig(), field)
    monkeypatch.setenv(variable(field), values[field])
    assert getattr(InferenceConfig(), field) != before


def test_an_empty_variable_keeps_the_default(monkeypatch):
    monkeypatch.setenv("COUNTERPOINT_SEED", "")
    assert InferenceConfig().seed is None


def test_lines_of_other_programs_in_dotenv_are_ignored(folder):
    (folder / ".env").write_text("DATABASE_URL=x\nMODEL=y\ntemperature=9\n")
    assert InferenceConfig() == InferenceConfig(model=None)


def test_sampling_carries_every_sampling_setting():
    config = InferenceConfig(temperature=0.1, top_p=0.2, top_k=3, max_tokens=4, seed=5)
    assert config.sampling() == SamplingParams(0.1, 0.2, 3, 4, 5)


def test_home_may_start_with_a_tilde(monkeypatch):
    monkeypatch.setenv("COUNTERPOINT_HOME", "~/elsewhere")
    assert InferenceConfig().home == Path.home() / "elsewhere"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", -0.1),
        ("temperature", 2.1),
        ("temperature", float("nan")),
        ("temperature", "hot"),
        ("top_p", 0),
        ("top_p", 1.01),
        ("top_k", -1),
        ("top_k", 1.5),
        ("max_tokens", 0),
        ("max_tokens", "many"),
        ("seed", -1),
        ("seed", 2**64),
        ("reasoning_level", "highest"),
        ("reasoning_level", 3),
        ("capture_reasoning", "perhaps"),
        ("use_harmony_format", "perhaps"),
        ("knowledge_cutoff", "June"),
        ("knowledge_cutoff", "2024-13"),
        ("knowledge_cutoff", "2024-06\nReasoning: high"),
        ("current_date", "today"),
        ("current_date", "2026-02-30"),
        ("home", 5),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(field, value):
    with pytest.raises(InvalidSetting) as caught:
        InferenceConfig(**{field: value})
    message = str(caught.value)
    assert message.startswith(f"{field} is {value!r}; allowed: ")
    assert message.endswith(".")


def test_every_wrong_value_is_named_at_once():
    with pytest.raises(InvalidSetting, match=r"top_p is 2; .*top_k is -1; "):
        InferenceConfig(top_p=2, top_k=-1)


def test_a_wrong_variable_is_named(monkeypatch):
    monkeypatch.setenv("COUNTERPOINT_MAX_TOKENS", "none")
    told = "The environment variable COUNTERPOINT_MAX_TOKENS is 'none'; allowed: a whole number"
    with pytest.raises(InvalidSetting, match=f"^{re.escape(told)}"):
        InferenceConfig()


def test_a_wrong_line_of_dotenv_is_named(folder):
    (folder / ".env").write_text("REASONING_LEVEL=most\n")
    told = "REASONING_LEVEL in .env is 'most'; allowed: low, medium, high."
    with pytest.raises(InvalidSetting, match=f"^{re.escape(told)}"):
        InferenceConfig()


def test_a_dotenv_that_is_no_text_is_told_in_a_sentence(folder):
    (folder / ".env").write_bytes(b"COUNTERPOINT_MODEL=\xff\xfe\n")
    with pytest.raises(InvalidSetting, match=r"^The file \.env could not be read .* UTF-8"):
        InferenceConfig()


def test_an_unknown_setting_is_refused():
    with pytest.raises(InvalidSetting, match=r"no setting 'temprature'; allowed: .*temperature"):
        InferenceConfig(temprature=1)


def test_the_legacy_format_is_chosen_by_the_variable_of_the_guide(monkeypatch):
    monkeypatch.setenv("USE_HARMONY_FORMAT", "false")
    assert InferenceConfig().use_harmony_format is False
    assert InferenceConfig(use_harmony_format=True).use_harmony_format is True


def test_levels_are_read_as_people_type_them():
    assert reasoning_level(" High ") is ReasoningLevel.HIGH
    with pytest.raises(InvalidSetting, match="low, medium, high"):
        reasoning_level("max")
    with pytest.raises(InvalidSetting, match="The reasoning level is 3; allowed: low"):
        reasoning_level(3)  # type: ignore[arg-type]


def test_the_example_dotenv_names_every_setting_with_its_default(folder, monkeypatch):
    monkeypatch.delenv("COUNTERPOINT_HOME")
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))
    assert named == {variable(field) for field in InferenceConfig.model_fields}
    defaults = InferenceConfig()
    (folder / ".env").write_text(text)
    assert InferenceConfig() == defaults


@pytest.mark.parametrize("value", [None, "1", True])
def test_sampling_parameters_refuse_what_is_no_number(value):
    with pytest.raises(InvalidSetting, match="temperature is "):
        SamplingParams(temperature=value)
