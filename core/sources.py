"""Where each setting's value came from: the settings' own sources, asked one by one."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from core.config import PREFIX, InferenceConfig


class Source(StrEnum):
    """The sources of a setting; an earlier one wins over a later one."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    DOTENV = ".env"
    DEFAULT = "default"


def sources(given: Collection[str] = ()) -> dict[str, Source]:
    """The source of every field of an InferenceConfig that is made now, here.

    given: the fields that are given by name, as the flags are. To be called once
    `InferenceConfig(...)` was made: it tells what is wrong with a source, in a sentence.
    """
    environment = _fields(EnvSettingsSource(InferenceConfig)())
    dotenv = _fields(DotEnvSettingsSource(InferenceConfig)())
    found: dict[str, Source] = {}
    for field in InferenceConfig.model_fields:
        if field in given:
            found[field] = Source.FLAG
        elif field in environment:
            found[field] = Source.ENVIRONMENT
        elif field in dotenv:
            found[field] = Source.DOTENV
        else:
            found[field] = Source.DEFAULT
    return found


def _fields(values: Collection[str]) -> set[str]:
    """The fields that a source has values for; it names some by variable, some by field."""
    return {name.lower().removeprefix(PREFIX.lower()) for name in values}
