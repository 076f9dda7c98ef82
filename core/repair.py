"""What can be wrong with a model's output, and the channel that a doubtful message goes to."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.conversation import Channel, Role
from core.header import Header
from core.vocabulary import SIZE


class RepairKind(StrEnum):
    """What was wrong with the output, in words."""

    DOUBLED_START = "doubled start marker"
    MISSING_START = "missing start marker"
    MISSING_END = "missing end marker"
    MISSING_ROLE = "header without a role"
    MISSING_CHANNEL = "message without a channel"
    UNKNOWN_CHANNEL = "unknown channel"
    UNKNOWN_ROLE = "unknown role"
    DOUBLED_FIELD = "header field doubled"
    LOST_HEADER = "message marker without a header"
    NO_HEADER = "text without a header"
    BROKEN_HEADER = "broken header"
    CUT_HEADER = "header cut off"
    FOREIGN_ROLE = "message in somebody else's role"
    AFTER_TURN = "text after the end of the turn"
    EARLY_STOP = "end of the turn before anything was said"
    CALL_ON_FINAL = "tool call on the final channel"
    STRAY = "stray token"
    NOT_IN_VOCABULARY = "token outside the vocabulary"


KEEPS_RECIPIENT: Final = (
    RepairKind.MISSING_CHANNEL,
    RepairKind.MISSING_ROLE,
    RepairKind.DOUBLED_FIELD,
    RepairKind.CALL_ON_FINAL,
)
"""With these the message is still what it says it is, and may be a tool call."""

_CHANNELS = frozenset(Channel)


def channel_of(header: Header, role_may_be_missing: bool) -> tuple[Channel, list[RepairKind]]:
    """The channel a message goes to, and what is wrong with its header."""
    if header.speaks_for_another:
        return Channel.ANALYSIS, [RepairKind.FOREIGN_ROLE]
    if header.role not in (None, Role.ASSISTANT):
        return Channel.ANALYSIS, [RepairKind.UNKNOWN_ROLE]
    if header.channel is None:
        if header.role is None:
            return Channel.ANALYSIS, [RepairKind.BROKEN_HEADER]
        return Channel.COMMENTARY, [RepairKind.MISSING_CHANNEL]
    if header.channel not in _CHANNELS:
        return Channel.ANALYSIS, [RepairKind.UNKNOWN_CHANNEL]
    doubled = [RepairKind.DOUBLED_FIELD] if header.doubled else []
    channel = Channel(header.channel)
    if channel is Channel.FINAL and header.recipient is not None:
        return Channel.COMMENTARY, [RepairKind.CALL_ON_FINAL, *doubled]
    if header.role is None and not role_may_be_missing:
        return channel, [RepairKind.MISSING_ROLE, *doubled]
    return channel, doubled


def stray(token: int) -> RepairKind:
    """What a token is that belongs to no header and no text."""
    return RepairKind.STRAY if 0 <= token < SIZE else RepairKind.NOT_IN_VOCABULARY
