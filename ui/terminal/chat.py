"""`counterpoint chat`: opens the model and the terminal, and starts the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ui.terminal.options import GenerationOptions, with_generation_options
from ui.terminal.telling import OK, told

if TYPE_CHECKING:
    from core.config import InferenceConfig
    from ui.terminal.repl_screen import Reader, Screen
    from ui.terminal.repl_session import Session


@with_generation_options
def chat(options: GenerationOptions) -> None:
    """Chat in the terminal; /help lists what else it does. Reads lines from a pipe as well."""
    status = OK
    with told(options.verbose):
        from ui.terminal.engine import open_engine
        from ui.terminal.repl import converse
        from ui.terminal.repl_chat import check_text
        from ui.terminal.repl_screen import Screen, at_a_terminal
        from ui.terminal.repl_session import new_session

        config = options.config()
        check_text(options.instructions)
        screen = Screen(json=options.json, reasoning=config.show_reasoning)
        with open_engine(config) as engine:
            session = new_session(engine, config, screen, options.instructions)
            session.json, session.verbose = options.json, options.verbose
            status = converse(session, _reader(config, screen, session))
            if at_a_terminal():  # a person saw what went wrong, and went on
                status = OK
    if status:
        raise typer.Exit(status)


def _reader(config: InferenceConfig, screen: Screen, session: Session) -> Reader:
    from ui.terminal.repl_screen import PipeReader, at_a_terminal

    if not at_a_terminal():
        return PipeReader()
    from ui.terminal.repl_prompt import TerminalReader

    screen.say(
        f"Counterpoint, {session.engine.model}, {session.chat.level} reasoning. "
        "/help lists the commands; Ctrl-D leaves."
    )
    return TerminalReader(config.home / "typed", screen.say)
