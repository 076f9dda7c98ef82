"""Building a chat's prompt: in milliseconds, and against openai-harmony's own rendering of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import openai_harmony as harmony

from core.config import ReasoningLevel
from core.conversation import Channel, Conversation, Message, Role
from core.prompt import HarmonyPrompt, _message_ids, render
from core.vocabulary import encoding
from tests.benchmarks.pairs import Row, Spread, interleaved, seconds

TURNS = 10
TARGET_MS = 5.0
MANY_TURNS = 100
TARGET = 1.2
INSTRUCTIONS = "Answer in one sentence."
CUTOFF, TODAY = "2024-06", "2026-01-31"


def rows(pairs: int) -> Iterator[Row]:
    """Conversation -> token ids; the conversation still holds all analysis."""
    chat = conversation(TURNS)
    rendered(chat)
    for state, forget in (("seen before", False), ("seen for the first time", True)):
        taken = Spread.of(once(chat, forget=forget) * 1e3 for _ in range(pairs))
        name = f"prompt of {TURNS} turns, {state}"
        yield Row(name, "ms", taken, None, None, f"< {TARGET_MS:g} ms", taken.median < TARGET_MS)
    yield from against_harmony(conversation(MANY_TURNS), pairs)


def against_harmony(chat: Conversation, pairs: int) -> Iterator[Row]:
    """The same conversation through openai-harmony at once, made for it before the clock runs."""
    raw = by_harmony(chat)

    def theirs() -> list[int]:
        ids: list[int] = encoding().render_conversation_for_completion(raw, harmony.Role.ASSISTANT)
        return ids

    if list(rendered(chat).token_ids) != theirs():
        raise SystemExit("The two prompts differ; there is nothing to compare.")
    for state, forget in (("seen before", False), ("seen for the first time", True)):
        ours, raw_s, ratio = interleaved(
            partial(once, chat, forget=forget), partial(seconds, theirs), pairs
        )
        name = f"prompt of {MANY_TURNS} turns, {state}: ours / openai-harmony"
        yield Row(name, "s", ours, raw_s, ratio, f"≤ {TARGET}", ratio.median <= TARGET)


def rendered(chat: Conversation) -> HarmonyPrompt:
    return render(chat, ReasoningLevel.HIGH, CUTOFF, TODAY)


def once(chat: Conversation, *, forget: bool) -> float:
    """Seconds of one rendering. forget: without what is remembered of earlier ones."""
    if forget:
        _message_ids.cache_clear()
    return seconds(lambda: rendered(chat))


def conversation(turns: int) -> Conversation:
    chat = Conversation(instructions=INSTRUCTIONS)
    for n in range(turns):
        chat = chat.with_user(f"Question {n}: what follows from that, and why? " * 4)
        if n < turns - 1:
            chat = chat.adding(
                Message(Role.ASSISTANT, "We weigh both sides. " * 40, Channel.ANALYSIS),
                Message(Role.ASSISTANT, "Both follow, for the reason given. " * 8, Channel.FINAL),
            )
    return chat


def by_harmony(chat: Conversation) -> harmony.Conversation:
    """The same as openai-harmony's own values, without the analysis, as all turns are finished."""
    system = (
        harmony.SystemContent.new()
        .with_reasoning_effort(harmony.ReasoningEffort.HIGH)
        .with_knowledge_cutoff(CUTOFF)
        .with_conversation_start_date(TODAY)
    )
    developer = harmony.DeveloperContent.new().with_instructions(INSTRUCTIONS)
    written = [
        harmony.Message.from_role_and_content(harmony.Role.SYSTEM, system),
        harmony.Message.from_role_and_content(harmony.Role.DEVELOPER, developer),
    ]
    for message in chat.messages:
        if message.channel is Channel.ANALYSIS:
            continue
        role = harmony.Role(message.role.value)
        one = harmony.Message.from_role_and_content(role, message.text)
        written.append(one.with_channel(message.channel.value) if message.channel else one)
    return harmony.Conversation.from_messages(written)
