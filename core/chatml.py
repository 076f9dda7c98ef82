"""The ChatML legacy format: conversations into `<|im_start|>role` … `<|im_end|>`, and what comes
back out.

The gpt-oss vocabulary has no such markers: they are ordinary text to it, so a typed one is broken
apart (core.markers), and the end of a turn is looked for in the text. ChatML has no channels, no
reasoning level and no tools.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Final

from core.conversation import Channel, Conversation, Message, Role
from core.errors import InvalidPrompt
from core.frame import decoded, encodable
from core.markers import without_markers
from core.rendered import PlainPrompt
from core.think_tags import ThinkTags
from core.vocabulary import FIRST_SPECIAL, SIZE, STOP_IDS, encoding

START_TEXT: Final = "<|im_start|>"
END_TEXT: Final = "<|im_end|>"
MARKERS: Final = (START_TEXT, END_TEXT, "<think>", "</think>")
"""What a user cannot type so that it counts."""
_END_OF_TEXT: Final = 199_999
_END_OF_MESSAGE: Final = 200_007
CHATML_STOP_IDS: Final = STOP_IDS | {_END_OF_TEXT, _END_OF_MESSAGE}
"""A turn is one message here, so `<|end|>` ends it, too."""

LEVEL_NOTE: Final = "ChatML has no place for a reasoning level: the one asked for was ignored."

TAGS: Final = ThinkTags(
    decode=decoded,
    is_text=lambda token: token < FIRST_SPECIAL,
    known=lambda token: 0 <= token < SIZE,
    stop_ids=CHATML_STOP_IDS,
    # A model that falls back into Harmony opens its thoughts with one of these.
    foreign_ids=frozenset(range(FIRST_SPECIAL, SIZE)) - CHATML_STOP_IDS,
    # Who writes the start of another message has ended this one.
    ends=(END_TEXT, START_TEXT),
)


def render_chatml(conversation: Conversation) -> PlainPrompt:
    """The prompt for the assistant's next message: instructions as the system message, then the
    history, without any analysis.

    Raises InvalidPrompt where the conversation declares tools or response formats.
    """
    refuse_tools(conversation, "ChatML")
    segments: list[tuple[int, ...]] = []
    segment: list[int] = []
    written: list[str] = []
    for role, text in turns(conversation):
        parts = (f"{START_TEXT}{role}\n", without_markers(text, MARKERS), f"{END_TEXT}\n")
        written += parts
        # One by one, so that a marker's tokens are the same whatever stands beside it.
        segment += chain.from_iterable(map(_ids, parts))
        if role != Role.ASSISTANT.value:
            segments.append(tuple(segment))
            segment = []
    opening = f"{START_TEXT}{Role.ASSISTANT.value}\n"
    segments.append((*segment, *_ids(opening)))
    ids = tuple(chain.from_iterable(segments))
    text = "".join((*written, opening))
    return PlainPrompt(ids, tuple(segments), text, said=LEVEL_NOTE)


def turns(conversation: Conversation) -> list[tuple[str, str]]:
    """Role and text of every message that a plain format can hold, in order.

    Analysis and tool calls are left out; what the assistant said in a row becomes one message.
    """
    said: list[tuple[str, str]] = []
    if conversation.instructions:
        said.append((Role.SYSTEM.value, encodable(conversation.instructions) or ""))
    for message in _sayable(conversation.messages):
        role, text = message.role.value, encodable(message.text) or ""
        if message.role is Role.ASSISTANT and said and said[-1][0] == role:
            text = f"{said.pop()[1]}\n\n{text}"
        said.append((role, text))
    return said


def refuse_tools(conversation: Conversation, format_name: str) -> None:
    """Raise InvalidPrompt where the conversation holds what only Harmony can say."""
    if conversation.tools or conversation.response_formats:
        raise InvalidPrompt(
            f"The conversation declares tools or response formats, and {format_name} has no place "
            "for them here. Leave them out, or run gpt-oss in the Harmony format."
        )


def _sayable(messages: Iterable[Message]) -> list[Message]:
    return [m for m in messages if m.channel is not Channel.ANALYSIS and not m.is_tool_call]


@lru_cache(maxsize=1024)
def _ids(part: str) -> tuple[int, ...]:
    """Tokens of a part, remembered: a chat renders its past again with every turn.

    No name is special here, so that a typed `<|end|>` stays text.
    """
    return tuple(encoding().encode(part, disallowed_special=()))
