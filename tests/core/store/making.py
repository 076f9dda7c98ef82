"""Runs and entries for the store's tests: scripted output through the real engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from core.backends.base import Handle, TokenRequest
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig, ReasoningLevel
from core.conversation import Channel, Message, Role
from core.engine import InferenceEngine
from core.parser import ChannelParser
from core.run import Run
from core.sampling import SamplingParams
from core.store.history import Store
from core.store.journal import Redactor, timed
from core.store.values import Kind, RunFacts, Status, StoredEntry, StoredRun, StoredTurn
from core.vocabulary import encoding
from tests.fuzz.streams import clean_turn

THOUGHT, ANSWER = "A secret thought about it.", "It is 71."
TURN = (
    f"<|channel|>analysis<|message|>{THOUGHT}<|end|>"
    f"<|start|>assistant<|channel|>final<|message|>{ANSWER}<|return|>"
)


def marked(text: str) -> list[int]:
    """Tokens of a text whose markers are real."""
    ids: list[int] = encoding().encode(text, allowed_special="all")
    return ids


def engine_for(
    tokens: Sequence[int] = (), rate: float | None = None, text: str = TURN
) -> InferenceEngine:
    """An engine that answers everything with these tokens, or this text."""
    backend = ScriptedBackend(lambda request: tokens or marked(text), rate)
    return InferenceEngine(backend, InferenceConfig(_env_file=None))


class Silent(ScriptedBackend):
    """A backend that takes a request and never says anything."""

    def __init__(self) -> None:
        super().__init__(lambda request: [])

    def submit(self, requests: Sequence[TokenRequest]) -> Sequence[Handle]:
        return [_Nothing() for _ in requests]


class _Nothing:
    def cancel(self) -> None:
        """There is nothing to cancel."""


def recorded(
    store: Store, engine: InferenceEngine, question: str = "What is 23 + 48?", keep: bool = True
) -> tuple[str, Run]:
    """Run a question as a chat of one turn, to its end; the entry's id, and the run."""
    chat = store.recorder(Kind.CHAT, question)
    run = engine.start(question, capture_reasoning=keep)
    recorder = chat.turn(question).follow(run)
    for _ in run:
        pass
    recorder.close()
    store.flush()
    assert store.trouble is None
    return chat.id, run


def bytes_on_disk(folder: Path) -> bytes:
    """All that lies in the folder, the log of the database too."""
    return b"".join(f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file())


# Entries as Hypothesis draws them.

texts = st.text(max_size=40)
times = st.floats(0, 1e6).map(lambda at: round(at, 2))
messages = st.builds(
    Message,
    st.sampled_from([Role.ASSISTANT, Role.TOOL]),
    texts,
    st.sampled_from(Channel),
    st.none() | texts,
    st.none() | texts,
    st.none() | texts,
)
facts = st.builds(
    RunFacts,
    st.sampled_from(ReasoningLevel),
    st.none() | st.sampled_from(ReasoningLevel),
    texts,
    texts,
    st.builds(
        SamplingParams,
        temperature=st.floats(0, 2),
        seed=st.none() | st.integers(0, 2**64 - 1),
        stop=st.lists(st.text(min_size=1, max_size=4), max_size=2),
    ),
    st.booleans(),
    times,
    st.lists(texts, max_size=2).map(tuple),
)


@st.composite
def stored_runs(draw: st.DrawFn) -> StoredRun:
    """A run of any clean turn, cut anywhere."""
    ids = clean_turn(Random(draw(st.integers(0, 10**9)))).ids
    parser = ChannelParser()
    events = [*parser.feed(ids[: draw(st.integers(0, len(ids)))]), *parser.finish()]
    known = draw(facts)
    redact = Redactor()
    kept = events if known.captured else [e for e in map(redact, events) if e is not None]
    at = draw(times)
    return StoredRun(
        draw(st.uuids()).hex,
        draw(st.integers(0, 9)),
        draw(st.sampled_from([Status.FINISHED, Status.FAILED, Status.INTERRUPTED])),
        known,
        tuple(timed(e, [at + n / 7 for n in range(max(1, len(e.tokens)))]) for e in kept),
        len(ids),
        draw(st.none() | texts),
    )


turns = st.builds(
    StoredTurn,
    st.uuids().map(lambda u: u.hex),
    texts,
    st.lists(stored_runs(), max_size=2).map(lambda rs: tuple(sorted(rs, key=lambda r: r.place))),
    st.lists(messages, max_size=2).map(tuple),
)
json_objects = st.dictionaries(texts, st.none() | st.booleans() | st.integers() | texts, max_size=2)
entries = st.builds(
    StoredEntry,
    st.uuids().map(lambda u: u.hex),
    st.sampled_from(Kind),
    texts,
    times,
    times,
    st.none() | texts,
    st.none() | texts,
    json_objects,
    st.lists(json_objects, max_size=2).map(tuple),
    st.lists(turns, max_size=3).map(tuple),
)
