"""What `inert` makes of Markdown that would load or run something."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ui.web.inert import inert, original


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("![x](http://a.example/x.png)", r"\![x](http://a.example/x.png)"),
        ("<img src=http://a.example/x>", r"\<img src=http://a.example/x>"),
        ("</div><!-- c --><?x?>", r"\</div>\<!-- c -->\<?x?>"),
        ("a\n\n<script>1</script>", "a\n\n\\<script>1\\</script>"),
        (r"\<img>", r"\<img>"),
        (r"\\<img>", r"\\\<img>"),
        (r"\`<img>`", r"\`\<img>`"),
        ("`` `<img>``", "`` `<img>``"),
        ("`<img>\n`", "`\\<img>\n`"),
        ("  ```\nx\n<img>", "  ```\nx\n\\<img>"),
        ("```\n<b>\n```\n<img>", "```\n<b>\n```\n\\<img>"),
        ("~~~\n```\n<b>\n~~~\n<img>", "~~~\n```\n<b>\n~~~\n\\<img>"),
        ("```a`b\n<img>", "```a`b\n\\<img>"),
        ("> ```\n<img>", "> ```\n\\<img>"),
        ("```mermaid\ngraph", "```text\ngraph"),
    ],
)
def test_html_and_images_become_plain(given_text: str, shown: str) -> None:
    assert inert(given_text) == shown


@pytest.mark.parametrize(
    "harmless",
    [
        "a < b and 3<5",
        "**71**",
        "Really! [link](x)",
        "`<div>` and ``a`<b>``",
        "```html\n<div>\n```",
    ],
)
def test_what_loads_nothing_is_left_alone(harmless: str) -> None:
    assert inert(harmless) == harmless


@given(st.text(alphabet="<a!>[]()`\\~ \n/?", max_size=60))
def test_only_backslashes_are_added_and_twice_is_once(text: str) -> None:
    once = inert(text)
    assert once.replace("\\", "") == text.replace("\\", "")
    assert inert(once) == once


@example("<![")
@given(st.text(alphabet="<a!>[](` \n/", max_size=60))
def test_an_edited_message_comes_back_as_it_was_written(text: str) -> None:
    assert original(inert(text)) == text


def test_a_long_run_of_backslashes_is_read_once():
    """It once took quadratic time: minutes for this one, with the page standing still."""
    run = "\\" * 300_000
    assert inert(run) == run
    assert inert(run + "<b>") == run + "\\<b>"
