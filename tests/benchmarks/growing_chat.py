"""The first token of every turn of a growing chat: the engine against mlx_lm.server on loopback.

Same model, prompts of the same length, greedy. Both sides write some of each turn, thinking first,
as a chat does: what they could keep of the past is what they keep in use.

The engine is asked twice, in two chats that differ in a number: once the moment the answer is there
(no pause), and once as the page and the terminal do it, where the answer is read ahead while the
person reads it. That needs a pause between an answer and the next question, as long as the row
"reading an answer ahead" says; a person takes longer, a program may not. Whoever asks earlier finds
in the cache what was read by then.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
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
OTHER_CHAT = 500
"""What the number of the chat with pauses is higher by: one token, as the other's."""
_MESSAGE = re.compile(
    r"<\|start\|>(\w+)(?:<\|channel\|>final)?<\|message\|>(.*?)<\|end\|>", re.DOTALL
)

ANSWER = Message(Role.ASSISTANT, "Both follow, for the reason given. " * 12, Channel.FINAL)

Pair = tuple[float, float]


@dataclass(frozen=True)
class Turn:
    """Seconds to the first token: of the engine at once and after a pause, and of the server.

    pause: how long the answer before was read ahead; None in the first turn.
    """

    at_once: float
    after_pause: float
    served: float
    pause: float | None


def rows(engine: InferenceEngine, loader: ModelLoader, pairs: int) -> Iterator[Row]:
    """A line per turn, and the medians of the turns' ratios. Each pair is a chat of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        server_files.write(loader.info.path, folder)
        with mlx_server.serving(folder) as port:
            # The first chat does not count.
            chats = [chat(engine, port, number) for number in range(pairs + 1)][1:]
    for turn in range(TURNS):
        measured = [turns[turn] for turns in chats]
        name = f"growing chat, turn {turn + 1}, first token, no pause: engine / mlx_lm.server"
        yield Row(name, "s", *spreads([(t.at_once, t.served) for t in measured]))
    paused = [turn.pause for turns in chats for turn in turns if turn.pause is not None]
    yield Row("growing chat, reading an answer ahead: the pause assumed", "s", Spread.of(paused))
    asked = {"no pause": attrgetter("at_once"), "answer read ahead": attrgetter("after_pause")}
    for how, ours in asked.items():
        pairs_of = [[(ours(turn), turn.served) for turn in turns] for turns in chats]
        typical = Spread.of(Spread.of(a / b for a, b in turns).median for turns in pairs_of)
        all_ours, theirs, _ = spreads([pair for turns in pairs_of for pair in turns])
        name = f"growing chat, all {TURNS} turns, first token, {how}, median of a chat"
        yield Row(name, "s", all_ours, theirs, typical, f"≤ {TARGET}", typical.median <= TARGET)


def spreads(measured: list[Pair]) -> tuple[Spread, Spread, Spread]:
    return (
        Spread.of(a for a, _ in measured),
        Spread.of(b for _, b in measured),
        Spread.of(a / b for a, b in measured),
    )


def chat(engine: InferenceEngine, port: int, number: int) -> list[Turn]:
    """A chat's turns, each measured on the three in an order that changes from turn to turn."""
    at_once, paused = (
        Conversation(instructions=f"This is chat {number + n}. Answer in one sentence.")
        for n in (0, OTHER_CHAT)
    )
    measured: list[Turn] = []
    for turn in range(TURNS):
        pause = None
        if turn:
            before = time.perf_counter()
            engine.read_ahead(paused, ReasoningLevel.HIGH).wait()
            pause = time.perf_counter() - before
        question = f"Question {turn}: what follows, and why? " * 8
        at_once, paused = at_once.with_user(question), paused.with_user(question)
        ways = [
            ("at_once", partial(first_token, engine, at_once)),
            ("after_pause", partial(first_token, engine, paused)),
            ("served", partial(served, engine, port, at_once)),
        ]
        first = (number + turn) % len(ways)
        seconds = {name: ask() for name, ask in ways[first:] + ways[:first]}
        measured.append(Turn(pause=pause, **seconds))
        at_once, paused = at_once.adding(ANSWER), paused.adding(ANSWER)
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
