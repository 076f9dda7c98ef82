"""A chat as text for people: Markdown, a stand-alone HTML page, or plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Final

from ui.terminal.repl_chat import Chat, Turn

Part = tuple[str, str]
"""Who wrote it, and what."""


def parts(turn: Turn) -> Iterator[Part]:
    """A turn in the order in which it is read. The analysis is there only where it was kept."""
    yield "You", turn.question
    if turn.reasoning:
        yield f"Analysis ({turn.level} reasoning)", turn.reasoning
    yield from ((who.capitalize(), text) for who, text in turn.calls)
    answered = f"{turn.model or 'The model'} ({turn.level} reasoning)"
    yield answered, turn.answer or "(There is no answer.)"


def _parts(chat: Chat) -> Iterator[Part]:
    if chat.instructions:
        yield "Instructions", chat.instructions
    for turn in chat.turns:
        yield from parts(turn)


def _title(chat: Chat) -> str:
    return f"A chat of {chat.current_date}" if chat.current_date else "A chat"


def markdown(chat: Chat) -> str:
    """Analysis and tools as indented code: what stands in them is no Markdown."""
    blocks = [f"# {_title(chat)}"]
    for who, text in _parts(chat):
        as_it_is = who.startswith(("Analysis", "Call", "Answer"))
        body = "\n".join(f"    {line}" for line in text.splitlines()) if as_it_is else text
        blocks += [f"## {who}", body]
    return "\n\n".join(blocks) + "\n"


def plain(chat: Chat) -> str:
    """Each part under its author's name."""
    return "\n\n".join(f"{who}:\n{text}" for who, text in _parts(chat)) + "\n"


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "color-scheme:light dark}h2{font-size:1rem;margin:1.5rem 0 .25rem}"
    "p{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}.analysis p{opacity:.75}"
)


def html(chat: Chat) -> str:
    """A page that loads nothing; all text stands in it as text."""
    sections = "\n".join(
        f'<section class="{_css_class(who)}"><h2>{escape(who)}</h2><p>{escape(text)}</p></section>'
        for who, text in _parts(chat)
    )
    title = escape(_title(chat))
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n<h1>{title}</h1>\n{sections}\n</html>\n"
    )


def _css_class(who: str) -> str:
    return re.split(r"\W", who.lower())[0]


FORMATS: Final[dict[str, Callable[[Chat], str]]] = {
    ".md": markdown,
    ".html": html,
    ".txt": plain,
}
