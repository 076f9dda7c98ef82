"""A turn with tools: run, carry out what was called, run again, until there is an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from core.conversation import Conversation, Message, without_finished_analysis
from core.errors import InvalidPrompt, InvalidSetting
from core.events import FinishReason
from core.result import GenerationResult, Transcript
from core.run import Run
from core.schema import short
from core.tools import Function, ToolCall, carry_out, read_call, tool_answer

LIMIT: Final = 8
"""Calls that are carried out in one turn, unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A call, as it was understood, and what the tool answered."""

    call: ToolCall
    answer: str


@dataclass(frozen=True, slots=True)
class ToolTurn:
    """What a turn with tools gave.

    results: one per run; the last one holds the answer. calls: those carried out, in order.
    messages: what was written and answered in this turn, in order; without `capture_reasoning` no
    analysis.
    conversation: the prompt with all that was written and answered, to go on from. Once there is
    an answer it holds no analysis; while a call is open it does, since the next prompt needs it.
    limit_reached: the turn ended because the model called once more than it was allowed to.
    """

    results: tuple[GenerationResult, ...]
    calls: tuple[AnsweredCall, ...]
    messages: tuple[Message, ...]
    conversation: Conversation
    limit_reached: bool

    @property
    def text(self) -> str:
        """The answer: the final channel of the last run."""
        return self.results[-1].text

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of `counterpoint generate --tools`: that of the last run, but `messages`
        are those of the whole turn, and `runs` has the object of every run."""
        runs = [result.as_dict() for result in self.results]
        return {
            **runs[-1],
            "messages": [message.as_dict() for message in self.messages],
            "limit_reached": self.limit_reached,
            "runs": runs,
        }


def run_with_tools(
    start: Callable[[Conversation], Run],
    conversation: Conversation,
    functions: Sequence[Function],
    limit: int = LIMIT,
    on_run: Callable[[Run], None] | None = None,
    on_call: Callable[[AnsweredCall], None] | None = None,
) -> ToolTurn:
    """Run a conversation, with functions, until the model answers.

    Tools that the conversation declares itself are the caller's own: a call of one ends the turn;
    so does a run that was cancelled.
    on_run: gets each run as it starts, and may read its events or keep it to cancel it. on_call:
    gets each call once it was carried out, before the model reads its answer.

    Raises InvalidPrompt for what is no Function and where two tools share a name, InvalidSetting
    for a limit below 1.
    """
    if limit < 1:
        raise InvalidSetting(f"The limit of tool calls is {limit}; allowed: 1 or more.")
    for function in functions:
        if not isinstance(function, Function):
            raise InvalidPrompt(
                f"Among the functions is {short(function)}; each must be a core.tools.Function: a "
                "Tool with the Python function behind it."
            )
    by_name = {function.tool.name: function for function in functions}
    ours_too = [function.tool for function in functions]
    declared = (*(t for t in conversation.tools if t not in ours_too), *ours_too)
    _check_names([tool.name for tool in declared])
    conversation = replace(conversation, tools=declared)
    results: list[GenerationResult] = []
    answered: list[AnsweredCall] = []
    messages: list[Message] = []
    while True:
        run = start(conversation)
        if on_run is not None:
            on_run(run)
        results.append(run.result())
        messages += results[-1].messages
        said = _said(run.transcript)
        conversation = conversation.adding(*said)
        cancelled = results[-1].finish_reason is FinishReason.CANCELLED
        called = [] if cancelled else _open_calls(said)
        calls = [read_call(message, declared) for message in called]
        ours = [c for c in calls if c.name in by_name or c.problem is not None]
        limit_reached = len(answered) + len(calls) > limit
        if not calls or len(ours) < len(calls) or limit_reached:
            kept = without_finished_analysis(conversation.messages)
            return ToolTurn(
                tuple(results),
                tuple(answered),
                tuple(messages),
                replace(conversation, messages=kept),
                bool(calls) and limit_reached,
            )
        for message, call in zip(called, calls, strict=True):
            answer = carry_out(call, by_name.get(call.name))
            answered.append(AnsweredCall(call, answer))
            messages.append(tool_answer(message, answer))
            conversation = conversation.adding(messages[-1])
            if on_call is not None:
                on_call(answered[-1])


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise InvalidPrompt(f"Two tools are called {name!r}; give each a name of its own.")


def _said(transcript: Transcript) -> list[Message]:
    """What a run adds to the conversation; a call that was cut off is left out."""
    messages = ((m.message, m.complete) for m in transcript.messages)
    return [m for m, whole in messages if m is not None and (whole or not m.is_tool_call)]


def _open_calls(said: Sequence[Message]) -> list[Message]:
    """The calls that wait for an answer: all of a run that ended with one."""
    return [m for m in said if m.is_tool_call] if said and said[-1].is_tool_call else []
