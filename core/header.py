"""The header of one Harmony message, read from its tokens: pure functions.

    [<|start|>role] [ to=name] [<|channel|>name] [ to=name] [<|constrain|>type] <|message|>

openai-harmony 0.0.8 reads `final <|constrain|>json` as a tool called `<|constrain|>json`, and takes
a refusal without a header for a recipient and a content type. This grammar knows the difference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from core.conversation import Channel, Role
from core.vocabulary import CHANNEL, CONSTRAIN, FIRST_SPECIAL, START, encoding

MAX_TOKENS: Final = 64
"""A header longer than this is text."""

_GRAMMAR = re.compile(
    r"""
    (?P<role>[^ <=]+)?
    (?:[ ]?to=(?P<to>[^ <]*))?
    (?:[ ]?(?P<marker><\|channel\|>)[ ]?(?P<channel>[^ <]*))?
    (?:[ ]to=(?P<to_behind>[^ <]*))?
    (?:[ ]?<\|constrain\|>[ ]?(?P<constrained>[^ <]*)|[ ](?P<bare>[^ <]+))?
    """,
    re.VERBOSE,
)
_DOUBLED = (  # the same field twice says no more than once
    (re.compile(r"(<\|(?:channel|constrain)\|>)(?: ?\1)+"), r"\1"),
    (re.compile(r"(<\|channel\|> ?([^ <]+))(?: ?<\|channel\|> ?\2(?![^ <]))+"), r"\1"),
    (re.compile(r"(\bto=[^ <]+)(?: \1(?![^ <]))+"), r"\1"),
)
_FIELDS = re.compile(r"\bto=\S*|<\|constrain\|>\s*\S*|<\|channel\|>")
_ROLES = frozenset(Role)
_THE_USER = ("user", "all")


@dataclass(frozen=True, slots=True)
class Header:
    """What a complete header says.

    channel: the word as written; None where there is none. doubled: a field stood there twice.
    """

    role: str | None
    channel: str | None
    recipient: str | None
    content_type: str | None
    doubled: bool = False

    @property
    def speaks_for_another(self) -> bool:
        """The model wrote the user's, a tool's or the system's part: not merely a garbled role."""
        if self.role in (None, Role.ASSISTANT):
            return False
        return self.role in _ROLES or "." in str(self.role) or self.recipient == Role.ASSISTANT


@dataclass(frozen=True, slots=True)
class Split:
    """A broken header: how many of its tokens are header, and whether text stands behind them.

    is_assistant: the role is certain. names_channel: with the marker or without it.
    """

    length: int
    holds_text: bool
    is_assistant: bool
    names_channel: bool


def is_structure(token: int) -> bool:
    """True for what a header is made of: text and the channel and constrain markers."""
    return 0 <= token < FIRST_SPECIAL or token in (CHANNEL, CONSTRAIN)


def is_blank(tokens: Sequence[int]) -> bool:
    """True for nothing but white space."""
    fields = _fields(tokens)
    return len(fields) == len(tokens) and not encoding().decode(fields).strip()


def can_become_header(tokens: Sequence[int]) -> bool:
    """False as soon as these tokens cannot be the beginning of a header."""
    return len(tokens) <= MAX_TOKENS and _match(_fields(tokens)) is not None


def read_header(tokens: Sequence[int], after_prompt: bool) -> Header | None:
    """The header, or None where it is none. `<|message|>` is not among the tokens.

    after_prompt: the prompt has written `<|start|>assistant` already.
    """
    fields = _fields(tokens)
    match = _match(fields) if len(tokens) <= MAX_TOKENS else None
    if match is None or bool(match["marker"]) != (CHANNEL in tokens):
        return None
    if match["bare"] and not match["marker"]:
        return None
    role = match["role"]
    if after_prompt:
        if role not in (None, Role.ASSISTANT):
            return None
        role = Role.ASSISTANT.value
    if match["to"] and match["to_behind"] and match["to"] != match["to_behind"]:
        return None
    recipient = match["to"] or match["to_behind"]
    content_type = match["constrained"] or match["bare"]
    if match["bare"] and not recipient and "." in match["bare"] and match["channel"] != "final":
        recipient, content_type = match["bare"], None  # `commentary functions.x`, without `to=`
    if recipient in _THE_USER:
        recipient = None
    doubled = match.string != _folded(fields)
    return Header(role, match["channel"], recipient or None, content_type or None, doubled)


def split_header(tokens: Sequence[int], after_prompt: bool) -> Split:
    """Cut a broken header into what is header and what is text that belongs to nobody's field."""
    words = _words()
    length = 1 if tokens[:1] == [START] else 0
    started = bool(length)
    named_role = tokens[length : length + 1] == words[Role.ASSISTANT]
    length += named_role
    is_assistant = after_prompt or (started and named_role)
    if CHANNEL not in tokens:
        text = _left_over(tokens[length:])
        alone = (started and not named_role) or (not after_prompt and text in _ROLES)
        holds_text = len(text.split()) > 1 if alone else bool(text)
        return Split(length, holds_text, is_assistant, bool(_channel_at(tokens, length)))
    length = len(tokens) - list(reversed(tokens)).index(CHANNEL)
    name = _channel_at(tokens, length)
    length += len(name)
    text = _left_over(tokens[length:])
    holds_text = bool(text) if name else len(text.split()) > 1
    return Split(length, holds_text, is_assistant, names_channel=True)


def header_for(channel: Channel) -> list[int]:
    """The tokens of a plain assistant header, up to and without `<|message|>`."""
    words = _words()
    return [START, *words[Role.ASSISTANT], CHANNEL, *words[channel]]


def _channel_at(tokens: Sequence[int], at: int) -> list[int]:
    """The tokens of the channel's name that stands here; empty where none does."""
    names = [_words()[c] for c in Channel]
    return next((n for n in names if tokens[at : at + len(n)] == n), [])


def _left_over(tokens: Sequence[int]) -> str:
    """The text that is no field of a header, such as a recipient."""
    text: str = encoding().decode(_fields(tokens))
    return _FIELDS.sub(" ", text).strip()


def _fields(tokens: Sequence[int]) -> tuple[int, ...]:
    return tuple(t for t in tokens if is_structure(t))


@lru_cache(maxsize=256)
def _match(fields: tuple[int, ...]) -> re.Match[str] | None:
    text = _folded(fields)
    for doubled, once in _DOUBLED:
        text = doubled.sub(once, text)
    return _GRAMMAR.fullmatch(text)


def _folded(fields: tuple[int, ...]) -> str:
    # Runs of spaces are folded, so that the match is linear in what the model wrote.
    return " ".join(encoding().decode(fields).split())


@lru_cache(maxsize=1)
def _words() -> dict[str, list[int]]:
    names = [Role.ASSISTANT.value, *(c.value for c in Channel)]
    return {name: encoding().encode(name) for name in names}
