"""What the README says, held against the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

import core
from core.catalogue import CATALOGUE
from core.config import InferenceConfig, variable
from core.machine import needed, size
from tests.readme import HELP, help_of, with_help
from ui.terminal import cli
from ui.terminal.doctor_trial import ENTRIES

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]):
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    # Here, where all is imported already: another process would take seconds to come so far.
    exec(compile(example, "README.md", "exec"), {"__name__": "__main__"})
    said = capsys.readouterr().out
    assert "Started" in said
    assert "Finished" in said


def test_the_settings_table_holds_every_variable_with_its_default():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`(.*?)`)? ?\|", README, re.MULTILINE))
    fields = InferenceConfig.model_fields
    assert set(rows) == {variable(field) for field in fields}
    for field, info in fields.items():
        shown = rows[variable(field)]
        empty = info.default is None or info.default_factory is not None
        assert shown == ("" if empty else str(info.default).lower()), field


def test_every_file_the_readme_links_to_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("words", [found[1] for found in HELP.finditer(README)])
def test_a_help_text_is_what_the_command_prints(words):
    """`make readme` writes them anew."""
    assert f"$ counterpoint{words} --help\n{help_of(words)}```" in README


def test_a_help_text_that_is_old_is_written_anew():
    old = "```text\n$ counterpoint compare --help\nUsage: old\n```\n"
    assert with_help(old) == f"```text\n$ counterpoint compare --help\n{help_of('compare')}```\n"


def commands() -> list[list[str]]:
    """The command lines of the README, without what only the shell reads."""
    lines = re.findall(r"^    (?:echo .* \| )?counterpoint\b(.*)$", README, re.MULTILINE)
    lines += re.findall(r"`counterpoint\b([^`]*)`", README)
    return [shlex.split(line, comments=True) for line in lines]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_line_is_one_that_there_is(words):
    command, words = typer.main.get_command(cli.app), cli.with_default_command(words)
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        command, words = command.commands[words[0]], words[1:]
    flags = {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= flags | {"--help"}


def test_every_make_target_is_one_that_there_is():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"(?:`|^    )make (\w+)", README, re.MULTILINE)
    assert named
    assert set(named) <= targets


def test_every_public_name_stands_in_the_readme():
    assert [name for name in core.__all__ if f"`{name}`" not in README] == []


def test_the_models_of_the_catalogue_stand_there_with_their_sizes():
    for known in CATALOGUE:
        sizes = f"{size(known.weight_bytes)} | {size(needed(known.weight_bytes))}"
        assert f"| `{known.name}` | {sizes} |" in README


def test_every_entry_of_the_troubleshooting_has_its_line_of_doctor():
    chapter = README.partition("## Troubleshooting")[2]
    lines = re.findall(r"^\| .* \| `(\w+)` \| .* \|$", chapter, re.MULTILINE)
    assert lines[: len(ENTRIES)] == list(ENTRIES)


def test_every_notebook_is_linked():
    for file in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"](notebooks/{file.name})" in README
