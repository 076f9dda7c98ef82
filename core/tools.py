"""Function tools: what the model called, read and checked in words, and what it is answered.

Nothing that a model writes raises here: a call that cannot be carried out becomes a sentence, which
goes back to the model as the tool's answer, so that it can try again.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from core.conversation import Channel, Message, Role, Tool
from core.errors import InvalidPrompt
from core.schema import problems, short

NAMESPACE: Final = "functions."


@dataclass(frozen=True, slots=True)
class Function:
    """A tool with the Python callable behind it, called with the arguments by name.

    What it returns goes to the model: a string as it is, anything else as JSON. What it raises goes
    to the model as a sentence. Raises InvalidPrompt for what is no Tool or cannot be called, and
    for a coroutine function.
    """

    tool: Tool
    call: Callable[..., object]

    def __post_init__(self) -> None:
        if not isinstance(self.tool, Tool):
            raise InvalidPrompt(
                f"Function.tool is {short(self.tool)}; it must be a Tool, which has the name, the "
                "description and the parameters that the model is told."
            )
        if not callable(self.call):
            raise InvalidPrompt(
                f"The function of tool {self.tool.name!r} is {short(self.call)}, which cannot be "
                "called; give a Python function, such as one that returns a string."
            )
        if inspect.iscoroutinefunction(self.call):
            raise InvalidPrompt(
                f"The function of tool {self.tool.name!r} is a coroutine function; give a plain "
                "one, such as one that calls asyncio.run."
            )


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call as it was understood.

    name: the tool's, without its namespace. arguments: None where they cannot be used; then
    problem says why, in words. text: what the model wrote.
    """

    name: str
    arguments: dict[str, Any] | None
    problem: str | None
    text: str


def read_call(message: Message, tools: Iterable[Tool]) -> ToolCall:
    """Read a message that is addressed to a tool. Never raises.

    A name that was declared is known with its namespace (`functions.x`) and without it.
    """
    recipient = message.recipient or ""
    name = recipient.removeprefix(NAMESPACE)
    declared = {tool.name: tool for tool in tools}
    if name not in declared:
        known = ", ".join(NAMESPACE + known for known in declared) or "none"
        return _unusable(name, message, f"There is no tool {short(recipient)}; there are: {known}.")
    schema = declared[name].parameters
    text = message.text.strip() or "{}"
    try:
        # Nested too deep it raises RecursionError; a number with no end of digits, ValueError.
        value = json.loads(text)
    except json.JSONDecodeError as error:
        why = f"{error.msg} at character {error.pos + 1}"
        return _unusable(name, message, f"The arguments are not valid JSON: {why}. {_ONE_OBJECT}")
    except (ValueError, RecursionError):
        return _unusable(name, message, f"The arguments are too long or too deep. {_ONE_OBJECT}")
    if not isinstance(value, dict):
        found = f"The arguments are {short(value)}, which is no object."
        return _unusable(name, message, f"{found} {_ONE_OBJECT}")
    wrong = "; ".join(problems(value, schema)) if schema else ""
    if wrong:
        return _unusable(name, message, f"The arguments do not fit: {wrong}.")
    return ToolCall(name, value, None, message.text)


_ONE_OBJECT = "Send one JSON object."


def _unusable(name: str, message: Message, problem: str) -> ToolCall:
    return ToolCall(name, None, problem, message.text)


def carry_out(call: ToolCall, function: Function | None) -> str:
    """What the tool answers. A problem, and whatever the function raises, comes as a sentence."""
    if call.arguments is None or function is None:
        return f"Error: {call.problem or f'The tool {call.name!r} cannot be run here.'}"
    try:
        value = function.call(**call.arguments)
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False, default=str)
    except KeyError as error:  # its text is the key alone
        return f"Error: KeyError: {error}"
    except Exception as error:
        return f"Error: {str(error) or type(error).__name__}"


def tool_answer(called: Message, text: str) -> Message:
    """The message that brings a tool's answer back: `functions.x to=assistant`, on commentary."""
    return Message(Role.TOOL, text, Channel.COMMENTARY, Role.ASSISTANT.value, name=called.recipient)
