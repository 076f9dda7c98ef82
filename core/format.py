"""How a model is asked and read: conversation -> prompt tokens, token ids -> events.

Harmony for gpt-oss; ChatML for gpt-oss where the settings ask for the legacy format; the
tokenizer's own chat template for every other model. The engine and its runs know nothing else of
formats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from core.channel_parser import ChannelParser
from core.chatml import CHATML_STOP_IDS, MARKERS, TAGS, render_chatml
from core.config import InferenceConfig, ReasoningLevel
from core.conversation import Conversation
from core.events import StreamParser
from core.models import EMBEDDED, GPT_OSS, ModelLoader
from core.prefix import (
    FINAL_FOLLOWS,
    Prefix,
    answer_follows,
    checked_ids,
    prefix_tokens,
)
from core.prompt import HarmonyPrompt, render
from core.rendered import PlainPrompt, RenderedPrompt
from core.result import Transcript
from core.template import ChatTemplate
from core.think_parser import ThinkParser
from core.vocabulary import CALL, MODEL_ROWS, STOP_IDS, encoding, token_text

CHATML_REMARK: Final = (
    "The prompt is in the ChatML legacy format, which gpt-oss was not trained on."
)
EMBEDDED_REMARK: Final = (
    "The prompt is in the ChatML legacy format; the embedded model was trained on Harmony only, so "
    "what it writes here is poor."
)


class Format(Protocol):
    """How one model is asked, and how what it writes is read.

    name: in a word or two, for results and the page. remark: what must be said of every result, in
        a sentence; None where nothing must.
    stop_ids: tokens that end a turn. call_ids: those of them that end it with a tool call.
    """

    name: str
    remark: str | None
    stop_ids: frozenset[int]
    call_ids: frozenset[int]

    def prompt(self, conversation: Conversation, level: ReasoningLevel, /) -> RenderedPrompt:
        """The prompt for the assistant's next message. Raises InvalidPrompt."""

    def parser(self, prompt: RenderedPrompt, /) -> StreamParser:
        """A fresh parser of what the model writes behind this prompt."""

    def prefix(self, given: Prefix | None, /) -> tuple[int, ...]:
        """The tokens that the turn begins with. Raises InvalidPrompt."""

    def opening(self, seen: Transcript, /) -> tuple[int, ...]:
        """The tokens that end the thoughts of a run that thinks, and open its answer."""

    def answer_follows(self, tokens: Sequence[int], /) -> tuple[int, ...]:
        """A turn's tokens that ended without an answer, and behind them the opening of one."""

    def token_text(self, token: int, /) -> str:
        """One token as people read it. Never raises for any whole number."""


class HarmonyFormat:
    """gpt-oss's own format, by openai-harmony. config: where the dates come from."""

    name = "Harmony"
    remark: str | None = None
    stop_ids = STOP_IDS
    call_ids = frozenset({CALL})

    def __init__(self, config: InferenceConfig) -> None:
        self._config = config

    def prompt(self, conversation: Conversation, level: ReasoningLevel) -> HarmonyPrompt:
        return render(conversation, level, self._config.knowledge_cutoff, self._config.date_now())

    def parser(self, _prompt: RenderedPrompt) -> ChannelParser:
        return ChannelParser()

    def prefix(self, given: Prefix | None) -> tuple[int, ...]:
        return prefix_tokens(given)

    def opening(self, seen: Transcript) -> tuple[int, ...]:
        return prefix_tokens(FINAL_FOLLOWS)[0 if seen.open_channel else 1 :]

    def answer_follows(self, tokens: Sequence[int]) -> tuple[int, ...]:
        return answer_follows(tokens)

    def token_text(self, token: int) -> str:
        return token_text(token)


class ChatMLFormat:
    """gpt-oss asked in the ChatML legacy format. remark: what must be said of its results."""

    name = "ChatML"
    stop_ids = CHATML_STOP_IDS
    call_ids: frozenset[int] = frozenset()

    def __init__(self, remark: str = CHATML_REMARK) -> None:
        self.remark: str | None = remark

    def prompt(self, conversation: Conversation, _level: ReasoningLevel) -> PlainPrompt:
        return render_chatml(conversation)

    def parser(self, _prompt: RenderedPrompt) -> ThinkParser:
        return ThinkParser(TAGS)

    def prefix(self, given: Prefix | None) -> tuple[int, ...]:
        if isinstance(given, str):
            given = _encoded(given)
        return checked_ids(given, MODEL_ROWS, self.stop_ids, self.token_text)

    def opening(self, _seen: Transcript) -> tuple[int, ...]:
        return _encoded(f"\n{MARKERS[-1]}\n\n")

    def answer_follows(self, tokens: Sequence[int]) -> tuple[int, ...]:
        return (*_without_stop(tokens, self.stop_ids), *self.opening(Transcript()))

    def token_text(self, token: int) -> str:
        return token_text(token)


class TemplateFormat:
    """Another model, asked by its tokenizer's chat template."""

    name = "chat template"
    remark: str | None = None
    call_ids: frozenset[int] = frozenset()

    def __init__(self, template: ChatTemplate) -> None:
        self._template = template
        self.stop_ids = template.stop_ids

    def prompt(self, conversation: Conversation, level: ReasoningLevel) -> PlainPrompt:
        return self._template.render(conversation, level)

    def parser(self, prompt: RenderedPrompt) -> ThinkParser:
        return ThinkParser(self._template.tags(prompt), self._template.start(prompt))

    def prefix(self, given: Prefix | None) -> tuple[int, ...]:
        if isinstance(given, str):
            given = self._template.encode(given)
        return checked_ids(given, self._template.size, self.stop_ids, self.token_text)

    def opening(self, _seen: Transcript) -> tuple[int, ...]:
        return self._template.encode(f"\n{self._template.close_tag}\n\n")

    def answer_follows(self, tokens: Sequence[int]) -> tuple[int, ...]:
        return (*_without_stop(tokens, self.stop_ids), *self.opening(Transcript()))

    def token_text(self, token: int) -> str:
        if not 0 <= token < self._template.size:
            return f"<|unknown_{token}|>"
        return self._template.decode((token,))


def format_for(config: InferenceConfig, loader: ModelLoader | None) -> Format:
    """The format that a model is to be used with. loader: None is a backend that speaks gpt-oss's
    vocabulary.

    Raises ModelError where the model's tokenizer cannot be loaded or has no chat template.
    """
    if loader is not None and loader.info.model_type != GPT_OSS:
        return TemplateFormat(ChatTemplate(loader.tokenizer(), loader.info.name))
    if config.use_harmony_format:
        return HarmonyFormat(config)
    embedded = loader is not None and loader.model == EMBEDDED
    return ChatMLFormat(EMBEDDED_REMARK if embedded else CHATML_REMARK)


def _encoded(text: str) -> tuple[int, ...]:
    return tuple(encoding().encode(text, disallowed_special=()))


def _without_stop(tokens: Sequence[int], stop_ids: frozenset[int]) -> list[int]:
    kept = list(tokens)
    while kept and kept[-1] in stop_ids:
        kept.pop()
    return kept
