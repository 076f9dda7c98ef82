"""The command line that asks or measures the same again."""

from __future__ import annotations

import shlex

from core.asked import Asked
from core.experiment.experiment import Experiment
from core.sampling import SamplingParams
from core.variants import Varied


def command_of(asked: Asked, model: str | None) -> str | None:
    """`counterpoint compare …` with the seed and the date of this comparison; None where other
    instructions or sampling were compared, for which there is no option.

    model: what the engine ran on, as a ModelLoader takes it; None where that is not known.
    """
    if asked.varied is Varied.LEVELS:
        columns = ["--levels", ",".join(variant.label for variant in asked.variants)]
        columns += ["--model", model] if model else []
    elif asked.varied is Varied.MODELS:
        first = asked.variants[0]
        named = ",".join(variant.model or "" for variant in asked.variants)
        columns = ["--models", named, "--reasoning-level", first.level.value]
    else:
        return None
    parts = ["counterpoint", "compare", *columns]
    if asked.repeats > 1:
        parts += ["--repeats", str(asked.repeats)]
    if asked.expected is not None:
        parts += ["--expected", asked.expected]
    if not asked.together and asked.varied is Varied.LEVELS:
        parts.append("--in-turn")
    if asked.instructions:
        parts += ["--instructions", asked.instructions]
    # Behind the dashes a prompt may begin with one.
    parts += [*_sampling(asked.params), "--", asked.prompt]
    return _on(asked.date, parts)


def evaluation_command(
    experiment: Experiment, file: str, model: str | None, *, harmony: bool = True
) -> str:
    """`counterpoint evaluate FILE …` with the levels, seed and date of this experiment.

    model: as above. harmony: False where gpt-oss was asked in ChatML.
    """
    parts = ["counterpoint", "evaluate", "--levels", ",".join(experiment.reasoning_levels)]
    parts += ["--model", model] if model else []
    parts += [] if harmony else ["--no-harmony"]
    parts += ["--repeats", str(experiment.repeats)] if experiment.repeats > 1 else []
    parts += ["--instructions", experiment.instructions] if experiment.instructions else []
    return _on(experiment.date, [*parts, *_sampling(experiment.params), "--", file])


def _on(date: str, parts: list[str]) -> str:
    set_ = f"COUNTERPOINT_CURRENT_DATE={shlex.quote(date)} " if date else ""
    return set_ + shlex.join(parts)


def _sampling(params: SamplingParams) -> list[str]:
    """All of it, as the settings of whoever asks again may be others."""
    given = {
        "--temperature": params.temperature,
        "--top-p": params.top_p,
        "--top-k": params.top_k,
        "--max-tokens": params.max_tokens,
        "--seed": params.seed,
    }
    return [part for name, value in given.items() for part in (name, str(value))]
