"""A calculator tool: the call, and the answer once the tool has replied."""

import json
from random import Random
from typing import Any

from core.calculator import TOOL
from core.demo.tasks.arithmetic import add_key
from core.demo.tasks.asking import ADD, MULTIPLY, SUBTRACT, drawn
from core.demo.tasks.base import Call, Level, Question
from core.demo.tasks.dressing import dressed

NAME, DESCRIPTION = TOOL.name, TOOL.description
PARAMETERS: dict[str, Any] = dict(TOOL.parameters or {})
_SIGNS = {"+": "add", "-": "subtract", "*": "multiply"}


def calculator(rng: Random) -> Question:
    sign = rng.choice("++-**")
    forms = {"+": ADD, "-": SUBTRACT, "*": MULTIPLY}[sign]
    sizes = (10, 100, 100, 1000, 1000, 10000)
    a, b = rng.randrange(1, rng.choice(sizes)), rng.randrange(1, rng.choice(sizes))
    value = {"+": a + b, "-": a - b, "*": a * b}[sign]
    prompt = dressed(rng, drawn(rng, forms).format(a=a, b=b))
    if sign == "+":
        key = add_key(a, b)
    elif sign == "-":
        key = f"sub:{a},{b}"
    else:
        key = "mul:{},{}".format(*sorted((a, b)))
    expression = f"{a} {sign} {b}"
    first: dict[Level, str] = {
        "low": "Call it.",
        "medium": f"There is a calculator. I call it with {expression}.",
        "high": f"The user wants to {_SIGNS[sign]}. There is a calculator, "
        f"so I need not work it out. The expression is {expression}. I call it with {expression}.",
    }
    arguments = json.dumps({"expression": expression})
    shown = "×" if sign == "*" else sign
    final = f"{a} {shown} {b} = **{value}**."
    if rng.random() < 0.5:
        return Question(
            "tool call", prompt, expression, final, first, (key,), arguments=arguments, tools=True
        )
    result = rng.choice(("{v}", "{v}", '{{"result": {v}}}')).format(v=value)
    then: dict[Level, str] = {
        "low": "Done.",
        "medium": f"The calculator says {value}.",
        "high": f"The calculator says {value}. The user asked for {expression}. "
        f"So I answer {expression} = {value}.",
    }
    analysis = first[rng.choice(("low", "medium", "high"))]
    return Question(
        "tool answer",
        prompt,
        str(value),
        final,
        then,
        (key,),
        done=Call(analysis, arguments, result),
        tools=True,
        numeric=True,
    )
