"""Every flag of every command does what it says: with it one thing is seen, without it another.

The flags come from the commands themselves: one that is new fails here until it has its line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tests.ui.recorded import Asked, answer, recorded
from ui.terminal import cli, doctor, serve
from ui.terminal.doctor_check import Check

TESTS = Path(__file__).parent


@dataclass(frozen=True)
class Seen:
    """What came of a command. chosen: what reached the part of it that was replaced."""

    stdout: str
    stderr: str
    asked: Asked
    chosen: dict[str, object]

    @property
    def prompt(self) -> str:
        return self.asked.prompts[0]

    def setting(self, name: str) -> object:
        return getattr(self.asked.config, name)

    def json(self) -> dict[str, object]:
        return json.loads(self.stdout)


@dataclass(frozen=True)
class Line:
    """A flag as it is given, and what is seen with it alone.

    beside: given with and without it. environment: set with and without it.
    """

    given: tuple[str, ...]
    seen: Callable[[Seen], object]
    beside: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


def reaches(flag: str, name: str, value: object, *, over: str | None = None) -> Line:
    """A flag whose value becomes a setting; `over`: what the variable says meanwhile."""
    given = (flag,) if isinstance(value, bool) else (flag, str(value))
    environment = {} if over is None else {name.upper(): over}
    return Line(given, lambda seen: seen.setting(name) == value, environment=environment)


SHARED = {
    "--reasoning-level": Line(
        ("--reasoning-level", "high"),
        lambda seen: all("Reasoning: high" in prompt for prompt in seen.asked.prompts),
    ),
    "--show-reasoning": Line(("--show-reasoning",), lambda seen: "Hm." in seen.stderr),
    "--hide-reasoning": Line(
        ("--hide-reasoning",),
        lambda seen: "Hm." not in seen.stderr,
        environment={"SHOW_REASONING": "true"},
    ),
    "--capture-reasoning": Line(
        ("--capture-reasoning",), lambda seen: '"reasoning": "Hm."' in seen.stdout, ("--json",)
    ),
    "--drop-reasoning": Line(
        ("--drop-reasoning",),
        lambda seen: '"reasoning": null' in seen.stdout,
        ("--json",),
        {"CAPTURE_REASONING": "true"},
    ),
    "--harmony": Line(
        ("--harmony",),
        lambda seen: "<|start|>user" in seen.prompt,
        environment={"USE_HARMONY_FORMAT": "false"},
    ),
    "--no-harmony": Line(("--no-harmony",), lambda seen: "<|im_start|>user" in seen.prompt),
    "--model": reaches("--model", "model", "/elsewhere"),
    "--temperature": reaches("--temperature", "temperature", 0.5),
    "--top-p": reaches("--top-p", "top_p", 0.9),
    "--top-k": reaches("--top-k", "top_k", 3),
    "--max-tokens": reaches("--max-tokens", "max_tokens", 50),
    "--seed": reaches("--seed", "seed", 7),
    "--instructions": Line(
        ("--instructions", "Answer in French."), lambda seen: "Answer in French." in seen.prompt
    ),
    "--json": Line(("--json",), lambda seen: seen.stdout.startswith("{")),
}
HARMONY = {
    "--harmony": reaches("--harmony", "use_harmony_format", True, over="false"),
    "--no-harmony": Line(("--no-harmony",), lambda seen: not seen.setting("use_harmony_format")),
}
LINES: dict[str, dict[str, Line]] = {
    "generate": SHARED,
    "chat": SHARED,
    "compare": SHARED
    | {
        "--together": Line(
            ("--together",), lambda seen: "in one batch" in seen.stdout, ("--in-turn",)
        ),
        "--in-turn": Line(("--in-turn",), lambda seen: "one after the other" in seen.stdout),
    },
    "ui": {
        "--host": Line(("--host", "::1"), lambda seen: seen.chosen["host"] == "::1"),
        "--port": Line(("--port", "7861"), lambda seen: seen.chosen["port"] == 7861),
        "--no-browser": Line(("--no-browser",), lambda seen: not seen.chosen["browser"]),
        "--model": reaches("--model", "model", "/elsewhere"),
        "--present": Line(("--present",), lambda seen: seen.chosen["present"]),
        "--keep-history": Line(
            ("--keep-history",),
            lambda seen: seen.setting("keep_history"),
            environment={"COUNTERPOINT_KEEP_HISTORY": "false"},
        ),
        "--auth": Line(
            ("--auth", "ann:pass:word"),
            lambda seen: seen.asked.config.login() == ("ann", "pass:word"),
        ),
        "--no-history": Line(("--no-history",), lambda seen: not seen.setting("keep_history")),
        **HARMONY,
    },
    "doctor": {
        "--model": reaches("--model", "model", "/elsewhere"),
        "--json": Line(("--json",), lambda seen: seen.stdout.startswith("{")),
        **HARMONY,
    },
    "evaluate": {
        "--temperature": Line(
            ("--temperature", "0.5"),
            lambda seen: seen.json()["sampling"]["temperature"] == 0.5,
            ("--json",),
        ),
        "--max-tokens": Line(
            ("--max-tokens", "50"),
            lambda seen: seen.json()["sampling"]["max_tokens"] == 50,
            ("--json",),
        ),
        **HARMONY,
    },
    "models download": {
        "--anyway": Line(("--anyway",), lambda seen: not seen.chosen["check_memory"])
    },
}
"""By command: what is run here."""
ELSEWHERE: dict[str, dict[str, str]] = {
    "generate": {
        "--file": "test_cli_ask.py::test_files_stand_before_the_prompt",
        "--stop": "test_cli_ask.py::test_the_answer_ends_right_before_a_stop_text",
        "--scores": "test_scores.py::test_a_number_that_is_too_large_is_refused",
        "--tools": "test_tools.py::test_each_call_and_its_result_are_a_line_on_stderr",
    },
    "compare": {
        "--file": "test_cli_ask.py::test_files_stand_before_the_prompt",
        "--levels": "test_cli_compare.py::test_compare_json_holds_every_run",
        "--models": "test_cli_process.py::test_compare_runs_models_one_after_the_other",
        "--repeats": "test_cli_compare.py::test_compare_json_holds_every_run",
        "--expected": "test_cli_compare.py::test_compare_takes_an_expected_answer",
        "--csv": "test_cli_process.py::test_compare_repeats_and_writes_a_table_and_a_report",
        "--html": "test_cli_process.py::test_compare_repeats_and_writes_a_table_and_a_report",
        "--markdown": "test_cli_compare.py::test_compare_writes_reports_without_the_analysis",
        "--include-reasoning": "test_cli_compare.py::test_compare_includes_the_analysis",
    },
    "evaluate": {
        "--suite": "test_evaluate.py::test_the_table_goes_to_stdout",
        "--each": "test_evaluate.py::test_csv_holds_every_answer",
        "--levels": "test_evaluate.py::test_markdown_is_a_table_and_its_notes",
        "--reasoning-level": "test_evaluate_file.py::test_settings_reach_every_prompt",
        "--seed": "test_evaluate.py::test_json_holds_every_row_with_its_interval",
        "--at-once": "test_evaluate.py::test_it_is_said_how_many_answers_really_shared_a_batch",
        "--model": "test_evaluate.py::test_the_embedded_model_is_asked_whatever",
        "--csv": "test_evaluate.py::test_csv_holds_every_answer",
        "--markdown": "test_evaluate.py::test_markdown_is_a_table_and_its_notes",
        "--json": "test_evaluate.py::test_json_holds_every_row_with_its_interval",
        "--repeats": "test_evaluate_file.py::test_json_holds_every_run_and_what_they_came_to",
        "--resume": "test_evaluate_file.py::test_resume_after_the_end_runs_nothing",
        "--runs": "test_evaluate_file.py::test_prompts_of_standard_input_are_kept_where",
        "--html": "test_evaluate_file.py::test_the_reports_hold_every_run",
        "--include-reasoning": "test_evaluate_file.py::test_the_analysis_goes_only_where",
        "--capture-reasoning": "test_evaluate_file.py::test_the_analysis_goes_only_where",
        "--drop-reasoning": "test_evaluate_file.py::test_the_analysis_goes_only_where",
        "--instructions": "test_evaluate_file.py::test_settings_reach_every_prompt",
        "--top-p": "test_evaluate_file.py::test_settings_reach_every_prompt",
        "--top-k": "test_evaluate_file.py::test_settings_reach_every_prompt",
    },
    "bench": {
        "--repeats": "test_bench.py::test_json_holds_each_figure_with_its_spread",
        "--model": "test_bench.py::test_the_model_is_the_one_that_was_asked_for",
        "--json": "test_bench.py::test_json_holds_each_figure_with_its_spread",
    },
    "models list": {"--json": "test_models.py::test_list_as_json_has_sizes_in_bytes"},
    "models info": {"--json": "test_models.py::test_info_as_json_holds_the_facts"},
}
"""By command: the test that stands in another file."""
REST = {
    "generate": ("Hello",),
    "compare": ("What is 23 + 48?", "--levels", "low,high"),
    "evaluate": ("--each", "1", "--levels", "low"),
    "bench": ("--repeats", "1"),
    "models download": ("acme/model",),
    "models info": ("acme/no-such-model",),
}
"""What a command needs beside its flags."""


def commands(found: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Each command with its flags, as it was declared."""
    for name, command in getattr(found, "commands", {}).items():
        yield from commands(command, (*path, name))
    if not hasattr(found, "commands"):
        flags = [flag for option in found.params for flag in (*option.opts, *option.secondary_opts)]
        yield " ".join(path), [flag for flag in flags if flag.startswith("--")]


COMMANDS = dict(commands(typer.main.get_command(cli.app)))
RUN_HERE = [(command, flag) for command, lines in LINES.items() for flag in lines]


@pytest.fixture(autouse=True)
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What reached the parts that would open a page, try a model, or ask the hub."""
    monkeypatch.chdir(tmp_path)
    return {}


def ran(monkeypatch, chosen, command: str, given: tuple[str, ...], line: Line) -> Seen:
    asked = recorded(monkeypatch, answer("It is 71."))

    def served(address, settings, *, browser, present):
        chosen.update(host=address.host, port=address.port, browser=browser, present=present)
        asked.config = serve.settings(settings)

    def examined(config, _given):
        asked.config = config
        return [Check("model", True, "here")]

    def fetched(_name, *, check_memory):
        chosen.update(check_memory=check_memory)
        return "there"

    monkeypatch.setattr(serve, "serve", served)
    monkeypatch.setattr(doctor, "examine", examined)
    monkeypatch.setattr("core.download.download", fetched)
    for name, value in line.environment.items():
        monkeypatch.setenv(name, value)
    rest = REST.get(command, ())
    if "--reasoning-level" in given:  # which may not stand beside --levels
        rest = rest[:1]
    done = CliRunner().invoke(
        cli.app, [*command.split(), *rest, *line.beside, *given], input="What is 23 + 48?\n"
    )
    assert done.exit_code == 0, done.output
    return Seen(done.stdout, done.stderr, asked, dict(chosen))


@pytest.mark.parametrize(("command", "flag"), RUN_HERE, ids=" ".join)
def test_a_flag_does_what_it_says_and_without_it_that_is_not_so(monkeypatch, chosen, command, flag):
    line = LINES[command][flag]
    assert flag in line.given
    assert line.seen(ran(monkeypatch, chosen, command, line.given, line))
    assert not line.seen(ran(monkeypatch, chosen, command, (), line))


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"models list"}))
def test_verbose_shows_the_traceback_of_what_went_wrong(monkeypatch, command):
    """Every one of them has a wrong setting to complain of, or a wrong name."""
    monkeypatch.setenv("COUNTERPOINT_TOP_K", "x")
    wrong = {"models download": "no-id", "models info": "no-such-model"}
    rest = (wrong[command],) if command in wrong else REST.get(command, ())
    told = [
        CliRunner().invoke(cli.app, [*command.split(), *rest, *given], input="Hello\n")
        for given in ((), ("--verbose",))
    ]
    assert [done.exit_code > 0 for done in told] == [True, True]
    assert ["Traceback" in done.stderr for done in told] == [False, True]


def test_verbose_shows_it_where_models_cannot_be_listed(monkeypatch):
    def fail() -> None:
        raise OSError("the cache is gone")

    monkeypatch.setattr("core.models.local_models", fail)
    done = CliRunner().invoke(cli.app, ["models", "list", "--verbose"])
    assert "Traceback" in done.stderr
    assert "the cache is gone" in done.stderr


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_flag_of_a_command_has_its_test(command):
    """Those of `config` stand in test_config_command, which takes them all from one table."""
    here = {*LINES.get(command, {}), *ELSEWHERE.get(command, {}), "--verbose"}
    if command == "config":
        here |= {*SHARED}
    assert {*COMMANDS[command]} - {"--help"} == here


@pytest.mark.parametrize(
    ("flag", "where"), [pair for tests in ELSEWHERE.values() for pair in tests.items()]
)
def test_a_test_that_stands_elsewhere_is_there_and_gives_the_flag(flag, where):
    file, _, name = where.partition("::")
    _, found, rest = (TESTS / file).read_text(encoding="utf-8").partition(f"\ndef {name}")
    assert found, where
    assert f'"{flag}"' in rest.partition("\ndef ")[0], where


def test_config_takes_the_flags_and_shows_what_they_make_of_the_settings():
    given = [part for flag in ("--seed", "--model", "--top-k") for part in SHARED[flag].given]
    done = CliRunner().invoke(cli.app, ["config", "--json", *given])
    settings = json.loads(done.stdout)["settings"]
    assert [settings[name]["value"] for name in ("seed", "model", "top_k")] == [7, "/elsewhere", 3]


def test_version_is_printed_without_a_command():
    done = CliRunner().invoke(cli.app, ["--version"])
    assert (done.exit_code, done.stdout.split()[0].strip(",")) == (0, "counterpoint")
