"""The file itself: versions, damage, folders that cannot be used."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StoreError
from core.store import database, schema
from core.store.history import FILE, Store
from core.store.rows import put_entry
from tests.core.store.making import bytes_on_disk, engine_for, recorded

FIRST_VERSION = "94f5267caa71f9fcc387d78c286eff1869615f99271e67cd536c8ac905a0e7b1"


def test_a_newer_history_is_refused_and_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StoreError, match=r"of version 99.*update Counterpoint") as refused:
        Store(tmp_path)
    assert str(tmp_path / FILE) in str(refused.value)
    assert (tmp_path / FILE).read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all " * 100, b"SQLite format 3\x00" * 300])
def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(StoreError, match="move the file away"):
        Store(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content


def test_damage_that_shows_later_is_told_in_a_sentence(tmp_path: Path) -> None:
    with Store(tmp_path) as store, engine_for() as engine:
        recorded(store, engine)
    file = tmp_path / FILE
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"), Store(tmp_path) as store:
        store.page()


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="COUNTERPOINT_HOME"):
        Store(tmp_path / "file" / "home")


def test_a_file_that_cannot_be_opened_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError, match="make file and folder writable"):
        Store(tmp_path)


def test_a_python_without_full_text_search_is_told_in_a_sentence() -> None:
    class Without:
        def execute(self, statement: str) -> list[tuple[str]]:
            return [("THREADSAFE=1",)]

    with pytest.raises(StoreError, match="FTS5"):
        database._require_full_text(Without())  # type: ignore[arg-type]


def test_a_released_version_of_the_tables_never_changes() -> None:
    first = hashlib.sha256("\n".join(schema.MIGRATIONS[0]).encode()).hexdigest()
    assert first == FIRST_VERSION


def test_a_history_of_version_1_is_brought_up_to_date_with_all_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "new") as store, engine_for() as engine:
        entry = store.entry(recorded(store, engine)[0])
    (tmp_path / "old").mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        old = database.Database(tmp_path / "old" / FILE)
        with old.writing() as connection:
            put_entry(connection, entry)
            assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        old.close()
    with Store(tmp_path / "old") as store:
        assert store.entry(entry.id) == entry
        assert store.page("71").total == 1
        assert store.shown_in("tab") is None
    with closing(sqlite3.connect(tmp_path / "old" / FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path) as store, engine_for() as engine:
        recorded(store, engine)
    broken = (*schema.MIGRATIONS, ("CREATE TABLE more (n)", "CREATE TABLE nonsense"))
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", broken)
        with pytest.raises(StoreError):
            Store(tmp_path)
    with Store(tmp_path) as store:
        assert store.page().total == 1
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert "more" not in tables


def test_what_was_deleted_is_gone_from_the_disk_once_it_is_purged(tmp_path: Path) -> None:
    with Store(tmp_path) as store, engine_for() as engine:
        entry_id, _ = recorded(store, engine, "The unmistakable zygomorphic question")
        recorded(store, engine, "Another")
        store.delete([entry_id])
        assert store.purge() == 0
        store.restore([entry_id])
        assert store.page("zygomorphic").total == 1
        store.delete([entry_id])
        assert store.purge(kept_s=-1) == 1
        assert store.page().total == 1
    assert b"zygomorphic" not in bytes_on_disk(tmp_path)
