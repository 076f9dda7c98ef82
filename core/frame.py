"""The messages that frame a conversation: system and developer, rendered by openai-harmony."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openai_harmony as harmony

from core.config import ReasoningLevel
from core.conversation import ResponseFormat, Tool
from core.errors import InvalidPrompt
from core.schema import short, told
from core.vocabulary import MESSAGE, encoding


def system_content(
    level: ReasoningLevel, knowledge_cutoff: str, current_date: str
) -> harmony.SystemContent:
    """Identity, dates, effort and channels."""
    return harmony.SystemContent(
        reasoning_effort=harmony.ReasoningEffort[level.name],
        knowledge_cutoff=encodable(knowledge_cutoff),
        conversation_start_date=encodable(current_date),
    )


def developer_content(instructions: str | None, tools: Iterable[Tool]) -> harmony.DeveloperContent:
    """Instructions and functions."""
    content = harmony.DeveloperContent(instructions=encodable(instructions) or None)
    described = [
        harmony.ToolDescription(
            name=encodable(tool.name),
            description=encodable(tool.description),
            parameters=_parameters(tool),
        )
        for tool in tools
    ]
    return content.with_function_tools(described) if described else content


def _parameters(tool: Tool) -> dict[str, Any] | None:
    """The schema of a function's arguments, which are an object also where it does not say so."""
    if tool.parameters is None:
        return None
    schema = {"type": "object", **told(tool.parameters)}
    encodable_json = encodable(json.dumps(schema, ensure_ascii=False))
    return dict(json.loads(encodable_json or "{}"))


def developer_ids(
    content: harmony.DeveloperContent, formats: Sequence[ResponseFormat]
) -> list[int]:
    """The developer message, with the response formats at its end.

    openai-harmony 0.0.8 knows no response formats: they are written as its docs/format.md says,
    behind the text that it gives, and the whole is encoded as one text, as it does itself.
    """
    ids: list[int] = encoding().render(framed(harmony.Role.DEVELOPER, content))
    if not formats:
        return ids
    written = decoded(ids[ids.index(MESSAGE) + 1 : -1])
    parts = [written] if written else []
    parts += ["# Response Formats", *map(_format_text, formats)]
    text = harmony.TextContent(text="\n\n".join(parts))
    with_formats: list[int] = encoding().render(framed(harmony.Role.DEVELOPER, text))
    return with_formats


def _format_text(one: ResponseFormat) -> str:
    schema = json.dumps(one.schema, ensure_ascii=False, separators=(",", ":"))
    lines = (encodable(one.description) or "").splitlines()
    described = "".join(f"// {line}\n" for line in lines)
    return f"## {one.name}\n\n{described}{encodable(schema)}"


def framed(role: harmony.Role, content: harmony.Content) -> harmony.Message:
    """A message that holds nothing but this content."""
    return harmony.Message.from_role_and_content(role, content)


def tool_from(tool: object, index: int) -> Tool:
    """A tool, also where it is given as a mapping. Raises InvalidPrompt without a name."""
    if isinstance(tool, Tool):
        return tool
    fields = tool.get("function", tool) if isinstance(tool, Mapping) else tool
    if not isinstance(fields, Mapping):
        raise InvalidPrompt(
            f"tools[{index}] is {short(fields)}; allowed: a Tool, or a mapping with 'name', "
            "'description' and 'parameters'."
        )
    if not isinstance(fields.get("name"), str):
        raise InvalidPrompt(f"tools[{index}] has no 'name'; give the function's name as a string.")
    return Tool(fields["name"], fields.get("description") or "", fields.get("parameters"))


def encodable(text: str | None) -> str | None:
    """The text, with halves of surrogate pairs (a broken paste) replaced: they have no UTF-8."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decoded(ids: Sequence[int]) -> str:
    """Token ids as text, markers by name."""
    text: str = encoding().decode(ids)
    return text
