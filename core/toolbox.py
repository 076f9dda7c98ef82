"""The tools that come with Counterpoint, by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from core.calculator import CALCULATOR
from core.errors import InvalidSetting
from core.tools import Function

BUILT_IN: Final = {function.tool.name: function for function in (CALCULATOR,)}


def functions_named(names: Iterable[str]) -> list[Function]:
    """The built-in tools of these names, each once. Raises InvalidSetting for any other name."""
    wanted = list(dict.fromkeys(name.strip() for name in names))
    for name in wanted:
        if name not in BUILT_IN:
            raise InvalidSetting(
                f"There is no built-in tool {name!r}; allowed: {', '.join(BUILT_IN)}. Leave it "
                "out, or give a tool of your own in Python (InferenceEngine.run_tools)."
            )
    return [BUILT_IN[name] for name in wanted]
