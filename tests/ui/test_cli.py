"""The command line over recorded tokens: what goes where, and what bad input is told."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import count

import pytest
from typer.testing import CliRunner

from core.backends.base import Step, TokenRequest, TokenStep
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import BackendError, Busy, ModelError
from core.vocabulary import encoding
from ui.terminal import cli
from ui.terminal import engine as terminal_engine
from ui.terminal.serve import Address

ANSWER = (
    "<|channel|>analysis<|message|>Twenty and forty.<|end|>"
    "<|start|>assistant<|channel|>final<|message|>It is 71.<|return|>"
)
TOOL_CALL = '<|channel|>commentary to=functions.add <|constrain|>json<|message|>{"a": 1}<|call|>'
BEGUN = 30
"""More tokens than the answer has, so that all of it was written before."""
RUN_KEYS = {
    "text",
    "reasoning",
    "commentary",
    "messages",
    "finish_reason",
    "peak_memory_bytes",
    "reasoning_level",
    "model",
    "prompt_sha256",
    "usage",
    "timing",
    "repairs",
    "format",
    "notes",
    "seed",
}


@dataclass
class Asked:
    """What reached the engine: its settings and the text of each prompt.

    written: of each request, counted from 0, how many tokens the model has written.
    """

    config: InferenceConfig | None = None
    prompts: tuple[str, ...] = ()
    written: Counter[int] = field(default_factory=Counter)

    def counting(self, number: int, request: TokenRequest) -> TokenRequest:
        """The request, with its tokens counted as those of this number."""

        def on_step(step: Step) -> None:
            request.on_step(step)
            self.written[number] += isinstance(step, TokenStep)

        return replace(request, on_step=on_step)


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Asked]:
    """Make the commands run on recorded tokens: `says(text)`."""

    def script(
        text: str,
        rate: float | None = None,
        context_length: int = 131_072,
        then: str | None = None,
    ) -> Asked:
        """then: what is written from the second request on, instead of `text`."""
        first, second = (
            encoding().encode(output, allowed_special="all")
            for output in (text, text if then is None else then)
        )
        asked = Asked()

        def answer(request):
            prompt = [token for segment in request.segments for token in segment]
            asked.prompts = (*asked.prompts, encoding().decode(prompt))
            return first if len(asked.prompts) == 1 else second

        class Counted(ScriptedBackend):
            def submit(self, requests):
                numbers = count(len(asked.prompts))
                return super().submit([asked.counting(next(numbers), r) for r in requests])

        def open_engine(config: InferenceConfig) -> InferenceEngine:
            asked.config = config
            return InferenceEngine(Counted(answer, rate, context_length), config)

        monkeypatch.setattr(terminal_engine, "open_engine", open_engine)
        return asked

    return script


def run(*arguments: str, stdin: str | None = None):
    return CliRunner().invoke(cli.app, arguments, input=stdin)


def test_the_answer_goes_to_stdout_and_nothing_else_anywhere(says):
    says(ANSWER)
    done = run("generate", "What is 23 + 48?")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "It is 71.\n", "")


def test_reasoning_goes_to_stderr_not_stdout(says):
    says(ANSWER)
    done = run("generate", "What is 23 + 48?", "--show-reasoning")
    assert (done.exit_code, done.stdout) == (0, "It is 71.\n")
    assert "Twenty and forty." in done.stderr


def test_no_harmony_asks_in_chatml_and_says_what_to_expect(says):
    asked = says("<think>Twenty and forty.</think>\n\nIt is 71.<|im_end|>\nMore")
    done = run("generate", "What is 23 + 48?", "--no-harmony", "--show-reasoning")
    assert (done.exit_code, done.stdout) == (0, "It is 71.\n")
    assert asked.prompts == (
        "<|im_start|>user\nWhat is 23 + 48?<|im_end|>\n<|im_start|>assistant\n",
    )
    assert "Twenty and forty." in done.stderr
    assert "ChatML legacy format" in done.stderr
    assert "reasoning level: the one asked for was ignored" in done.stderr


def test_the_flag_wins_over_the_variable_of_the_format(says, monkeypatch):
    monkeypatch.setenv("USE_HARMONY_FORMAT", "false")
    says(ANSWER)
    done = run("generate", "What is 23 + 48?", "--harmony", "--json")
    assert json.loads(done.stdout)["format"] == "Harmony"
    says("It is 71.<|return|>")
    done = run("compare", "What is 23 + 48?", "--levels", "low", "--json")
    (one,) = json.loads(done.stdout)["levels"]["low"]["runs"]
    assert (one["format"], one["text"]) == ("ChatML", "It is 71.")


def test_compare_says_once_that_the_levels_were_ignored(says):
    says("It is 71.<|return|>")
    done = run("compare", "What is 23 + 48?", "--no-harmony")
    assert done.stdout.count("was ignored") == 1


def test_json_is_one_object_with_the_agreed_keys(says):
    says(ANSWER)
    done = run("generate", "What is 23 + 48?", "--json", "--seed", "1")
    value = json.loads(done.stdout)
    assert set(value) == RUN_KEYS
    assert value["text"] == "It is 71."
    assert value["reasoning"] is None
    assert "Twenty" not in done.stdout
    assert value["messages"] == [
        {"channel": "final", "recipient": None, "content_type": None, "text": "It is 71."}
    ]
    assert value["finish_reason"] == "stop"
    assert value["reasoning_level"] == "medium"
    usage = {"prompt", "cached", "analysis", "commentary", "final", "generated", "given"}
    assert set(value["usage"]) == {f"{name}_tokens" for name in usage}
    times = {"queued_s", "prefill_s", "first_token_s", "first_answer_s", "total_s"}
    assert set(value["timing"]) == times | {"tokens_per_s"}


def test_json_holds_the_analysis_when_it_is_captured(says):
    says(ANSWER)
    done = run("generate", "What is 23 + 48?", "--json", "--capture-reasoning")
    assert json.loads(done.stdout)["reasoning"] == "Twenty and forty."


def test_every_option_reaches_the_prompt_or_the_settings(says):
    asked = says(ANSWER)
    done = run(
        "generate",
        "Hello",
        *("--reasoning-level", "HIGH", "--temperature", "0.5", "--top-p", "0.9"),
        *("--top-k", "3", "--max-tokens", "50", "--seed", "7"),
        *("--instructions", "Answer in French.", "--capture-reasoning", "--model", "embedded"),
    )
    assert done.exit_code == 0, done.stderr
    assert "Reasoning: high" in asked.prompts[0]
    assert "Answer in French." in asked.prompts[0]
    config = asked.config
    assert (config.temperature, config.top_p, config.top_k) == (0.5, 0.9, 3)
    assert (config.max_tokens, config.seed, config.model) == (50, 7, "embedded")
    assert config.capture_reasoning


def test_a_flag_beats_the_environment(says, monkeypatch):
    asked = says(ANSWER)
    monkeypatch.setenv("REASONING_LEVEL", "low")
    monkeypatch.setenv("SHOW_REASONING", "true")
    run("generate", "Hello")
    done = run("generate", "Hello", "--reasoning-level", "high", "--hide-reasoning")
    assert "Reasoning: low" in asked.prompts[0]
    assert "Reasoning: high" in asked.prompts[1]
    assert "Twenty" not in done.stderr


def test_the_answer_ends_right_before_a_stop_text_and_the_thinking_does_not(says):
    says(ANSWER)
    done = run("generate", "Hello", "--stop", "Twenty", "--stop", " 71", "--show-reasoning")
    assert (done.exit_code, done.stdout) == (0, "It is\n")
    assert "Twenty and forty." in done.stderr


def test_a_full_queue_exits_1_with_what_to_do(says, monkeypatch):
    says(ANSWER)
    said = "The queue is full. Try again when some have ended."

    def refuse(*_: object) -> None:
        raise Busy(said)

    monkeypatch.setattr(ScriptedBackend, "submit", refuse)
    done = run("generate", "Hello")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", said + "\n")


QUESTION = "What is 23 + 48?\n"


@pytest.mark.parametrize("command", ["generate", "compare"])
@pytest.mark.parametrize(
    ("files", "prompt", "asked_for"),
    [
        (("sum.txt",), (), "What is 23 + 48?"),
        (("-",), (), "Add these."),
        (("sum.txt",), ("Briefly.",), "What is 23 + 48?\n\nBriefly."),
        (("sum.txt",), ("-",), "What is 23 + 48?\n\nAdd these."),
        (("bom.txt", "sum.txt"), ("So?",), "Größe\nzwei\n\nWhat is 23 + 48?\n\nSo?"),
    ],
)
def test_files_stand_before_the_prompt(
    says, tmp_path, monkeypatch, command, files, prompt, asked_for
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sum.txt").write_text(QUESTION)
    (tmp_path / "bom.txt").write_bytes("\ufeffGröße\r\nzwei\r\n".encode())
    asked = says(ANSWER)
    given = [part for file in files for part in ("--file", file)]
    done = run(command, *prompt, *given, stdin="Add these.\n")
    assert done.exit_code == 0, done.stderr
    assert all(f"<|start|>user<|message|>{asked_for}<|end|>" in p for p in asked.prompts)


def test_a_dash_reads_the_prompt_from_standard_input(says):
    asked = says(ANSWER)
    assert run("generate", "-", stdin="What is 23 + 48?\n").exit_code == 0
    assert "<|message|>What is 23 + 48?<|end|>" in asked.prompts[0]


@pytest.mark.parametrize(
    ("output", "arguments", "told"),
    [
        (ANSWER, ("--max-tokens", "4"), "The budget of 4 tokens ran out"),
        ("<|channel|>analysis<|message|>Hm.<|end|><|return|>", (), "without writing an answer"),
        (TOOL_CALL, (), "The model called functions.add; tools are not run here"),
        ("I refuse.<|return|>", (), "malformed and repaired"),
    ],
)
def test_what_is_amiss_with_an_answer_is_said_on_stderr(says, output, arguments, told):
    says(output)
    done = run("generate", "Hello", *arguments)
    assert (done.exit_code, done.stdout.strip()) == (0, "")
    assert told in done.stderr


def test_text_meant_for_the_user_that_is_no_answer_goes_to_stderr(says):
    says("<|channel|>commentary<|message|>I will add.<|end|>" + f"<|start|>assistant{ANSWER}")
    done = run("generate", "Hello")
    assert "I will add." in done.stderr
    assert "I will add." not in done.stdout


def test_escape_sequences_in_reasoning_do_not_reach_the_terminal(says):
    says(ANSWER.replace("Twenty", "\x1b[2J\x07Twenty"))
    done = run("generate", "Hello", "--show-reasoning")
    assert "\x1b[2J" not in done.stderr
    assert "\x07" not in done.stderr


def test_verbose_adds_a_line_of_figures(says):
    says(ANSWER)
    done = run("generate", "Hello", "--verbose")
    assert "medium reasoning" in done.stderr
    assert done.stdout == "It is 71.\n"


def press_ctrl_c(asked: Asked, requests: int) -> threading.Thread:
    """Press it as soon as the model has written its answer's beginning to so many requests."""

    def press() -> None:
        while sum(tokens > BEGUN for tokens in asked.written.copy().values()) < requests:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    return thread


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_ctrl_c_keeps_the_text_and_exits_130(says, arguments):
    asked = says(ANSWER.replace("71.", "71. " + "More. " * 2000), rate=100)
    press = press_ctrl_c(asked, 1)
    done = run("generate", "Hello", *arguments)
    press.join()
    assert done.exit_code == 130
    assert "It is 71." in done.stdout
    if arguments:
        assert json.loads(done.stdout)["finish_reason"] == "cancelled"


ENDLESS = "<|channel|>analysis<|message|>" + "Hm, " * 5000


def test_ctrl_c_while_it_thinks_makes_the_model_answer(says):
    asked = says(ENDLESS, rate=100, then="It is 71.<|return|>")
    press = press_ctrl_c(asked, 1)
    done = run("generate", "Hello")
    press.join()
    assert (done.exit_code, done.stdout) == (0, "It is 71.\n")
    assert "told to answer now; Ctrl-C again stops it" in done.stderr
    assert "thinking was cut short" in done.stderr
    assert asked.prompts[1].endswith("<|end|><|start|>assistant<|channel|>final<|message|>")


def test_a_second_ctrl_c_stops_the_answer_and_keeps_its_text(says):
    asked = says(ENDLESS, rate=100, then="It is 71." + " More." * 5000)
    presses = [press_ctrl_c(asked, requests) for requests in (1, 2)]
    done = run("generate", "Hello")
    for press in presses:
        press.join()
    assert done.exit_code == 130
    assert done.stdout.startswith("It is 71. More.")


def test_compare_prints_a_table_and_a_verdict(says):
    asked = says(ANSWER)
    done = run("compare", "What is 23 + 48?")
    assert done.exit_code == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[2:5]] == ["low", "medium", "high"]
    assert "Low was enough: same answer as high" in done.stdout
    levels = ("low", "medium", "high")
    assert all(f"Reasoning: {level}" in "".join(asked.prompts) for level in levels)
    assert "Twenty" not in done.output


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_ctrl_c_in_a_comparison_keeps_what_was_written_and_exits_130(says, arguments):
    asked = says(ANSWER.replace("71.", "71. " + "More. " * 2000), rate=100)
    press = press_ctrl_c(asked, 3)
    done = run("compare", "Hello", "--repeats", "2", *arguments)
    press.join()
    assert done.exit_code == 130
    assert done.stdout.count("cancelled") == 3
    assert "It is 71." in done.stdout
    assert "low was stopped, medium was stopped, high was stopped" in done.stdout


def test_compare_json_holds_every_run(says):
    says(ANSWER)
    done = run("compare", "What?", "--levels", "low, high", "--repeats", "2", "--json")
    value = json.loads(done.stdout)
    assert {"prompt", "levels", "verdict"} <= set(value)
    assert value["prompt"] == "What?"
    assert list(value["levels"]) == ["low", "high"]
    for level, runs in value["levels"].items():
        assert len(runs["runs"]) == 2
        for one in runs["runs"]:
            assert set(one) == RUN_KEYS
            assert one["reasoning_level"] == level
    assert {"level", "reason"} <= set(value["verdict"])


def test_compare_takes_an_expected_answer_and_runs_the_levels_in_turn(says):
    asked = says(ANSWER)
    done = run("compare", "What?", "--levels", "low,high", "--expected", "71", "--in-turn")
    assert done.exit_code == 0, done.stderr
    assert "Low was enough: gave the expected answer" in done.stdout
    assert "one after the other" in done.stdout
    levels = [prompt.split("Reasoning: ")[1].split("\n")[0] for prompt in asked.prompts]
    assert levels == ["low", "high", "low", "high"]


def test_compare_writes_reports_without_the_analysis(says, tmp_path):
    says(ANSWER)
    files = {flag: tmp_path / f"report{flag}" for flag in ("--csv", "--html", "--markdown")}
    options = [part for flag, file in files.items() for part in (flag, str(file))]
    done = run("compare", "What?", "--capture-reasoning", "--json", *options)
    assert done.exit_code == 0, done.stderr
    assert "Twenty" in done.stdout
    for file in files.values():
        assert "Low was enough" in file.read_text()
        assert "Twenty" not in file.read_text()


def test_the_report_gives_the_command_that_asks_the_same_again(says, tmp_path):
    asked = says(ANSWER)
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    how = ("--levels", "low,high", "--repeats", "2", "--expected", "it's 71", "--top-k", "3")
    done = run("compare", *how, "--html", str(first), "--", "-What's <b>23</b> + 48?")
    assert done.exit_code == 0, done.stderr
    told = unescape(
        first.read_text().split("To run it again</dt><dd><code>")[1].split("</code>")[0]
    )
    date, counterpoint, *arguments = shlex.split(told)
    assert (date.split("=")[0], counterpoint) == ("COUNTERPOINT_CURRENT_DATE", "counterpoint")
    before = asked.prompts
    again = says(ANSWER)
    done = run(*arguments[:1], "--html", str(second), *arguments[1:])
    assert done.exit_code == 0, done.stderr
    assert again.prompts == before
    assert told in unescape(second.read_text())


def test_compare_includes_the_analysis_in_its_files_alone_where_asked(says, tmp_path):
    says(ANSWER)
    file = tmp_path / "report.html"
    done = run("compare", "What?", "--html", str(file), "--include-reasoning", "--json")
    assert "Twenty" in file.read_text()
    assert "Twenty" not in done.stdout


def test_compare_asks_nothing_where_a_report_is_there_already(says, tmp_path):
    asked = says(ANSWER)
    file = tmp_path / "report.html"
    file.write_text("mine")
    done = run("compare", "What?", "--html", str(file))
    assert (done.exit_code, done.stdout, asked.prompts) == (2, "", ())
    assert "is there already" in done.stderr
    assert file.read_text() == "mine"


def test_a_report_that_cannot_be_written_in_the_end_loses_no_result(says, tmp_path, monkeypatch):
    says(ANSWER)
    monkeypatch.setattr("core.report.files.check_new", lambda *_: None)
    csv = tmp_path / "runs.csv"
    lost = tmp_path / "missing" / "report.html"
    done = run("compare", "What?", "--html", str(lost), "--csv", str(csv))
    assert done.exit_code == 1
    assert "Low was enough" in done.stdout
    assert "could not be written" in done.stderr
    assert csv.exists()


def test_compare_shows_reasoning_on_stderr_when_asked(says):
    says(ANSWER)
    done = run("compare", "What?", "--levels", "low,high", "--show-reasoning")
    assert "high: Twenty and forty." in done.stderr
    assert "Twenty" not in done.stdout


def test_compare_shows_no_reasoning_in_json_that_was_not_captured(says):
    says(ANSWER)
    done = run("compare", "What?", "--show-reasoning", "--json")
    assert "Twenty" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("generate", ""), "The prompt is empty"),
        (("generate", " \n"), "The prompt is empty"),
        (("generate", "x\udcff"), "not valid UTF-8"),
        (("generate", "Hello", "--instructions", "\udcff"), "not valid UTF-8"),
        (("generate",), "There is no prompt; allowed: a text, - for standard input, or --file"),
        (("generate", "Hello", "there"), "unexpected extra argument"),
        (("generate", "Hello", "--reasoning-level", "max"), "allowed: low, medium, high"),
        (("generate", "Hello", "--temperature", "3"), "temperature is 3.0; allowed:"),
        (("generate", "Hello", "--temperature", "nan"), "temperature is nan; allowed:"),
        (("generate", "Hello", "--temperature", "hot"), "valid number"),
        (("generate", "Hello", "--top-p", "0"), "top_p is 0.0; allowed:"),
        (("generate", "Hello", "--top-k", "-1"), "top_k is -1; allowed:"),
        (("generate", "Hello", "--max-tokens", "0"), "max_tokens is 0; allowed:"),
        (("generate", "Hello", "--stop", ""), "allowed: up to 16 texts, none of them empty"),
        (("generate", "Hello", "--seed", "-1"), "seed is -1; allowed:"),
        (("generate", "word " * 600), "reads fewer than 500"),
        (("generate", "Hello", "--nonsense"), "No such option"),
        (("compare", ""), "The prompt is empty"),
        (("compare", "Hello", "--levels", "low,most"), "'most'; allowed: low, medium, high"),
        (("compare", "Hello", "--levels", ""), "allowed: low, medium, high"),
        (("compare", "Hello", "--repeats", "0"), "--repeats"),
        (("compare", "Hello", "--html", "no-folder/r.html"), "allowed: a file in a folder"),
        (("compare", "Hello", "--html", "r", "--csv", "r"), "a file for each"),
        (("compare", "Hello", "--include-reasoning"), "without a file"),
        (("compare", "Hello", "--levels", "low", "--reasoning-level", "low"), "give one of them"),
        (("compare", "Hello", "--models", "embedded,x", "--levels", "low"), "give one of them"),
        (("compare", "Hello", "--models", "embedded,x", "--model", "x"), "give one of them"),
        (("compare", "Hello", "--models", "embedded"), "allowed: 2 to 4, each once"),
        (("ui", "--port", "0"), "--port"),
        (("ui", "--port", "65536"), "--port"),
        (("ui", "--auth", "sesame"), "auth is not a login; allowed: USER:PASSWORD, neither"),
        (("ui", "--auth", ":sesame"), "auth is not a login; allowed: USER:PASSWORD, neither"),
        (("ui", "--auth", "ann: "), "auth is not a login; allowed: USER:PASSWORD, neither"),
        (("ui", "--auth", ""), "auth is not a login; allowed: USER:PASSWORD, neither"),
        (("nonsense",), "No such command"),
    ],
)
def test_bad_usage_exits_2_with_a_sentence(says, arguments, told):
    says(ANSWER, context_length=500)
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False)],
)
def test_only_an_address_of_this_machine_alone_needs_no_login(host, local):
    assert Address(host, 7860).is_local is local


def test_a_page_for_the_network_without_a_login_is_warned_of(monkeypatch):
    """The warning comes before the model is loaded; here that ends it."""

    def leave(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Address, "check_free", lambda self: None)
    monkeypatch.setattr(terminal_engine, "open_engine", leave)
    shown = {
        flags: run("ui", "--no-browser", *flags).stderr
        for flags in ((), ("--host", "0.0.0.0"), ("--host", "0.0.0.0", "--auth", "ann:sesame"))
    }
    told = [
        "--host 0.0.0.0 lets everybody who reaches this machine" in said for said in shown.values()
    ]
    assert told == [False, True, False]
    assert "sesame" not in "".join(shown.values())


def test_a_wrong_environment_variable_exits_2(says, monkeypatch):
    says(ANSWER)
    monkeypatch.setenv("COUNTERPOINT_TOP_P", "all")
    done = run("generate", "Hello")
    assert done.exit_code == 2
    assert "COUNTERPOINT_TOP_P is 'all'" in done.stderr


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModelError("There is no model 'x'."), "There is no model 'x'.\n"),
        (BackendError("Out of memory."), "Out of memory.\n"),
        (KeyError("surprise"), "KeyError: 'surprise'. This is a fault of Counterpoint"),
    ],
)
def test_a_failure_exits_1_with_a_sentence_and_a_traceback_only_when_verbose(
    monkeypatch, error, told
):
    def fail(config: InferenceConfig) -> InferenceEngine:
        raise error

    monkeypatch.setattr(terminal_engine, "open_engine", fail)
    done = run("generate", "Hello")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(told)
    assert "Traceback" not in done.stderr
    assert "Traceback" in run("generate", "Hello", "--verbose").stderr


def test_a_model_that_is_not_there_exits_1():
    done = run("generate", "Hello", "--model", "no-such-folder")
    assert done.exit_code == 1
    assert "There is no model 'no-such-folder'" in done.stderr


def test_a_busy_port_is_named_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("ui", "--port", str(port), "--no-browser")
    assert done.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is in use" in done.stderr
    assert "--port" in done.stderr


def test_a_host_that_is_not_this_machine_is_named():
    done = run("ui", "--host", "192.0.2.1", "--no-browser")
    assert done.exit_code == 1
    assert "--host is '192.0.2.1'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "full"),
    [
        ([], ["ui"]),
        (["--port", "7861"], ["ui", "--port", "7861"]),
        (["--help"], ["--help"]),
        (["--version"], ["--version"]),
        (["generate", "Hello"], ["generate", "Hello"]),
    ],
)
def test_without_a_command_the_page_opens(arguments, full):
    assert cli.with_default_command(arguments) == full
