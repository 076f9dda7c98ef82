"""A process that records one answer after the other until it is killed; see test_kill."""

from __future__ import annotations

from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from core.store.history import Store
from core.store.values import Kind
from core.vocabulary import encoding
from tests.core.store.making import engine_for

THOUGHT = " ".join(f"thought {n}" for n in range(20))
ANSWER = " ".join(f"word {n}" for n in range(20))
TURN = (
    f"<|channel|>analysis<|message|>{THOUGHT}<|end|>"
    f"<|start|>assistant<|channel|>final<|message|>{ANSWER}<|return|>"
)

encoding()  # so that the processes which are forked from here need not load it


def record_some(folder: Path, name: str, chats: int) -> None:
    """Chats of one turn, as fast as it goes."""
    with Store(folder) as store, engine_for(text=TURN) as engine:
        for number in range(chats):
            run = engine.start(name, capture_reasoning=True)
            store.recorder(Kind.CHAT, f"{name} {number}").turn(name).follow(run)
            run.result()


def record(folder: Path, tell: Connection) -> None:
    """Chats of two turns; tells of each run when it starts, and when its end is written."""
    store, engine = Store(folder), engine_for(text=TURN, rate=300.0)
    for number in count():
        chat = store.recorder(Kind.CHAT, f"Chat {number}")
        for position in range(2):
            question = f"Question {position}?"
            run = engine.start(question, capture_reasoning=True)
            recorder = chat.turn(question, position).follow(run)
            tell.send(("started", recorder.id))
            run.result()
            if recorder.wait_written(60):
                tell.send(("finished", recorder.id))
