"""The chat at work: asks the model, shows the run, keeps the turn. Knows no commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.calculator import CALCULATOR
from core.config import InferenceConfig, ReasoningLevel
from core.conversation import Conversation, Message, Role
from core.errors import CoreError, InvalidPrompt
from core.events import FinishReason
from core.result import GenerationResult, kept_messages
from core.run import Run
from core.tools import Function
from ui.terminal.interrupts import ctrl_c
from ui.terminal.render import remarks, summary
from ui.terminal.repl_chat import Chat, Turn, check_text, turn_of
from ui.terminal.repl_display import Display, print_json_line
from ui.terminal.repl_screen import Cue, Screen, no_echo

if TYPE_CHECKING:
    from core.engine import InferenceEngine

_TICK_S: Final = 0.05
_PATIENCE: Final = 1_000_000
"""Ctrl-C never ends the chat itself while the model writes: that would lose it."""


@dataclass(slots=True)
class Session:
    """One chat with one engine.

    before: the chat that a clear, a load or another answer put aside.
    draft: text that the next prompt begins with.
    used: tokens that the last turn took of the context; 0 where that is not known.
    """

    engine: InferenceEngine
    config: InferenceConfig
    screen: Screen
    chat: Chat
    json: bool = False
    verbose: bool = False
    before: Chat | None = None
    draft: str = ""
    used: int = 0

    def cue(self) -> Cue:
        """What the next prompt shows; the draft is taken by it."""
        draft, self.draft = self.draft, ""
        chat = self.chat
        parts = [
            self.engine.model,
            f"{self.used:,} of {self.engine.context_length:,} tokens",
            *(["calculator"] if chat.tools else []),
            "Alt-Enter: new line",
            "/help",
        ]
        return Cue(chat.level.value, " · ".join(parts), draft)

    def ask(self, question: str, level: ReasoningLevel | None = None) -> None:
        """Send a question. Where no turn comes of it, the question is the next prompt's draft.

        Raises the CoreError that kept the model from answering; what it wrote before is kept.
        """
        self._ask(self.chat, question, level or self.chat.level)

    def ask_again(self, level: ReasoningLevel | None) -> None:
        """The last question once more. The turn that was there stays unless another takes its
        place. Raises as `ask` does."""
        last = self.chat.last
        if last is None:
            raise InvalidPrompt("There is no question to ask again; type one.")
        self._ask(self.chat.without_last(), last.question, level or self.chat.level)

    def replace_chat(self, chat: Chat) -> None:
        """Put another chat in this one's place; `before` remembers this one if it holds a turn."""
        self.before = self.chat if self.chat.turns else self.before
        self.chat = chat
        self.used = 0

    def conversation(self, chat: Chat, question: str) -> Conversation:
        """The prompt of a question behind a chat. Raises InvalidPrompt for what is no text."""
        check_text(question, chat.instructions)
        return chat.asking(question, self.config.date_now())

    def _ask(self, chat: Chat, question: str, level: ReasoningLevel) -> None:
        display = self.screen.display()
        runs: list[Run] = []

        def follow(run: Run) -> None:
            runs.append(run)
            _follow(run, display)

        messages: Sequence[Message] = ()
        results: list[GenerationResult] = []
        try:
            conversation = self.conversation(chat, question)
            with no_echo():
                messages = self._answered(conversation, level, chat.tools, display, follow)
            results = [run.result() for run in runs]
            with suppress(CoreError):  # the next question will say it
                self.engine.read_ahead(conversation.adding(*messages), level)
        except CoreError:
            if runs:
                messages = kept_messages(runs[-1].transcript.messages)
            raise
        finally:
            display.end()
            turn = turn_of(question, level, messages, results)
            if _is_worth_keeping(turn):
                self.before = None if chat is self.chat else self.chat
                self.chat = chat.with_turn(turn, self.config.date_now())
            elif chat is self.chat:
                self.draft = question
        self._tell(question, results)

    def _answered(
        self,
        conversation: Conversation,
        level: ReasoningLevel,
        tools: bool,
        display: Display,
        follow: Callable[[Run], None],
    ) -> Sequence[Message]:
        """Run the model to its answer; what of it goes back into the next prompt."""
        params, keep = self.config.sampling(), self.config.capture_reasoning
        if not tools:
            run = self.engine.start(conversation, params, level, keep)
            follow(run)
            return kept_messages(run.transcript.messages)
        calculator = _told(CALCULATOR, display)
        turn = self.engine.run_tools(conversation, [calculator], params, level, keep, on_run=follow)
        if turn.limit_reached:
            display.note("The model called the calculator more often than it may in one turn.")
        said = turn.conversation.messages
        asked = max(n for n, message in enumerate(said) if message.role is Role.USER)
        return said[asked + 1 :]

    def _tell(self, question: str, results: Sequence[GenerationResult]) -> None:
        """What must be said of a turn beside its answer."""
        last = results[-1]
        self.used = last.usage.prompt_tokens + last.usage.generated_tokens
        if self.json:
            print_json_line({"question": question, **last.as_dict()})
        for remark in remarks(last, self.config.max_tokens):
            self.screen.say(remark)
        if self.verbose:
            for result in results:
                self.screen.say(summary(result))
        elif self.screen.notes.is_terminal:
            self.screen.notes.print(f"{_figures(results)}\n", style="dim")


def _follow(run: Run, display: Display) -> None:
    """Show a run until it ends. Ctrl-C while it thinks makes it answer; at any other time, and a
    second time, it cancels the run, and its text so far is kept."""
    presses: list[None] = []
    heard = 0
    with ctrl_c(lambda: presses.append(None), patience=_PATIENCE):
        while not run.done:
            run.wait(_TICK_S)
            if len(presses) > heard:
                heard += 1
                if run.finish_now():
                    display.note("The model is told to answer now; Ctrl-C again stops it.")
                else:
                    run.cancel()
            display.show(run.drain(), run)


def _told(function: Function, display: Display) -> Function:
    """The same function, which says what it answered."""

    def call(**arguments: object) -> object:
        try:
            answer = function.call(**arguments)
        except CoreError as error:
            display.note(f"{function.tool.name}: {error}")
            raise
        display.note(f"{function.tool.name}: {answer}")
        return answer

    return Function(function.tool, call)


def _is_worth_keeping(turn: Turn) -> bool:
    """Whether anything came of a question: not where it was stopped before the first word."""
    ended = turn.finish_reason not in (None, FinishReason.CANCELLED)
    return ended or bool(turn.messages) or bool(turn.reasoning)


def _figures(results: Sequence[GenerationResult]) -> str:
    """A turn in one line, for a terminal."""
    analysis = sum(r.usage.analysis_tokens for r in results)
    final = sum(r.usage.final_tokens for r in results)
    total = sum(r.timing.total_s for r in results)
    level = results[-1].reasoning_level
    return f"{level}: {analysis:,} tokens of analysis, {final:,} of answer, {total:.1f} s"


def new_session(
    engine: InferenceEngine, config: InferenceConfig, screen: Screen, instructions: str | None
) -> Session:
    """A session with an empty chat, as the settings have it."""
    return Session(engine, config, screen, Chat(config.reasoning_level, instructions or None))
