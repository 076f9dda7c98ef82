"""Files that come in: our own, OpenAI-style chats, and what is neither."""

from __future__ import annotations

import json

import pytest

from core.conversation import Channel, Role
from core.store.chats import InvalidImport
from core.store.history import Store
from core.store.markdown import to_markdown
from core.store.transfer import from_json, to_json
from tests.core.store.making import ANSWER, THOUGHT, engine_for, recorded

CHAT = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is 23 + 48?"},
    {"role": "assistant", "content": "71"},
    {"role": "user", "content": [{"type": "text", "text": "And this?"}, {"type": "image_url"}]},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"function": {"name": "sum", "arguments": '{"a": 1}'}}],
    },
    {"role": "tool", "name": "sum", "content": "2"},
    {"role": "assistant", "content": "2"},
]


@pytest.mark.parametrize("content", [CHAT, {"messages": CHAT, "model": "other"}])
def test_an_openai_style_chat_becomes_turns(content: object) -> None:
    (entry,) = from_json(json.dumps(content))
    assert entry.title == "What is 23 + 48?"
    assert entry.instructions == "Be brief."
    assert [t.question for t in entry.turns] == ["What is 23 + 48?", "And this?\n[image_url]"]
    call, told, answer = entry.turns[1].messages
    assert (call.recipient, call.channel, call.text) == (
        "functions.sum",
        Channel.COMMENTARY,
        '{"a": 1}',
    )
    assert (told.role, told.name) == (Role.TOOL, "functions.sum")
    assert (answer.channel, answer.text) == (Channel.FINAL, "2")


def test_a_chat_may_begin_with_the_assistant() -> None:
    (entry,) = from_json('[{"role": "assistant", "content": "Hello"}]')
    assert [(t.question, t.messages[0].text) for t in entry.turns] == [("", "Hello")]
    assert entry.title == "Untitled"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "holds no chat"),
        ("3", "holds no chat"),
        ('{"messages": "x"}', "holds no chat"),
        ("[3]", r"messages\[0\] is int"),
        ('[{"role": "king", "content": ""}]', "'king'; allowed: system"),
        ('[{"role": "user", "content": 3}]', r"messages\[0\].content is int"),
        ('[{"role": "assistant", "tool_calls": [{}]}]', "no function"),
        ('[{"role": "assistant", "tool_calls": 3}]', "no function"),
        ('{"format": "counterpoint-history", "version": 2}', "version '2'"),
        ('{"format": "counterpoint-history", "version": 1}', "entries is None"),
        ('{"format": "counterpoint-history", "version": 1, "entries": [{}]}', r"entries\.0\.id"),
    ],
)
def test_what_is_no_history_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InvalidImport, match=said):
        from_json(text)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidImport, match="no JSON"):
        from_json(b"\xff\xfe\x00\x01\x02")


def test_halves_of_surrogate_pairs_come_in_as_replacement_characters(tmp_path) -> None:
    (entry,) = from_json('[{"role": "user", "content": "a\\ud800b"}]')
    with Store(tmp_path) as store:
        store.add([entry])
        assert store.entry(entry.id).turns[0].question == "a\N{REPLACEMENT CHARACTER}b"


def test_an_export_holds_reasoning_only_where_it_was_captured(tmp_path) -> None:
    with Store(tmp_path) as store, engine_for() as engine:
        with_it = store.entry(recorded(store, engine, keep=True)[0])
        without = store.entry(recorded(store, engine, keep=False)[0])
    assert THOUGHT in to_json([with_it])
    assert f"> {THOUGHT}" in to_markdown(with_it)
    for text in (to_json([without]), to_markdown(without)):
        assert THOUGHT not in text
        assert ANSWER in text
    assert "The reasoning was not captured." in to_markdown(without)


def test_an_export_comes_back_into_an_empty_history_as_it_was(tmp_path) -> None:
    with Store(tmp_path / "one") as store, engine_for() as engine:
        entry = store.entry(recorded(store, engine)[0])
        store.vote(entry.id, {"best": "low"})
        entry = store.entry(entry.id)
    with Store(tmp_path / "two") as other:
        assert other.add(from_json(to_json([entry]))) == 1
        assert other.entry(entry.id) == entry
        assert other.page("71").total == 1
