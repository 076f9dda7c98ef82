"""What more reasoning bought: one prompt's results by level, and a verdict in a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from core.config import ReasoningLevel
from core.events import FinishReason
from core.result import GenerationResult

Runs = Mapping[ReasoningLevel, Sequence[GenerationResult]]

_NUMBER = re.compile(r"-?\d(?:[\d,]*\d)?(?:\.\d+)?")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answers say of the levels.

    level: the cheapest level whose answer equals that of the highest level that answered; None
        where no other level's does, or fewer than two answered. agree: whether all answers are
        the same; None where fewer than two answered.
    reason: one sentence. detail: figures and limits. Both may quote model output.
    """

    level: ReasoningLevel | None
    agree: bool | None
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One prompt at several levels. runs: at least one result per level, in the order of seeds."""

    prompt: str
    runs: Runs
    verdict: Verdict

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of `counterpoint compare --json`."""
        verdict = self.verdict
        return {
            "prompt": self.prompt,
            "levels": {
                level.value: {"runs": [run.as_dict() for run in runs]}
                for level, runs in self.runs.items()
            },
            "verdict": {
                "level": verdict.level,
                "agree": verdict.agree,
                "reason": verdict.reason,
                "detail": verdict.detail,
            },
        }


def judge(runs: Runs) -> Verdict:
    """Compare the answers of the levels. Stopped, cut off and empty runs never count.

    Two answers are the same where their last numbers are or, without numbers, their words.
    """
    order = sorted(runs, key=list(ReasoningLevel).index)
    counted = {level: [r for r in runs[level] if _answered(r)] for level in order}
    left_out = _left_out(order, runs, counted)
    levels = [level for level in order if counted[level]]
    if len(levels) < 2:
        who = f"Only {levels[0]} gave an answer" if levels else "No level gave an answer"
        return Verdict(None, None, f"{who}: there is nothing to compare.", left_out)

    answers = {level: _usual(counted[level]) for level in levels}
    keys = {level: answer_key(text) for level, text in answers.items()}
    best = levels[-1]
    same = [level for level in levels if keys[level] == keys[best]]
    cheapest = same[0]
    agree = len(same) == len(levels)
    if agree:
        saved = _times_fewer(counted, cheapest, best)
        reason = f"{cheapest.capitalize()} was enough: same answer as {best}{saved}."
    else:
        reason = f"The levels disagree: {_who_says_what(levels, answers, keys)}."
    detail = " ".join(
        part for part in (_cost(counted, levels[0], best), _limits(counted), left_out) if part
    )
    return Verdict(cheapest if agree or cheapest is not best else None, agree, reason, detail)


def answer_key(text: str) -> str:
    """What an answer comes down to: its last number, else its words in lower case."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    numbers = _NUMBER.findall(plain)
    if numbers:
        return _canonical(numbers[-1])
    return " ".join(re.findall(r"\w+", plain.casefold()))


def _canonical(number: str) -> str:
    plain = number.replace(",", "")
    whole, point, fraction = plain.partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if point and fraction else whole


def _answered(result: GenerationResult) -> bool:
    return result.finish_reason is FinishReason.STOP and bool(result.text.strip())


def _usual(results: Sequence[GenerationResult]) -> str:
    """The answer that most runs of a level gave; the earliest of equals."""
    keys = [answer_key(r.text) for r in results]
    return max(results, key=lambda r: keys.count(answer_key(r.text))).text


def _tokens(results: Sequence[GenerationResult]) -> float:
    return median(r.usage.generated_tokens for r in results)


def _seconds(results: Sequence[GenerationResult]) -> float:
    return median(r.timing.total_s for r in results)


def _times_fewer(counted: Runs, cheapest: ReasoningLevel, best: ReasoningLevel) -> str:
    if cheapest is best:
        return ""
    more, fewer = _tokens(counted[best]), _tokens(counted[cheapest])
    if _ratio(max(more, fewer), min(more, fewer)) == "1.0":
        return ", about as many tokens"
    if fewer > more:
        return f", but {_ratio(fewer, more)} times as many tokens"
    return f", {_ratio(more, fewer)} times fewer tokens"


def _cost(counted: Runs, low: ReasoningLevel, best: ReasoningLevel) -> str:
    tokens = _ratio(_tokens(counted[best]), _tokens(counted[low]))
    time = _ratio(_seconds(counted[best]), _seconds(counted[low]))
    name = best.capitalize()
    return f"{name} used {tokens} times the tokens of {low} and took {time} times as long."


def _ratio(high: float, low: float) -> str:
    value = high / low if low else float("inf")
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def _limits(counted: Runs) -> str:
    fewest = min(len(results) for results in counted.values() if results)
    return "One run per level." if fewest == 1 else f"At least {fewest} runs per level."


def _left_out(order: Sequence[ReasoningLevel], runs: Runs, counted: Runs) -> str:
    missing = [level for level in order if runs[level] and not counted[level]]
    if not missing:
        return ""
    why = [f"{level} {_why(runs[level][0])}" for level in missing]
    return f"Not counted: {', '.join(why)}."


def _why(result: GenerationResult) -> str:
    thinking = "" if result.text.strip() else " while thinking"
    words = {
        FinishReason.CANCELLED: "was stopped",
        FinishReason.LENGTH: f"ran out of tokens{thinking}",
        FinishReason.TOOL_CALL: "called a tool",
    }
    return words.get(result.finish_reason, "gave an empty answer")


def _who_says_what(
    levels: Sequence[ReasoningLevel], answers: Mapping[ReasoningLevel, str], keys: Mapping[Any, str]
) -> str:
    parts = []
    for key in dict.fromkeys(keys[level] for level in levels):
        group = [level for level in levels if keys[level] == key]
        says = "says" if len(group) == 1 else "say"
        parts.append(f"{_and(group)} {says} {_short(answers[group[0]], key)}")
    return ", ".join(parts)


def _and(levels: Sequence[ReasoningLevel]) -> str:
    return " and ".join(levels) if len(levels) < 3 else ", ".join(levels)


def _short(text: str, key: str) -> str:
    if _NUMBER.search(text):
        return key
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= _SHOWN else f"“{line[:_SHOWN].rstrip()}…”"
