"""Malformed output of gpt-oss as people reported it in public, each told and none of it raising."""

from __future__ import annotations

import pytest

from tests.core.reading import ANSWER, CALL, THOUGHT, C, E, M, R, Read, S, read

THINK, FOUR = ("analysis", "Two and two."), ("final", "Four.")
EMPTY_CALL = ("commentary", "{}")

REPORTED = {
    # garbage where a channel's name belongs, then a well-formed turn
    "llama.cpp #27720, doubled name": (
        f"{C}commentary?commentary?{E}{S}{THOUGHT}{ANSWER}",
        [("analysis", "?commentary?"), THINK, FOUR],
        ["broken header"],
    ),
    "llama.cpp #27720, question marks": (
        f"{C}??{E}{S}{THOUGHT}{ANSWER}",
        [THINK, FOUR],
        ["header cut off"],
    ),
    "llama.cpp #27720, free text": (
        f"{C}We need to think about it.{E}{S}{THOUGHT}{ANSWER}",
        [("analysis", "We need to think about it."), THINK, FOUR],
        ["broken header"],
    ),
    "llama.cpp #27720, doubled header": (
        f"{C}commentary to=assistant{C}commentary?{E}{S}{THOUGHT}{ANSWER}",
        [("analysis", "?"), THINK, FOUR],
        ["broken header"],
    ),
    # headers of tool calls
    "harmony #114, channel doubled": (
        f"{THOUGHT}{S}{C}commentary{C}commentary to=functions.bash{M}{{}}<|call|>",
        [THINK, EMPTY_CALL],
        ["header field doubled"],
    ),
    "harmony #114, the tool's name for a channel": (
        f"{THOUGHT}{S}{C}bash{C}commentary to=functions.bash{M}{{}}<|call|>",
        [THINK, ("analysis", " to=functions.bash{}")],
        ["broken header", "stray token"],
    ),
    "harmony #114, a channel's name behind constrain": (
        f"{THOUGHT}{S}{C}commentary to=functions.bash <|constrain|>commentary{M}{{}}<|call|>",
        [THINK, EMPTY_CALL],
        [],
    ),
    "harmony #114, a channel's name for a role": (
        f"{THOUGHT}<|start|>final{M}Four.{R}",
        [THINK, ("analysis", "Four.")],
        ["unknown role"],
    ),
    "vllm #51977 and sglang #35299, recipient doubled": (
        f"{C}commentary to=functions.web-browsing to=functions.web-browsing{M}{{}}<|call|>",
        [EMPTY_CALL],
        ["header field doubled"],
    ),
    "harmony #60, a type that is no type": (
        f"{THOUGHT}{S}{C}final <|constrain|>response{M}Four.{R}",
        [THINK, FOUR],
        [],
    ),
    "vllm-mlx #562, a function called on analysis": (
        f"{THOUGHT}{S}{C}analysis to=functions.grep code{M}{{}}<|call|>",
        [THINK, ("analysis", "{}")],
        [],
    ),
    "vllm #22519, a split word behind a call": (
        f"{CALL.removeprefix(S)}commentary",
        [EMPTY_CALL, ("analysis", "commentary")],
        ["broken header", "text after the end of the turn"],
    ),
    # between messages
    "harmony #80, text before the first header": (
        f"The user asks. I must refuse.{E}{S}{THOUGHT}{ANSWER}",
        [("commentary", "The user asks. I must refuse."), THINK, FOUR],
        ["text without a header"],
    ),
    "harmony #38, dashes in the role": (
        f"{THOUGHT}{S}––commentary{C}final{M}Four.{R}",
        [THINK, ("commentary", "––commentary"), FOUR],
        ["text without a header", "missing end marker"],
    ),
    "vllm #43408, start doubled": (
        f"{THOUGHT}<|start|>{ANSWER}",
        [THINK, FOUR],
        ["doubled start marker"],
    ),
    "vllm #43408, a stray word": (
        f"{THOUGHT}364{ANSWER}",
        [THINK, ("analysis", "364"), FOUR],
        ["broken header", "missing end marker"],
    ),
    "vllm #43408 and sglang #8914, empty channel": (
        f"{C}{M}Two and two.{E}{ANSWER}",
        [THINK, FOUR],
        ["unknown channel"],
    ),
    "LlamaFactory #9151, return behind end": (
        f"{C}final{M}Four.{E}{R}",
        [FOUR],
        ["stray token"],
    ),
    # content
    "vllm #22287, reserved tokens amid the answer": (
        f"{C}final{M}Fo<|reserved_200762|>ur.{R}",
        [FOUR],
        ["stray token"],
    ),
    "vllm #22403, several messages of a kind": (
        f"{THOUGHT}{S}{THOUGHT}{ANSWER}",
        [THINK, THINK, FOUR],
        [],
    ),
}


@pytest.mark.parametrize(("text", "messages", "repairs"), REPORTED.values(), ids=REPORTED.keys())
def test_reported_output_is_mended_and_told(
    text: str, messages: list[tuple[str, str]], repairs: list[str]
) -> None:
    assert read(text) == Read(messages, repairs)
