"""What the terminal shows: answers on stdout, everything else on stderr, reasoning dim."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.compare import Comparison
from core.conversation import Channel
from core.events import Event, FinishReason, MessageDone, TextDelta
from core.result import GenerationResult, LiveMessage, Transcript
from core.tool_loop import AnsweredCall
from core.variants import Varied

_ANSWER_WIDTH = 60
# Model output may hold escape sequences, and a terminal would obey them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def stderr() -> Console:
    """The console for all that is not the answer."""
    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def harmless(text: str) -> str:
    """Text with its control characters made visible; newlines and tabs stay."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


class Stream:
    """Prints the events of a run as they come, and of those that follow it in a turn with tools.

    answer: print final to stdout. reasoning: print analysis to stderr. tools: calls are carried
    out, and `call` prints them. Commentary always goes to stderr: it is meant for the user, but it
    is not the answer.
    """

    def __init__(self, *, answer: bool, reasoning: bool, tools: bool = False) -> None:
        self._answer = answer
        self._reasoning = reasoning
        self._tools = tools
        self._notes = stderr()

    def show(self, events: Iterable[Event], transcript: Transcript) -> None:
        """Print what is new. `transcript` is the run's own; it tells the channel of a message."""
        for event in events:
            match event:
                case TextDelta():
                    self._text(transcript.messages[event.index], event.text)
                case MessageDone():
                    self._text(transcript.messages[event.index], "\n")

    def call(self, carried_out: AnsweredCall) -> None:
        """A call that was carried out, and what the tool answered: a dim line on stderr."""
        call, answer = carried_out.call, carried_out.answer
        said = f"{call.name}({_one_line(call.text)}) → {_one_line(answer)}"
        self._notes.print(Text(harmless(said), "dim"))

    def note(self, sentence: str) -> None:
        """A sentence on stderr, on a line of its own."""
        self._notes.print(f"\n{sentence}" if self._reasoning else sentence)

    def _text(self, message: LiveMessage, text: str) -> None:
        channel = message.channel
        if self._tools and message.recipient is not None:
            return
        if channel is Channel.FINAL:
            if self._answer:
                sys.stdout.write(harmless(text) if sys.stdout.isatty() else text)
                sys.stdout.flush()
        elif channel is Channel.COMMENTARY or self._reasoning:
            style = "dim" if channel is Channel.ANALYSIS else ""
            self._notes.print(Text(harmless(text), style), end="")


def remarks(result: GenerationResult, budget: int, *, tools: bool = False) -> list[str]:
    """What must be said of a run beside its answer, one sentence each. tools: calls are carried
    out."""
    said = list(result.notes)
    if result.finish_reason is FinishReason.LENGTH:
        when = "before the end" if result.text.strip() else "while thinking: there is no answer"
        said.append(
            f"The budget of {budget:,} tokens ran out {when}; "
            "raise it with --max-tokens, or choose a lower --reasoning-level."
        )
    elif result.why_empty and result.finish_reason is not FinishReason.TOOL_CALL:
        said.append(result.why_empty)
    if result.finished_early:
        said.append("The thinking was cut short: the answer comes from what was thought by then.")
    if not tools:
        said += [
            f"The model called {call.recipient}; tools are not run here (see --tools)."
            for call in result.tool_calls
        ]
    if result.repairs:
        said.append(f"The output was malformed and repaired: {', '.join(result.repairs)}.")
    return said


def summary(result: GenerationResult) -> str:
    """One line of figures for --verbose."""
    usage, timing = result.usage, result.timing
    return (
        f"{result.model}, {result.format}, {result.reasoning_level} reasoning: "
        f"{usage.prompt_tokens} tokens read, "
        f"{usage.analysis_tokens} of analysis, {usage.final_tokens} of answer; first token after "
        f"{seconds(timing.first_token_s)}, answer after {seconds(timing.first_answer_s)}, "
        f"{seconds(timing.total_s)} in all."
    )


def comparison_table(comparison: Comparison) -> Table:
    """One row per run, column by column."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("level" if comparison.asked.varied is Varied.LEVELS else "column")
    table.add_column("answer", max_width=_ANSWER_WIDTH, overflow="fold")
    for name in ("analysis", "final", "first\ntoken", "first\nanswer", "total"):
        table.add_column(name, justify="right")
    table.add_column("end")
    for label, runs in comparison.runs.items():
        for run in runs:
            table.add_row(
                Text(harmless(label)),
                Text(harmless(_one_line(run.text))),
                f"{run.usage.analysis_tokens:,}",
                f"{run.usage.final_tokens:,}",
                seconds(run.timing.first_token_s),
                seconds(run.timing.first_answer_s),
                seconds(run.timing.total_s),
                run.finish_reason.value,
            )
    return table


def print_comparison(comparison: Comparison, *, reasoning: bool) -> None:
    """The table and the verdict to stdout; before them, where asked for, the analysis to stderr."""
    if reasoning:
        notes = stderr()
        for label, runs in comparison.runs.items():
            for run in runs:
                notes.print(Text(harmless(f"{label}: {run.reasoning or ''}"), "dim"))
    console = Console(highlight=False, markup=False)
    console.print(comparison_table(comparison))
    for note in _notes(comparison):
        console.print(note, soft_wrap=True)
    verdict = comparison.verdict
    lines = [verdict.reason, verdict.detail, verdict.limits, *comparison.conditions()]
    told = "\n".join(line for line in lines if line)
    console.print(Text(harmless(f"\n{told}")), soft_wrap=True)


def _notes(comparison: Comparison) -> list[str]:
    """What must be said of the format and the levels, each once."""
    runs = (run for results in comparison.runs.values() for run in results)
    return list(dict.fromkeys(note for run in runs for note in run.notes))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 2 * _ANSWER_WIDTH else f"{line[: 2 * _ANSWER_WIDTH]}…"


def seconds(value: float | None) -> str:
    """A time, or a dash where there is none."""
    return "–" if value is None else f"{value:.2f} s"
