"""Comparisons in the history: written as they go, and read back as they were."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.asked import Asked, How
from core.compare import Comparison
from core.comparing import Record
from core.conversation import Conversation
from core.engine import InferenceEngine
from core.errors import StoreError
from core.report.page import as_html
from core.sampling import SamplingParams
from core.store.comparison_recorder import ComparisonRecorder
from core.store.comparisons import Place, StoredComparison
from core.store.history import Store
from core.store.replay import Replay
from core.store.transfer import from_json, to_json
from core.store.values import Kind, Status
from core.store.votes import StoredVotes
from core.variants import Variant, Varied, of_levels, read_variants
from core.votes import Vote
from tests.core.store.making import ANSWER, THOUGHT, bytes_on_disk, engine_for

LEVELS = of_levels(["low", "high"])
LARGE = 2**64 - 2


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path) as opened:
        yield opened


class Making:
    """A comparison that is run and recorded, step by step."""

    def __init__(
        self,
        store: Store,
        engine: InferenceEngine,
        variants: tuple[Variant, ...] = LEVELS,
        how: How | None = None,
        keep: bool = True,
        prompt: str = "What is 23 + 48?",
    ) -> None:
        self.store, self.engine, self.keep = store, engine, keep
        self.conversation, self.asked = engine.asked(
            Conversation(instructions="Be brief.").with_user(prompt),
            variants,
            how or How(2, "71", warm_up=False),
            SamplingParams(seed=LARGE),
        )
        self.record = Record(self.asked)
        self.recorder = ComparisonRecorder.new(store, self.asked)

    def step(self, variants: tuple[Variant, ...], seed: int, repeat: int) -> None:
        params = replace(self.asked.params, seed=seed)
        runs = self.engine.start_variants(self.conversation, variants, params, self.keep)
        for variant, run in zip(variants, runs, strict=True):
            self.record.began(variant, run)
            self.recorder.began(variant, run, repeat)
        for variant, run in zip(variants, runs, strict=True):
            run.result()
            self.record.ended(variant, run)
            self.recorder.ended(variant)

    def all(self) -> Comparison:
        for step in self.asked.steps():
            self.step(step.variants, step.seed, step.repeat)
        return self.judged()

    def again(self, variant: Variant) -> Comparison:
        self.recorder.anew(variant)
        self.record.anew(variant)
        for step in self.asked.steps():
            self.step((variant,), step.seed, step.repeat)
        return self.judged()

    def judged(self) -> Comparison:
        comparison = self.record.comparison()
        self.recorder.judged(comparison)
        assert self.recorder.wait_written(30)
        self.store.flush()
        assert self.store.trouble is None
        return comparison

    def stored(self) -> StoredComparison:
        return StoredComparison.of(self.store.entry(self.recorder.id))


def test_a_place_says_which_run_it_is() -> None:
    asked = Asked("?", LEVELS, repeats=3)
    places = [Place(c, r, a) for a in range(3) for r in range(3) for c in range(2)]
    assert [place.number(asked) for place in places] == list(range(18))
    assert [Place.of(n, asked) for n in range(18)] == places


@pytest.mark.parametrize("keep", [True, False])
def test_what_is_read_back_is_the_comparison_that_was_made(store: Store, keep: bool) -> None:
    with engine_for() as engine:
        making = Making(store, engine, keep=keep)
        live = making.all()
    stored = making.stored()
    again = stored.comparison()
    assert again == live
    assert (again.asked.expected, again.asked.params.seed) == ("71", LARGE)
    assert [run.seed for run in again.runs["low"]] == [LARGE, LARGE + 1]
    assert stored.entry.facts["verdict"]["reason"] == live.verdict.reason
    assert (stored.broken, stored.stopped, stored.again) == (False, False, set())
    assert stored.captured is keep
    (line,) = store.page(kind=Kind.COMPARISON).entries
    assert (line.title, line.levels) == ("What is 23 + 48?", ("low", "high"))


@pytest.mark.parametrize(
    ("varied", "typed"),
    [
        (Varied.INSTRUCTIONS, "Answer in one line.\n<b>Work</b> \ud800 step by step."),
        (Varied.SAMPLING, "temperature 0\ntop-p 0.5, top-k 3"),
    ],
)
def test_what_makes_each_column_what_it_is_is_kept(
    store: Store, varied: Varied, typed: str
) -> None:
    with engine_for() as engine:
        level = LEVELS[1].level
        making = Making(store, engine, read_variants(varied, typed, level, SamplingParams()))
        live = making.all()
    assert making.stored().asked == making.asked
    assert making.stored().comparison() == live


def test_a_column_that_is_run_again_counts_in_place_of_what_it_had(store: Store) -> None:
    with engine_for() as engine:
        making = Making(store, engine)
        first = making.all()
        live = making.again(LEVELS[1])
    stored = making.stored()
    assert stored.comparison() == live
    assert stored.again == live.again == {"high"}
    assert len(stored.entry.turns[0].runs) == 6
    assert live.runs["high"] != first.runs["high"]
    assert [v.label for step in stored.steps() for v in step.variants] == ["low", "high"] * 2


def test_a_stored_comparison_is_gone_on_with_in_its_own_entry(store: Store) -> None:
    with engine_for() as engine:
        making = Making(store, engine)
        making.all()
        making.recorder = ComparisonRecorder.going_on(store, making.stored())
        live = making.again(LEVELS[0])
    assert store.page().total == 1
    assert making.stored().comparison() == live


def test_it_lives_through_an_export_and_an_import_under_other_ids(store: Store) -> None:
    with engine_for() as engine:
        making = Making(store, engine)
        making.all()
        live = making.again(LEVELS[1])
        store.vote(making.recorder.id, {"best": "low"})
        (entry,) = from_json(to_json([store.entry(making.recorder.id)]))
    changed = replace(entry, title="Mine")
    assert store.add([changed]) == 1
    (copy,) = [e for e in store.page().entries if e.title == "Mine"]
    assert copy.id != entry.id
    again = StoredComparison.of(store.entry(copy.id)).comparison()
    assert again.verdict == live.verdict
    assert again.again == {"high"}


def test_without_captured_reasoning_none_reaches_the_disk_and_counts_stay(
    store: Store, tmp_path: Path
) -> None:
    with engine_for() as engine:
        making = Making(store, engine, keep=False)
        live = making.all()
    stored = making.stored()
    replay = Replay(stored.runs["low"][0], 1, clock=iter([0.0, *[1e9] * 9]).__next__)
    thinking = replay.stored.events[:-1]
    replay.stored.__dict__["events"] = thinking
    replay.drain()
    usage = live.runs["low"][0].usage
    assert replay.tokens == usage.generated_tokens
    assert [m.content_tokens for m in replay.transcript.messages] == [
        usage.analysis_tokens,
        usage.final_tokens,
    ]
    store.close()
    assert THOUGHT.encode() not in bytes_on_disk(tmp_path)


def test_one_that_nobody_saw_to_its_end_is_broken_and_keeps_what_was_written(store: Store) -> None:
    with engine_for(rate=30.0) as engine:
        making = Making(store, engine)
        runs = engine.start_variants(making.conversation, LEVELS, making.asked.params, True)
        for variant, run in zip(LEVELS, runs, strict=True):
            making.recorder.began(variant, run, 0)
        while not runs[1].transcript.tokens:
            runs[1].wait()
            runs[1].drain()
        making.recorder.interrupted(making.record.comparison(stopped=True))
        for run in runs:
            run.cancel()
        store.flush()
    stored = making.stored()
    assert stored.broken
    assert stored.stopped
    assert {run.status for run in stored.all_runs} == {Status.INTERRUPTED}
    assert stored.comparison().verdict.winner is None


def test_a_failure_is_told_and_what_had_ended_before_is_there(store: Store) -> None:
    with engine_for() as engine:
        making = Making(store, engine, how=How(1, warm_up=False))
        runs = engine.start_variants(making.conversation, LEVELS, making.asked.params, True)
        for variant, run in zip(LEVELS, runs, strict=True):
            making.recorder.began(variant, run, 0)
        runs[0].result()
        making.recorder.ended(LEVELS[0])
        making.recorder.ended(LEVELS[1], "The machine ran out of memory.")
        making.record.ended(LEVELS[0], runs[0])
        making.recorder.judged(making.record.comparison(failure="The machine ran out of memory."))
        store.flush()
    stored = making.stored()
    assert stored.failure == "The machine ran out of memory."
    assert stored.comparison().runs["low"][0].text == ANSWER
    assert stored.comparison().runs["high"] == ()


def test_a_store_that_cannot_write_costs_nothing_and_catches_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("The disk is full.")

    with engine_for() as engine:
        making = Making(store, engine)
        writing = store._database.writing
        monkeypatch.setattr(store._database, "writing", broken)
        for step in making.asked.steps():
            making.step(step.variants, step.seed, step.repeat)
        live = making.record.comparison()
        making.recorder.judged(live)
        assert not making.recorder.wait_written(0.1)
        assert store.trouble == "The disk is full."
        monkeypatch.setattr(store._database, "writing", writing)
        store.flush()
    assert making.stored().comparison() == live


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"asked": 3},
        {"asked": {"variants": []}},
        {"asked": {"variants": [{"label": "low", "level": "low"}] * 2}},
        {"asked": {"variants": [{"label": str(n), "level": "low"} for n in range(5)]}},
        {"asked": {"variants": [{"label": "low", "level": "most"}]}},
        {"asked": {"variants": [{"label": "low", "level": "low"}], "repeats": 10**9}},
        {"asked": {"variants": [{"label": "low", "level": "low"}], "params": {"top_p": 7}}},
    ],
)
def test_facts_that_cannot_have_been_are_refused_in_words(store: Store, facts: object) -> None:
    with engine_for() as engine:
        making = Making(store, engine)
        making.all()
    entry = replace(store.entry(making.recorder.id), facts=json.loads(json.dumps(facts)))
    with pytest.raises(StoreError, match="does not say what was compared"):
        StoredComparison.of(entry)
    with pytest.raises(StoreError, match="does not say what was compared"):
        StoredComparison.of(replace(store.entry(making.recorder.id), turns=()))


def test_a_chat_is_no_comparison(store: Store) -> None:
    with engine_for() as engine:
        making = Making(store, engine)
        making.all()
    with pytest.raises(StoreError, match="is a chat, and no comparison"):
        StoredComparison.of(replace(store.entry(making.recorder.id), kind=Kind.CHAT))


def test_votes_stand_in_the_entry_of_their_comparison_and_go_with_it(store: Store) -> None:
    with engine_for() as engine:
        making = Making(store, engine)
        making.all()
    book = StoredVotes(store)
    shown = ("low", "high")
    book.add(Vote(shown, "high", "?", "2026-01-31T10:00:00+00:00", making.recorder.id))
    book.add(Vote(shown, None, "?", "2026-01-31T09:00:00+00:00"))
    book.add(Vote(shown, "low", "?", "2026-01-31T11:00:00+00:00", "nowhere"))
    assert [vote.chosen for vote in book.votes()] == [None, "high", "low"]
    assert [vote.chosen for vote in StoredVotes(store).votes()] == ["high"]
    store.vote(making.recorder.id, {"shown": 3})
    assert len(StoredVotes(store).votes()) == 1
    store.delete([making.recorder.id])
    assert StoredVotes(store).votes() == []


def test_a_report_is_made_of_it(store: Store) -> None:
    with engine_for() as engine:
        making = Making(store, engine, prompt="What is <b>23</b> + 48?")
        making.all()
    page = as_html(making.stored().comparison())
    assert "What is &lt;b&gt;23&lt;/b&gt; + 48?" in page
    assert THOUGHT not in page
