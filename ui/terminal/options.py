"""The options that every generating command shares, declared once as fields of a dataclass."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from typer import Option

if TYPE_CHECKING:
    from core.config import InferenceConfig

Model = Annotated[
    str | None, Option("--model", help="embedded, a folder, or a hub id.", metavar="MODEL")
]
Harmony = Annotated[
    bool | None,
    Option(
        "--harmony/--no-harmony",
        help="How gpt-oss is asked: in its own format, or in ChatML, the legacy one.",
    ),
]
Verbose = Annotated[bool, Option("--verbose", help="Say what happens; show tracebacks.")]
Json = Annotated[bool, Option("--json", help="Print one JSON object.")]
CsvFile = Annotated[
    Path | None,
    Option(help="Write a row for each run there.", metavar="FILE", show_default=False),
]
HtmlFile = Annotated[
    Path | None,
    Option(
        help="Write a report there, one page that stands alone.", metavar="FILE", show_default=False
    ),
]
IncludeReasoning = Annotated[
    bool, Option("--include-reasoning", help="Put the analysis into these files, too.")
]


# Bounds are checked by core.config, where those of the environment and .env are checked too.


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationOptions:
    """What was given on the command line; None means: as the settings say."""

    reasoning_level: Annotated[
        str | None, Option(help="How hard the model thinks: low, medium or high.", metavar="LEVEL")
    ] = None
    show_reasoning: Annotated[
        bool | None,
        Option("--show-reasoning/--hide-reasoning", help="Print the analysis, dim, to stderr."),
    ] = None
    capture_reasoning: Annotated[
        bool | None,
        Option("--capture-reasoning/--drop-reasoning", help="Keep the analysis in --json."),
    ] = None
    use_harmony_format: Harmony = None
    model: Model = None
    temperature: Annotated[float | None, Option(help="0 (greedy) to 2.")] = None
    top_p: Annotated[float | None, Option(help="Above 0, up to 1 (off).")] = None
    top_k: Annotated[int | None, Option(help="0 (off) or more.")] = None
    max_tokens: Annotated[int | None, Option(help="Budget of a turn, analysis included.")] = None
    seed: Annotated[int | None, Option(help="The same seed gives the same tokens.")] = None
    instructions: Annotated[
        str | None, Option(help="The developer message: how to answer.", metavar="TEXT")
    ] = None
    json: Json = False
    verbose: Verbose = False

    def sampling(self) -> dict[str, Any]:
        """What was given of the sampling, by the name of its field in SamplingParams."""
        names = ("temperature", "top_p", "top_k", "max_tokens", "seed")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    def config(self) -> InferenceConfig:
        """The settings, these options over all others. Raises InvalidSetting."""
        from core.config import InferenceConfig

        named = (field.name for field in fields(self))
        return settings({n: getattr(self, n) for n in named if n in InferenceConfig.model_fields})


def settings(given: Mapping[str, Any]) -> InferenceConfig:
    """What was given, over environment, .env and defaults; None means not given.

    Raises InvalidSetting.
    """
    from core.config import InferenceConfig

    return InferenceConfig(**{name: value for name, value in given.items() if value is not None})


def with_generation_options(
    command: Callable[..., None], without: Collection[str] = ()
) -> Callable[..., None]:
    """Give a command the options above; it takes them as one argument named `options`.

    without: fields that it has no use for.
    """
    hints = get_type_hints(GenerationOptions, include_extras=True)
    shared = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in fields(GenerationOptions)
        if field.name not in without
    ]
    signature = inspect.signature(command, eval_str=True)
    own = [p for p in signature.parameters.values() if p.name != "options"]

    @wraps(command)
    def flat(**given: Any) -> None:
        chosen = {p.name: given.pop(p.name) for p in shared}
        command(**given, options=GenerationOptions(**chosen))

    flat.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
    flat.__annotations__ = {p.name: p.annotation for p in (*own, *shared)}
    del flat.__wrapped__
    return flat
