"""The line that people type into: editing, history, completion. Only the chat imports this."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import create_output
from prompt_toolkit.styles import Style

from ui.terminal.repl_commands import COMMANDS, completions
from ui.terminal.repl_screen import Cue

_STYLE = Style.from_dict(
    {
        "level": "bold ansicyan",
        "more": "ansibrightblack",
        "bottom-toolbar": "noreverse ansibrightblack",
    }
)


class TerminalReader:
    """Reads from a terminal.

    file: where what was typed is remembered from chat to chat. say: tells where that cannot be.
    """

    def __init__(self, file: Path, say: Callable[[str], None]) -> None:
        self._history = KeptHistory(file)
        self._say = say
        self._cue = Cue("", "")
        self._session: PromptSession[str] = PromptSession(
            message=self._message,
            multiline=True,
            history=self._history,
            auto_suggest=AutoSuggestFromHistory(),
            completer=CommandCompleter(),
            complete_while_typing=True,
            key_bindings=_keys(),
            prompt_continuation=_continuation,
            bottom_toolbar=lambda: self._cue.status,
            style=_STYLE,
            output=create_output(always_prefer_tty=True),
        )

    def read(self, cue: Cue) -> str:
        """See repl_screen.Reader."""
        self._cue = cue
        text = self._session.prompt(default=cue.draft)
        if problem := self._history.take_problem():
            self._say(problem)
        return text

    def _message(self) -> StyleAndTextTuples:
        return [("class:level", self._cue.level), ("class:more", " > ")]


def _continuation(width: int, _line: int, _wrapped: int) -> StyleAndTextTuples:
    return [("class:more", ". ".rjust(width))]


def _keys() -> KeyBindings:
    """Enter sends; Alt-Enter, and a backslash before Enter, break the line; Ctrl-C clears it."""
    keys = KeyBindings()

    # What is typed while the model still writes comes with line feeds.
    @keys.add("c-j")
    @keys.add("enter")
    def _send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.current_line_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _break(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def _clear(event: KeyPressEvent) -> None:
        event.current_buffer.reset()

    return keys


class CommandCompleter(Completer):
    """Completes commands, their words, and the files that some of them take."""

    def __init__(self) -> None:
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        """See Completer."""
        line = document.text_before_cursor
        name, space, argument = line[1:].partition(" ")
        command = COMMANDS.get(name) if space and line.startswith("/") else None
        if command is not None and command.takes_file:
            file = argument.removeprefix("-f").lstrip()
            yield from self._paths.get_completions(Document(file), event)
            return
        typed = line.split(" ")[-1]
        for word in completions(line):
            does = COMMANDS[word[1:]].does if word.startswith("/") else ""
            yield Completion(word, start_position=-len(typed), display_meta=does)


class KeptHistory(FileHistory):
    """What was typed, in a file that only its owner reads. A file that cannot be used is said once
    (`take_problem`), and the history lives as long as the chat."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._problem: str | None = None
        self._usable = True
        super().__init__(file)

    def load_history_strings(self) -> Iterable[str]:
        """See FileHistory."""
        try:
            return [*super().load_history_strings()]
        except OSError as error:
            self._fail(error)
            return []

    def store_string(self, string: str) -> None:
        """See FileHistory."""
        if not self._usable:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
            super().store_string(string)
        except OSError as error:
            self._fail(error)

    def take_problem(self) -> str | None:
        """The sentence about a file that cannot be used, once."""
        problem, self._problem = self._problem, None
        return problem

    def _fail(self, error: OSError) -> None:
        self._usable = False
        self._problem = (
            f"What you type is not remembered after this chat: {self._file} cannot be used "
            f"({error.strerror}). Set COUNTERPOINT_HOME to a folder that you may write to."
        )
