"""The first token of a chat's next turn, with the prompt cache and without."""

from __future__ import annotations

from collections.abc import Iterator

from core.config import InferenceConfig, ReasoningLevel
from core.conversation import Channel, Conversation, Message, Role
from core.engine import InferenceEngine
from core.models import ModelLoader
from core.sampling import SamplingParams
from tests.benchmarks.pairs import Row, interleaved

PROMPT_TOKENS = 1500
FIRST = SamplingParams(temperature=0, max_tokens=1)
TARGET = 0.15


def rows(engine: InferenceEngine, loader: ModelLoader, pairs: int) -> Iterator[Row]:
    """Each pair is a chat of its own, so that nothing but its own past can be cached."""
    chats = iter(range(2 * pairs + 2))
    with InferenceEngine(loader, InferenceConfig(_env_file=None, prompt_cache_mb=0)) as without:

        def cached() -> float:
            return first_token(engine, next(chats), read_before=True)

        def uncached() -> float:
            return first_token(without, next(chats), read_before=False)

        ours, theirs, ratio = interleaved(cached, uncached, pairs)
    name = f"first token of a turn of ≥ {PROMPT_TOKENS:,} tokens: with the cache / without"
    yield Row(name, "s", ours, theirs, ratio, f"≤ {TARGET}", ratio.median <= TARGET)


def first_token(engine: InferenceEngine, number: int, *, read_before: bool) -> float:
    """Seconds from submitting the last turn to its first token."""
    before, last = chat(number)
    if read_before:
        engine.generate(before, FIRST, ReasoningLevel.HIGH)
    run = engine.start(last, FIRST, ReasoningLevel.HIGH)
    result = run.result()
    if result.usage.prompt_tokens < PROMPT_TOKENS or result.timing.first_token_s is None:
        raise SystemExit(f"The chat has {result.usage.prompt_tokens} tokens; lengthen it.")
    return result.timing.first_token_s


def chat(number: int) -> list[Conversation]:
    """A chat of ten turns, before its last user message and with it; the analysis is in it."""
    conversation = Conversation(instructions=f"This is chat {number}. Answer in one sentence.")
    for n in range(10):
        conversation = conversation.with_user(f"Question {n}: what follows, and why? " * 8)
        before = conversation
        conversation = conversation.adding(
            Message(Role.ASSISTANT, "We weigh both sides. " * 40, Channel.ANALYSIS),
            Message(Role.ASSISTANT, "Both follow, for the reason given. " * 8, Channel.FINAL),
        )
    return [before, conversation.with_user("And what is 23 + 48?")]
