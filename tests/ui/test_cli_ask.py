"""`counterpoint generate` over recorded tokens: what reaches the model, and what goes where."""

from __future__ import annotations

import json

import pytest

from tests.ui.counted import ANSWER, RUN_KEYS, press_ctrl_c, run

TOOL_CALL = '<|channel|>commentary to=functions.add <|constrain|>json<|message|>{"a": 1}<|call|>'


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
