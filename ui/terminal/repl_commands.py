"""The chat's commands: what there is, how a typed line is read, what completes it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from core.config import ReasoningLevel
from core.errors import InvalidInput

LEVELS: Final = tuple(level.value for level in ReasoningLevel)
ON_OFF: Final = ("on", "off")
CLEAR: Final = "clear"


class BadCommand(InvalidInput):
    """What was typed is no command, or its argument cannot be used."""


@dataclass(frozen=True, slots=True)
class Command:
    """takes: its argument, for /help; empty where there is none. words: what completes it.
    takes_file: the argument is a file."""

    takes: str
    does: str
    words: tuple[str, ...] = ()
    takes_file: bool = False


COMMANDS: Final[dict[str, Command]] = {
    "help": Command("", "This list."),
    "level": Command("[low|medium|high]", "How hard the model thinks from here on.", LEVELS),
    "retry": Command(
        "[low|medium|high]", "Ask the last question again, at another level if given.", LEVELS
    ),
    "undo": Command("", "Take the last question back; after /clear or /load, the chat before it."),
    "compare": Command(
        "[PROMPT]", "Run a prompt, or the last one, at every level; the chat stays as it is."
    ),
    "system": Command(
        "[TEXT|clear]", "The instructions that stand before the chat: show, set or clear.", (CLEAR,)
    ),
    "tools": Command("[on|off]", "Let the model use the calculator.", ON_OFF),
    "history": Command("[NUMBER]", "The chat so far, or one of its turns in full."),
    "info": Command("", "Model, settings, and how much of the context is used."),
    "clear": Command("", "Begin a new chat."),
    "save": Command(
        "[-f] [FILE]",
        "Write the chat to a file that /load reads; -f replaces one.",
        takes_file=True,
    ),
    "load": Command("FILE", "Go on with a saved chat.", takes_file=True),
    "export": Command(
        "[-f] [FILE]", "Write the chat for people to read: .md, .html or .txt.", takes_file=True
    ),
    "exit": Command("", "Leave; so does Ctrl-D."),
}
_ALSO: Final = {"quit": "exit", "?": "help"}


@dataclass(frozen=True, slots=True)
class Order:
    """A command as it was typed. argument: what stands behind its name, without outer spaces."""

    name: str
    argument: str = ""


def read_line(line: str) -> Order | str:
    """What was typed: a command, or text for the model (empty where there is nothing to send).

    Two slashes stand for text that begins with one. Raises BadCommand for an unknown command, and
    where a command that takes nothing got something.
    """
    text = line.strip()
    if text.startswith("//"):
        return text[1:]
    if not text.startswith("/"):
        return text
    typed, *rest = text[1:].split(None, 1) if text[1:].strip() else [""]
    name = _ALSO.get(typed.lower(), typed.lower())
    argument = rest[0].strip() if rest else ""
    if name not in COMMANDS:
        raise BadCommand(_unknown(typed))
    if argument and not COMMANDS[name].takes:
        raise BadCommand(f"/{name} takes nothing; it was given {argument!r}. Type /{name} alone.")
    return Order(name, argument)


def _unknown(typed: str) -> str:
    close = get_close_matches(typed.lower(), COMMANDS, n=1)
    meant = f" Did you mean /{close[0]}?" if close else ""
    names = " ".join(f"/{name}" for name in COMMANDS)
    return (
        f"There is no command {'/' + typed!r}; allowed: {names}.{meant} "
        "A message that begins with a slash needs two: //…"
    )


def on_or_off(argument: str) -> bool:
    """The argument of /tools. Raises BadCommand."""
    word = argument.lower()
    if word not in ON_OFF:
        raise BadCommand(f"/tools was given {argument!r}; allowed: on, off.")
    return word == "on"


def turn_number(argument: str, turns: int) -> int:
    """The argument of /history, 1 and up, as an index. Raises BadCommand."""
    if argument.isdecimal() and 1 <= int(argument) <= turns:
        return int(argument) - 1
    allowed = f"a whole number from 1 to {turns}" if turns else "nothing, as the chat is empty"
    raise BadCommand(f"/history was given {argument!r}; allowed: {allowed}.")


def file_argument(argument: str) -> tuple[str, bool]:
    """The argument of /save and /export: the file's name (or nothing), and whether to replace."""
    first, *rest = argument.split(None, 1) if argument else [""]
    if first == "-f":
        return (rest[0] if rest else ""), True
    return argument, False


def completions(line: str) -> list[str]:
    """What may stand in place of the last word of an unfinished line: commands and their words."""
    if not line.startswith("/") or "\n" in line:
        return []
    name, space, argument = line[1:].partition(" ")
    if not space:
        return [f"/{known}" for known in COMMANDS if known.startswith(name.lower())]
    command = COMMANDS.get(name.lower())
    words = command.words if command else ()
    return [word for word in words if word.startswith(argument.strip().lower())]


def help_lines() -> list[tuple[str, str]]:
    """Each command as it is typed, and what it does."""
    return [(f"/{name} {c.takes}".rstrip(), c.does) for name, c in COMMANDS.items()]
