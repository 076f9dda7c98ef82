"""Lines typed into `counterpoint chat` through a pipe, and turns for the model to write."""

from __future__ import annotations

from typer.testing import CliRunner

from tests.ui.recorded import answer
from ui.terminal import cli

SUM = answer("It is 71.", "Twenty and forty.")
PARIS = answer("Paris.", "France.")
CALL = (
    "<|channel|>commentary to=functions.calculator <|constrain|>json<|message|>"
    '{"expression": "23 + 48"}<|call|>'
)


def chat(*lines: str | bytes, flags: tuple[str, ...] = ()):
    """Type lines into the chat; its output."""
    typed = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
    return CliRunner().invoke(cli.app, ["chat", *flags], input=typed)
