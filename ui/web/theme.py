"""How the page looks: Gradio's theme variables, and the head with our style sheet and scripts."""

from __future__ import annotations

from pathlib import Path

from gradio.themes import Base
from gradio.themes.utils.fonts import LocalFont

FOLDER = Path(__file__).parent
STYLES = ("style.css", "compare.css", "compare-more.css", "history.css", "presenting.css")
SCRIPTS = (
    "page.js",
    "panels.js",
    "presenting.js",
    "tokens.js",
    "columns.js",
    "compare.js",
    "history.js",
)


def theme() -> Base:
    """Gradio's plainest theme in our colours; style.css names the same ones for our own parts."""
    base = Base(
        # The bundled semi-bold of this font is cut down and falls back; the bold is whole.
        font=(LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"),
        font_mono=(LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace", "monospace"),
    )
    light = {
        "page": "#f1f2f6",
        "panel": "#ffffff",
        "raised": "#f6f7f9",
        "line": "#dfe2e9",
        "ink": "#171a21",
        "ink_2": "#4a5160",
        "ink_3": "#636b7b",
        "button": "#343a46",
        "button_ink": "#ffffff",
        "check": "#343a46",
    }
    dark = {
        "page": "#0f1116",
        "panel": "#171a21",
        "raised": "#1e222b",
        "line": "#2b303b",
        "ink": "#eceef3",
        "ink_2": "#b6bcc9",
        "ink_3": "#98a0b0",
        "button": "#eceef3",
        "button_ink": "#171a21",
        "check": "#626b80",  # the mark on it is white in both themes
    }
    roles = {
        "body_background_fill": "page",
        "body_text_color": "ink",
        "body_text_color_subdued": "ink_2",
        "background_fill_primary": "panel",
        "background_fill_secondary": "raised",
        "block_background_fill": "panel",
        "block_border_color": "line",
        "block_info_text_color": "ink_2",
        "block_label_text_color": "ink_2",
        "block_title_text_color": "ink",
        "border_color_primary": "line",
        "input_background_fill": "panel",
        "input_border_color": "line",
        "code_background_fill": "raised",
        "button_primary_background_fill": "button",
        "button_primary_background_fill_hover": "ink",
        "button_primary_text_color": "button_ink",
        "button_secondary_background_fill": "raised",
        "button_secondary_background_fill_hover": "line",
        "button_secondary_text_color": "ink",
        "button_secondary_border_color": "line",
        "color_accent_soft": "raised",
        "slider_color": "ink_2",
        "checkbox_background_color": "panel",
        "checkbox_border_color": "ink_3",
        "checkbox_background_color_selected": "check",
        "checkbox_border_color_selected": "check",
        "checkbox_label_text_color": "ink",
        "checkbox_label_text_color_selected": "ink",
        "table_even_background_fill": "panel",
        "table_odd_background_fill": "raised",
    }
    variables = {role: light[colour] for role, colour in roles.items()}
    variables |= {f"{role}_dark": dark[colour] for role, colour in roles.items()}
    for role in ("block_shadow", "button_primary_shadow", "input_shadow"):
        variables[role] = "none"
    return base.set(**variables)


def head() -> str:
    """Style sheet and scripts for the page's head. Gradio would rewrite a sheet given as `css`."""
    styles = "\n".join(_text(name) for name in STYLES)
    scripts = "\n".join(_text(name) for name in SCRIPTS)
    return f"<style>\n{styles}\n</style>\n<script>\n{scripts}\n</script>"


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
