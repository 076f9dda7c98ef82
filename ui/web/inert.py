"""Markdown that loads and runs nothing: for text of a model or a user, before Gradio renders it.

Gradio removes scripts and handlers, but keeps other HTML, and loads images. Here HTML becomes text
and an image becomes a link, by a backslash in front; code is left as it is. What slips through a
difference between this reading of Markdown and the browser's is stopped by the page's
Content-Security-Policy.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"^( {0,3})(`{3,}|~{3,})([^\n]*)$")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
# Anchored at the first backslash of a run: else a long run takes quadratic time.
_ACTIVE = re.compile(r"(?<!\\)(\\*)(<(?=[A-Za-z/!?])|!(?=\[))")
_ESCAPED = re.compile(r"\\(<(?=[A-Za-z/?]|\\?!)|!(?=\[))")


def inert(markdown: str) -> str:
    """The same text with HTML and images made plain. It only ever adds backslashes."""
    lines = []
    fence: tuple[int, str] | None = None
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if fence is None and mark and not ("`" in mark[2] and "`" in mark[3]):
            fence = (len(mark[1]), mark[2])
            # Gradio draws mermaid diagrams, and those can name images.
            lines.append(line.replace("mermaid", "text") if "mermaid" in mark[3] else line)
        elif fence is None:
            lines.append(_line(line))
        elif _closes(mark, fence):
            fence = None
            lines.append(line)
        else:
            # A line further left than its indented fence may have ended the list, and the code.
            inside = not line.strip() or len(line) - len(line.lstrip(" ")) >= fence[0]
            lines.append(line if inside else _line(line))
    return "\n".join(lines)


def original(markdown: str) -> str:
    """What `inert` was given, as far as it can be told: for a message that was edited."""
    return _ESCAPED.sub(r"\1", markdown)


def _closes(mark: re.Match[str] | None, fence: tuple[int, str]) -> bool:
    if mark is None or mark[3].strip():
        return False
    return mark[2][0] == fence[1][0] and len(mark[2]) >= len(fence[1])


def _line(line: str) -> str:
    done, at = [], 0
    for span in _CODE_SPAN.finditer(line):
        # An escaped backtick opens nothing.
        if span.start() and line[span.start() - 1] == "\\":
            continue
        done += [_escaped(line[at : span.start()]), span[0]]
        at = span.end()
    return "".join((*done, _escaped(line[at:])))


def _escaped(text: str) -> str:
    return _ACTIVE.sub(_with_backslash, text)


def _with_backslash(found: re.Match[str]) -> str:
    slashes, sign = found[1], found[2]
    return slashes + ("" if len(slashes) % 2 else "\\") + sign
