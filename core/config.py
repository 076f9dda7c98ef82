"""Settings of the engine: environment and .env over defaults, explicit arguments over both."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import InvalidSetting
from core.sampling import SamplingParams


class ReasoningLevel(StrEnum):
    """Reasoning effort: the word that stands in the system message."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def reasoning_level(value: str) -> ReasoningLevel:
    """Read a level as people type it. Raises InvalidSetting for any other word."""
    try:
        return ReasoningLevel(value.strip().lower())
    except ValueError:
        allowed = ", ".join(ReasoningLevel)
        raise InvalidSetting(f"The reasoning level is {value!r}; allowed: {allowed}.") from None


def _plain(name: str) -> Any:
    """A setting whose variable carries no prefix."""
    return AliasChoices(name.lower(), name)


class InferenceConfig(BaseSettings):
    """How the engine prompts, samples and what it keeps.

    Every field can be given by name, by environment variable or in a `.env` file of the working
    folder. REASONING_LEVEL, USE_HARMONY_FORMAT, CAPTURE_REASONING and SHOW_REASONING carry no
    prefix; all others are COUNTERPOINT_ and the field's name (COUNTERPOINT_MAX_TOKENS).

    Raises InvalidSetting, with every wrong value named.
    """

    model_config = SettingsConfigDict(
        env_prefix="COUNTERPOINT_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        frozen=True,
    )

    use_harmony_format: bool = Field(True, validation_alias=_plain("USE_HARMONY_FORMAT"))
    reasoning_level: ReasoningLevel = Field(
        ReasoningLevel.MEDIUM, validation_alias=_plain("REASONING_LEVEL")
    )
    capture_reasoning: bool = Field(False, validation_alias=_plain("CAPTURE_REASONING"))
    show_reasoning: bool = Field(False, validation_alias=_plain("SHOW_REASONING"))
    model: str | None = None
    temperature: float = SamplingParams.__dataclass_fields__["temperature"].default
    top_p: float = 1.0
    top_k: int = 0
    max_tokens: int = 2048
    seed: int | None = None
    knowledge_cutoff: str = "2024-06"
    current_date: str = Field(default_factory=lambda: date.today().isoformat())
    home: Path = Field(default_factory=lambda: user_data_path("counterpoint"))
