"""The first token of every turn of a growing chat: the engine against mlx_lm.server on loopback.

Same model, same prompts to the token, greedy. Both sides write some of each turn, thinking first,
as a chat does: what they could keep of the past is what they keep in use.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from core.config import ReasoningLevel
from core.conversation import Channel, Conversation, Message, Role
from core.engine import InferenceEngine
from core.models import ModelLoader
from core.prompt import HarmonyPrompt, render
from core.sampling import SamplingParams
from tests.benchmarks import mlx_server, server_files
from tests.benchmarks.pairs import Row, Spread

TURNS = 10
WRITTEN = SamplingParams(temperature=0, max_tokens=24)
TARGET = 0.5
_MESSAGE = re.compile(
    r"<\|start\|>(\w+)(?:<\|channel\|>final)?<\|message\|>(.*?)<\|end\|>", re.DOTALL
)

Pair = tuple[float, float]


def rows(engine: InferenceEngine, loader: ModelLoader, pairs: int) -> Iterator[Row]:
    """A line per turn, and the median of the turns' ratios. Each pair is a chat of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        server_files.write(loader.info.path, folder)
        with mlx_server.serving(folder) as port:
            # The first chat does not count.
            chats = [chat(engine, port, number) for number in range(pairs + 1)][1:]
    for turn in range(TURNS):
        measured = [turns[turn] for turns in chats]
        name = f"growing chat, turn {turn + 1}, first token: engine / mlx_lm.server"
        yield Row(name, "s", *spreads(measured))
    typical = Spread.of(Spread.of(a / b for a, b in turns).median for turns in chats)
    ours, theirs, _ = spreads([pair for turns in chats for pair in turns])
    name = f"growing chat, all {TURNS} turns, first token: engine / mlx_lm.server, median of a chat"
    met = typical.median <= TARGET
    yield Row(name, "s", ours, theirs, typical, f"≤ {TARGET}", met)


def spreads(measured: list[Pair]) -> tuple[Spread, Spread, Spread]:
    return (
        Spread.of(a for a, _ in measured),
        Spread.of(b for _, b in measured),
        Spread.of(a / b for a, b in measured),
    )


def chat(engine: InferenceEngine, port: int, number: int) -> list[Pair]:
    """Seconds to the first token of each turn, (ours, theirs), measured in turns."""
    conversation = Conversation(instructions=f"This is chat {number}. Answer in one sentence.")
    measured = []
    for turn in range(TURNS):
        conversation = conversation.with_user(f"Question {turn}: what follows, and why? " * 8)
        if (number + turn) % 2:
            theirs, ours = served(engine, port, conversation), first_token(engine, conversation)
        else:
            ours, theirs = first_token(engine, conversation), served(engine, port, conversation)
        measured.append((ours, theirs))
        answer = "Both follow, for the reason given. " * 12
        conversation = conversation.adding(Message(Role.ASSISTANT, answer, Channel.FINAL))
    return measured


def first_token(engine: InferenceEngine, conversation: Conversation) -> float:
    """Seconds from asking the engine to its first token, the rendering of the prompt included."""
    before = time.perf_counter()
    run = engine.start(conversation, WRITTEN, ReasoningLevel.HIGH)
    rendered = time.perf_counter() - before
    first = run.result().timing.first_token_s
    if first is None:
        raise SystemExit("The engine wrote no token; there is nothing to measure.")
    return rendered + first


def served(engine: InferenceEngine, port: int, conversation: Conversation) -> float:
    """The same of the server, HTTP included. Refuses to compare prompts that differ in length."""
    config = engine.config
    prompt = render(conversation, ReasoningLevel.HIGH, config.knowledge_cutoff, config.date_now())
    streamed = mlx_server.ask(port, messages(prompt), WRITTEN.max_tokens)
    if streamed.prompt_tokens != len(prompt.token_ids):
        raise SystemExit(
            f"The server read {streamed.prompt_tokens} tokens and the engine "
            f"{len(prompt.token_ids)}; they must be the same to be compared."
        )
    return streamed.first_token_s


def messages(prompt: HarmonyPrompt) -> list[dict[str, str]]:
    """A rendered prompt as the messages of a chat completion, the system's text written out."""
    found = _MESSAGE.findall(prompt.text)
    return [{"role": role, "content": content} for role, content in found]
