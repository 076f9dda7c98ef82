"""The chat's pure part: lines, completions, saved chats, exports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import ReasoningLevel
from core.conversation import Channel, Message, Role
from core.events import FinishReason, Usage
from ui.terminal.repl_chat import Chat, Turn
from ui.terminal.repl_commands import (
    COMMANDS,
    BadCommand,
    Order,
    completions,
    file_argument,
    read_line,
)
from ui.terminal.repl_export import html, markdown, plain
from ui.terminal.repl_saved import NotAChat, dumps, loads

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
messages = st.one_of(
    st.builds(
        Message,
        st.just(Role.ASSISTANT),
        texts,
        st.sampled_from([Channel.FINAL, Channel.COMMENTARY]),
    ),
    st.just(Message(Role.ASSISTANT, "{}", Channel.COMMENTARY, "functions.calculator", "json")),
    st.just(Message(Role.TOOL, "71", Channel.COMMENTARY, "assistant", name="functions.calculator")),
)
turns = st.builds(
    Turn,
    texts.filter(bool),
    st.sampled_from(ReasoningLevel),
    st.lists(messages, max_size=3).map(tuple),
    st.none() | texts,
    st.none() | st.sampled_from([reason.value for reason in FinishReason]),
    st.none() | texts,
    st.none() | st.builds(Usage, st.integers(0, 9)),
)
chats = st.builds(
    Chat,
    st.sampled_from(ReasoningLevel),
    st.none() | texts,
    st.booleans(),
    st.lists(turns, max_size=3).map(tuple),
    st.none() | st.dates().map(lambda day: day.isoformat()),
)


@given(chats)
def test_a_chat_that_is_saved_and_loaded_is_the_same(chat):
    assert loads(dumps(chat), "a.json") == chat


@given(st.text(max_size=60))
def test_whatever_a_file_holds_it_is_a_chat_or_a_sentence(text):
    with pytest.raises(NotAChat, match=r"^a\.json cannot be loaded: .*Allowed: "):
        loads(text, "a.json")


@given(st.text())
def test_whatever_is_typed_is_text_or_a_known_command_or_a_sentence(line):
    try:
        read = read_line(line)
    except BadCommand:
        assert line.strip().startswith("/")
        return
    if isinstance(read, Order):
        assert read.name in COMMANDS
    else:
        assert read in line


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("/help", Order("help")),
        ("  /LEVEL   high  ", Order("level", "high")),
        ("/system two\nlines", Order("system", "two\nlines")),
        ("/?", Order("help")),
        ("/quit", Order("exit")),
    ],
)
def test_a_command_is_read_with_its_argument(line, order):
    assert read_line(line) == order


@pytest.mark.parametrize(
    ("argument", "read"),
    [
        ("", ("", False)),
        ("a.json", ("a.json", False)),
        ("-f a b.json", ("a b.json", True)),
        ("-f", ("", True)),
        ("-f.json", ("-f.json", False)),
    ],
)
def test_a_file_may_be_replaced_where_a_flag_says_so(argument, read):
    assert file_argument(argument) == read


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/l", ["/level", "/load"]),
        ("/level ", ["low", "medium", "high"]),
        ("/retry H", ["high"]),
        ("/tools o", ["on", "off"]),
        ("/nope ", []),
        ("what /l", []),
        ("", []),
    ],
)
def test_commands_and_their_words_are_completed_and_nothing_else(line, words):
    assert completions(line) == words


INJECTION = Chat(
    ReasoningLevel.LOW,
    turns=(
        Turn(
            "<script>alert(1)</script>",
            ReasoningLevel.LOW,
            (Message(Role.ASSISTANT, "a & <b>", Channel.FINAL),),
            "# no heading",
        ),
    ),
)


def test_in_an_html_export_all_text_is_text():
    page = html(INJECTION)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "a &amp; &lt;b&gt;" in page
    assert "http" not in page


def test_in_a_markdown_export_the_analysis_is_no_markdown():
    assert "\n    # no heading\n" in markdown(INJECTION)


def test_exports_say_where_there_is_no_answer():
    chat = Chat(ReasoningLevel.LOW, turns=(Turn("Hello", ReasoningLevel.LOW),))
    assert "(There is no answer.)" in plain(chat)
    assert "(There is no answer.)" in html(chat)


def test_a_chat_renders_as_its_turns_in_order_with_its_own_date():
    chat = Chat(ReasoningLevel.LOW, "Be brief.", current_date="2026-01-31", turns=INJECTION.turns)
    asked = chat.asking("And now?", "2026-02-01")
    assert [m.text for m in asked.messages] == ["<script>alert(1)</script>", "a & <b>", "And now?"]
    assert (asked.instructions, asked.current_date) == ("Be brief.", "2026-01-31")
    assert Chat(ReasoningLevel.LOW).asking("Hello", "2026-02-01").current_date == "2026-02-01"
