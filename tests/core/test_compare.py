"""The verdict: what the answers say of the levels, and what never counts."""

from __future__ import annotations

import pytest

from core.compare import answer_key, judge
from core.config import ReasoningLevel
from core.events import FinishReason, Timing, Usage
from core.result import GenerationResult

LOW, MEDIUM, HIGH = ReasoningLevel


def result(
    level: ReasoningLevel,
    text: str,
    tokens: int = 10,
    reason: FinishReason = FinishReason.STOP,
) -> GenerationResult:
    return GenerationResult(
        text=text,
        reasoning=None,
        commentary="",
        channels={"final": text},
        messages=(),
        finish_reason=reason,
        reasoning_level=level,
        model="test",
        prompt_sha256="",
        usage=Usage(generated_tokens=tokens),
        timing=Timing(total_s=tokens / 100),
        repairs=(),
    )


def runs(low: str, medium: str, high: str) -> dict[ReasoningLevel, list[GenerationResult]]:
    texts = {LOW: (low, 10), MEDIUM: (medium, 40), HIGH: (high, 120)}
    return {level: [result(level, *given)] for level, given in texts.items()}


def test_the_cheapest_level_with_the_best_levels_answer_was_enough():
    verdict = judge(runs("23 + 48 = 71", "It is **71**.", "71"))
    assert verdict.level is LOW
    assert verdict.agree is True
    assert verdict.reason == "Low was enough: same answer as high, 12 times fewer tokens."


def test_equal_costs_are_not_called_fewer():
    given = {level: [result(level, "Paris", 20)] for level in ReasoningLevel}
    assert judge(given).reason == "Low was enough: same answer as high, about as many tokens."


def test_a_cheaper_level_that_used_more_tokens_is_not_called_cheaper():
    given = {LOW: [result(LOW, "71", 30)], HIGH: [result(HIGH, "71", 20)]}
    assert judge(given).reason == (
        "Low was enough: same answer as high, but 1.5 times as many tokens."
    )


def test_disagreement_says_who_says_what_and_names_the_cheapest_level_that_agrees_with_the_best():
    verdict = judge(runs("It is 61.", "It is 71.", "71"))
    assert verdict.agree is False
    assert verdict.level is MEDIUM
    assert verdict.reason == "The levels disagree: low says 61, medium and high say 71."


def test_when_no_other_level_agrees_with_the_best_none_is_called_enough():
    verdict = judge(runs("It is 61.", "It is 62.", "71"))
    assert (verdict.agree, verdict.level) == (False, None)


@pytest.mark.parametrize(
    ("reason", "text", "why"),
    [
        (FinishReason.CANCELLED, "71", "high was stopped"),
        (FinishReason.LENGTH, "71", "high ran out of tokens"),
        (FinishReason.STOP, "  ", "high gave an empty answer"),
        (FinishReason.TOOL_CALL, "71", "high called a tool"),
    ],
)
def test_a_stopped_cut_off_or_empty_run_never_counts(reason, text, why):
    given = runs("61", "61", "")
    given[HIGH] = [result(HIGH, text, reason=reason)]
    verdict = judge(given)
    assert verdict.level is LOW
    assert verdict.reason.startswith("Low was enough: same answer as medium")
    assert why in verdict.detail


def test_with_one_answer_there_is_nothing_to_compare():
    verdict = judge(runs("", "", "71"))
    assert (verdict.level, verdict.agree) == (None, None)
    assert verdict.reason == "Only high gave an answer: there is nothing to compare."


def test_one_run_per_level_is_said_in_the_detail():
    assert "One run per level." in judge(runs("71", "71", "71")).detail


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1,024", "The answer is 1024.", True),
        ("2.50", "2.5", True),
        ("100", "10", False),
        ("−7", "-7", True),
        ("Paris.", "paris", True),
        ("Paris", "Rome", False),
        ("10", "100", False),
    ],
)
def test_answers_are_the_same_by_last_number_or_by_words(one, other, same):
    assert (answer_key(one) == answer_key(other)) is same
