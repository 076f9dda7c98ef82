"""Clean output into channels: as openai-harmony reads it, and right where that reads it wrongly."""

from __future__ import annotations

import openai_harmony as harmony
import pytest

from core import HarmonyResponseParser
from core.vocabulary import encoding
from tests.core.reading import (
    ANSWER,
    CLEAN,
    C,
    E,
    M,
    R,
    Read,
    events_of,
    ids_of,
    messages_of,
    read,
    repairs_of,
)


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_clean_output_is_read_as_openai_harmony_reads_it(text: str) -> None:
    events = events_of(ids_of(text))
    theirs = encoding().parse_messages_from_completion_tokens(
        ids_of(text), harmony.Role.ASSISTANT, strict=True
    )
    assert repairs_of(events) == []
    assert [(str(m.channel), m.recipient, m.content_type, m.text) for m in messages_of(events)] == [
        (
            m.channel,
            m.recipient,
            m.content_type and m.content_type.removeprefix("<|constrain|>"),
            m.content[0].text,
        )
        for m in theirs
    ]


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_clean_output_is_valid_and_what_is_cut_off_is_not(text: str) -> None:
    parser = HarmonyResponseParser()
    ids = ids_of(text)
    assert parser.validate_harmony_format(ids)
    assert not parser.validate_harmony_format(ids[:-1])
    assert not parser.validate_harmony_format(ids[:1])
    assert not parser.validate_harmony_format([])


# What openai-harmony 0.0.8 reads wrongly


def test_a_content_type_on_final_is_no_tool_call() -> None:
    """openai-harmony gives the recipient `<|constrain|>json`: a tool call that nobody made."""
    for header in ("final <|constrain|>json", "final<|constrain|>json", "final json"):
        events = events_of(ids_of(f"{C}{header}{M}{{}}{R}"))
        (only,) = messages_of(events)
        assert (only.channel, only.recipient, only.content_type) == ("final", None, "json")
        assert not only.is_tool_call
        assert repairs_of(events) == []


def test_a_bare_type_on_commentary_is_no_recipient_but_a_bare_tool_name_is() -> None:
    (typed,) = messages_of(events_of(ids_of(f"{C}commentary json{M}{{}}{E}")))
    (called,) = messages_of(events_of(ids_of(f"{C}commentary functions.weather{M}{{}}<|call|>")))
    assert (typed.recipient, typed.content_type) == (None, "json")
    assert (called.recipient, called.content_type) == ("functions.weather", None)


def test_a_space_behind_constrain_is_no_error() -> None:
    text = f"{C}commentary to=functions.weather <|constrain|> json{M}{{}}<|call|>"
    events = events_of(ids_of(text))
    (call,) = messages_of(events)
    assert (call.recipient, call.content_type, call.text) == ("functions.weather", "json", "{}")
    assert repairs_of(events) == []


def test_a_header_that_openai_harmony_refuses_leaves_the_next_message_clean() -> None:
    text = f"{C}commentary to=functions.weather <|constrain|> json{M}{{}}{E}{ANSWER}"
    assert read(text) == Read([("commentary", "{}"), ("final", "Four.")], [])
