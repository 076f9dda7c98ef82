"""Plain output into events: what stands between `<think>` and `</think>` is analysis, the rest is
final. `feed` tokens, `finish`, and never an exception.

1. Text that a later `</think>` would prove to be a thought is held back: at the start, where the
   model is one that thinks, and behind a `</think>` while another one is missing.
2. What is unsure when the output breaks off is analysis; where the model ended its turn itself, it
   has said all it wanted, and it is final.
3. Behind a marker that opens another message nobody knows who speaks: it is analysis.
4. The blank text behind `</think>` belongs to the thoughts, so that the answer begins with a word.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.conversation import Channel, Message, Role
from core.decoding import TextDecoder
from core.events import MessageDone, MessageStarted, ParserEvent, Repaired, TextDelta
from core.think_tags import Start, ThinkRepair, ThinkTags


@dataclass(slots=True)
class _Open:
    """The message under way, and the tokens of the tag that has ended it, once one has."""

    index: int
    channel: Channel
    parts: list[str] = field(default_factory=list)
    closing: tuple[int, ...] | None = None


class ThinkParser:
    """One run's tokens into events.

    Laws: the tokens of all events joined are the tokens fed, in order, up to the one that completes
    an end of the turn written as text; the deltas of all messages joined are the text without its
    tags; how the tokens are cut into calls changes nothing; nothing fed raises.
    One instance belongs to one thread at a time.
    """

    def __init__(self, tags: ThinkTags, start: Start = Start.ANSWER) -> None:
        self._tags = tags
        self._marker = re.compile(
            "|".join(map(re.escape, (tags.open_tag, tags.close_tag, *tags.ends)))
        )
        self._beginnings = _beginnings((tags.open_tag, tags.close_tag, *tags.ends))
        self._longest = max(map(len, self._beginnings))
        self._decoder = TextDecoder(tags.decode)
        self._undecoded: list[int] = []
        self._waiting: deque[tuple[int, int]] = deque()  # tokens, and where the text of each ends
        self._text = ""  # decoded, and not yet searched to its end
        self._read = 0  # where it ends, in characters of the whole output
        self._told = 0  # up to where all is said in events
        self._held = ""  # searched, but it is not certain what it is
        self._where = start
        self._depth = 0  # ends of thinking that are missing beside the one expected
        self._foreign = False
        self._ended = False
        self._message: _Open | None = None
        self._messages = 0
        self._fed = 0
        self._placed = 0
        self._events: list[ParserEvent] = []
        self.over = False

    def feed(self, token_ids: Sequence[int]) -> list[ParserEvent]:
        """The events of the next tokens. Once `over` is set, the turn has ended in its text: the
        tokens behind it are not taken in."""
        for token in token_ids:
            if self.over:
                break
            self._take(token)
        self._search()
        return self._given_out()

    def finish(self) -> list[ParserEvent]:
        """The events of the end of the output: what is still open is cut off."""
        if not self._ended:
            self._end((), complete=False)
        return self._given_out()

    def _given_out(self) -> list[ParserEvent]:
        events, self._events = self._events, []
        return events

    # Tokens into text

    def _take(self, token: int) -> None:
        tags, at = self._tags, self._fed
        self._fed += 1
        if self._ended:
            self._repair(ThinkRepair.AFTER_TURN, at, (token,))
        elif token in tags.stop_ids:
            self._end((token,), complete=True)
        elif token in tags.foreign_ids:
            self._flush()
            if not self.over:
                self._make_foreign(at)
                self._waiting.append((token, self._read))
        elif not tags.known(token) or not tags.is_text(token):
            kind = ThinkRepair.STRAY if tags.known(token) else ThinkRepair.NOT_IN_VOCABULARY
            self._search()
            self._repair(kind, at)
            self._undecoded.append(token)
        else:
            self._undecoded.append(token)
            if text := self._decoder.add(token):
                self._add(text)
            # Where text may end the turn, the token that completes it must be known.
            if self._tags.ends:
                self._search()

    def _add(self, text: str) -> None:
        self._read += len(text)
        self._waiting.extend((token, self._read) for token in self._undecoded)
        self._undecoded.clear()
        self._text += text

    def _flush(self) -> None:
        """All text that the tokens so far hold, searched to its end."""
        self._add(self._decoder.end())
        self._decoder = TextDecoder(self._tags.decode)
        self._search()
        rest, self._text = self._text, ""
        self._words(rest)

    def _tokens(self) -> tuple[int, ...]:
        """The tokens whose text was told."""
        tokens = []
        while self._waiting and self._waiting[0][1] <= self._told:
            tokens.append(self._waiting.popleft()[0])
        self._placed += len(tokens)
        return tuple(tokens)

    # Text into words and tags

    def _search(self) -> None:
        while not self.over and (found := self._marker.search(self._text)):
            before, tag = self._text[: found.start()], found.group()
            self._text = self._text[found.end() :]
            self._words(before)
            if tag in self._tags.ends:
                self._end_in_text(tag)
            else:
                self._tag(tag)
        if self.over:
            return
        certain = len(self._text) - self._beginning(self._text)
        words, self._text = self._text[:certain], self._text[certain:]
        self._words(words)

    def _beginning(self, text: str) -> int:
        """How long the end of the text is that may be the beginning of a tag."""
        lengths = range(min(self._longest, len(text)), 0, -1)
        return next((n for n in lengths if text[-n:] in self._beginnings), 0)

    def _words(self, text: str) -> None:
        """Text that is no tag."""
        if not text:
            return
        if self._where is Start.THINKING:
            self._say(Channel.ANALYSIS, text)
        elif self._where is Start.UNSURE:
            self._held += text
        elif self._message is not None and self._message.channel is Channel.FINAL:
            self._say(Channel.FINAL, text)
        else:
            self._held += text
            if self._held.strip():
                self._answer()

    def _answer(self) -> None:
        """Open the answer with what was held back; blank text goes to the thoughts before it."""
        held, self._held = self._held, ""
        if self._message is not None:
            blank = held[: len(held) - len(held.lstrip())]
            self._blank(blank)
            held = held[len(blank) :]
        if held:
            self._say(Channel.FINAL, held)

    def _blank(self, text: str) -> None:
        """Blank text behind the tag that ended the thoughts."""
        if not text or self._message is None:
            return
        self._told += len(text)
        message, tokens = self._message, self._tokens()
        message.parts.append(text)
        if message.closing is None:
            self._events.append(TextDelta(message.index, text, tokens))
        else:
            self._events.append(TextDelta(message.index, text, ()))
            message.closing += tokens

    def _tag(self, tag: str) -> None:
        at = self._placed
        opens = tag == self._tags.open_tag
        if self._foreign:
            self._mark(ThinkRepair.FOREIGN, at, tag)
        elif opens and self._where is Start.THINKING:
            said = self._message is not None and "".join(self._message.parts).strip()
            self._depth += 1 if said else 0
            self._mark(ThinkRepair.NESTED, at, tag)
        elif opens:
            self._open_thoughts(tag)
        elif self._where is Start.ANSWER and self._has_answered():
            self._mark(ThinkRepair.UNOPENED, at, tag)
        else:
            self._close_thoughts(tag, at)

    def _has_answered(self) -> bool:
        return self._message is not None and self._message.channel is Channel.FINAL

    def _open_thoughts(self, tag: str) -> None:
        """`<think>` where nobody was thinking. Text that was held back before it is analysis."""
        unclosed = self._where is Start.UNSURE and self._message is not None
        if self._held.strip() or unclosed:
            self._think_held()
        elif self._message is not None:
            self._blank(self._held)
            self._held = ""
        blank, self._held = self._held, ""
        self._where = Start.THINKING
        if unclosed:
            self._depth += 1
            self._mark(ThinkRepair.NESTED, self._placed, tag)
            return
        self._close()
        self._told += len(blank) + len(tag)
        self._start(Channel.ANALYSIS, self._tokens())
        if blank:
            self._more(blank, ())

    def _close_thoughts(self, tag: str, at: int) -> None:
        """`</think>`: the end of the thoughts, or of what turns out to have been some."""
        message = self._message
        thought = message is not None and message.closing is None
        if self._where is Start.ANSWER and message is not None and not thought:
            self._blank(self._held)
            self._held = ""
            self._close()
            self._mark(ThinkRepair.UNOPENED, at, tag)
            return
        if self._where is not Start.THINKING:
            self._think_held()
            if not thought:
                self._repair(ThinkRepair.UNOPENED, at)
        if self._depth:
            self._depth -= 1
            self._where = Start.UNSURE
            self._mark(ThinkRepair.NESTED, self._placed, tag)
            return
        self._where = Start.ANSWER
        self._told += len(tag)
        tokens = self._tokens()
        if self._message is None:
            self._start(Channel.ANALYSIS, ())
        if self._message is not None:
            self._message.closing = tokens

    def _think_held(self) -> None:
        """What was held back is a thought."""
        held, self._held = self._held, ""
        if held:
            self._say(Channel.ANALYSIS, held)

    def _make_foreign(self, at: int) -> None:
        """Whatever follows is analysis."""
        self._repair(ThinkRepair.FOREIGN, at)
        self._foreign = True
        if self._where is Start.UNSURE:
            self._think_held()
        elif self._held and self._message is not None:
            self._blank(self._held)
            self._held = ""
        self._where = Start.THINKING
        self._think_held()
        if self._message is not None and self._message.channel is Channel.FINAL:
            self._close()

    # Events

    def _say(self, channel: Channel, text: str) -> None:
        """Text of a channel, in its message; another one that is open ends."""
        if self._message is not None and (
            self._message.channel is not channel or self._message.closing is not None
        ):
            self._close()
        if self._message is None:
            self._start(channel, ())
        self._told += len(text)
        self._more(text, self._tokens())

    def _start(self, channel: Channel, tokens: tuple[int, ...]) -> None:
        self._message = _Open(self._messages, channel)
        self._events.append(MessageStarted(self._messages, channel, None, tokens))
        self._messages += 1

    def _more(self, text: str, tokens: tuple[int, ...]) -> None:
        if self._message is not None:
            self._message.parts.append(text)
            self._events.append(TextDelta(self._message.index, text, tokens))

    def _close(self, end: tuple[int, ...] = (), complete: bool = True) -> None:
        message, self._message = self._message, None
        if message is None:
            return
        said = Message(Role.ASSISTANT, "".join(message.parts), message.channel)
        tokens = (*(message.closing or ()), *end)
        whole = complete or message.closing is not None
        self._events.append(MessageDone(message.index, said, whole, tokens))

    def _repair(self, kind: ThinkRepair, at: int, tokens: tuple[int, ...] = ()) -> None:
        self._events.append(Repaired(kind, at, tokens))

    def _mark(self, kind: ThinkRepair, at: int, tag: str) -> None:
        """A tag in the wrong place is taken out of the text, and told."""
        self._told += len(tag)
        self._repair(kind, at, self._tokens())

    # The end

    def _end_in_text(self, tag: str) -> None:
        """The turn ended in words: as by a token that ends it, and nothing behind is taken in."""
        self._settle(cut_off=False)
        self._told += len(tag)
        self._text = ""
        # The token that completes the tag may hold more text; it is the last one all the same.
        last = tuple(token for token, _ in self._waiting)
        self._waiting.clear()
        self._placed += len(last)
        self._ended = self.over = True
        self._close_last(last, complete=True)

    def _end(self, stop: tuple[int, ...], complete: bool) -> None:
        """The turn ended by a token, or the output broke off."""
        self._flush()
        if self.over:
            return
        self._settle(cut_off=not complete)
        last = (*(token for token, _ in self._waiting), *stop)
        self._waiting.clear()
        self._placed += len(last)
        self._ended = True
        self._close_last(last, complete)

    def _settle(self, cut_off: bool) -> None:
        """Decide on what was held back."""
        if self._where is Start.UNSURE and self._held.strip() and cut_off:
            self._repair(ThinkRepair.UNSURE, self._placed)
            self._think_held()
        elif self._held:
            self._answer()

    def _close_last(self, end: tuple[int, ...], complete: bool) -> None:
        if self._message is None:
            if end:
                self._repair(ThinkRepair.EARLY_STOP, self._placed - len(end), end)
            return
        thinking = self._where is Start.THINKING and not self._foreign
        if complete and thinking:
            self._repair(ThinkRepair.UNCLOSED, self._placed)
        self._close(end, complete and not thinking)


def _beginnings(markers: Sequence[str]) -> frozenset[str]:
    return frozenset(marker[:n] for marker in markers for n in range(1, len(marker)))
