"""Any other model that mlx-lm runs: prompts by its tokenizer's own chat template.

Markers in what people wrote are broken apart (core.markers): every token that the tokenizer finds
in text by its name, and every marker that stands in the template as plain text. For all other texts
the prompt is token for token what `apply_chat_template` gives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from core.chatml import refuse_tools, turns
from core.config import ReasoningLevel
from core.conversation import Conversation
from core.errors import InvalidPrompt, ModelError
from core.markers import without_markers
from core.rendered import PlainPrompt, RenderedPrompt
from core.think_tags import Start, ThinkTags

_IN_TEMPLATE: Final = re.compile(r"<+[|/]?[\w|:/\uff5c\u2581-]+>+|\[/?[A-Z_]{3,}\]")
_SWITCHED: Final = "low switches it off, medium and high leave it on"


class ChatTokenizer(Protocol):
    """What is used of a tokenizer as mlx-lm loads it (mlx_lm.tokenizer_utils.TokenizerWrapper)."""

    has_chat_template: bool
    chat_template: Any
    think_start: str | None
    think_end: str | None
    eos_token_ids: set[int]
    all_special_ids: Sequence[int]
    bos_token_id: int | None
    added_tokens_decoder: Mapping[int, Any]

    def apply_chat_template(self, messages: list[dict[str, str]], **given: Any) -> Any:
        """The messages as text, or as token ids."""

    def encode(self, text: str, **given: Any) -> list[int]:
        """Token ids of a text."""

    def decode(self, ids: Sequence[int], **given: Any) -> str:
        """The text of token ids."""

    def __len__(self) -> int:
        """Ids from 0 on that are in the vocabulary."""


class ChatTemplate:
    """One tokenizer's prompts, and how to read what its model writes.

    Raises ModelError where the tokenizer has no chat template, or one that cannot ask even a plain
    question.
    """

    def __init__(self, tokenizer: ChatTokenizer, model: str) -> None:
        if not tokenizer.has_chat_template:
            raise ModelError(
                f"{model} has no chat template, so nobody knows how to ask it. Give the folder of "
                "a chat model, whose tokenizer_config.json or chat_template.jinja holds one."
            )
        self._tokenizer = tokenizer
        self._model = model
        template = tokenizer.chat_template
        self._source = template if isinstance(template, str) else str(template or "")
        self.open_tag = tokenizer.think_start or "<think>"
        self.close_tag = tokenizer.think_end or "</think>"
        names = [str(getattr(t, "content", t)) for t in tokenizer.added_tokens_decoder.values()]
        self._markers = tuple(
            {
                *(name for name in names if len(name.strip()) > 1),
                *_IN_TEMPLATE.findall(self._source),
                self.open_tag,
                self.close_tag,
            }
        )
        self.thinks = self.close_tag in self._source or self.open_tag in self._source
        self._try()

    def _try(self) -> None:
        """Ask a plain question, so that a broken template is told of when the model is loaded."""
        question = [{"role": "user", "content": "Hi"}]
        try:
            text = self._applied(question, self._options(ReasoningLevel.MEDIUM), generation=True)
            why = "" if text.strip() else "it gives no text"
        except Exception as error:  # a template is a program of its own, and raises what it likes
            why = str(error) or type(error).__name__
        if why:
            raise ModelError(
                f"The chat template of {self._model} cannot ask a plain question ({why}). Fetch "
                "the model again, or give the folder of another chat model."
            )

    @property
    def stop_ids(self) -> frozenset[int]:
        """Tokens that end the model's turn."""
        return frozenset(self._tokenizer.eos_token_ids)

    def render(self, conversation: Conversation, level: ReasoningLevel) -> PlainPrompt:
        """The prompt for the assistant's next message.

        Raises InvalidPrompt where the template refuses the conversation, or has no place for what
        it declares.
        """
        refuse_tools(conversation, f"the chat template of {self._model}")
        messages = [
            {"role": role, "content": without_markers(text, self._markers)}
            for role, text in turns(conversation)
        ]
        options = self._options(level)
        try:
            before = self._applied(messages, options, generation=False)
            text = self._applied(messages, options, generation=True)
        except Exception as error:  # a template is a program of its own, and raises what it likes
            raise InvalidPrompt(
                f"The chat template of {self._model} refuses this conversation ({error}). Leave "
                "out the instructions, or let user and assistant take turns."
            ) from error
        ids = self._ids(text)
        return PlainPrompt(
            ids,
            _cut(ids, self._ids(before)),
            text,
            level=level if "reasoning_effort" in options else None,
            said=self._note(options),
            opens_thinking=text.rstrip().endswith(self.open_tag),
            closes_thinking=text.rstrip().endswith(self.close_tag),
        )

    def start(self, prompt: RenderedPrompt) -> Start:
        """What the output behind this prompt begins with."""
        if prompt.opens_thinking:
            return Start.THINKING
        return Start.UNSURE if self.thinks and not prompt.closes_thinking else Start.ANSWER

    def tags(self, prompt: RenderedPrompt) -> ThinkTags:
        """How to read the output behind this prompt."""
        tokenizer, size = self._tokenizer, len(self._tokenizer)
        added = tokenizer.added_tokens_decoder.items()
        markers = {i for i, token in added if getattr(token, "special", False)}
        special = markers.union(tokenizer.all_special_ids) - set(self._tag_ids())
        # What frames the messages of the prompt would open another message in the output.
        framing = special.intersection(prompt.token_ids) - self.stop_ids - {tokenizer.bos_token_id}
        return ThinkTags(
            decode=self.decode,
            is_text=lambda token: token not in special,
            known=lambda token: 0 <= token < size,
            stop_ids=self.stop_ids,
            foreign_ids=frozenset(framing),
            open_tag=self.open_tag,
            close_tag=self.close_tag,
        )

    def decode(self, token_ids: Sequence[int]) -> str:
        """The text of token ids, as it is: no token left out, no space cleaned away."""
        return self._tokenizer.decode(
            list(token_ids), skip_special_tokens=False, clean_up_tokenization_spaces=False
        )

    def encode(self, text: str) -> tuple[int, ...]:
        """Token ids of a text; markers in it are markers."""
        return self._ids(text)

    @property
    def size(self) -> int:
        """Ids from 0 to size - 1 are in the vocabulary."""
        return len(self._tokenizer)

    def _applied(
        self, messages: list[dict[str, str]], options: Mapping[str, Any], generation: bool
    ) -> str:
        return str(
            self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=generation, **options
            )
        )

    def _options(self, level: ReasoningLevel) -> dict[str, Any]:
        """What this template takes of the level."""
        options: dict[str, Any] = {}
        if "reasoning_effort" in self._source:
            options["reasoning_effort"] = level.value
        if "enable_thinking" in self._source:
            options["enable_thinking"] = level is not ReasoningLevel.LOW
        return options

    def _note(self, options: Mapping[str, Any]) -> str | None:
        if "reasoning_effort" in options:
            return None
        if "enable_thinking" in options:
            return f"This model's template knows only thinking on and off: {_SWITCHED}."
        return "This model's template knows no reasoning level: the one asked for was ignored."

    def _ids(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer.encode(text, add_special_tokens=False))

    def _tag_ids(self) -> list[int]:
        """The ids of tags that are tokens of their own."""
        ids = [self._ids(tag) for tag in (self.open_tag, self.close_tag)]
        return [tag[0] for tag in ids if len(tag) == 1]


def _cut(ids: tuple[int, ...], before: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The prompt, cut behind its last message where that is a beginning of it."""
    if before and len(before) < len(ids) and ids[: len(before)] == before:
        return (before, ids[len(before) :])
    return (ids,)
