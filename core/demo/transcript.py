"""Questions as Harmony tokens: the official prompt, and the reply with its analysis kept.

openai-harmony drops the analysis once a final message exists, so the reply is assembled here.
Digits of the reply are single tokens, whatever the vocabulary would group; the text is the same.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from core.demo.tasks import Level, Question
from core.demo.tasks.base import SLIP
from core.demo.tasks.calculator import DESCRIPTION, NAME, PARAMETERS
from core.vocabulary import CALL, CHANNEL, CONSTRAIN, END, MESSAGE, RETURN, START, encoding

# A digit, a sign that nothing behind it may join, or a run of anything else; each may be a slip.
_PIECES = re.compile(rf"{SLIP}?(?:\d| [<=>]|(?:(?! [<=>])[^\d{SLIP}])+)")

INSTRUCTIONS = (
    "You are a helpful assistant.", "Be brief.", "Answer in one sentence.",
    "Answer briefly and correctly.", "Help the user.", "You are a friendly tutor.",
    "You are a math tutor. Explain your steps.", "Be polite.", "Speak English.",
    "You are a careful assistant. Check your work.", "Reply in plain text.",
    "Use short sentences.", "Be concise and honest.", "You help people with numbers.",
    "Always answer in English.", "Do not use markdown.", "Think before you answer.",
)  # fmt: skip


@dataclass(frozen=True)
class Opening:
    """The system message, and the developer message if there is one."""

    level: Level
    date: str | None = "2026-01-01"
    knowledge_cutoff: str = "2024-06"
    instructions: str | None = None
    tools: bool = False


@dataclass(frozen=True)
class Sample:
    """Tokens after the opening; `trained` is 0 for the prompt and marked slips, else 1."""

    tokens: list[int]
    trained: list[int]


@lru_cache(maxsize=200_000)
def encode(text: str) -> tuple[int, ...]:
    """Tokens of ordinary text; markers typed in it stay text."""
    return tuple(encoding().encode(text, disallowed_special=()))


def message(
    role: str, text: str, channel: str = "", recipient: str = "", end: int = END
) -> list[int]:
    """One message as openai-harmony renders it in a prompt."""
    tokens = [START, *encode(f"{role} to={recipient}" if recipient else role)]
    if channel:
        tokens += [CHANNEL, *encode(channel)]
    if end == CALL:
        tokens += [*encode(" "), CONSTRAIN, *encode("json")]
    return [*tokens, MESSAGE, *encode(text), end]


def system_text(opening: Opening) -> str:
    date = f"\nCurrent date: {opening.date}" if opening.date else ""
    calls = (
        "\nCalls to these tools must go to the commentary channel: 'functions'."
        if opening.tools
        else ""
    )
    return (
        "You are ChatGPT, a large language model trained by OpenAI.\n"
        f"Knowledge cutoff: {opening.knowledge_cutoff}{date}\n\nReasoning: {opening.level}\n\n"
        "# Valid channels: analysis, commentary, final. "
        f"Channel must be included for every message.{calls}"
    )


def developer_text(opening: Opening) -> str:
    parts = [f"# Instructions\n\n{opening.instructions}"] if opening.instructions else []
    if opening.tools:
        (name, schema), *_ = PARAMETERS["properties"].items()
        fields = f"// {schema['description']}\n{name}: {schema['type']},"
        parts.append(
            f"# Tools\n\n## functions\n\nnamespace functions {{\n\n// {DESCRIPTION}\n"
            f"type {NAME} = (_: {{\n{fields}\n"
            "}) => any;\n\n} // namespace functions"
        )
    return "\n\n".join(parts)


def opening_tokens(opening: Opening) -> list[int]:
    tokens = message("system", system_text(opening))
    developer = developer_text(opening)
    return tokens + message("developer", developer) if developer else tokens


def question_tokens(question: Question) -> list[int]:
    """What follows the opening, up to where the model goes on."""
    tokens: list[int] = []
    for user, final in question.history:
        tokens += message("user", user) + message("assistant", final, "final")
    tokens += message("user", question.prompt)
    if question.done:
        tokens += message("assistant", question.done.analysis, "analysis")
        tokens += message(
            "assistant", question.done.arguments, "commentary", f"functions.{NAME}", CALL
        )
        tokens += message(f"functions.{NAME} to=assistant", question.done.result, "commentary")
    return [*tokens, START, *encode("assistant")]


def spelled(text: str) -> tuple[list[int], list[int]]:
    """Tokens of a reply's text, digits one by one, and 1 for each token that is trained."""
    tokens: list[int] = []
    trained: list[int] = []
    for piece in _PIECES.findall(text):
        slip = piece.startswith(SLIP)
        ids = encode(piece[1:] if slip else piece)
        tokens += ids
        trained += [0 if slip and i == 0 else 1 for i in range(len(ids))]
    return tokens, trained


def reply(question: Question, level: Level) -> Sample:
    """The assistant's turn: analysis, then the final message or the tool call."""
    thought, trained = spelled(question.analysis[level])
    tokens = [
        CHANNEL,
        *encode("analysis"),
        MESSAGE,
        *thought,
        END,
        START,
        *encode("assistant"),
        CHANNEL,
    ]
    weights = [1, 1, 1, *trained] + [1] * (len(tokens) - 3 - len(trained))
    if question.arguments:
        rest = [*encode(f"commentary to=functions.{NAME} "), CONSTRAIN, *encode("json"), MESSAGE]
        rest += [*spelled(question.arguments)[0], CALL]
    else:
        rest = [*encode("final"), MESSAGE, *spelled(question.final)[0], RETURN]
    return Sample(tokens + rest, weights + [1] * len(rest))


def sample(question: Question, level: Level) -> Sample:
    """The question and its reply; only the reply is trained."""
    prompt = question_tokens(question)
    answer = reply(question, level)
    return Sample(prompt + answer.tokens, [0] * len(prompt) + answer.trained)


def random_opening(rng: Random, level: Level, tools: bool = False) -> Opening:
    """An opening as users make them: any day of 2024 to 2032, often without a developer message."""
    date = f"{rng.randrange(2024, 2033)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
    instructions = rng.choice(INSTRUCTIONS) if rng.random() < 0.4 else None
    cutoff = "2024-06" if rng.random() < 0.93 else rng.choice(("2023-10", "2024-12", "2025-06"))
    return Opening(level, date if rng.random() < 0.95 else None, cutoff, instructions, tools)


def prompt_tokens(question: Question, level: Level, opening: Opening | None = None) -> list[int]:
    """The whole prompt, ready for the model."""
    opening = opening or Opening(level, tools=question.tools)
    return opening_tokens(opening) + question_tokens(question)
