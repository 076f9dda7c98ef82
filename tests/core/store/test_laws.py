"""What is stored is what is read, what is exported what is imported, and a replay what happened."""

from __future__ import annotations

import json
import tempfile
import uuid
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.store.chats import InvalidImport
from core.store.history import Store
from core.store.journal import from_lines, lines, packed, unpacked
from core.store.replay import AT_ONCE, Replay
from core.store.transfer import from_json, to_json
from core.store.values import Kind, StoredEntry, StoredRun
from tests.core.store.making import engine_for, entries, recorded, stored_runs
from tests.fuzz.streams import clean_turn


@pytest.fixture(scope="module")
def store():
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as opened:
        yield opened


@given(stored_runs())
@settings(max_examples=30)
def test_events_come_back_from_their_lines(run: StoredRun) -> None:
    assert from_lines(unpacked(packed(lines(run.events)))) == run.events


@given(entries)
@settings(max_examples=30)
def test_what_is_stored_is_what_is_read(store: Store, entry: StoredEntry) -> None:
    # Hypothesis draws the same ids again.
    fresh = entry.called(uuid.uuid4().hex)
    store.add([fresh])
    assert store.entry(fresh.id) == fresh


@given(st.lists(entries, max_size=3))
@settings(max_examples=30)
def test_what_is_exported_is_what_is_imported(some: list[StoredEntry]) -> None:
    assert list(from_json(to_json(some))) == some


@given(entries, st.data())
@settings(max_examples=60)
def test_a_file_that_was_changed_anywhere_is_read_or_refused(
    entry: StoredEntry, data: st.DataObject
) -> None:
    """No value of another type gets in, and nothing but a sentence comes out."""
    content = json.loads(to_json([entry]))
    nodes = [(content, key) for key in content]
    for holder, key in nodes:
        inner = holder[key]
        if isinstance(inner, dict | list):
            nodes += [(inner, k) for k in (inner if isinstance(inner, dict) else range(len(inner)))]
    holder, key = data.draw(st.sampled_from(nodes))
    holder[key] = data.draw(st.sampled_from([None, -1, 10**30, "x", [], {}, [[]], True, 1.5]))
    try:
        again = from_json(json.dumps(content))
    except InvalidImport:
        return
    assert list(from_json(to_json(again))) == list(again)


@given(st.text(max_size=60))
def test_any_text_can_be_searched_for(store: Store, query: str) -> None:
    page = store.page(query)
    assert len(page.entries) <= page.total <= store.page("").total


@given(st.integers(0, 10**9), st.booleans(), st.booleans())
@settings(max_examples=25)
def test_a_stored_run_gives_the_result_and_the_events_of_the_live_one(
    store: Store, seed: int, keep: bool, damaged: bool
) -> None:
    rng = Random(seed)
    tokens = list(clean_turn(rng).ids)
    if damaged:
        tokens[rng.randrange(len(tokens))] = rng.choice([200005, 200006, 200008, 17])
    with engine_for(tokens) as engine:
        run = engine.start("Question?", capture_reasoning=keep)
        recorder = store.recorder(Kind.CHAT, "Question?").turn("Question?").follow(run)
        seen = list(run)
        store.flush()
        stored = store.run(recorder.id)
        assert stored.result() == run.result()
        assert stored.tokens == run.transcript.generated_tokens
        replayed = list(Replay(stored, AT_ONCE))
        assert len(replayed) == len(seen)
        if keep:
            assert replayed == seen


def test_an_entry_that_is_here_already_is_not_added_twice(tmp_path: Path) -> None:
    with Store(tmp_path) as store, engine_for() as engine:
        entry_id, _ = recorded(store, engine)
        entry = store.entry(entry_id)
        assert store.add([entry]) == 0
        store.rename(entry_id, "Mine")
        assert store.add([entry]) == 1
        assert sorted(e.title for e in store.page().entries) == ["Mine", entry.title]
