"""The shipped vocabulary: the right bytes, no network, one load, tokens as people read them."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai_harmony import HarmonyEncoding

from core import vocabulary
from core.errors import CoreError, VocabularyError
from core.vocabulary import encoding, token_text

BASE = "TIKTOKEN_ENCODINGS_BASE"

MARKERS = {
    "<|return|>": vocabulary.RETURN,
    "<|constrain|>": vocabulary.CONSTRAIN,
    "<|channel|>": vocabulary.CHANNEL,
    "<|start|>": vocabulary.START,
    "<|end|>": vocabulary.END,
    "<|message|>": vocabulary.MESSAGE,
    "<|call|>": vocabulary.CALL,
}


def test_the_shipped_file_is_the_one_we_measured() -> None:
    assert vocabulary.VOCABULARY_FILE.stat().st_size == 3_613_922
    assert vocabulary.vocabulary_sha256() == vocabulary.VOCABULARY_SHA256


def test_the_vocabulary_ships_with_its_licence() -> None:
    licence = vocabulary.VOCABULARY_FILE.with_name("LICENSE-o200k.txt").read_text()
    assert "MIT License" in licence
    assert "OpenAI, Shantanu Jain" in licence


@pytest.mark.parametrize(("name", "token_id"), MARKERS.items())
def test_each_marker_has_the_id_of_the_encoding(name: str, token_id: int) -> None:
    assert encoding().encode(name, allowed_special="all") == [token_id]
    assert token_text(token_id) == name


def test_a_turn_stops_at_return_and_call_but_not_at_end() -> None:
    assert set(encoding().stop_tokens_for_assistant_actions()) == vocabulary.STOP_IDS
    assert vocabulary.END in set(encoding().stop_tokens()) - vocabulary.STOP_IDS


def test_special_tokens_begin_where_the_constant_says_and_end_with_the_vocabulary() -> None:
    special = encoding().is_special_token
    assert not special(vocabulary.FIRST_SPECIAL - 1)
    assert all(special(i) for i in range(vocabulary.FIRST_SPECIAL, vocabulary.SIZE))
    with pytest.raises(RuntimeError):
        encoding().decode([vocabulary.SIZE])


def test_many_threads_load_the_vocabulary_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[Path] = []
    load = vocabulary._load

    def counted(path: Path) -> HarmonyEncoding:
        loads.append(path)
        return load(path)

    monkeypatch.setattr(vocabulary, "_shared", cache(vocabulary._shared.__wrapped__))
    monkeypatch.setattr(vocabulary, "_load", counted)
    with ThreadPoolExecutor(8) as pool:
        encodings = list(pool.map(lambda _: encoding(), range(32)))
    assert len(loads) == 1
    assert len({id(e) for e in encodings}) == 1


@pytest.mark.parametrize("before", [None, "/somewhere/else"])
def test_loading_leaves_the_environment_as_it_was(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    if before is None:
        monkeypatch.delenv(BASE, raising=False)
    else:
        monkeypatch.setenv(BASE, before)
    vocabulary._load(vocabulary.VOCABULARY_FILE)
    assert os.environ.get(BASE) == before


def test_a_fresh_process_loads_without_any_socket(tmp_path: Path) -> None:
    program = (
        "import socket, sys\n"
        "def refuse(event, args):\n"
        "    if event.startswith('socket.'): raise RuntimeError(event)\n"
        "sys.addaudithook(refuse)\n"
        "from core.vocabulary import encoding\n"
        "print(encoding().encode('hello world'))\n"
    )
    # The library is compiled and would pass a Python hook: an unusable proxy and an empty cache
    # make sure that a download could not have worked either.
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "TIKTOKEN_RS_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**{k: v for k, v in os.environ.items() if k != BASE}, **nowhere},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == str(encoding().encode("hello world"))
    assert not list(tmp_path.iterdir())


def test_a_missing_vocabulary_is_named_with_what_to_do(tmp_path: Path) -> None:
    missing = tmp_path / "o200k_base.tiktoken"
    with pytest.raises(VocabularyError, match="Install Counterpoint again") as raised:
        vocabulary._load(missing)
    assert str(missing) in str(raised.value)
    assert isinstance(raised.value, CoreError)


def test_an_altered_vocabulary_is_refused_with_both_hashes(tmp_path: Path) -> None:
    altered = tmp_path / "o200k_base.tiktoken"
    altered.write_bytes(vocabulary.VOCABULARY_FILE.read_bytes()[:-1] + b"!")
    with pytest.raises(VocabularyError) as raised:
        vocabulary._load(altered)
    assert vocabulary.VOCABULARY_SHA256 in str(raised.value)
    assert vocabulary.vocabulary_sha256(altered) in str(raised.value)


def test_a_token_that_is_part_of_a_character_shows_the_replacement_character() -> None:
    parts = encoding().encode("🫠")
    assert len(parts) > 1
    assert "�" in token_text(parts[0])


@pytest.mark.parametrize("token_id", [-1, vocabulary.SIZE, 2**31, 2**32, 2**64])
def test_an_id_outside_the_vocabulary_is_shown_as_unknown(token_id: int) -> None:
    assert token_text(token_id) == f"<|unknown_{token_id}|>"


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.integers(), st.integers(0, vocabulary.SIZE + 10)))
def test_no_whole_number_makes_token_text_raise(token_id: int) -> None:
    assert token_text(token_id)
