"""Every error that Counterpoint raises on purpose.

    CoreError
    ├── InvalidInput            the caller's value cannot be used (also a ValueError); exit 2
    │   ├── InvalidSetting      an environment variable, a line of .env or a config field
    │   ├── InvalidPrompt       an empty prompt, a message without a role, an unknown role
    │   ├── PromptTooLong       prompt and budget do not fit in the model's context
    │   └── InvalidFile         a file of prompts, or of runs, that is not what it must be
    ├── VocabularyError         the shipped vocabulary is missing or not the one we measured
    ├── ModelError              a model cannot be found, read or loaded
    ├── BackendError            the machine failed while generating, or the engine was closed
    ├── StoreError              the history cannot be opened, read or written
    └── Busy                    the queue is full; nothing was started

Each message says what was given, what is allowed and what to do next.
"""

from __future__ import annotations


class CoreError(Exception):
    """Base of every error that this project raises on purpose."""


class InvalidInput(CoreError, ValueError):
    """The caller's value cannot be used."""


class InvalidSetting(InvalidInput):
    """A setting (flag, environment variable, .env line, config field) has a value out of range."""


class InvalidPrompt(InvalidInput):
    """The prompt or a message of the conversation cannot be rendered."""


class PromptTooLong(InvalidPrompt):
    """The rendered prompt leaves no room for an answer in the model's context."""


class InvalidFile(InvalidInput):
    """A file of prompts, or of runs, cannot be read, or is not the one that belongs here."""


class VocabularyError(CoreError):
    """The shipped o200k vocabulary is missing or its hash is wrong."""


class ModelError(CoreError):
    """A model cannot be found, read or loaded."""


class BackendError(CoreError):
    """Generation failed in the machine (memory, device), or the engine was closed."""


class StoreError(CoreError):
    """The history's file cannot be opened, read or written; what is in it was not changed."""


class Busy(CoreError):
    """So many requests wait already that no more are taken; nothing was started."""
