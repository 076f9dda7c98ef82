"""Tokens into text one by one, for any vocabulary that can decode a list of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Decode = Callable[[Sequence[int]], str]
_UNFINISHED = "\N{REPLACEMENT CHARACTER}"


class TextDecoder:
    """The pieces joined are the tokens' text; a piece never ends amid a UTF-8 character.

    Each token is decoded behind those before it: some vocabularies drop the space at the beginning.
    """

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._window: list[int] = []
        self._context = 0  # tokens of the window that were told already
        self._known = ""

    def add(self, token: int) -> str:
        """The text that is certain with this token; empty where more must come first."""
        self._window.append(token)
        text = self._decode(self._window)
        if len(text) <= len(self._known) or text.endswith(_UNFINISHED):
            return ""
        return self._told(text)

    def end(self) -> str:
        """What was still unfinished, with the replacement character for what is missing."""
        return self._told(self._decode(self._window)) if self._window else ""

    def _told(self, text: str) -> str:
        piece = text[len(self._known) :]
        # The last tokens told stay, as what the next ones stand behind.
        self._window = self._window[self._context :]
        self._known = self._decode(self._window)
        self._context = len(self._window)
        return piece
