"""One run as the chat shows it while it happens: plain for a pipe, live for a terminal."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from core.conversation import Channel
from core.events import Event, MessageDone, MessageStarted, TextDelta
from core.run import Run
from ui.terminal.markdown_stream import MarkdownStream
from ui.terminal.render import Stream, harmless


class Display(Protocol):
    """Shows one turn. Everything but the answer goes to stderr, the analysis dim."""

    def show(self, events: Iterable[Event], run: Run) -> None:
        """Print what is new; to be called now and then even where nothing is."""

    def note(self, sentence: str) -> None:
        """A sentence on a line of its own."""

    def end(self) -> None:
        """Print what is left, also after a failure."""


class PlainDisplay:
    """The answer to stdout as it comes, character for character."""

    def __init__(self, *, answer: bool, reasoning: bool) -> None:
        self._stream = Stream(answer=answer, reasoning=reasoning)

    def show(self, events: Iterable[Event], run: Run) -> None:
        """See Display."""
        self._stream.show(events, run.transcript)

    def note(self, sentence: str) -> None:
        """See Display."""
        self._stream.note(sentence)

    def end(self) -> None:
        """See Display."""


class LiveDisplay:
    """The answer as Markdown on a terminal, and a line on stderr that says what goes on before it.

    out, notes: the consoles of stdout and stderr. answer: False leaves the answer out.
    """

    def __init__(self, out: Console, notes: Console, *, answer: bool, reasoning: bool) -> None:
        self._notes = notes
        self._reasoning = reasoning
        self._answer = MarkdownStream(out) if answer else None
        self._began = time.monotonic()
        self._status = ""
        self._mid_line = False

    def show(self, events: Iterable[Event], run: Run) -> None:
        """See Display."""
        for event in events:
            match event:
                case MessageStarted(channel=Channel.COMMENTARY, recipient=str(name)):
                    self._write(f"{name} ", "dim")
                case TextDelta():
                    message = run.transcript.messages[event.index]
                    self._text(message.channel, event.text, call=message.recipient is not None)
                case MessageDone():
                    self._settle()
        if self._answer is not None:
            self._answer.tick()
        self._tell(run)

    def note(self, sentence: str) -> None:
        """See Display."""
        self._settle()
        self._notes.print(Text(sentence, "dim"))

    def end(self) -> None:
        """See Display."""
        self._erase()
        self._settle()

    def _text(self, channel: Channel, text: str, *, call: bool) -> None:
        if channel is Channel.FINAL and not call:
            if self._answer is not None and text:
                self._erase()
                self._answer.feed(harmless(text))
        elif call or channel is Channel.COMMENTARY:
            self._write(text, "dim" if call else "")
        elif self._reasoning:
            self._write(text, "dim")

    def _write(self, text: str, style: str) -> None:
        if text:
            self._erase()
            self._notes.print(Text(harmless(text), style), end="")
            self._mid_line = not text.endswith("\n")

    def _settle(self) -> None:
        """The end of a message: what comes next begins on a line of its own."""
        if self._answer is not None:
            self._answer.finish()
        if self._mid_line:
            self._notes.print()
            self._mid_line = False

    def _tell(self, run: Run) -> None:
        """The line that says what goes on; only where nothing else moves on the screen."""
        status = self._what_goes_on(run)
        if status == self._status or not _can_move(self._notes):
            return
        room = max(1, self._notes.width - 1)
        self._notes.file.write(
            f"\r{_dim(self._notes, status[:room])}\x1b[K" if status else "\r\x1b[K"
        )
        self._notes.file.flush()
        self._status = status

    def _what_goes_on(self, run: Run) -> str:
        seen = run.transcript
        moves = self._mid_line or seen.open_channel is Channel.FINAL
        if run.done or moves or (self._reasoning and seen.tokens):
            return ""
        seconds = f"{time.monotonic() - self._began:.0f} s"
        if not seen.tokens:
            done, total = seen.prefill
            return f"reading {done:,} of {total:,} tokens · {seconds}" if total else "waiting"
        if seen.thinks:
            count = seen.content_tokens(Channel.ANALYSIS)
            return f"thinking · {count:,} tokens · {seconds} · Ctrl-C: answer now"
        return f"writing · {seconds}"

    def _erase(self) -> None:
        if self._status:
            self._notes.file.write("\r\x1b[K")
            self._notes.file.flush()
            self._status = ""


def _can_move(console: Console) -> bool:
    return console.is_terminal and not console.is_dumb_terminal


def _dim(console: Console, text: str) -> str:
    with console.capture() as captured:
        console.print(Text(text, "dim"), end="")
    return captured.get()


def print_json_line(value: Mapping[str, Any]) -> None:
    """One JSON object on one line of stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
