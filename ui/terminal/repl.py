"""The chat's loop: read a line, do what it says, and let nothing but its end end it."""

from __future__ import annotations

from typing import Final

from core.errors import CoreError, InvalidInput
from ui.terminal.repl_commands import read_line
from ui.terminal.repl_orders import ORDERS
from ui.terminal.repl_screen import Reader
from ui.terminal.repl_session import Session
from ui.terminal.telling import BAD_USAGE, FAILED, OK, say

_FAULT: Final = "This is a fault of Counterpoint; the chat goes on, and /save keeps it."


def converse(session: Session, reader: Reader) -> int:
    """Read and answer until the end of the input or /exit. The status of the first line that could
    not be done, else OK.

    What cannot be written to stdout or stderr ends it: OSError.
    """
    first = OK
    while True:
        status = OK
        try:
            if not _done(session, reader.read(session.cue())):
                return first
        except EOFError:
            return first
        except KeyboardInterrupt:
            continue
        except CoreError as error:
            status = BAD_USAGE if isinstance(error, InvalidInput) else FAILED
            session.screen.say(str(error))
        except OSError:
            raise
        except Exception as error:
            status = FAILED
            say(f"{type(error).__name__}: {error}. {_FAULT}", session.verbose)
        first = first or status


def _done(session: Session, line: str) -> bool:
    """Do what a line says. False where it says to leave."""
    order = read_line(line)
    if isinstance(order, str):
        if order:
            session.ask(order)
    elif order.name == "exit":
        return False
    else:
        ORDERS[order.name](session, order.argument)
    return True
