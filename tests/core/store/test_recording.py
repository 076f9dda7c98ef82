"""Live runs into the history: what is written when, what never is, and who goes on with what."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from core.conversation import Channel
from core.errors import BackendError
from core.events import Finished, FinishReason
from core.store import database
from core.store.history import Store
from core.store.replay import AT_ONCE, Replay
from core.store.values import Kind, Status
from tests.core.store.making import ANSWER, THOUGHT, bytes_on_disk, engine_for, recorded


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path) as opened:
        yield opened


def test_a_chat_is_listed_with_its_model_level_and_tokens(store: Store) -> None:
    with engine_for() as engine:
        entry_id, run = recorded(store, engine)
    (line,) = store.page().entries
    assert (line.id, line.kind, line.title) == (entry_id, Kind.CHAT, "What is 23 + 48?")
    assert (line.model, line.levels, line.turns) == ("replay", ("medium",), 1)
    assert line.tokens == run.transcript.generated_tokens > 0
    assert line.status is Status.FINISHED


def test_reasoning_that_is_not_captured_never_reaches_the_disk(
    store: Store, tmp_path: Path
) -> None:
    with engine_for() as engine:
        entry_id, run = recorded(store, engine, keep=False)
    (turn,) = store.entry(entry_id).turns
    store.close()
    assert THOUGHT.encode() not in bytes_on_disk(tmp_path)
    stored = turn.runs[0].transcript
    assert stored.text(Channel.FINAL) == ANSWER
    assert stored.text(Channel.ANALYSIS) == ""
    assert stored.tokens == []
    assert stored.prompt_sha256 == run.prompt.sha256
    assert turn.runs[0].result().usage == run.result().usage
    assert turn.runs[0].result().timing == run.result().timing


def test_reasoning_that_is_captured_is_there_to_the_token(store: Store) -> None:
    with engine_for() as engine:
        entry_id, run = recorded(store, engine)
    (turn,) = store.entry(entry_id).turns
    assert turn.runs[0].transcript.text(Channel.ANALYSIS) == THOUGHT
    assert turn.runs[0].transcript.tokens == run.transcript.tokens


def test_a_run_can_be_read_while_it_is_written(store: Store) -> None:
    with engine_for(rate=30.0) as engine:
        chat = store.recorder(Kind.CHAT, "Slow")
        run = engine.start("Slow?", capture_reasoning=True)
        recorder = chat.turn("Slow?").follow(run)
        while not run.transcript.text(Channel.ANALYSIS):
            run.wait()
            run.drain()
        recorder._due = 0.0
        run.wait()
        run.drain()
        store.flush()
        under_way = store.run(recorder.id)
        assert under_way.status is Status.RUNNING
        assert THOUGHT.startswith(under_way.transcript.text(Channel.ANALYSIS)[:5])
        run.result()
        store.flush()
        assert store.run(recorder.id).status is Status.FINISHED


def test_a_run_that_nobody_reads_on_is_interrupted_and_a_failed_one_says_why(store: Store) -> None:
    with engine_for(rate=30.0) as engine:
        chat = store.recorder(Kind.CHAT, "Two")
        one = chat.turn("One?").follow(engine.start("One?"))
        one.close()
        two = chat.turn("Two?", 1).follow(engine.start("Two?"))
        two.close("The machine ran out of memory.")
        two.close()
        store.flush()
    assert store.run(one.id).status is Status.INTERRUPTED
    assert store.run(two.id).status is Status.FAILED
    assert store.run(two.id).why_no_answer == "The machine ran out of memory."


def test_a_stopped_run_is_finished_with_what_it_wrote(store: Store) -> None:
    with engine_for(rate=30.0) as engine:
        chat = store.recorder(Kind.CHAT, "Stop")
        run = engine.start("Stop?", capture_reasoning=True)
        recorder = chat.turn("Stop?").follow(run)
        while not run.transcript.tokens:
            run.wait()
            run.drain()
        run.cancel()
        run.result()
        store.flush()
    stored = store.run(recorder.id)
    assert stored.status is Status.FINISHED
    assert stored.result().finish_reason is FinishReason.CANCELLED


def test_an_answer_that_is_given_again_takes_the_place_of_the_first(store: Store) -> None:
    with engine_for() as engine:
        chat = store.recorder(Kind.CHAT, "Chat")
        for question, position in (("First?", 0), ("Second?", 1), ("Changed?", 1)):
            run = engine.start(question)
            chat.turn(question, position).follow(run)
            run.result()
        store.flush()
        assert [t.question for t in store.entry(chat.id).turns] == ["First?", "Changed?"]
        assert store.page("second").total == 0
        chat.cut(1)
        store.flush()
        assert [t.question for t in store.entry(chat.id).turns] == ["First?"]
        chat.cut(0)
        store.flush()
        assert store.page().total == 0


def test_two_who_go_on_with_one_chat_do_not_overwrite_each_other(store: Store) -> None:
    with engine_for() as engine:
        entry_id, _ = recorded(store, engine, "First?")
        entry = store.entry(entry_id)
        for name in ("mine", "yours"):
            run = engine.start(name)
            store.going_on(entry).turn(name, 1).follow(run)
            run.result()
        store.flush()
    chats = [store.entry(e.id) for e in store.page().entries]
    asked = sorted([t.question for t in chat.turns] for chat in chats)
    assert asked == [["First?", "mine"], ["First?", "yours"]]
    assert {chat.title for chat in chats} == {"First?"}


def test_who_takes_turns_back_takes_back_none_of_another(store: Store) -> None:
    with engine_for() as engine:
        entry_id, _ = recorded(store, engine, "First?")
        mine, yours = (store.going_on(store.entry(entry_id)) for _ in range(2))
        run = engine.start("Second?")
        yours.turn("Second?", 1).follow(run)
        run.result()
        mine.cut(1)
        mine.cut(0)
        store.flush()
    asked = [[t.question for t in store.entry(e.id).turns] for e in store.page().entries]
    assert asked == [["First?", "Second?"]]


def test_the_runs_of_a_comparison_stand_side_by_side_with_verdict_and_votes(store: Store) -> None:
    with engine_for() as engine:
        compared = store.recorder(Kind.COMPARISON, "What is 23 + 48?")
        turn = compared.turn("What is 23 + 48?")
        runs = engine.start_levels("What is 23 + 48?")
        for place, run in enumerate(runs):
            turn.follow(run, place)
        for run in runs:
            run.result()
        compared.note({"verdict": {"level": "low"}})
        store.flush()
        store.vote(compared.id, {"best": "low"})
    entry = store.entry(compared.id)
    (turn,) = entry.turns
    assert [run.facts.level for run in turn.runs] == ["low", "medium", "high"]
    assert entry.facts == {"verdict": {"level": "low"}}
    assert list(entry.votes) == [{"best": "low"}]
    assert store.page(kind=Kind.COMPARISON).entries[0].levels == ("low", "medium", "high")
    assert store.page(kind=Kind.CHAT).total == 0


def test_what_cannot_be_written_is_said_and_kept_until_it_can(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full, as SQLite sees it: no page may be added to the file."""
    connect = database.Database._connect

    def full(self: database.Database, any_thread: bool = False) -> sqlite3.Connection:
        connection = connect(self, any_thread)
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    monkeypatch.setattr(database.Database, "_connect", full)
    with engine_for() as engine:
        chat = store.recorder(Kind.CHAT, "Full")
        run = engine.start("long " * 5000)
        chat.turn("long " * 5000).follow(run)
        result = run.result()
        store.flush()
        assert "is full" in str(store.trouble)
        assert store.page().total == 0
        monkeypatch.undo()
        store.flush()
    assert store.trouble is None
    (turn,) = store.entry(chat.id).turns
    assert turn.runs[0].result() == result


def test_what_is_deleted_while_it_runs_stays_deleted(store: Store) -> None:
    with engine_for(rate=50.0) as engine:
        chat = store.recorder(Kind.CHAT, "Gone")
        run = engine.start("Gone?")
        chat.turn("Gone?").follow(run)
        store.flush()
        store.delete([chat.id])
        run.result()
        store.flush()
        assert store.trouble is None
        assert store.page().total == 0
        store.purge(kept_s=-1)
        assert store.page("gone").total == 0


def test_many_threads_record_and_read_at_once(store: Store) -> None:
    with engine_for() as engine:
        threads = [
            threading.Thread(target=recorded, args=(store, engine, f"Question {n}?"))
            for n in range(12)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            store.page("question")
            time.sleep(0.01)
    assert store.page("question").total == 12


def test_two_stores_on_one_folder_see_what_the_other_writes(store: Store, tmp_path: Path) -> None:
    with Store(tmp_path) as other, engine_for(rate=40.0) as engine:
        chat = store.recorder(Kind.CHAT, "Under way")
        run = engine.start("Under way?")
        recorder = chat.turn("Under way?").follow(run)
        store.flush()
        assert other.mend() == 0
        assert other.run(recorder.id).status is Status.RUNNING
        recorded(other, engine, "From the other")
        assert {e.title for e in store.page().entries} == {"Under way", "From the other"}
        run.result()


def test_a_replay_keeps_the_recorded_times_and_can_be_faster(store: Store) -> None:
    with engine_for(rate=100.0) as engine:
        entry_id, run = recorded(store, engine)
    stored = store.entry(entry_id).turns[0].runs[0]
    clock = [0.0]
    for speed in (1.0, 4.0):
        replay = Replay(stored, speed, lambda: clock[0])
        assert all(e.tokens == () for e in replay.drain())
        half = stored.events[-1].at / 2 / speed
        clock[0] += half
        replay.drain()
        due = [e for e in stored.events if e.at <= half * speed]
        assert replay.transcript.tokens == [t for e in due for t in e.event.tokens]
        assert 0 < len(replay.transcript.tokens) < len(run.transcript.tokens)
        clock[0] += half + 0.001
        assert isinstance(replay.drain()[-1], Finished)
        assert replay.done
        assert replay.timing == run.timing
    cancelled = Replay(stored)
    cancelled.cancel()
    assert list(cancelled) == []
    assert Replay(stored, AT_ONCE).finish_now() is False


def test_a_failed_machine_ends_in_the_history_with_its_text(store: Store) -> None:
    from core.config import InferenceConfig
    from core.engine import InferenceEngine
    from tests.browser.scripted import FAILURE, SometimesFailing, script

    with InferenceEngine(SometimesFailing(script), InferenceConfig(_env_file=None)) as engine:
        run = engine.start("please fail")
        recorder = store.recorder(Kind.CHAT, "Fails").turn("please fail").follow(run)
        with pytest.raises(BackendError) as failed:
            run.result()
        recorder.close(str(failed.value))
        store.flush()
    stored = store.run(recorder.id)
    assert (stored.status, stored.failure) == (Status.FAILED, FAILURE)
    assert stored.transcript.text(Channel.FINAL) == "You said: please fail"
