"""What stands in the place of thinking that is held back: pure functions on panels' values."""

from __future__ import annotations

from typing import Any, Final

import gradio as gr

from ui.web.view import Values

HELD_BACK: Final = "The thinking is held back. “Show the thinking” shows it."
SHOW, HIDE = "Show the thinking", "Hide the thinking"


def ask_button(presenting: bool, elem_id: str) -> gr.Button:
    """A tab's button for the thinking, laid out where it is called."""
    return gr.Button(
        SHOW,
        visible=presenting,
        size="sm",
        scale=0,
        min_width=20,
        elem_id=elem_id,
        elem_classes="ask",
    )


def thinking_button(presenting: bool, held_back: bool) -> Any:
    """The button that asks for the thinking, or takes it away again; there while presenting."""
    return gr.update(visible=presenting, value=SHOW if held_back else HIDE)


def text_held_back(panel: Values) -> Values:
    """The Analysis tab without its text."""
    return panel | {"text": "", "note": HELD_BACK}


def parts_held_back(panel: Values) -> Values:
    """The Commentary tab, empty: a call may stand on the analysis channel."""
    return panel | {"parts": [], "note": HELD_BACK}


def tokens_held_back(panel: Values) -> Values:
    """The Tokens tab with nothing but the number of tokens."""
    nothing = {"kinds": "", "texts": "", "shades": "", "told": ""}
    return panel | nothing | {"note": HELD_BACK, "held_back": len(panel["kinds"])}


def prompt_held_back(panel: Values) -> Values:
    """The Metrics tab without the prompt, which holds the analysis of an open tool loop."""
    return panel | {"prompt": HELD_BACK}


def column_held_back(panel: Values) -> Values:
    """A column of Compare without its thinking; counts and times stay."""
    return panel | {"thinking": HELD_BACK, "held_back": True} if panel["thinking"] else panel
