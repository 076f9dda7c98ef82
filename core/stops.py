"""Stop strings: where one appears in an answer, the answer ends right before it.

Works on the parser's events. Text that may be the beginning of a stop string is held back until it
is certain, so that no delta shows what is then taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.conversation import Channel
from core.events import MessageDone, MessageStarted, ParserEvent, StreamParser, TextDelta


class StopStrings:
    """Feeds a parser until one of `strings` is written on final; then `found` is True.

    The tokens up to the one that completes the string are on record, those behind it are not: it is
    as if the model had stopped there.
    """

    def __init__(self, strings: Sequence[str]) -> None:
        self._strings = tuple(strings)
        self._channel: Channel | None = None
        self._told: list[str] = []
        self._held = ""
        self.found = False

    def saw(self, events: Iterable[ParserEvent]) -> None:
        """Take note of events that did not come through here: what was given is not searched."""
        for event in events:
            match event:
                case MessageStarted():
                    self._channel, self._told, self._held = event.channel, [], ""
                case TextDelta():
                    self._told.append(event.text)

    def feed(self, parser: StreamParser, token_ids: Sequence[int]) -> list[ParserEvent]:
        """The events of the next tokens; none behind a stop string."""
        events: list[ParserEvent] = []
        for token in token_ids:
            # One by one, to know the token that completes the string.
            events += self._passed(parser.feed((token,)), parser)
            if self.found or parser.over:
                break
        return events

    def finish(self, parser: StreamParser) -> list[ParserEvent]:
        """The events of the end of the output; what was held back is text after all."""
        return [] if self.found else self._passed(parser.finish(), parser)

    def _passed(self, events: Sequence[ParserEvent], parser: StreamParser) -> list[ParserEvent]:
        passed: list[ParserEvent] = []
        for at, event in enumerate(events):
            if isinstance(event, TextDelta) and self._channel is Channel.FINAL:
                passed.append(self._searched(event))
                if self.found:
                    return [*passed, *self._cut((*events[at + 1 :], *parser.finish()))]
                continue
            if isinstance(event, MessageDone) and self._held:
                passed.append(TextDelta(event.index, self._held, ()))
            self.saw([event])
            passed.append(event)
        return passed

    def _searched(self, delta: TextDelta) -> TextDelta:
        """The delta with as much text as is certain to stand before any stop string."""
        text = self._held + delta.text
        places = [at for at in map(text.find, self._strings) if at >= 0]
        self.found = bool(places)
        certain = min(places) if places else len(text) - self._beginnings(text)
        self._held = text[certain:]
        self._told.append(text[:certain])
        return replace(delta, text=text[:certain])

    def _beginnings(self, text: str) -> int:
        """How long the end of the text is that may be the beginning of a stop string."""
        longest = max(map(len, self._strings)) - 1
        lengths = range(min(longest, len(text)), 0, -1)
        return next((n for n in lengths if self._begins(text[-n:])), 0)

    def _begins(self, end: str) -> bool:
        return any(string.startswith(end) for string in self._strings)

    def _cut(self, rest: Iterable[ParserEvent]) -> list[ParserEvent]:
        """The end of the message that the string ended."""
        done = next(event for event in rest if isinstance(event, MessageDone))
        message = replace(done.message, text="".join(self._told))
        return [MessageDone(done.index, message, complete=True)]
