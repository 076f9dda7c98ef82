"""What each command of the chat does. Each takes the session and its argument, and may raise a
CoreError: then the chat is as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from core.compare import Comparison
from core.config import ReasoningLevel, reasoning_level
from core.errors import InvalidPrompt
from core.variants import of_levels
from ui.terminal.compare_live import watching
from ui.terminal.interrupts import ctrl_c
from ui.terminal.render import harmless, print_comparison
from ui.terminal.repl_commands import (
    CLEAR,
    BadCommand,
    file_argument,
    help_lines,
    on_or_off,
    turn_number,
)
from ui.terminal.repl_display import print_json_line
from ui.terminal.repl_export import FORMATS, parts
from ui.terminal.repl_files import path_of, read_text, write_text
from ui.terminal.repl_saved import dumps, loads
from ui.terminal.repl_session import Session

Order = Callable[[Session, str], None]
_SHOWN: Final = 60


def show_help(session: Session, _argument: str) -> None:
    """The commands, and the keys."""
    table = Table.grid(padding=(0, 2))
    for typed, does in help_lines():
        table.add_row(Text(typed, no_wrap=True), Text(does))
    session.screen.out.print(table)
    session.screen.out.print(
        "\nEnter sends; Alt-Enter, or a backslash before Enter, breaks the line. Ctrl-C while the "
        "model thinks makes it answer; while it answers, or a second time, it stops it and keeps "
        "the text. At the prompt Ctrl-C clears the line, and Ctrl-D leaves."
    )


def level(session: Session, argument: str) -> None:
    """Show or set the reasoning level."""
    if argument:
        session.chat = replace(session.chat, level=reasoning_level(argument))
    session.screen.say(f"The reasoning level is {session.chat.level}.")


def retry(session: Session, argument: str) -> None:
    """Ask the last question again."""
    session.ask_again(reasoning_level(argument) if argument else None)


def undo(session: Session, _argument: str) -> None:
    """Go back by one step."""
    last = session.chat.last
    if session.before is not None:
        session.chat, session.before = session.before, None
        session.used = 0
        session.screen.say(f"Back to the chat before: {_turns(session)}.")
    elif last is not None:
        session.chat = session.chat.without_last()
        session.draft = last.question
        session.screen.say(f"Taken back: {_short(last.question)}")
    else:
        raise BadCommand("There is nothing to undo: the chat is empty.")


def compare(session: Session, argument: str) -> None:
    """Run a prompt at every level, behind the chat so far; the chat stays as it is."""
    chat, last = session.chat, session.chat.last
    if not argument:
        if last is None:
            raise InvalidPrompt("There is nothing to compare yet; type /compare PROMPT.")
        chat, argument = chat.without_last(), last.question
    conversation = session.conversation(chat, argument)
    engine, keep = session.engine, session.config.capture_reasoning
    session.screen.say("Running low, medium and high together; Ctrl-C stops them.")
    variants, shown = of_levels(ReasoningLevel), keep and session.config.show_reasoning
    with (
        ctrl_c(patience=1_000_000) as stopped,
        watching(argument, variants, 1, reasoning=shown, json=session.json) as watch,
    ):
        comparison: Comparison = engine.compare(
            conversation,
            params=session.config.sampling(),
            variants=variants,
            stop=stopped,
            watch=watch,
        )
    if session.json:
        print_json_line(comparison.as_dict())
    else:
        print_comparison(comparison, reasoning=shown)


def system(session: Session, argument: str) -> None:
    """Show, set or clear the instructions."""
    if argument:
        told = None if argument.lower() == CLEAR else argument
        session.conversation(replace(session.chat, instructions=told), "")
        session.chat = replace(session.chat, instructions=told)
    now = session.chat.instructions
    session.screen.say(f"Instructions: {now}" if now else "There are no instructions.")


def tools(session: Session, argument: str) -> None:
    """Show, or switch the calculator."""
    if argument:
        session.chat = replace(session.chat, tools=on_or_off(argument))
    state = "on" if session.chat.tools else "off"
    session.screen.say(f"Tools are {state}. There is one: calculator, which works out a sum.")


def history(session: Session, argument: str) -> None:
    """The turns in a line each, or one in full."""
    out = session.screen.out
    turns = session.chat.turns
    if argument:
        for who, text in parts(turns[turn_number(argument, len(turns))]):
            style = "dim" if who.startswith("Analysis") else ""
            out.print(Text(f"{who}:\n{harmless(text)}\n", style), soft_wrap=True)
        return
    if not turns:
        session.screen.say("The chat is empty.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "level", "question", "answer"):
        table.add_column(name, overflow="fold")
    for number, turn in enumerate(turns, 1):
        answer = _short(turn.answer) if turn.answer else "–"
        table.add_row(str(number), turn.level.value, _short(turn.question), answer)
    out.print(table)


def info(session: Session, _argument: str) -> None:
    """Model, settings, and the state of the chat."""
    engine, config, chat = session.engine, session.config, session.chat
    model = engine.info
    given = "a fresh one for every answer" if config.seed is None else str(config.seed)
    rows = {
        "model": engine.model + (f" ({model.source}: {model.path})" if model else ""),
        "format": engine.format.name,
        "level": chat.level.value,
        "reasoning": "kept" if config.capture_reasoning else "not kept (--capture-reasoning)",
        "tools": "calculator" if chat.tools else "off",
        "instructions": _short(chat.instructions) if chat.instructions else "none",
        "sampling": f"temperature {config.temperature:g}, top-p {config.top_p:g}, "
        f"top-k {config.top_k}, up to {config.max_tokens:,} tokens",
        "seed": given,
        "date": chat.current_date or config.date_now(),
        "chat": _turns(session),
        "context": f"{session.used:,} of {engine.context_length:,} tokens at the last turn",
        "file": str(chat.file) if chat.file else "not saved",
    }
    for name, value in rows.items():
        session.screen.out.print(f"{name:<13}{harmless(value)}", soft_wrap=True)


def clear(session: Session, _argument: str) -> None:
    """Begin a new chat; /undo brings this one back."""
    had = bool(session.chat.turns)
    session.replace_chat(session.chat.cleared())
    session.screen.say("A new chat." + (" /undo brings the one before back." if had else ""))


def save(session: Session, argument: str) -> None:
    """Write the chat to a file. Without a name: where it was saved before, or a new one."""
    name, replacing = file_argument(argument)
    path = path_of(name) if name else session.chat.file or _new_name(".json")
    own = session.chat.file is not None and path.resolve() == session.chat.file.resolve()
    write_text(path, dumps(session.chat), replace=replacing or own)
    session.chat = replace(session.chat, file=path)
    without = "" if session.config.capture_reasoning else ", without its reasoning"
    session.screen.say(f"Saved to {path}: {_turns(session)}{without}.")


def load(session: Session, argument: str) -> None:
    """Go on with a saved chat; /undo brings this one back."""
    if not argument:
        raise BadCommand("/load needs the name of a file that /save wrote.")
    path = path_of(argument)
    chat = replace(loads(read_text(path), str(path)), file=path)
    # What the model could not be asked with must not take the place of a chat that works.
    session.engine.format.prompt(session.conversation(chat, "?"), chat.level)
    had = bool(session.chat.turns)
    session.replace_chat(chat)
    back = " /undo brings the chat before back." if had else ""
    session.screen.say(f"Loaded {path}: {_turns(session)}, {chat.level} reasoning.{back}")


def export(session: Session, argument: str) -> None:
    """Write the chat for people to read, in the format that the file's name says."""
    name, replacing = file_argument(argument)
    path = path_of(name) if name else _new_name(".md")
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise BadCommand(
            f"/export was given {name!r}; allowed: a name that ends in {', '.join(FORMATS)}."
        )
    if not session.chat.turns:
        raise BadCommand("The chat is empty: there is nothing to export.")
    write_text(path, form(session.chat), replace=replacing)
    session.screen.say(f"Exported to {path}: {_turns(session)}.")


ORDERS: Final[dict[str, Order]] = {
    "help": show_help,
    "level": level,
    "retry": retry,
    "undo": undo,
    "compare": compare,
    "system": system,
    "tools": tools,
    "history": history,
    "info": info,
    "clear": clear,
    "save": save,
    "load": load,
    "export": export,
}


def _new_name(suffix: str) -> Path:
    return Path(f"chat-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}{suffix}")


def _turns(session: Session) -> str:
    count = len(session.chat.turns)
    return "1 turn" if count == 1 else f"{count} turns"


def _short(text: str) -> str:
    line = harmless(" ".join(text.split()))
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"
