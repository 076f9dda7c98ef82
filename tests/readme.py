"""The help texts in the README, as the commands print them: `make readme` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from ui.terminal import cli

README = Path(__file__).resolve().parents[1] / "README.md"
HELP = re.compile(r"^\$ counterpoint((?: \w+)*) --help\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WIDTH = "80"


def help_of(words: str) -> str:
    """What a command prints with --help, at a fixed width. words: `compare`, or none."""
    done = CliRunner().invoke(
        cli.app, [*words.split(), "--help"], prog_name="counterpoint", env={"COLUMNS": WIDTH}
    )
    return done.stdout


def with_help(text: str) -> str:
    """The README's text with every help text as it is now."""
    return HELP.sub(lambda found: f"$ counterpoint{found[1]} --help\n{help_of(found[1])}```", text)


if __name__ == "__main__":
    README.write_text(with_help(README.read_text(encoding="utf-8")), encoding="utf-8")
