"""What the generating commands share: the prompt, and a Ctrl-C that keeps what was written."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import InvalidPrompt

if TYPE_CHECKING:
    from core.conversation import Conversation

Prompt = Annotated[
    str, typer.Argument(metavar="PROMPT", help="What to ask; - reads it from standard input.")
]


@contextmanager
def ctrl_c(act: Callable[[], None] | None = None, patience: int = 1) -> Iterator[threading.Event]:
    """Until the end of the block a Ctrl-C sets the event and calls `act`; what runs goes on to its
    own end. One more than `patience` raises KeyboardInterrupt.

    `act` may only take note: it runs amid whatever this thread is doing, its locks held.
    """
    pressed = threading.Event()
    left = patience

    def on_interrupt(*_: object) -> None:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        pressed.set()
        if act is not None:
            act()

    # A handler rather than `except`: an exception in the midst of drain() would lose events.
    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def read_conversation(prompt: str, instructions: str | None) -> Conversation:
    """The prompt, checked before a model is loaded for it. Raises InvalidPrompt."""
    from core.conversation import Conversation, conversation_from

    try:
        text = sys.stdin.read() if prompt == "-" else prompt
        f"{text}{instructions}".encode()
    except UnicodeError:
        raise InvalidPrompt(
            "The prompt or the instructions are not valid UTF-8. Send them as UTF-8 text."
        ) from None
    return conversation_from(Conversation(instructions=instructions or None).with_user(text))
