"""What a long answer costs in memory beyond its text: well under one megabyte at 16,000 tokens."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable

from core.events import ParserEvent
from core.parser import ChannelParser
from core.result import Transcript
from tests.benchmarks.parsing import answer

LIMIT = 1_000_000


def parsed(ids: list[int], chunk: int, take: Callable[[ParserEvent], None]) -> None:
    parser = ChannelParser()
    for start in range(0, len(ids), chunk):
        for event in parser.feed(ids[start : start + chunk]):
            take(event)
    for event in parser.finish():
        take(event)


def peak_beyond_the_text(chunk: int, keep_events: bool) -> int:
    ids = answer(16_000)
    parsed(ids[:100], chunk, lambda event: None)  # loads what is loaded once per process
    transcript, events = Transcript(), list[ParserEvent]()
    tracemalloc.start()
    try:
        parsed(ids, chunk, events.append if keep_events else transcript.add)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    for event in events:
        transcript.add(event)
    return peak - sum(sys.getsizeof(message.text) for message in transcript.messages)


def test_the_transcript_of_a_long_answer_read_token_by_token_is_small() -> None:
    assert peak_beyond_the_text(chunk=1, keep_events=False) < LIMIT


def test_all_events_of_a_long_answer_read_in_chunks_are_small() -> None:
    assert peak_beyond_the_text(chunk=16, keep_events=True) < LIMIT
