"""What a search finds."""

from __future__ import annotations

import pytest

from core.store.history import Store
from core.store.values import title_of
from tests.core.store.making import engine_for, recorded


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    think = "<|channel|>analysis<|message|>hidden thought<|end|>"
    said = f"{think}<|start|>assistant<|channel|>final<|message|>"
    with Store(tmp_path_factory.mktemp("store")) as opened:
        for question, answer, keep in (
            ("What is the capital of Peru?", "Lima", False),
            ("Größe von Zürich in snake_case", "Straße", True),
            ("日本語の首都はどこですか", "東京です", True),
        ):
            with engine_for(text=f"{said}{answer}<|return|>") as engine:
                recorded(opened, engine, question, keep)
        yield opened


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("capital", 1),
        ("CAP peru", 1),
        ("lim", 1),
        ("peru zürich", 0),
        ("grosse", 0),
        ("größ", 1),
        ("GROSSE", 0),
        ("zurich", 1),
        ("snake_case", 1),
        ("case", 1),
        ("首都", 1),
        ("東京", 1),
        ("京東", 0),
        ("thought", 2),
        ("   ", 3),
        ("", 3),
        ("!?", 0),
        ('" OR "', 0),
        ("capital NOT peru", 0),
        ("23 + 48", 0),
        ("\x00", 0),
    ],
)
def test_words_are_found_by_their_beginning(store: Store, query: str, found: int) -> None:
    """“thought” stands in three runs, and is kept of two."""
    assert store.page(query).total == found


def test_a_new_title_is_found_and_the_old_one_only_in_the_question(store: Store) -> None:
    entry = store.page("peru").entries[0]
    store.rename(entry.id, "  Andean\n trip ")
    assert store.page("andean").entries[0].title == "Andean trip"
    assert store.page("peru").total == 1
    store.rename(entry.id, " \n")
    assert store.page("andean").total == 1


def test_pages_follow_each_other_newest_first(store: Store) -> None:
    everything = store.page().entries
    assert [store.page(offset=n, limit=1).entries[0] for n in range(3)] == list(everything)
    assert [e.updated_at for e in everything] == sorted(
        (e.updated_at for e in everything), reverse=True
    )
    assert store.page(offset=3).entries == ()


def test_a_deleted_entry_is_gone_from_the_list_until_it_is_restored(store: Store) -> None:
    entry = store.page("snake").entries[0]
    store.delete([entry.id])
    assert store.page("snake").total == 0
    store.restore([entry.id])
    assert store.page("snake").total == 1


def test_a_title_is_the_first_line_cut_at_a_word() -> None:
    assert title_of("\n  One   line \nand another") == "One line"
    assert title_of("word " * 50).endswith("word…")
    assert title_of(" \n ") == "Untitled"
