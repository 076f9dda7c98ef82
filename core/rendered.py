"""A rendered prompt, whatever format it is written in: the token ids, and what they say."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from functools import cached_property

from core.config import ReasoningLevel


@dataclass(frozen=True)
class RenderedPrompt:
    """A rendered conversation.

    token_ids: what the model reads. segments: the same ids, cut where the next prompt of the same
        chat still agrees; joined they are `token_ids`, and none is empty.
    opens_thinking, closes_thinking: whether it ends inside the model's thoughts, or behind them.
    """

    token_ids: tuple[int, ...]
    segments: tuple[tuple[int, ...], ...] = field(repr=False)
    opens_thinking: bool = field(default=False, kw_only=True)
    closes_thinking: bool = field(default=False, kw_only=True)

    @property
    def text(self) -> str:
        """The prompt as text, markers by name. For reading."""
        raise NotImplementedError

    @property
    def reasoning_level_in_prompt(self) -> ReasoningLevel | None:
        """The level that the model really reads; None where the prompt holds none."""
        return None

    @property
    def note(self) -> str | None:
        """What became of the level asked for, in a sentence, where it is not in the prompt."""
        return None

    @cached_property
    def sha256(self) -> str:
        """Hex digest of the token ids, each as four little-endian bytes."""
        return hashlib.sha256(struct.pack(f"<{len(self.token_ids)}I", *self.token_ids)).hexdigest()


@dataclass(frozen=True)
class PlainPrompt(RenderedPrompt):
    """A prompt of a format other than Harmony.

    written: its text. level: the one that it holds, if any. said: see `note`.
    """

    written: str = field(default="", repr=False)
    level: ReasoningLevel | None = None
    said: str | None = None

    @property
    def text(self) -> str:
        """The prompt as text, as it was encoded."""
        return self.written

    @property
    def reasoning_level_in_prompt(self) -> ReasoningLevel | None:
        """The level where the model's template took it."""
        return self.level

    @property
    def note(self) -> str | None:
        """What became of the level asked for, in a sentence."""
        return self.said
