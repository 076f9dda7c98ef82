"""Markdown while it comes, on a small terminal."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from tests.ui.screen import Terminal
from ui.terminal import markdown_stream
from ui.terminal.markdown_stream import MarkdownStream, Reader, blocks

ANSWER = """# Sums

Twenty and **forty** are
sixty, and `3 + 8` is *eleven*.

- one
- two

  still two
- three <b>is no HTML</b>

1. first
2. second

| a | b |
|---|---|
| 1 | 22 |

```python
def f(x):
    return x  # a long line that is wider than the terminal, and goes on
```

> So it is [71](https://example.org).

    indented code
Done.
---
"""
TALL = "\n".join(
    f"{n}. line number {n} of a list that is taller than the screen" for n in range(1, 40)
)
CODE = "```\n" + "\n".join(f"code line {n}" for n in range(60)) + "\n```\n"
TABLE = "| n | word |\n|---|---|\n" + "\n".join(f"| {n} | {'w' * n} |" for n in range(1, 40)) + "\n"


@pytest.fixture(autouse=True)
def _every_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece is drawn, however quickly the next one follows."""
    monkeypatch.setattr(markdown_stream, "_FRAME_S", -1)
    monkeypatch.setattr(markdown_stream, "_SHARE", -1)


def streamed(pieces: list[str], width: int = 50, height: int = 12) -> Terminal:
    terminal = Terminal(width, height)
    console = Console(
        file=terminal, force_terminal=True, width=width, height=height, color_system="standard"
    )
    stream = MarkdownStream(console)
    for piece in pieces:
        stream.feed(piece)
    stream.finish()
    return terminal


def cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@settings(max_examples=30)
@given(st.lists(st.integers(1, len(ANSWER) - 1), max_size=12).map(sorted))
def test_however_the_answer_is_cut_the_same_stays_on_the_terminal(cuts):
    pieces = [ANSWER[a:b] for a, b in zip([0, *cuts], [*cuts, len(ANSWER)], strict=True)]
    assert streamed(pieces, height=40).shown() == streamed([ANSWER], height=40).shown()


@pytest.mark.parametrize("text", [ANSWER, TALL, CODE])
@pytest.mark.parametrize("height", [3, 12, 60])
def test_an_answer_taller_than_the_screen_scrolls_and_stays_whole(text, height):
    whole = " ".join(" ".join(streamed([text], height=400).shown()).split())
    by_and_by = " ".join(" ".join(streamed(cut(text, 7), height=height).shown()).split())
    assert set(whole.split()) <= set(by_and_by.split())
    if height > 3 and text is not TALL:
        assert by_and_by == whole


def test_a_table_that_grew_wider_than_its_upper_lines_were_is_shown_whole_at_its_end():
    rows = [line.split() for line in streamed(cut(TABLE, 9)).shown()]
    assert [row for row in rows if len(row) == 2][-39:] == [[str(n), "w" * n] for n in range(1, 40)]


def test_what_came_before_a_stop_stays():
    assert streamed(["It is **71", " and"]).shown() == ["It is **71 and"]
    assert streamed(["| a | b |\n|---"]).shown() == ["| a | b |", "|---"]
    assert streamed([]).shown() == []


def test_text_between_angle_brackets_is_not_swallowed():
    assert streamed(["Use <div> & <b>.\n\n<p>\nhi\n</p>\n"]).shown() == [
        "Use <div> & <b>.",
        "",
        "<p>",
        "hi",
        "</p>",
    ]


def test_a_link_shows_where_it_leads():
    assert streamed(["[here](https://example.org)"]).shown() == ["here (https://example.org)"]


def test_only_lines_that_changed_are_written_again():
    written: list[str] = []

    class Spy(Terminal):
        def write(self, text: str) -> None:
            written.extend([text] if text else [])
            super().write(text)

    terminal = Spy(50, 12)
    stream = MarkdownStream(Console(file=terminal, force_terminal=True, width=50, height=12))
    stream.feed("- first\n- second\n- third")
    stream.feed(" and more")
    assert "first" in written[0]
    assert "first" not in written[-1]
    assert "third and more" in written[-1]


@given(st.text(alphabet="ab1.`*_#>|- \n", max_size=60))
def test_blocks_joined_are_the_source(text):
    assert "".join(blocks(text, Reader())) == text


def test_a_block_whose_first_line_is_not_whole_is_not_cut_off():
    assert blocks("1. a\n\n2", Reader()) == ["1. a\n\n2"]
    assert blocks("1. a\n\n2. b", Reader()) == ["1. a\n\n2. b"]
    assert blocks("a\n\n2\n", Reader()) == ["a\n\n", "2\n"]
