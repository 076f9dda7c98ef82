"""What the assistant's turn begins with, where a caller gives it: text or tokens, checked.

The model goes on from there as if it had written these tokens itself, so they are part of its turn:
they are parsed, counted and recorded with what follows, and the result says how many were given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import SupportsIndex

from core.errors import InvalidPrompt
from core.vocabulary import END, MESSAGE, MODEL_ROWS, STOP_IDS, encoding, token_text

Prefix = str | Sequence[int]

FINAL_FOLLOWS = "<|end|><|start|>assistant<|channel|>final<|message|>"
"""Ends an open message and opens the answer: behind a run's tokens, it makes the model answer now.

`<|end|>` alone is not enough, the model would begin to think again.
"""


def answer_follows(tokens: Sequence[int]) -> tuple[int, ...]:
    """A turn's tokens, and behind them the opening of the answer: what `engine.start` takes as the
    prefix that makes the model answer now.

    tokens: of a run that is over or was stopped while it was thinking. A header that is incomplete
    is left out, and so is what ended the turn.
    """
    kept = list(tokens)
    while kept and kept[-1] in STOP_IDS:
        kept.pop()
    header = tuple(encoding().encode(FINAL_FOLLOWS, allowed_special="all"))
    last_end = max((at for at, token in enumerate(kept) if token == END), default=-1)
    if MESSAGE in kept[last_end + 1 :]:
        return (*kept, *header)
    behind_end = header[1:] if last_end >= 0 else header[3:]
    return (*kept[: last_end + 1], *behind_end)


def prefix_tokens(prefix: Prefix | None) -> tuple[int, ...]:
    """The tokens that stand behind the prompt's `<|start|>assistant`; none for None.

    prefix: token ids, or text in which markers such as `<|channel|>` are read as markers.

    Raises InvalidPrompt where it is neither, holds an id that no model knows, or has ended the
    turn.
    """
    given: object = prefix
    if isinstance(given, str):
        given = encoding().encode(given, allowed_special="all")
    return checked_ids(given, MODEL_ROWS, STOP_IDS, token_text)


def checked_ids(
    given: object,
    rows: int,
    stop_ids: frozenset[int],
    token_text: Callable[[int], str],
) -> tuple[int, ...]:
    """Token ids that a turn may begin with; none for None. rows: ids that the model can read.

    Raises InvalidPrompt as `prefix_tokens` does.
    """
    if given is None:
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str | bytes | bytearray):
        raise InvalidPrompt(
            f"The prefix is {type(given).__name__}; allowed: text, or a list of token ids."
        )
    for at, token in enumerate(given):
        number = index(token) if isinstance(token, SupportsIndex) else -1
        if not 0 <= number < rows:
            raise InvalidPrompt(
                f"Token {at} of the prefix is {token!r}; allowed: whole numbers from 0 to "
                f"{rows - 1:,}. Take the ids from a run's tokens, or give the prefix as text."
            )
        if number in stop_ids:
            raise InvalidPrompt(
                f"Token {at} of the prefix is {token_text(number)}, which ends the turn: there is "
                "nothing to go on with. Leave it out, with all that follows."
            )
    return tuple(map(index, given))
