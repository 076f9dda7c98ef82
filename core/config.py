"""Settings of the engine: environment and .env over defaults, explicit arguments over both."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path
from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import InvalidSetting
from core.sampling import ALLOWED as SAMPLING_ALLOWED
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
    except (ValueError, AttributeError):  # AttributeError: no string at all
        allowed = ", ".join(ReasoningLevel)
        raise InvalidSetting(
            f"The reasoning level is {value!r}; allowed: {allowed}. Choose one of them."
        ) from None


PREFIX = "COUNTERPOINT_"
PLAIN = ("use_harmony_format", "reasoning_level", "capture_reasoning", "show_reasoning")
_SAMPLING = SamplingParams()
_YES_NO = "true or false"
_ALLOWED = {
    **SAMPLING_ALLOWED,
    "use_harmony_format": _YES_NO,
    "reasoning_level": ", ".join(ReasoningLevel),
    "capture_reasoning": _YES_NO,
    "show_reasoning": _YES_NO,
    "model": "embedded, a folder that holds a checkpoint, or a hub id",
    "knowledge_cutoff": "a month such as 2024-06",
    "current_date": "a date such as 2026-01-31",
    "home": "a folder",
    "keep_history": _YES_NO,
    "prompt_cache_mb": "a whole number of megabytes, 0 (off) or more",
    "queue_limit": "a whole number of requests, 0 or more",
    "auth": "USER:PASSWORD, neither of them empty",
}
_SECRET = ("auth",)
"""Settings whose values stand in no message."""


def variable(field: str) -> str:
    """The environment variable, and line of .env, of a field of InferenceConfig."""
    return field.upper() if field in PLAIN else PREFIX + field.upper()


def _plain(field: str) -> Any:
    """A setting whose variable carries no prefix."""
    return AliasChoices(field, field.upper())


class InferenceConfig(BaseSettings):
    """How the engine prompts, samples and what it keeps.

    Every field can be given by name, by environment variable or in a `.env` file of the working
    folder. REASONING_LEVEL, USE_HARMONY_FORMAT, CAPTURE_REASONING and SHOW_REASONING carry no
    prefix; all others are COUNTERPOINT_ and the field's name (COUNTERPOINT_MAX_TOKENS).

    auth: `user:password`, which the page asks for; None lets everybody in. Printed, it is masked.

    Raises InvalidSetting, with every wrong value named.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        frozen=True,
    )

    use_harmony_format: bool = Field(True, validation_alias=_plain("use_harmony_format"))
    reasoning_level: ReasoningLevel = Field(
        ReasoningLevel.MEDIUM, validation_alias=_plain("reasoning_level")
    )
    capture_reasoning: bool = Field(False, validation_alias=_plain("capture_reasoning"))
    show_reasoning: bool = Field(False, validation_alias=_plain("show_reasoning"))
    model: str | None = None
    temperature: float = _SAMPLING.temperature
    top_p: float = _SAMPLING.top_p
    top_k: int = _SAMPLING.top_k
    max_tokens: int = _SAMPLING.max_tokens
    seed: int | None = _SAMPLING.seed
    knowledge_cutoff: str = "2024-06"
    current_date: str | None = None
    home: Path = Field(default_factory=lambda: user_data_path("counterpoint"))
    keep_history: bool = True
    prompt_cache_mb: int = Field(1024, ge=0)
    queue_limit: int = Field(256, ge=0)
    auth: SecretStr | None = None

    if not TYPE_CHECKING:  # the type checker keeps the signature that the fields make

        def __init__(self, **given: Any) -> None:
            _refuse_unknown(given)
            try:
                super().__init__(**given)
            except ValidationError as error:
                told = [_sentence(detail, given) for detail in error.errors()]
                raise InvalidSetting(" ".join(told)) from None
            except (OSError, UnicodeError) as error:
                raise InvalidSetting(
                    f"The file .env could not be read ({error}). Save it as UTF-8, or remove it."
                ) from None

    def date_now(self) -> str:
        """The ISO date that a conversation which starts now has in its prompt."""
        return self.current_date or date.today().isoformat()

    def sampling(self) -> SamplingParams:
        """The sampling parameters among the settings."""
        return SamplingParams(self.temperature, self.top_p, self.top_k, self.max_tokens, self.seed)

    def login(self) -> tuple[str, str] | None:
        """User and password of the page; None where it asks for none."""
        if self.auth is None:
            return None
        user, _, password = self.auth.get_secret_value().partition(":")
        return user.strip(), password

    @field_validator("auth")
    @classmethod
    def _a_login(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        user, _, password = value.get_secret_value().partition(":")
        if not (user.strip() and password.strip()):
            raise ValueError("There is no user, or no password.")
        return value

    @field_validator("temperature", "top_p", "top_k", "max_tokens", "seed")
    @classmethod
    def _within_bounds(cls, value: Any, info: ValidationInfo) -> Any:
        SamplingParams(**{str(info.field_name): value})
        return value

    @field_validator("reasoning_level", mode="before")
    @classmethod
    def _as_typed(cls, value: Any) -> Any:
        return reasoning_level(value) if isinstance(value, str) else value

    @field_validator("knowledge_cutoff")
    @classmethod
    def _a_month(cls, value: str) -> str:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])(-\d{2})?", value):
            raise ValueError("The knowledge cutoff is no month.")
        return value

    @field_validator("current_date")
    @classmethod
    def _a_date(cls, value: str | None) -> str | None:
        return value and date.fromisoformat(value).isoformat()

    @field_validator("home")
    @classmethod
    def _with_user(cls, value: Path) -> Path:
        return value.expanduser()


def _refuse_unknown(given: Mapping[str, Any]) -> None:
    for name in given:
        if name.lower() not in InferenceConfig.model_fields and not name.startswith("_"):
            allowed = ", ".join(InferenceConfig.model_fields)
            raise InvalidSetting(f"There is no setting {name!r}; allowed: {allowed}.")


def _sentence(detail: ErrorDetails, given: Mapping[str, Any]) -> str:
    """What was given, and where; what is allowed; what to do."""
    field = str(detail["loc"][0]).lower()
    name = variable(field)
    if field in given or field.upper() in given:
        where = field
    elif any(key.upper() == name and value for key, value in os.environ.items()):
        where = f"The environment variable {name}"
    else:
        where = f"{name} in .env"
    value = "not a login" if field in _SECRET else _short(detail["input"])
    found = f"{where} is {value}; allowed: {_ALLOWED[field]}."
    return f"{found} Change {field} and try again."


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
