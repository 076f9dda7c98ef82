"""The o200k vocabulary that gpt-oss speaks: shipped with the package, checked, loaded once.

openai-harmony by itself downloads the file on first use. Here it lies in `core/data`, so that
nothing needs a network, and its hash is checked before every load, so that every process encodes
with the bytes that were measured.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

from openai_harmony import (
    HarmonyEncoding,
    HarmonyEncodingName,
    HarmonyError,
    load_harmony_encoding,
)

from core.errors import VocabularyError

# Markers: see "Special Tokens" in openai/harmony's docs/format.md. Ids measured with 0.0.8.
RETURN: Final = 200_002
CONSTRAIN: Final = 200_003
CHANNEL: Final = 200_005
START: Final = 200_006
END: Final = 200_007
MESSAGE: Final = 200_008
CALL: Final = 200_012

FIRST_SPECIAL: Final = 199_998
"""Every id from here on is a special token; every id below is text."""
SIZE: Final = 201_089
"""Ids from 0 to SIZE - 1 are in the vocabulary. A model's embedding may hold a few more rows."""
MODEL_ROWS: Final = 201_088
"""Rows of the embedding of every gpt-oss model: it can read the ids from 0 to MODEL_ROWS - 1."""
STOP_IDS: Final = frozenset({RETURN, CALL})
"""Where the assistant's turn ends: with an answer or a tool call. `<|end|>` ends a message only."""

VOCABULARY_FILE: Final = Path(__file__).parent / "data" / "o200k_base.tiktoken"
VOCABULARY_SHA256: Final = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"

_BASE_VARIABLE = "TIKTOKEN_ENCODINGS_BASE"
_lock = Lock()


def encoding() -> HarmonyEncoding:
    """The process's encoding. The first call takes about 0.2 s; any thread may call it.

    Raises VocabularyError where the shipped file is missing or altered.
    """
    with _lock:
        return _shared()


@cache
def _shared() -> HarmonyEncoding:
    return _load(VOCABULARY_FILE)


def vocabulary_sha256(path: Path = VOCABULARY_FILE) -> str:
    """Hex digest of the vocabulary file. Raises VocabularyError where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise VocabularyError(
            f"The vocabulary {path} cannot be read ({error.strerror}). {_REINSTALL}"
        ) from error


def token_text(token_id: int) -> str:
    """One token as people read it: its text, a special token's name, or `<|unknown_…|>`.

    A token that is only a part of a UTF-8 character shows the replacement character. Never raises
    for any whole number.
    """
    if not 0 <= token_id < SIZE:
        return f"<|unknown_{token_id}|>"
    text: str = encoding().decode([token_id])
    return text


_REINSTALL = "Install Counterpoint again; nothing is downloaded in its place."


def _load(path: Path) -> HarmonyEncoding:
    found = vocabulary_sha256(path)
    if found != VOCABULARY_SHA256:
        raise VocabularyError(
            f"The vocabulary {path} has SHA-256 {found}; expected {VOCABULARY_SHA256}. {_REINSTALL}"
        )
    with _encodings_base(path.parent):
        try:
            return load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
        except HarmonyError as error:
            raise VocabularyError(
                f"openai-harmony cannot load the vocabulary {path}: {error}. {_REINSTALL}"
            ) from error


@contextmanager
def _encodings_base(folder: Path) -> Iterator[None]:
    """Point openai-harmony at `folder`, and leave the environment as it was found."""
    before = os.environ.get(_BASE_VARIABLE)
    os.environ[_BASE_VARIABLE] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_BASE_VARIABLE]
        else:
            os.environ[_BASE_VARIABLE] = before
