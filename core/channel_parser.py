"""Model output into events, as it comes: `feed` tokens, `finish`, and never an exception.

Special tokens decide where messages begin and end, and `core.header` reads the headers. Content and
every clean header go unchanged through openai-harmony's StreamableParser, which decodes the text;
where it raises, a fresh one goes on from a plain header. What is malformed is mended by five rules,
and each time told by a Repaired event:

1. A marker in the wrong place begins or ends a message where that is certain; else it is set aside.
2. A header that never comes to `<|message|>` proves nothing: the text in it is analysis.
3. A `<|message|>` amid an answer has lost its header: the text behind it is analysis.
4. Text of the assistant without any channel is commentary: seen, but not passed off as an answer.
5. The turn is over at `<|return|>` and `<|call|>`, once anything but analysis was said, and where
   the model begins to speak for somebody else. Whatever follows is analysis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.content import Decoders, OpenMessage
from core.conversation import Channel
from core.events import MessageStarted, ParserEvent, Repaired
from core.header import (
    MAX_TOKENS,
    can_become_header,
    header_for,
    is_blank,
    is_structure,
    read_header,
    split_header,
)
from core.repair import KEEPS_RECIPIENT, RepairKind, channel_of, stray
from core.vocabulary import (
    CALL,
    CHANNEL,
    END,
    FIRST_SPECIAL,
    MESSAGE,
    RETURN,
    START,
    STOP_IDS,
)

_ENDS = frozenset({END, RETURN, CALL})


@dataclass(slots=True)
class _OpenHeader:
    """A header as far as it has come.

    at: index of its first token in the raw record.
    after_prompt: the prompt has written `<|start|>assistant` before it.
    excused: `<|start|>` may be missing, because it stands in the prompt or that was told already.
    """

    at: int
    after_prompt: bool = False
    excused: bool = False
    tokens: list[int] = field(default_factory=list)


class ChannelParser:
    """One run's tokens into events.

    after_prompt: the prompt ended in `<|start|>assistant`, as prompts for the model do; False for
        tokens that begin with a whole header.

    Laws: the tokens of all events joined are the tokens fed, in order; the deltas of a message
    joined are its text; nothing fed raises. One instance belongs to one thread at a time.
    """

    over: bool = False
    """Never: a turn in Harmony ends with a token."""

    def __init__(self, after_prompt: bool = True) -> None:
        self._decoders = Decoders()
        self._message: OpenMessage | None = None
        self._header = _OpenHeader(0, after_prompt, excused=after_prompt)
        self._at = 0
        self._messages = 0
        self._spoken = False  # outside analysis, or to a tool
        self._stopped = False
        self._turn_over = False
        self._events: list[ParserEvent] = []

    def feed(self, token_ids: Sequence[int]) -> list[ParserEvent]:
        """The events of the next tokens; at most one TextDelta for each run of content."""
        message = self._message
        if message is not None and len(token_ids) == 1 and 0 <= token_ids[0] < FIRST_SPECIAL:
            self._at += 1  # as nearly always where a stream is read token by token
            return [message.take((token_ids[0],))]
        self._run(token_ids)
        events, self._events = self._events, []
        return events

    def finish(self) -> list[ParserEvent]:
        """The events of the end of the output: what is still open is cut off or set aside."""
        if self._header.tokens and not self._open_broken_header():
            self._set_aside(RepairKind.CUT_HEADER)
        if self._message is not None:
            self._close((), complete=False)
        events, self._events = self._events, []
        return events

    def _run(self, token_ids: Sequence[int]) -> None:
        position, end = 0, len(token_ids)
        while position < end:
            token = token_ids[position]
            start = position
            position += 1
            if self._message is None:
                self._in_header(token)
            elif not 0 <= token < FIRST_SPECIAL:
                self._in_content(token)
            else:
                while position < end and 0 <= token_ids[position] < FIRST_SPECIAL:
                    position += 1
                self._at += position - start
                self._events.append(self._message.take(tuple(token_ids[start:position])))

    # Content

    def _in_content(self, token: int) -> None:
        """A token that is no text, while a message is open."""
        at = self._at
        self._at += 1
        if token in _ENDS:
            self._close((token,))
        elif token in (START, CHANNEL):
            self._repaired(RepairKind.MISSING_END, at)
            self._close(())
            self._header = _OpenHeader(at, excused=True, tokens=[token])
        elif token == MESSAGE and self._is_amid_answer():
            self._close(())
            lost = _OpenHeader(at, tokens=[token])
            self._open(Channel.ANALYSIS, [RepairKind.LOST_HEADER], lost)
        else:
            self._repaired(stray(token), at, (token,))

    def _is_amid_answer(self) -> bool:
        # An empty answer too: a doubled marker and a lost border behind it are the same tokens,
        # and what may be reasoning is not shown as the answer.
        return self._message is not None and self._message.channel is Channel.FINAL

    def _close(self, tokens: tuple[int, ...], complete: bool = True) -> None:
        message = self._message
        if message is None:
            return
        self._events += message.close(tokens, complete)
        self._message = None
        self._header = _OpenHeader(self._at)
        self._stop_at(tokens)

    def _stop_at(self, tokens: tuple[int, ...]) -> None:
        if STOP_IDS.intersection(tokens):
            self._stopped = True
            self._turn_over = self._turn_over or self._spoken

    # Headers

    def _in_header(self, token: int) -> None:
        """A token between messages or inside a header."""
        at = self._at
        self._at += 1
        header = self._header
        if not header.tokens:
            header.at = at
        if token == START:
            self._start(at)
        elif token == MESSAGE:
            self._complete(at)
        elif token in _ENDS:
            self._end_in_header(token, at)
        elif token == CHANNEL and header.tokens and self._open_broken_header():
            self._reread(token, at)
        else:
            header.tokens.append(token)
            if is_structure(token) and not can_become_header(header.tokens):
                self._open_broken_header()

    def _start(self, at: int) -> None:
        header = self._header
        plain = header_for(Channel.ANALYSIS)
        if not header.tokens:
            if header.after_prompt:
                self._repaired(RepairKind.DOUBLED_START, at)
        elif header.tokens in ([START], plain[:2], plain[1:2]):
            self._set_aside(RepairKind.DOUBLED_START)
        elif self._open_broken_header():
            self._reread(START, at)
            return
        else:
            self._set_aside(RepairKind.CUT_HEADER)
        self._header = _OpenHeader(at, excused=True, tokens=[START])

    def _end_in_header(self, token: int, at: int) -> None:
        if not self._header.tokens:
            self._repaired(RepairKind.STRAY, at, (token,))
        elif self._open_broken_header():
            self._reread(token, at)
        else:
            self._header.tokens.append(token)
            self._set_aside(RepairKind.CUT_HEADER)
        self._stop_at((token,))
        if self._message is None:
            self._header = _OpenHeader(self._at)

    def _complete(self, at: int) -> None:
        """`<|message|>`: the header is read, and its message opens."""
        opened = self._header
        header = read_header(opened.tokens, opened.after_prompt)
        if header is None and self._open_broken_header():
            self._reread(MESSAGE, at)
            return
        opened.tokens.append(MESSAGE)
        kinds = [stray(t) for t in opened.tokens[:-1] if t != START and not is_structure(t)]
        if opened.tokens[0] != START and not opened.excused:
            kinds.append(RepairKind.MISSING_START)
        if header is None:
            self._open(Channel.ANALYSIS, [*kinds, RepairKind.BROKEN_HEADER], opened)
            return
        self._turn_over = self._turn_over or header.speaks_for_another
        channel, wrong = channel_of(header, role_may_be_missing=opened.tokens[0] == CHANNEL)
        sure = not wrong or wrong[0] in KEEPS_RECIPIENT
        self._open(
            channel,
            kinds + wrong,
            opened,
            header.recipient if sure else None,
            header.content_type if sure else None,
        )

    def _open_broken_header(self) -> bool:
        """Where a broken header holds text, open a message for it. False where it holds none."""
        opened = self._header
        split = split_header(opened.tokens, opened.after_prompt)
        if not split.holds_text and len(opened.tokens) <= MAX_TOKENS:
            return False
        text = opened.tokens[split.length :]
        opened.tokens = opened.tokens[: split.length]
        if split.is_assistant and not split.names_channel:
            self._open(Channel.COMMENTARY, [RepairKind.NO_HEADER], opened)
        else:
            self._open(Channel.ANALYSIS, [RepairKind.BROKEN_HEADER], opened)
        self._at = opened.at + split.length
        self._run(text)
        return True

    def _open(
        self,
        channel: Channel,
        wrong: list[RepairKind],
        header: _OpenHeader,
        recipient: str | None = None,
        content_type: str | None = None,
    ) -> None:
        if self._turn_over:
            channel, recipient, content_type = Channel.ANALYSIS, None, None
            if RepairKind.FOREIGN_ROLE not in wrong:
                wrong = [*wrong, RepairKind.AFTER_TURN]
        elif self._stopped:
            wrong = [*wrong, RepairKind.EARLY_STOP]
        self._stopped = False
        self._spoken = self._spoken or channel is not Channel.ANALYSIS or recipient is not None
        for kind in wrong:
            self._repaired(kind, header.at)
        tokens = tuple(header.tokens)
        decoder = self._decoders.enter(channel, None if wrong else tokens)
        self._message = OpenMessage(self._messages, channel, recipient, content_type, decoder)
        self._events.append(MessageStarted(self._messages, channel, recipient, tokens))
        self._messages += 1
        self._header = _OpenHeader(self._at)

    def _set_aside(self, kind: RepairKind) -> None:
        header = self._header
        if is_blank(header.tokens):
            kind = RepairKind.STRAY
        self._repaired(kind, header.at, tuple(header.tokens))
        self._header = _OpenHeader(self._at)

    def _reread(self, token: int, at: int) -> None:
        """Take in a token again, now that a message is open for what stood before it."""
        self._at = at
        self._run((token,))

    def _repaired(self, kind: RepairKind, at: int, tokens: tuple[int, ...] = ()) -> None:
        self._events.append(Repaired(kind, at, tokens))
