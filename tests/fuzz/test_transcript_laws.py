"""Laws over damaged turns: what `make fuzz` tries by the million, with small examples."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import openai_harmony as harmony
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.events import MessageDone
from core.vocabulary import encoding
from tests.fuzz import laws
from tests.fuzz.__main__ import is_well, keep, main, run_block
from tests.fuzz.faults import FAULTS, Placed, is_outside_final, placed
from tests.fuzz.streams import HEADERS, Clean, Part, embedded_turn, marked, plain, turn_of
from tests.fuzz.trial import Failure, Tally, shrunk

law = settings(deadline=None, max_examples=60, derandomize=True)
seeds = st.integers(0, 999)
handmade = st.builds(
    lambda kinds, seed: turn_of(kinds, Random(seed)),
    st.lists(st.sampled_from(list(HEADERS)), min_size=1, max_size=4),
    seeds,
)
embedded = seeds.map(lambda seed: embedded_turn(Random(seed)))
turns = handmade | embedded
sizes = st.lists(st.integers(1, 12), max_size=12)
damages = st.tuples(st.sampled_from(list(FAULTS)), st.integers(0, 10_000), seeds)


def damaged(clean: Clean, *faults: tuple[str, int, int]) -> list[Placed]:
    stream = placed(clean)
    for name, at, seed in faults:
        stream = FAULTS[name](stream, at % max(len(stream), 1), Random(seed))
    return stream


def ids_of(stream: list[Placed]) -> list[int]:
    return [token for token, _ in stream]


@law
@given(turns, st.lists(damages, max_size=4), sizes)
def test_no_damage_raises_loses_a_character_or_depends_on_chunks(
    clean: Clean, faults: list[tuple[str, int, int]], chunks: list[int]
) -> None:
    assert laws.broken_law(ids_of(damaged(clean, *faults)), chunks) is None


@law
@given(turns, damages)
def test_one_fault_never_brings_reasoning_into_final(
    clean: Clean, fault: tuple[str, int, int]
) -> None:
    assert laws.leak(damaged(clean, fault), clean) is None


@law
@given(turns, damages)
def test_a_fault_outside_of_final_leaves_it_as_it_was(
    clean: Clean, fault: tuple[str, int, int]
) -> None:
    """Not always: a marker that is put in can end the turn, or begin another one. See make fuzz."""
    stream = damaged(clean, fault)
    if is_outside_final(clean, stream) and fault[0] not in ("marker", "word", "cut"):
        assert laws.finals(ids_of(stream)) == laws.finals(clean.ids)


@law
@given(turns)
def test_a_clean_turn_is_read_as_openai_harmony_reads_it(clean: Clean) -> None:
    parser = harmony.StreamableParser(encoding(), harmony.Role.ASSISTANT, strict=False)
    for token in clean.ids:
        parser.process(token)
    ours = [e.message for e in laws.events_of(clean.ids) if isinstance(e, MessageDone)]
    assert [(m.channel, m.text) for m in ours] == [
        (m.channel, m.content[0].text) for m in parser.messages
    ]
    assert laws.folded(laws.events_of(clean.ids)).repairs == []


@law
@given(turns)
def test_the_finals_of_a_clean_turn_are_what_the_parser_finds(clean: Clean) -> None:
    assert laws.finals(clean.ids) == clean.finals


@law
@given(turns)
def test_the_parts_of_a_clean_turn_are_what_the_parser_finds(clean: Clean) -> None:
    kinds = [str(kind) for kind in laws.folded(laws.events_of(clean.ids)).kinds]
    assert kinds == [channel if part is Part.CONTENT else "marker" for channel, part in clean.parts]


def test_some_streams_of_make_fuzz_break_no_law() -> None:
    tally, _ = run_block((0, 0, 150))
    assert tally.streams == 150
    assert is_well(tally), tally


def test_a_run_that_was_broken_off_goes_on_from_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tried.jsonl"
    failure = Failure(7, "raised ValueError", (1, 2))
    keep(file, (0, 0, 3), (Tally(3, 30, [failure], Counter(cut=2), Counter(cut=1)), 0.5))
    assert main(["3", "--keep", str(file), "--processes", "1"]) == 1
    told = capsys.readouterr().out
    assert "3 streams, 30 tokens in 0.5 s" in told
    assert "stream 7: raised ValueError: [1, 2]" in told
    assert len(file.read_text().splitlines()) == 1, "what was tried is not tried again"


def test_a_leak_and_a_loss_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    clean = Clean(
        marked(
            "<|channel|>analysis<|message|>Hm.<|end|>"
            "<|start|>assistant<|channel|>final<|message|>Four.<|return|>"
        )
    )
    named_final = [(plain("final")[0], -1) if at == 1 else (t, at) for t, at in placed(clean)]
    assert laws.leak(placed(clean), clean) is None
    assert laws.leak(named_final, clean) == "reasoning in final"
    events = laws.events_of(clean.ids)
    monkeypatch.setattr(laws, "events_of", lambda ids, sizes=(): events[:-1])
    assert laws.broken_law(clean.ids, ()) == "tokens of all events joined are not the stream"


def test_a_failing_stream_is_made_as_short_as_it_can_be() -> None:
    assert shrunk(list(range(100)), lambda ids: {7, 42} <= set(ids)) == [7, 42]
