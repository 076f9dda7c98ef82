"""The Python blocks of the Harmony integration guide, run on the embedded model.

The blocks are the guide's own, but for their imports, which read `core` here, and for a prelude
that gives the names that the guide leaves undefined. Where Harmony itself says otherwise than the
guide, Harmony wins, and a test says so.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from core import HarmonyPromptBuilder, HarmonyResponseParser, InferenceConfig
from core.engine import InferenceEngine
from core.vocabulary import END, RETURN, STOP_IDS, encoding
from ui.terminal import cli
from ui.terminal import engine as terminal_engine

CONFIGURATION = """
from core import InferenceConfig, ReasoningLevel

config = InferenceConfig(
    use_harmony_format=True,
    reasoning_level=ReasoningLevel.HIGH,
    capture_reasoning=True,
    show_reasoning=False,
    knowledge_cutoff="2024-06",
    current_date="2025-10-27",  # Auto-detected if omitted
    temperature=0.7,
    max_tokens=512
)
"""

GENERATION = """
from core import HarmonyPromptBuilder, HarmonyResponseParser
from core import InferenceEngine
from core import InferenceConfig, ReasoningLevel
from core import ModelLoader
from core import SamplingParams

# Configure Harmony
config = InferenceConfig(
    use_harmony_format=True,
    reasoning_level=ReasoningLevel.MEDIUM,
    capture_reasoning=True,
    knowledge_cutoff="2024-06",
    current_date="2025-10-27"
)

# Create engine
model_loader = ModelLoader(model_config)
engine = InferenceEngine(model_loader, config)

# Generate
result = engine.generate(
    prompt="Explain quantum computing",
    params=SamplingParams(max_tokens=512)
)

# Access results
print(result.text)        # Final channel only (user-safe)
print(result.reasoning)   # Analysis channel (if captured)
print(result.commentary)  # Commentary channel (if present)
"""

PROMPT = """
from core import HarmonyPromptBuilder
from core import ReasoningLevel

builder = HarmonyPromptBuilder()

# Build system prompt
system_prompt = builder.build_system_prompt(
    reasoning_level=ReasoningLevel.HIGH,
    knowledge_cutoff="2024-06",
    current_date="2025-10-27"
)

# Build developer prompt (optional)
developer_prompt = builder.build_developer_prompt(
    instructions="You are a helpful AI assistant specialized in Python programming."
)

# Build conversation
messages = [
    {"role": "user", "content": "What is 2+2?"}
]

conversation = builder.build_conversation(
    messages=messages,
    system_prompt=system_prompt,
    developer_prompt=developer_prompt,
    include_generation_prompt=True
)

# Use the token IDs for generation
token_ids = conversation.token_ids  # Ready for MLX model
"""

PARSER = """
from core import HarmonyResponseParser

parser = HarmonyResponseParser()

# Parse response tokens (from MLX generation)
parsed = parser.parse_response_tokens(
    token_ids=response_token_ids,
    extract_final_only=False  # Set True for performance
)

# Access channels
print(parsed.final)       # User-facing response
print(parsed.analysis)    # Internal reasoning
print(parsed.commentary)  # Meta-commentary
print(parsed.channels)    # Dict of all channels
print(parsed.metadata)    # Parsing metadata

# Or parse from text (requires tokenizer)
parsed = parser.parse_response_text(
    response_text=model_output,
    tokenizer=tokenizer,
    extract_final_only=False
)

# Extract specific channel
channel_content = parser.extract_channel(parsed, "analysis")

# Validate format
is_valid = parser.validate_harmony_format(token_ids)
"""

DOTENV = """
# Enable/disable Harmony format
USE_HARMONY_FORMAT=true

# Set default reasoning level (low/medium/high)
REASONING_LEVEL=medium

# Capture analysis channel in results
CAPTURE_REASONING=false

# Display reasoning in CLI
SHOW_REASONING=false
"""

CHANNELS = """<|start|>assistant<|channel|>analysis<|message|>
Let me analyze this step-by-step:
<|end|><|start|>assistant<|channel|>commentary<|message|>
Executing search_tool(query="machine learning")
<|end|><|start|>assistant<|channel|>final<|message|>
Here is the answer to your question...
<|end|>"""
"""The three examples of the guide, one behind the other."""


def ran(block: str, **prelude: Any) -> dict[str, Any]:
    """The names that a block leaves behind."""
    names = dict(prelude)
    exec(compile(block, "guide", "exec"), names)
    return names


def test_a_configuration_is_made_in_code():
    config = ran(CONFIGURATION)["config"]
    assert (config.reasoning_level, config.capture_reasoning) == ("high", True)
    assert (config.temperature, config.max_tokens) == (0.7, 512)
    assert config.date_now() == "2025-10-27"


def test_the_variables_of_the_guide_are_read_from_dotenv(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    opposite = {"true": "false", "false": "true", "medium": "high"}
    other = re.sub(r"=(\w+)", lambda found: f"={opposite[found[1]]}", DOTENV)
    (tmp_path / ".env").write_text(other)
    config = InferenceConfig()
    assert (config.use_harmony_format, config.reasoning_level) == (False, "high")
    assert (config.capture_reasoning, config.show_reasoning) == (True, True)


def test_an_engine_answers_and_gives_its_channels_apart(capsys):
    names = ran(GENERATION, model_config="embedded")
    names["engine"].close()
    result = names["result"]
    assert result.text
    assert result.reasoning
    assert result.commentary == ""
    assert capsys.readouterr().out == f"{result.text}\n{result.reasoning}\n\n"


def test_a_prompt_is_built_and_the_model_goes_on_from_it(engine: InferenceEngine):
    names = ran(PROMPT)
    text = names["conversation"].text
    assert text.startswith("<|start|>system<|message|>")
    assert "Knowledge cutoff: 2024-06\nCurrent date: 2025-10-27\n\nReasoning: high" in text
    assert "# Instructions\n\nYou are a helpful AI assistant specialized" in text
    assert text.endswith("<|start|>user<|message|>What is 2+2?<|end|><|start|>assistant")
    assert encoding().decode(names["token_ids"]) == text
    run = engine.start(
        [{"role": "developer", "content": names["developer_prompt"].content.instructions}]
        + names["messages"],
        reasoning_level="high",
    )
    run.cancel()
    same = text.replace("2025-10-27", engine.config.date_now())
    assert run.prompt.text == same


class Tokenizer:
    """What the guide calls `tokenizer`: text to token ids, markers included."""

    def encode(self, text: str) -> list[int]:
        return encoding().encode(text, allowed_special="all")


def test_what_the_model_wrote_is_parsed_from_tokens_and_from_text(engine: InferenceEngine, capsys):
    run = engine.start("What is 23 + 48?", reasoning_level="high", capture_reasoning=True)
    result = run.result()
    names = ran(
        PARSER,
        response_token_ids=result.token_ids,
        model_output=encoding().decode(result.token_ids),
        tokenizer=Tokenizer(),
        token_ids=result.token_ids,
    )
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == result.text
    parsed = names["parsed"]
    assert (parsed.final, parsed.analysis) == (result.text, result.reasoning)
    assert parsed.channels == result.channels
    assert names["channel_content"] == result.reasoning
    assert names["is_valid"] is True


def test_the_three_channels_of_the_guide_are_told_apart():
    parsed = HarmonyResponseParser().parse_response_text(CHANNELS)
    assert parsed.analysis == "\nLet me analyze this step-by-step:\n"
    assert parsed.commentary == '\nExecuting search_tool(query="machine learning")\n'
    assert parsed.final == "\nHere is the answer to your question...\n"
    final = HarmonyResponseParser().parse_response_text(CHANNELS, extract_final_only=True)
    assert (final.final, final.analysis, final.commentary) == (parsed.final, None, None)
    assert final.channels == {"final": parsed.final}


# Where Harmony says otherwise.


def test_a_turn_ends_with_return_and_in_the_next_prompt_with_end(engine: InferenceEngine):
    """The guide ends a generated answer with <|end|>."""
    assert RETURN in STOP_IDS
    assert END not in STOP_IDS
    run = engine.start("What is the capital of France?", capture_reasoning=True)
    result = run.result()
    assert result.token_ids[-1] == RETURN
    builder = HarmonyPromptBuilder()
    after = builder.build_conversation(
        [
            {"role": "user", "content": "What is the capital of France?"},
            {"role": "assistant", "content": result.text},
            {"role": "user", "content": "And of Spain?"},
        ],
        builder.build_system_prompt(),
    )
    assert RETURN not in after.token_ids
    assert f"{result.text}<|end|>" in after.text


def test_the_analysis_comes_before_the_answer(engine: InferenceEngine):
    """The guide says that the final channel appears first."""
    result = engine.start("What is 23 + 48?", capture_reasoning=True).result()
    assert [message.channel for message in result.messages] == ["analysis", "final"]


def test_a_call_of_a_tool_is_addressed_to_it_and_no_text_for_the_user():
    """The guide shows a call as text in commentary; that is a preamble, and calls nothing."""
    parser = HarmonyResponseParser()
    preamble = parser.parse_response_text(CHANNELS).metadata["messages"][1]
    assert not preamble.is_tool_call
    call = parser.parse_response_text(
        "<|channel|>commentary to=functions.search <|constrain|>json<|message|>{}<|call|>"
    )
    assert call.metadata["messages"][0].recipient == "functions.search"
    assert call.commentary is None


def test_what_the_guide_calls_a_system_prompt_is_the_developer_message():
    """Instructions never stand in Harmony's system message."""
    builder = HarmonyPromptBuilder()
    prompt = builder.build_conversation(
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}],
        builder.build_system_prompt(),
    )
    assert "<|start|>developer<|message|># Instructions\n\nBe brief." in prompt.text


@pytest.mark.parametrize(
    ("flags", "level", "shown"),
    [
        ([], "medium", False),
        (["--show-reasoning"], "medium", True),
        (["--reasoning-level", "low"], "low", False),
        (["--reasoning-level", "high", "--show-reasoning", "--capture-reasoning"], "high", True),
    ],
)
def test_the_flags_of_the_guide_are_those_of_the_chat(
    engine: InferenceEngine, monkeypatch, flags, level, shown
):
    class Shared:
        """The engine of all tests, which the chat must not close."""

        def __enter__(self) -> InferenceEngine:
            return engine

        def __exit__(self, *_: object) -> None:
            """It is used again."""

    monkeypatch.setattr(terminal_engine, "open_engine", lambda _config: Shared())
    done = CliRunner().invoke(cli.app, ["chat", "--json", *flags], input="What is 23 + 48?\n")
    assert done.exit_code == 0, done.stderr
    assert f'"reasoning_level": "{level}"' in done.stdout
    assert ('"reasoning": null' in done.stdout) is ("--capture-reasoning" not in flags)
    assert ("71" in done.stderr or "+" in done.stderr) is shown
