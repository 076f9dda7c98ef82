"""Streaming parse into events against openai-harmony's StreamableParser with its deltas."""

from __future__ import annotations

from collections.abc import Iterator

from openai_harmony import Role, StreamableParser

from core.parser import ChannelParser
from core.vocabulary import RETURN, encoding
from tests.benchmarks.pairs import Row, interleaved, seconds

TOKENS = 16_000
CHUNK = 16
TARGETS = {CHUNK: 1.25, 1: 2.0}


def rows(pairs: int) -> Iterator[Row]:
    """In chunks of 16 and token by token, on one well-formed turn."""
    tokens = answer(TOKENS)
    for chunk, target in TARGETS.items():
        ours, theirs, ratio = interleaved(
            lambda chunk=chunk: seconds(lambda: events(tokens, chunk)) / len(tokens) * 1e6,
            lambda: seconds(lambda: deltas(tokens)) / len(tokens) * 1e6,
            pairs,
        )
        how = "token by token" if chunk == 1 else f"in chunks of {chunk}"
        name = f"streaming parse {how}: events / StreamableParser"
        yield Row(name, "µs/token", ours, theirs, ratio, f"≤ {target}", ratio.median <= target)


def answer(tokens: int) -> list[int]:
    """A turn of about that many tokens: three quarters analysis, one quarter final."""
    prose = "We add the ones: 3 + 8 = 11, write 1 and carry 1. Über-naïve café, 数字. "
    words = encoding().encode(prose)
    thought = words * (tokens * 3 // 4 // len(words))
    said = words * (tokens // 4 // len(words))

    def marked(text: str) -> list[int]:
        return encoding().encode(text, allowed_special="all")

    return [
        *marked("<|channel|>analysis<|message|>"),
        *thought,
        *marked("<|end|><|start|>assistant<|channel|>final<|message|>"),
        *said,
        RETURN,
    ]


def events(tokens: list[int], chunk: int) -> int:
    parser = ChannelParser()
    seen = 0
    for start in range(0, len(tokens), chunk):
        seen += len(parser.feed(tokens[start : start + chunk]))
    return seen + len(parser.finish())


def deltas(tokens: list[int]) -> int:
    """What a reader must at least ask of the raw parser to show a stream: channel and text."""
    parser = StreamableParser(encoding(), Role.ASSISTANT, strict=False)
    seen = 0
    for token in tokens:
        parser.process(token)
        if parser.last_content_delta and parser.current_channel:
            seen += 1
    return seen
