"""The engine: conversation -> prompt tokens -> token ids -> events -> result."""

from __future__ import annotations

import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from core.ahead import ReadAhead, past_of
from core.asked import Asked, How
from core.backends.base import Handle, TokenBackend, TokenRequest
from core.compare import Comparison
from core.comparing import Watch, run_comparison
from core.config import InferenceConfig, ReasoningLevel
from core.config import reasoning_level as read_level
from core.conversation import Conversation, Message, conversation_from
from core.errors import InvalidSetting, PromptTooLong
from core.events import Event
from core.format import Format, format_for
from core.model_turns import ModelTurns, check_models
from core.models import ModelInfo, ModelLoader
from core.prefix import Prefix
from core.rendered import RenderedPrompt
from core.result import GenerationResult
from core.run import Run
from core.sampling import SamplingParams
from core.serving import Serving
from core.tool_loop import LIMIT, AnsweredCall, ToolTurn, run_with_tools
from core.tools import Function
from core.variants import Variant, Varied, of_levels

Prompt = str | Sequence[Message | Mapping[str, Any]] | Conversation
LEVELS = tuple(ReasoningLevel)


class InferenceEngine:
    """Runs prompts on one model. Safe to use from many threads and tasks at once.

    model: a ModelLoader, or a TokenBackend of your own (a replay, say).
    config: settings; None reads the environment and `.env`.
    format_: how the model is asked and read; None takes Harmony for gpt-oss (ChatML where the
        settings say so), and its own chat template for any other model.

    A prompt is a string, a list of messages (`{"role", "content", "channel"?}`), or a Conversation.
    A prefix is what the assistant's turn begins with, as token ids or as text with its markers: the
    model goes on from there, and events and result hold it as the beginning of the turn
    (`usage.given_tokens`). It lies behind `<|start|>assistant`: "<|channel|>analysis<|message|>So".
    The constructor returns when the model is loaded; it raises ModelError where it cannot be, and
    InvalidSetting where an argument is none of these. Every call that starts a run raises
    InvalidPrompt, PromptTooLong or InvalidSetting before anything runs, and Busy where too many
    wait already.
    """

    def __init__(
        self,
        model: ModelLoader | TokenBackend,
        config: InferenceConfig | None = None,
        format_: Format | None = None,
    ) -> None:
        if config is not None and not isinstance(config, InferenceConfig):
            raise InvalidSetting(
                f"config is {config!r}; allowed: an InferenceConfig, as InferenceConfig(top_k=40)."
            )
        self.config = config or InferenceConfig()
        self._chosen_format = format_
        loader = model if isinstance(model, ModelLoader) else None
        self.format = format_ or format_for(self.config, loader)
        self._turns = threading.Lock()
        self._serving = Serving(model, self.config.prompt_cache_mb * 2**20, self.config.queue_limit)

    @property
    def info(self) -> ModelInfo | None:
        """What the loaded checkpoint is; None for a backend of the caller's."""
        return self._serving.info

    @property
    def model(self) -> str:
        """The loaded model's name."""
        info = self._serving.info
        return "replay" if info is None else info.name

    def switch(self, loader: ModelLoader) -> None:
        """Put another model in the place of this one, and free this one's memory.

        Returns when the new model is loaded. Runs that start meanwhile raise Busy. Raises Busy
        where runs are under way, and ModelError where the new model cannot be found or loaded:
        then the old one goes on, unless `lost` says otherwise.
        """
        # First, as it fails where the tokenizer does.
        chosen = self._chosen_format or format_for(self.config, loader)
        self._serving.switch(loader)
        self.format = chosen

    @property
    def loader(self) -> ModelLoader | None:
        """The loader of the model that is loaded; None for a backend of the caller's."""
        return self._serving.loader

    @property
    def lost(self) -> str | None:
        """Why no model is loaded, in a sentence: a switch failed, and the old one could not be
        loaded again either. None as a rule."""
        return self._serving.lost

    @property
    def context_length(self) -> int:
        """Tokens that prompt and answer may have together."""
        return self._serving.backend.context_length

    def start(
        self,
        prompt: Prompt,
        params: SamplingParams | None = None,
        reasoning_level: ReasoningLevel | str | None = None,
        capture_reasoning: bool | None = None,
        *,
        prefix: Prefix | None = None,
    ) -> Run:
        """Start one run and return at once; read its events from the Run."""
        level = reasoning_level or self.config.reasoning_level
        return self.start_levels(prompt, (level,), params, capture_reasoning, prefix=prefix)[0]

    def start_levels(
        self,
        prompt: Prompt,
        levels: Sequence[ReasoningLevel | str] = LEVELS,
        params: SamplingParams | None = None,
        capture_reasoning: bool | None = None,
        *,
        prefix: Prefix | None = None,
    ) -> tuple[Run, ...]:
        """Start one run per level, all in one batch and with one seed; a level may stand twice.

        Rates measured here are those of a batch, not of a run alone.
        """
        return self.start_variants(
            prompt,
            [Variant(level, level) for level in map(read_level, levels)],
            params,
            capture_reasoning,
            prefix=prefix,
        )

    def start_variants(
        self,
        prompt: Prompt,
        variants: Sequence[Variant],
        params: SamplingParams | None = None,
        capture_reasoning: bool | None = None,
        *,
        prefix: Prefix | None = None,
    ) -> tuple[Run, ...]:
        """Start one run per variant, all in one batch and with one seed."""
        conversation = conversation_from(prompt)
        given = self.format.prefix(prefix)
        params = self._seeded(params)
        capture = self.config.capture_reasoning if capture_reasoning is None else capture_reasoning
        runs = [
            self._prepared(
                variant.conversation(conversation),
                variant.level,
                variant.sampling(params),
                capture,
                given,
            )
            for variant in variants
        ]
        stop_ids = self.format.stop_ids
        requests = [TokenRequest(_segments(run), run.params, stop_ids, run.on_step) for run in runs]
        for run, handle in zip(runs, self._serving.submit(requests), strict=True):
            run.attach(handle, partial(self._gone_on, run))
        return tuple(runs)

    def generate(
        self,
        prompt: Prompt,
        params: SamplingParams | None = None,
        reasoning_level: ReasoningLevel | str | None = None,
        *,
        prefix: Prefix | None = None,
    ) -> GenerationResult:
        """Run a prompt to its end."""
        return self.start(prompt, params, reasoning_level, prefix=prefix).result()

    def stream(
        self,
        prompt: Prompt,
        params: SamplingParams | None = None,
        reasoning_level: ReasoningLevel | str | None = None,
    ) -> Iterator[Event]:
        """The events of one run as they happen. Closing the iterator cancels the run."""
        return iter(self.start(prompt, params, reasoning_level))

    def astream(
        self,
        prompt: Prompt,
        params: SamplingParams | None = None,
        reasoning_level: ReasoningLevel | str | None = None,
    ) -> AsyncIterator[Event]:
        """The events of one run as they happen, for `async for`. Closing it cancels the run."""
        return aiter(self.start(prompt, params, reasoning_level))

    def compare(
        self,
        prompt: Prompt,
        levels: Sequence[ReasoningLevel | str] = LEVELS,
        repeats: int = 1,
        params: SamplingParams | None = None,
        *,
        variants: Sequence[Variant] | None = None,
        expected: str | None = None,
        together: bool = True,
        warm_up: bool | None = None,
        stop: threading.Event | None = None,
        watch: Watch | None = None,
    ) -> Comparison:
        """Run one prompt at several levels, `repeats` times each, and judge what effort bought.

        variants: what to run instead of the levels: other models, instructions or sampling. Of
        several models one is loaded at a time, on this engine: their columns run one after the
        other, and the engine has its own model again when this returns.
        repeats, expected, together, warm_up: see core.asked.How.
        stop: once it is set, from any thread, what runs is cancelled and nothing more begins. What
        had ended by then is kept and judged; so it is after Ctrl-C, and where the machine fails.
        watch: told what happens, as it happens. See core.comparing.Watch.
        """
        how = How(repeats, expected, together, warm_up)
        conversation, asked = self.asked(prompt, variants or of_levels(levels), how, params)
        turns = self.model_turns(asked)
        start = partial(self.start_variants, conversation)
        return run_comparison(start, asked, stop, turns, watch)

    def asked(
        self,
        prompt: Prompt,
        variants: Sequence[Variant],
        how: How,
        params: SamplingParams | None = None,
    ) -> tuple[Conversation, Asked]:
        """A comparison as it would run now: the conversation with its date, and the rest.

        Raises InvalidSetting, and ModelError for a model that cannot be loaded here.
        """
        check_models(self, (variant.model for variant in variants if variant.model is not None))
        conversation = conversation_from(prompt)
        date = conversation.current_date or self.config.date_now()
        conversation = replace(conversation, current_date=date)
        return conversation, how.asked(conversation, variants, self._seeded(params), self.model)

    def model_turns(self, asked: Asked) -> ModelTurns | None:
        """What loads the models of a comparison; None where they do not differ. Call its `back`
        once in any case."""
        return ModelTurns(self, self._turns) if asked.varied is Varied.MODELS else None

    def run_tools(
        self,
        prompt: Prompt,
        functions: Sequence[Function],
        params: SamplingParams | None = None,
        reasoning_level: ReasoningLevel | str | None = None,
        capture_reasoning: bool | None = None,
        *,
        limit: int = LIMIT,
        on_run: Callable[[Run], None] | None = None,
        on_call: Callable[[AnsweredCall], None] | None = None,
    ) -> ToolTurn:
        """Run a prompt with tools: what the model calls is carried out, until it answers.

        limit: calls carried out at most. on_run: gets each Run as it starts, to read its events.
        on_call: gets each call with its answer, as it was carried out.
        Nothing that the model writes, and nothing that a function raises, raises here.
        """
        conversation = conversation_from(prompt)
        date = conversation.current_date or self.config.date_now()
        return run_with_tools(
            lambda c: self.start(c, params, reasoning_level, capture_reasoning),
            replace(conversation, current_date=date),
            functions,
            limit,
            on_run,
            on_call,
        )

    def read_ahead(
        self, conversation: Conversation, reasoning_level: ReasoningLevel | str | None = None
    ) -> ReadAhead:
        """Read a chat's past into the prompt cache while nothing else runs, so that its next
        question is answered sooner. For whoever shows a chat to call when an answer has ended.

        conversation: with that answer, as the next prompt will hold it, but for the question.
        Returns at once. A run that starts meanwhile waits for one chunk of 128 tokens at most, and
        finds in the cache what was read by then (`usage.cached_tokens`). The cache stays within its
        limit. Raises InvalidPrompt.
        """
        level = read_level(reasoning_level or self.config.reasoning_level)
        past, ahead = past_of(self.format, conversation, level), ReadAhead()
        fits = len(past) < self.context_length
        ahead.attach(self._serving.read_ahead(past, ahead.on_step) if fits else None)
        return ahead

    def close(self) -> None:
        """End what runs and free the model. Safe to call twice."""
        self._serving.close()

    def __enter__(self) -> InferenceEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepared(
        self,
        conversation: Conversation,
        level: ReasoningLevel,
        params: SamplingParams,
        capture_reasoning: bool,
        given: tuple[int, ...],
    ) -> Run:
        prompt = self.format.prompt(conversation, level)
        room = self._room(prompt, len(given))
        fitting = replace(params, max_tokens=min(params.max_tokens, room))
        return Run(self.format, prompt, level, fitting, self.model, capture_reasoning, given)

    def _gone_on(self, run: Run, behind: tuple[int, ...], max_tokens: int) -> Handle:
        """Let a run's model go on from the prompt and `behind` it. See core.run.GoOn."""
        fitting = min(max_tokens, self._room(run.prompt, len(behind)))
        params = replace(run.params, max_tokens=fitting)
        segments = (*run.prompt.segments, behind)
        request = TokenRequest(segments, params, self.format.stop_ids, run.on_step)
        return self._serving.submit([request])[0]

    def _room(self, prompt: RenderedPrompt, given: int) -> int:
        """Tokens left for the model to write. Raises PromptTooLong where there are none."""
        length, allowed = len(prompt.token_ids), self.context_length
        room = allowed - length - given
        if room > 0:
            return room
        if given:
            raise PromptTooLong(
                f"The prompt is {length:,} tokens long and the prefix {given:,}; {self.model} "
                f"reads fewer than {allowed:,} together. Shorten the prefix or the prompt."
            )
        raise PromptTooLong(
            f"The prompt is {length:,} tokens long with its instructions and history; "
            f"{self.model} reads fewer than {allowed:,}. Shorten the prompt, or clear the chat."
        )

    def _seeded(self, params: SamplingParams | None) -> SamplingParams:
        if params is not None and not isinstance(params, SamplingParams):
            raise InvalidSetting(
                f"params is {params!r}; allowed: SamplingParams, as SamplingParams(temperature=0)."
            )
        params = params or self.config.sampling()
        return params if params.seed is not None else replace(params, seed=secrets.randbits(32))


def _segments(run: Run) -> tuple[tuple[int, ...], ...]:
    """What the model reads, cut where a cache may be kept; what was given belongs to the end."""
    *before, last = run.prompt.segments
    return (*before, last + run.given)
