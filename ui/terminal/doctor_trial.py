"""A short trial of the model, and what it says to the questions of the troubleshooting chapter.

Each question is answered by what the trial wrote, beside the settings that decide over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.config import InferenceConfig, variable
from core.sources import Source, sources
from ui.terminal.doctor_check import Check

if TYPE_CHECKING:
    from core.engine import InferenceEngine
    from core.result import GenerationResult

QUESTION: Final = "What is 23 + 48?"
MAX_TOKENS: Final = 128
_MARKER = re.compile(r"<\|[a-z_]+\|>")


@dataclass(frozen=True, slots=True)
class Trial:
    """Short runs of one question at temperature 0.

    low, high: with the analysis kept. plain: as low, without it. legacy: asked in ChatML; None for
    a model that is not gpt-oss.
    """

    config: InferenceConfig
    given: Sequence[str]
    low: GenerationResult
    high: GenerationResult
    plain: GenerationResult
    legacy: GenerationResult | None

    def said(self, field: str) -> str:
        """A setting with its value and where that came from: `SHOW_REASONING is true (.env)`."""
        value, source = getattr(self.config, field), sources(self.given)[field]
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        return f"{variable(field)} is {shown} ({source.value})"

    def change(self, field: str, flag: str, value: str) -> str:
        """How a setting is changed, where it was set."""
        match sources(self.given)[field]:
            case Source.FLAG:
                return f"give {flag}."
            case Source.ENVIRONMENT:
                return f"give {flag}, or set {variable(field)}={value}."
            case _:
                return f"give {flag}, or put {variable(field)}={value} into .env."


def tried(engine: InferenceEngine, config: InferenceConfig, given: Sequence[str]) -> Trial:
    """Run the trial. Raises what the engine raises."""
    from core.config import ReasoningLevel
    from core.format import format_for
    from core.models import GPT_OSS
    from core.sampling import SamplingParams
    from ui.terminal.engine import loader_for

    params = SamplingParams(temperature=0, max_tokens=MAX_TOKENS)

    def ask(level: ReasoningLevel, kept: bool) -> GenerationResult:
        return engine.start(QUESTION, params, level, kept).result()

    low, high = ask(ReasoningLevel.LOW, True), ask(ReasoningLevel.HIGH, True)
    plain, legacy = ask(ReasoningLevel.LOW, False), None
    if engine.info is None or engine.info.model_type == GPT_OSS:
        asked, loader = engine.format, loader_for(config)
        engine.format = format_for(config.model_copy(update={"use_harmony_format": False}), loader)
        try:
            legacy = ask(ReasoningLevel.LOW, False)
        finally:
            engine.format = asked
    return Trial(config, given, low, high, plain, legacy)


def answers(trial: Trial) -> Iterator[Check]:
    """A check for each entry of the chapter, in its order."""
    for look in ENTRIES.values():
        yield look(trial)


def unanswered() -> Iterator[Check]:
    """The same checks where no trial could be made."""
    for name in ENTRIES:
        yield Check(
            name,
            False,
            "could not be looked at without a run",
            "Mend what is marked above, then run counterpoint doctor again.",
        )


def _reasoning(trial: Trial) -> Check:
    """Reasoning not captured: `result.reasoning` is always None."""
    name, setting = "reasoning", trial.said("capture_reasoning")
    if not trial.config.capture_reasoning:
        to_keep = trial.change("capture_reasoning", "--capture-reasoning", "true")
        found = f"not kept, as asked: {setting}, so result.reasoning is None. To keep it: {to_keep}"
        return Check(name, trial.plain.reasoning is None, found)
    if trial.low.reasoning or trial.high.reasoning:
        return Check(name, True, f"kept: {setting}, and the trial's thinking is in the result")
    found = f"{setting}, but the model wrote no analysis"
    if trial.low.format != "Harmony":
        return Check(name, False, f"{found}: it was asked in {trial.low.format}", _harmony(trial))
    return Check(name, True, found, "Ask at --reasoning-level high; a model may answer at once.")


def _markers(trial: Trial) -> Check:
    """Raw Harmony markers in the output."""
    name = "markers"
    shown = [run.text for run in (trial.low, trial.high, trial.plain)]
    seen = sorted({marker for text in shown for marker in _MARKER.findall(text)})
    if seen:
        found = f"the trial's answer holds {', '.join(seen)}"
        return Check(name, False, found, _harmony(trial) if _is_legacy(trial) else _REPORT)
    found = "none in the trial's answer, result.text"
    return Check(name, True, found, _harmony(trial) if _is_legacy(trial) else None)


def _analysis(trial: Trial) -> Check:
    """The analysis channel in what users see."""
    name, plain = "analysis", trial.plain
    final = [m.text for m in plain.messages if m.channel == "final"]
    apart = plain.reasoning is None and "analysis" not in plain.channels
    if not apart or plain.text != "\n\n".join(filter(None, final)):
        return Check(name, False, "the trial's answer holds more than the final channel", _REPORT)
    found = "apart: the trial's answer is the final channel alone"
    if not trial.config.show_reasoning:
        return Check(name, True, found)
    found = f"{found}; but {trial.said('show_reasoning')}: the terminal prints it to stderr"
    turn_off = trial.change("show_reasoning", "--hide-reasoning", "false")
    return Check(name, True, found, f"Where users read stderr: {turn_off}")


def _speed(trial: Trial) -> Check:
    """Slow performance with high reasoning."""
    from core.figures import rate, seconds, tokens

    def told(run: GenerationResult) -> str:
        cut = " and was not done" if run.finish_reason == "length" else ""
        return f"{tokens(run.usage.generated_tokens)} in {seconds(run.timing.total_s)}{cut}"

    found = (
        f"low wrote {told(trial.low)}, high {told(trial.high)} "
        f"({rate(trial.high.timing.tokens_per_s)})"
    )
    if trial.config.reasoning_level != "high":
        return Check("speed", True, found)
    lower = trial.change("reasoning_level", "--reasoning-level low", "low")
    found = f"{found}; {trial.said('reasoning_level')}, which thinks longest"
    return Check("speed", True, found, f"Where that is too slow: {lower} Or take medium.")


def _legacy(trial: Trial) -> Check:
    """Legacy mode not working."""
    name, run = "legacy", trial.legacy
    if run is None:
        return Check(name, True, f"not for this model: it is asked by its {trial.low.format}")
    works = run.format == "ChatML" and run.usage.generated_tokens > 0
    found = f"--no-harmony works: asked in ChatML, the model wrote {run.usage.generated_tokens}"
    if works:
        return Check(name, True, f"{found} tokens; gpt-oss was not trained on it")
    return Check(name, False, "--no-harmony gives no token", f"Leave it out. {_REPORT}")


def _is_legacy(trial: Trial) -> bool:
    return not trial.config.use_harmony_format and trial.legacy is not None


def _harmony(trial: Trial) -> str:
    back = trial.change("use_harmony_format", "--harmony", "true")
    return f"{trial.said('use_harmony_format')}, which gpt-oss was not trained on: {back}"


_REPORT: Final = (
    "This is a fault of the model or of Counterpoint: keep what `counterpoint generate "
    f'"{QUESTION}" --json --capture-reasoning` prints, and report it.'
)
ENTRIES: Final[dict[str, Callable[[Trial], Check]]] = {
    "reasoning": _reasoning,
    "markers": _markers,
    "analysis": _analysis,
    "speed": _speed,
    "legacy": _legacy,
}
"""By the name of their check."""
