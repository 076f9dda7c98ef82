"""kill -9 in the middle of answers: no finished turn is lost, and the database stays whole.

Several processes record at once, so that a kill also falls amid what the others write.
"""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from core.conversation import Channel
from core.store.history import FILE, Store
from core.store.values import BROKEN_OFF, Status
from tests.core.store import killed

KILLS, AT_ONCE = 20, 5


def test_twenty_kills_cost_no_finished_turn(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([killed.__name__])

    def kill_one(number: int) -> list[tuple[str, str]]:
        hear, tell = processes.Pipe(duplex=False)
        process = processes.Process(target=killed.record, args=(tmp_path, tell))
        process.start()
        tell.close()
        said = [hear.recv() for _ in range([1, 3, 5][number % 3])]
        time.sleep(random.uniform(0.0, 0.3))
        process.kill()
        process.join()
        return said + rest(hear)

    with ThreadPoolExecutor(AT_ONCE) as killers:
        told = [word for said in killers.map(kill_one, range(KILLS)) for word in said]
    started = {run for word, run in told if word == "started"}
    finished = {run for word, run in told if word == "finished"}

    with Store(tmp_path) as store:
        broken = 0
        for run in (store.run(run_id) for run_id in finished):
            assert run.status is Status.FINISHED
            assert run.result().reasoning == killed.THOUGHT
            assert run.result().text == killed.ANSWER
        listed = [store.entry(e.id) for e in store.page(limit=1000).entries]
        for run in (run for entry in listed for turn in entry.turns for run in turn.runs):
            assert killed.THOUGHT.startswith(run.transcript.text(Channel.ANALYSIS))
            assert killed.ANSWER.startswith(run.transcript.text(Channel.FINAL))
            if run.id not in finished and run.status is not Status.FINISHED:
                assert run.status is Status.INTERRUPTED
                assert run.why_no_answer == BROKEN_OFF
                broken += 1
        assert finished
        assert KILLS // 2 < broken <= len(started - finished)
        # What a run had written before it was killed can be found.
        assert store.page("question").total == len(listed)
        assert store.page("thought").total > 0
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert list((tmp_path / "writers").iterdir()) == []


def test_two_processes_write_at_once_and_lose_nothing(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([killed.__name__])
    writing = [
        processes.Process(target=killed.record_some, args=(tmp_path, name, 25))
        for name in ("one", "two")
    ]
    with Store(tmp_path) as store:
        for process in writing:
            process.start()
        for process in writing:
            while process.is_alive():
                store.page("thought")
                process.join(0.02)
            assert process.exitcode == 0
        for name in ("one", "two"):
            assert store.page(name).total == 25
        assert {entry.status for entry in store.page(limit=100).entries} == {Status.FINISHED}


def rest(hear) -> list[tuple[str, str]]:
    """What the process said before it was killed."""
    said = []
    while True:
        try:
            said.append(hear.recv())
        except EOFError:
            return said
