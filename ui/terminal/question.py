"""What `generate` and `compare` ask: a text, standard input, files, or a question behind files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from typer import Argument, Option

from core.errors import InvalidPrompt, InvalidSetting

if TYPE_CHECKING:
    from core.conversation import Conversation

STDIN: Final = "-"

Prompt = Annotated[
    str | None, Argument(metavar="PROMPT", help="What to ask; - reads it from standard input.")
]
Files = Annotated[
    list[str] | None,
    Option(
        "--file",
        "-f",
        help="Read the prompt from a UTF-8 file; - is standard input. May be given several times. "
        "Beside PROMPT, the files stand before it, an empty line between each.",
        metavar="FILE",
        show_default=False,
    ),
]


def conversation_of(
    prompt: str | None, files: Sequence[str] | None, instructions: str | None
) -> Conversation:
    """What was given, put together and checked before a model is loaded for it.

    Raises InvalidSetting for a file that cannot be read, InvalidPrompt for what is no prompt.
    """
    from core.conversation import Conversation, conversation_from

    given = [*(files or ()), *([prompt] if prompt == STDIN else [])]
    if given.count(STDIN) > 1:
        raise InvalidPrompt(
            "Standard input is given more than once, and it can be read once. Give - once, as the "
            "prompt or as --file."
        )
    parts = [_read(name) for name in given]
    if prompt is not None and prompt != STDIN:
        parts.append(prompt)
    if not parts:
        raise InvalidPrompt(
            "There is no prompt; allowed: a text, - for standard input, or --file FILE. Give one."
        )
    text = "\n\n".join(parts)
    try:
        f"{text}{instructions}".encode()
    except UnicodeError:
        raise InvalidPrompt(
            "The prompt or the instructions are not valid UTF-8. Send them as UTF-8 text."
        ) from None
    return conversation_from(Conversation(instructions=instructions or None).with_user(text))


def _read(name: str) -> str:
    """The text of a file, or of standard input. Raises InvalidSetting and InvalidPrompt."""
    where = "Standard input" if name == STDIN else f"--file is {name!r}, and it"
    raw = sys.stdin.buffer.read() if name == STDIN else _bytes(name)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InvalidPrompt(f"{where} is not valid UTF-8. Give it as UTF-8 text.") from None
    if not text.strip():
        raise InvalidPrompt(f"{where} is empty; type a question or an instruction.")
    # The newline that ends a file, or what echo writes, is no part of the question.
    return text.removesuffix("\n")


def _bytes(name: str) -> bytes:
    given = f"--file is {name!r}, and"
    try:
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise InvalidSetting(
            f"{given} there is no such file; allowed: a text file, or - for standard input. "
            "Look at its path, or give the text itself as PROMPT."
        ) from None
    except IsADirectoryError:
        raise InvalidSetting(
            f"{given} that is a folder; allowed: a text file, or - for standard input. "
            "Name a file in it."
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = error.strerror if isinstance(error, OSError) else error
        raise InvalidSetting(
            f"{given} it cannot be read ({why}); allowed: a text file that you may read. "
            "Change its rights, or name another."
        ) from None
