"""Function tools: declared, read, carried out, answered; whatever a model writes, in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calculator import CALCULATOR
from core.conversation import Channel, Message, Role, Tool
from core.errors import InvalidPrompt
from core.tools import Function, carry_out, read_call, tool_answer

WEATHER = Tool(
    "weather",
    "The weather of a city.",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            "hours": {"type": "array", "items": {"type": "number"}},
            "at": {"type": ["string", "null"]},
        },
        "required": ["city"],
        "additionalProperties": False,
    },
)
CLOCK = Tool("clock", "The time of day.")


def call(text: str, recipient: str = "functions.weather") -> Message:
    return Message(Role.ASSISTANT, text, Channel.COMMENTARY, recipient, "json")


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ('{"city": "Paris"}', {"city": "Paris"}),
        (' {"city":"Paris","days":2,"hours":[1, 2.5]}\n', {"days": 2, "hours": [1, 2.5]}),
        ('{"city": "Paris", "days": 2.0, "at": null}', {"days": 2.0, "at": None}),
    ],
)
def test_arguments_that_fit_are_parsed(text: str, arguments: dict[str, Any]) -> None:
    read = read_call(call(text), [WEATHER])
    assert (read.name, read.problem, read.text) == ("weather", None, text)
    assert read.arguments == {"city": "Paris"} | arguments


@pytest.mark.parametrize("text", ["", "  ", "{}"])
def test_a_function_without_arguments_may_be_called_with_nothing(text: str) -> None:
    assert read_call(call(text, "functions.clock"), [CLOCK]).arguments == {}


def test_a_name_without_its_namespace_is_known_where_it_was_declared() -> None:
    assert read_call(call("{}", "clock"), [CLOCK]).problem is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"city": "Par', "not valid JSON: Unterminated string starting at at character 10"),
        ("Paris", "not valid JSON"),
        ('{"city": "Paris"} and', "not valid JSON: Extra data"),
        ('["Paris"]', "['Paris'], which is no object. Send one JSON object."),
        ("[" * 100_000, "too long or too deep"),
        ('{"days": ' + "9" * 5000 + "}", "too long or too deep"),
        ("", "do not fit: city is missing"),
        ('{"city": 7}', "city is 7 and must be of type string"),
        ('{"city": "P", "days": true}', "days is True and must be of type integer"),
        ('{"city": "P", "days": 1.5}', "days is 1.5 and must be of type integer"),
        ('{"city": "P", "unit": "K"}', "unit is 'K'; allowed: 'celsius', 'fahrenheit'"),
        ('{"city": "P", "hours": [1, "x"]}', "hours[1] is 'x' and must be of type number"),
        ('{"city": "P", "at": 1}', "at is 1 and must be of type string or null"),
        ('{"city": "P", "town": "Q"}', "there is no town"),
    ],
)
def test_arguments_that_do_not_fit_are_said_in_words(text: str, told: str) -> None:
    read = read_call(call(text), [WEATHER])
    assert read.arguments is None
    assert told in str(read.problem)
    assert carry_out(read, Function(WEATHER, dict)).startswith("Error: The arguments ")


def test_an_unknown_tool_is_told_with_those_that_there_are() -> None:
    read = read_call(call("{}", "functions.wether"), [WEATHER, CLOCK])
    assert read.problem == (
        "There is no tool 'functions.wether'; there are: functions.weather, functions.clock."
    )
    assert "there are: none." in str(read_call(call("{}"), []).problem)


@given(st.text(max_size=200), st.text(max_size=20))
def test_no_call_raises_whatever_a_model_writes(text: str, recipient: str) -> None:
    for to in (recipient, "functions.weather", "functions.calculator"):
        read = read_call(call(text, to), [WEATHER, CALCULATOR.tool])
        assert (read.arguments is None) != (read.problem is None)
        assert carry_out(read, CALCULATOR)


def fail(city: str) -> None:
    raise LookupError(f"No station in {city}.")


@pytest.mark.parametrize(
    ("function", "answer"),
    [
        (lambda city: "clear", "clear"),
        (lambda city: {"sky": "klar ☀", "in": city}, '{"sky": "klar ☀", "in": "Paris"}'),
        (lambda city: 21.5, "21.5"),
        (lambda city: None, "null"),
        (fail, "Error: No station in Paris."),
        (lambda city: {}[city], "Error: KeyError: 'Paris'"),
        (lambda town: "clear", "Error: "),
    ],
)
def test_what_a_function_gives_or_raises_is_its_answer(function: Any, answer: str) -> None:
    read = read_call(call('{"city": "Paris"}'), [WEATHER])
    assert carry_out(read, Function(WEATHER, function)).startswith(answer)


def test_the_answer_goes_from_the_tool_to_the_assistant_on_commentary() -> None:
    answer = tool_answer(call("{}"), "clear")
    assert (answer.role, answer.name) == (Role.TOOL, "functions.weather")
    assert (answer.channel, answer.recipient) == (Channel.COMMENTARY, "assistant")


LOOP: dict[str, Any] = {"type": "object"}
LOOP["properties"] = {"again": LOOP}


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ("city", "parameters is 'city'; it must be a JSON schema"),
        ([], "parameters is []; it must be a JSON schema"),
        ({"type": "object", "properties": {"x": {1, 2}}}, "cannot be written as JSON"),
        (LOOP, "cannot be written as JSON"),
        ({"type": "string"}, "the arguments of a function are an object"),
        ({"type": "objekt"}, "['type'] is 'objekt'; allowed: object, array"),
        ({"properties": ["city"]}, "parameters['properties'] is ['city']; it must be a mapping"),
        ({"properties": {"city": "string"}}, "['city'] is 'string'; it must be a schema"),
        ({"properties": {"c": {"type": "text"}}}, "['properties']['c']['type'] is 'text'"),
        ({"properties": {1: {}}}, "['properties'] names 1; a name must be a string"),
        ({"properties": {"c": {"enum": []}}}, "['enum'] is []; it must be a list"),
        ({"properties": {"c": {"items": 3}}}, "['items'] is 3; it must be a schema"),
        ({"properties": {"c": {}}, "required": "c"}, "is 'c'; it must be a list of names"),
        ({"properties": {"c": {}}, "required": ["d"]}, "names 'd', which is not among"),
    ],
)
def test_a_schema_that_is_none_is_refused_where_it_is_declared(parameters: Any, told: str) -> None:
    with pytest.raises(InvalidPrompt) as refused:
        Tool("weather", "The weather.", parameters)
    assert "Tool 'weather': parameters" in str(refused.value)
    assert told in str(refused.value)


@pytest.mark.parametrize("name", ["", "two words", "a.b", "x" * 65, "é", None])
def test_a_name_that_the_format_cannot_carry_is_refused(name: Any) -> None:
    with pytest.raises(InvalidPrompt, match="letters, digits, _ and -"):
        Tool(name, "Something.")


def test_what_else_cannot_be_declared_is_said() -> None:
    async def later() -> str:
        return ""

    with pytest.raises(InvalidPrompt, match="must be a string that says what the tool does"):
        Tool("x", None)  # type: ignore[arg-type]
    with pytest.raises(InvalidPrompt, match="is a coroutine function; give a plain one"):
        Function(CLOCK, later)
    with pytest.raises(InvalidPrompt, match="of tool 'clock' is 7, which cannot be called"):
        Function(CLOCK, 7)  # type: ignore[arg-type]
    with pytest.raises(InvalidPrompt, match="is 'clock'; it must be a Tool"):
        Function("clock", dict)  # type: ignore[arg-type]
