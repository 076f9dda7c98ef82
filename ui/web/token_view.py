"""The Tokens tab: every token as what it is, and, where the run asked, how likely it was.

Strings that only grow go over the wire, so that Gradio sends only what was appended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from core.result import TokenKind, Transcript
from core.scored import Candidate, ScoredToken, percent, scored_token
from ui.web.view import Values

TOKEN_SEPARATOR: Final = "\x1f"  # noqa: S105
RIVALS: Final = 5
"""How many of the likeliest tokens are named."""

_KIND_LETTERS = {
    TokenKind.MARKER: "m",
    TokenKind.ANALYSIS: "a",
    TokenKind.COMMENTARY: "c",
    TokenKind.FINAL: "f",
    TokenKind.SET_ASIDE: "s",
}
# From so many bits of surprise on, a token is a shade darker.
_SHADES = (1, 2, 4, 8)
_NO_SCORE = "-"
_SHOWN = str.maketrans(
    {"\n": "↵", "\t": "⇥", TOKEN_SEPARATOR: "\N{SYMBOL FOR UNIT SEPARATOR}", "\0": "␀"}
)


class TokenView:
    """The tab's value, grown with the transcript: each token is turned into text once.

    kinds: one letter per token. texts: the tokens' texts, a separator behind each. shades: one
    figure per token, 0 to 4 by its surprise, or `-` where the model did not write it. told: how
    likely each token was, in words, a separator behind each. The last two are empty where the run
    did not ask.
    """

    def __init__(self, piece: Callable[[int], str]) -> None:
        self._piece = piece
        self._kinds = ""
        self._texts = ""
        self._shades = ""
        self._told = ""

    def values(self, transcript: Transcript) -> Values:
        """The tab's value for the transcript as far as it has come."""
        known = len(self._kinds)
        fresh = transcript.tokens[known:]
        self._kinds += "".join(_KIND_LETTERS[kind] for kind in transcript.kinds[known:])
        self._texts += "".join(f"{self._clean(token)}{TOKEN_SEPARATOR}" for token in fresh)
        if transcript.scores:
            self._score(transcript)
        return {
            "run": transcript.run_id,
            "kinds": self._kinds,
            "texts": self._texts,
            "shades": self._shades,
            "told": self._told,
        }

    def _score(self, transcript: Transcript) -> None:
        for at in range(len(self._shades), len(transcript.tokens)):
            token = scored_token(transcript, at, self._piece)
            self._shades += _NO_SCORE if token is None else shade(token)
            self._told += ("" if token is None else in_words(token)) + TOKEN_SEPARATOR

    def _clean(self, token: int) -> str:
        return self._piece(token).replace(TOKEN_SEPARATOR, "\N{SYMBOL FOR UNIT SEPARATOR}")


def shade(token: ScoredToken) -> str:
    """'0' for a token that was likelier than all others together, to '4' for a rare one."""
    return str(sum(token.surprise_bits >= bits for bits in _SHADES))


def in_words(token: ScoredToken) -> str:
    """How likely a token was, how open the choice, and what was likeliest; one line."""
    rivals = ", ".join(f"{_quoted(c)} {percent(c.probability)}" for c in token.top)
    return (
        f"{percent(token.written.probability)} likely, {token.surprise_bits:.2f} bits of surprise "
        f"· entropy {token.entropy_bits:.2f} bits · likeliest: {rivals}"
    )


def _quoted(candidate: Candidate) -> str:
    return f"“{candidate.text.translate(_SHOWN)}”"
