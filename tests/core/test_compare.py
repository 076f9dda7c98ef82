"""The verdict: what the answers say of the columns, and what never counts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.compare import judge
from core.events import FinishReason
from core.result import GenerationResult
from core.variants import Variant
from tests.core.comparisons import HIGH, LOW, MEDIUM, comparison, result


def runs(low: str, medium: str, high: str) -> dict[str, list[GenerationResult]]:
    texts = {LOW: (low, 10), MEDIUM: (medium, 40), HIGH: (high, 120)}
    return {level: [result(level, *given)] for level, given in texts.items()}


def repeated(low: list[str], high: list[str]) -> dict[str, list[GenerationResult]]:
    return {
        LOW: [result(LOW, text, 10) for text in low],
        HIGH: [result(HIGH, text, 120) for text in high],
    }


def test_the_cheapest_level_with_the_best_levels_answer_was_enough():
    verdict = judge(runs("23 + 48 = 71", "It is **71**.", "71"))
    assert verdict.level is LOW
    assert verdict.agree is True
    assert verdict.reason == "Low was enough: same answer as high, 12 times fewer tokens."


def test_equal_costs_are_not_called_fewer():
    given = {level: [result(level, "Paris", 20)] for level in (LOW, MEDIUM, HIGH)}
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
    assert "Medium gave the same answer as high, 3.0 times fewer tokens." in verdict.detail
    assert "Judge yourself" in verdict.detail


def test_when_no_other_level_agrees_with_the_best_none_is_called_enough():
    verdict = judge(runs("It is 61.", "It is 62.", "71"))
    assert (verdict.agree, verdict.level) == (False, None)


@pytest.mark.parametrize(
    ("reason", "text", "why"),
    [
        (FinishReason.CANCELLED, "71", "high was stopped"),
        (FinishReason.LENGTH, "71", "high ran out of tokens"),
        (FinishReason.LENGTH, "", "high ran out of tokens while thinking"),
        (FinishReason.STOP, "  ", "high gave an empty answer"),
        (FinishReason.TOOL_CALL, "71", "high called a tool"),
    ],
)
@pytest.mark.parametrize("expected", [None, "71"])
def test_a_stopped_cut_off_or_empty_run_never_counts(reason, text, why, expected):
    given = runs("61", "61", "")
    given[HIGH] = [result(HIGH, text, reason=reason)]
    verdict = judge(given, expected)
    assert verdict.level is (LOW if expected is None else None)
    assert why in verdict.limits


def test_with_one_answer_there_is_nothing_to_compare():
    verdict = judge(runs("", "", "71"))
    assert (verdict.level, verdict.agree) == (None, None)
    assert verdict.reason == "Only high gave an answer: there is nothing to compare."


def test_a_column_that_never_ran_is_said_not_to_have_run():
    verdict = judge({**runs("71", "71", "71"), HIGH: []})
    assert verdict.level is LOW
    assert "high did not run" in verdict.limits


def test_the_limits_say_how_many_runs_by_what_and_that_agreement_is_no_proof():
    limits = judge(runs("71", "71", "71")).limits
    assert "One run per level." in limits
    assert "by the numbers they set in bold or else end in" in limits
    assert "does not make them right" in limits
    assert "does not make them right" not in judge(runs("71", "71", "71"), "71").limits


# With repeats: (low, high, winner, agree, what the sentence says).
REPEATED = [
    (["71"] * 3, ["71"] * 3, LOW, True, "Low was enough: same answer as high in 3 of 3 runs"),
    (["71", "61", "71"], ["71"] * 3, LOW, True, "same answer as high in 2 of 3 runs"),
    (["61", "61", "71"], ["71"] * 3, None, False, "low says 61, high says 71"),
    (["71", "61", "62"], ["71"] * 3, HIGH, False, "low gave it in 1 of 3 runs"),
    (["71"] * 3, ["71", "61", "62"], None, False, "High gives no steady answer"),
]


@pytest.mark.parametrize(("low", "high", "winner", "agree", "said"), REPEATED)
def test_with_repeats_most_runs_of_a_level_must_agree(low, high, winner, agree, said):
    verdict = judge(repeated(low, high))
    assert (verdict.level, verdict.agree) == (winner, agree)
    assert said in verdict.reason
    assert "3 runs per level." in verdict.limits


def test_a_level_whose_runs_do_not_agree_is_not_said_to_say_its_most_usual_answer():
    verdict = judge(repeated(["61", "61", "62", "63", "64"], ["71"] * 5))
    assert verdict.winner is None
    assert verdict.reason == "The levels disagree: high says 71, low gives no steady answer."
    assert "low says 61 in 2 of 5 runs" in verdict.detail


def test_repeats_that_differ_are_told_level_by_level():
    detail = judge(repeated(["71", "61", "71"], ["71"] * 3)).detail
    assert "From run to run: low says 71 in 2 of 3 runs, high says 71 in 3 of 3 runs." in detail
    assert "by the medians" in detail


# With the expected answer 71: (low, high, winner, what the sentence says).
EXPECTED = [
    (["71"], ["71"], LOW, "Low was enough: gave the expected answer, 12 times fewer tokens."),
    (["61"], ["71"], HIGH, "High gave the expected answer; low says 61."),
    (["71"], ["61"], LOW, "Low gave the expected answer; high says 61."),
    (["61"], ["62"], None, "No level gave the expected answer, 71: low says 61, high says 62."),
    (["71"] * 3, ["71"] * 3, LOW, "right in 3 of 3 runs, as often as high"),
    (
        ["61", "71", "71"],
        ["71"] * 3,
        HIGH,
        "High was right most often, in 3 of 3 runs; low in 2 of 3",
    ),
]


@pytest.mark.parametrize(("low", "high", "winner", "said"), EXPECTED)
def test_an_expected_answer_decides(low, high, winner, said):
    verdict = judge(repeated(low, high), "71")
    assert verdict.level is winner
    assert said in verdict.reason


def test_few_runs_are_not_said_to_show_that_a_cheaper_level_is_worse():
    verdict = judge(repeated(["61", "71", "71"], ["71"] * 3), "71")
    assert "So few runs do not show that low is worse" in verdict.limits
    clear = judge(repeated(["61"] * 20, ["71"] * 20), "71")
    assert "worse" not in clear.limits


def test_a_run_that_ran_out_of_tokens_is_a_run_that_was_not_right():
    given = repeated(["71"] * 3, ["71"])
    given[HIGH] += [result(HIGH, "", reason=FinishReason.LENGTH) for _ in range(2)]
    verdict = judge(given, "71")
    assert verdict.level is LOW
    assert "high in 1 of 3." in verdict.reason


def test_levels_that_are_as_right_as_each_other_are_named_with_those_that_are_not():
    given = repeated(["61"] * 3, ["71"] * 3) | {MEDIUM: [result(MEDIUM, "71", 40)] * 3}
    verdict = judge(given, "71")
    assert "High used 3.0 times the tokens of medium" in verdict.detail
    assert verdict.reason == (
        "Medium was enough: right in 3 of 3 runs, as often as high; low in 0 of 3."
    )


def test_a_run_that_was_told_to_answer_early_never_counts():
    given = runs("71", "71", "71")
    given[LOW] = [replace(given[LOW][0], finished_early=True)]
    verdict = judge(given)
    assert verdict.level is MEDIUM
    assert "low was told to answer early" in verdict.limits


def test_columns_without_an_order_have_no_best_among_them():
    one, other = Variant("brief", HIGH, "Be brief."), Variant("long", HIGH, "Explain.")
    same = comparison((one, [result(HIGH, "71", 10)]), (other, [result(HIGH, "71", 40)]))
    assert same.verdict.winner == "brief"
    assert same.verdict.level is None
    assert same.verdict.reason == "All give the same answer; brief used the fewest tokens."
    tied = comparison((one, [result(HIGH, "71", 10)]), (other, [result(HIGH, "71", 10)]))
    assert tied.verdict.reason == "All give the same answer, with equally many tokens."
    differ = comparison((one, [result(HIGH, "61", 10)]), (other, [result(HIGH, "71", 40)]))
    assert differ.verdict.winner is None
    assert differ.verdict.reason == "The answers differ: brief says 61, long says 71."


def test_the_json_object_keeps_its_shape_and_goes_through_json():
    value = json.loads(json.dumps(comparison((LOW, [result(LOW, "71")])).as_dict()))
    assert {"prompt", "levels", "verdict", "conditions"} <= set(value)
    assert value["levels"]["low"]["runs"][0]["text"] == "71"
    assert value["levels"]["low"]["spread"]["generated_tokens"]["median"] == 10
    varied = comparison((Variant("a", LOW, "Be brief."), [result(LOW, "71")])).as_dict()
    assert list(varied["variants"]) == ["a"]


def test_reasoning_and_raw_tokens_can_be_left_out():
    kept = comparison((LOW, [result(LOW, "71", reasoning="a secret thought")]))
    (bare,) = kept.without_reasoning().runs["low"]
    assert (bare.reasoning, bare.token_ids, bare.scores) == (None, None, None)
    assert "secret" not in str(bare)
    assert bare.usage.analysis_tokens > 0
