"""JSON schemas of tools and answers: checked when declared, and arguments held against them.

A small part of JSON Schema, that which models are given in practice: type, properties, required,
items, enum and additionalProperties. Other keywords are passed on to the model and not checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.errors import InvalidPrompt

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHOWN = 60
_IS = {
    "object": lambda v: isinstance(v, Mapping),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "integer": lambda v: (
        (isinstance(v, int) and not isinstance(v, bool))
        or (isinstance(v, float) and v.is_integer())
    ),
}


def check_name(name: object, what: str) -> None:
    """Raises InvalidPrompt for a name that the format cannot carry. what: "The tool's name"."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidPrompt(
            f"{what} is {short(name)}; allowed: 1 to 64 letters, digits, _ and -. "
            "Choose such a name."
        )


def check_schema(schema: object, where: str) -> None:
    """Raises InvalidPrompt where a JSON schema cannot be one, with the place.

    where: whose it is, and its name: "Tool 'weather': parameters".
    """
    if not isinstance(schema, Mapping):
        raise InvalidPrompt(
            f"{where} is {short(schema)}; it must be a JSON schema, a mapping such as "
            "{'type': 'object', 'properties': {}}."
        )
    try:
        json.dumps(schema, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidPrompt(
            f"{where} cannot be written as JSON ({error}). Use only mappings, lists, strings, "
            "numbers, true, false and null."
        ) from None
    _check(schema, where)


def _check(schema: Mapping[str, Any], where: str) -> None:
    kinds = schema.get("type", [])
    for kind in [kinds] if isinstance(kinds, str) else kinds if _is_list(kinds) else [kinds]:
        if not isinstance(kind, str) or kind not in _IS:
            allowed = ", ".join(_IS)
            raise InvalidPrompt(f"{where}['type'] is {short(kind)}; allowed: {allowed}.")
    if "enum" in schema and not (_is_list(schema["enum"]) and schema["enum"]):
        raise InvalidPrompt(
            f"{where}['enum'] is {short(schema['enum'])}; it must be a list of the values that "
            "are allowed."
        )
    inner = _properties(schema, where)
    required = schema.get("required", [])
    if not _is_list(required) or not all(isinstance(name, str) for name in required):
        raise InvalidPrompt(
            f"{where}['required'] is {short(required)}; it must be a list of names of properties."
        )
    if "items" in schema:
        inner[f"{where}['items']"] = schema["items"]
    for place, part in inner.items():
        if isinstance(part, bool):
            continue
        if not isinstance(part, Mapping):
            raise InvalidPrompt(
                f"{place} is {short(part)}; it must be a schema such as {{'type': 'string'}}."
            )
        _check(part, place)


def _properties(schema: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The schemas of the properties by their place."""
    properties = schema.get("properties", {})
    if not isinstance(properties, Mapping):
        raise InvalidPrompt(
            f"{where}['properties'] is {short(properties)}; it must be a mapping from the name of "
            "each argument to its schema."
        )
    if odd := [name for name in properties if not isinstance(name, str)]:
        raise InvalidPrompt(
            f"{where}['properties'] names {short(odd[0])}; a name must be a string. Quote it."
        )
    return {f"{where}['properties'][{name!r}]": part for name, part in properties.items()}


def check_parameters(schema: object, where: str) -> None:
    """`check_schema`, for a function's arguments: an object, and nothing required is undeclared."""
    check_schema(schema, where)
    if not isinstance(schema, Mapping):
        return
    if schema.get("type", "object") != "object":
        raise InvalidPrompt(
            f"{where}['type'] is {short(schema['type'])}; the arguments of a function are an "
            "object. Make it 'object' and put each argument under 'properties'."
        )
    declared = schema.get("properties", {})
    missing = [name for name in schema.get("required", []) if name not in declared]
    if missing:
        raise InvalidPrompt(
            f"{where}['required'] names {missing[0]!r}, which is not among its properties. "
            "Declare it there, or leave it out."
        )


def told(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A checked schema as a model is told of it: each part with the type that its keywords imply.

    openai-harmony 0.0.8 writes a part without a type as `any`, and all that it holds is lost.
    """
    said = dict(schema)
    properties, items = said.get("properties"), said.get("items")
    if isinstance(properties, Mapping):
        said["properties"] = {name: _told_part(part) for name, part in properties.items()}
    if "items" in said:
        said["items"] = _told_part(items)
    if "type" not in said:
        if isinstance(properties, Mapping):
            said["type"] = "object"
        elif "items" in said:
            said["type"] = "array"
        elif "enum" in said and all(isinstance(value, str) for value in said["enum"]):
            said["type"] = "string"
    return said


def _told_part(part: Any) -> Any:
    return told(part) if isinstance(part, Mapping) else part


def problems(value: object, schema: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """What is wrong with a value by its schema, one clause each; nothing where it fits."""
    at = where or "the value"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_IS[kind](value) for kind in kinds):
        yield f"{at} is {short(value)} and must be of type {' or '.join(kinds)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        allowed = ", ".join(map(short, schema["enum"]))
        yield f"{at} is {short(value)}; allowed: {allowed}"
    if isinstance(value, Mapping):
        yield from _of_object(value, schema, where)
    items = schema.get("items")
    if isinstance(value, list) and isinstance(items, Mapping):
        for n, item in enumerate(value):
            yield from problems(item, items, f"{where}[{n}]")


def _of_object(value: Mapping[str, Any], schema: Mapping[str, Any], where: str) -> Iterator[str]:
    declared = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{_inside(where, name)} is missing"
    for name, part in value.items():
        inner = declared.get(name)
        if isinstance(inner, Mapping):
            yield from problems(part, inner, _inside(where, name))
        elif inner is None and schema.get("additionalProperties") is False:
            yield f"there is no {_inside(where, name)}"


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def short(value: object) -> str:
    """A value as it may stand in a sentence."""
    try:
        text = repr(value)
    except RecursionError:
        return f"a {type(value).__name__} that is nested too deep"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
