"""What may be said of the levels, and what may not."""

from __future__ import annotations

import pytest

from core.config import ReasoningLevel
from core.events import FinishReason
from core.experiment import Experiment, Outcome, evaluated
from tests.core.comparisons import HIGH, LOW, MEDIUM, result
from tests.core.experiment.making import DATE, ran, sums


def verdict(right: dict[ReasoningLevel, list[bool]], **how: object):
    return evaluated(*ran(right, **how)).verdict


def test_a_level_that_no_higher_one_beats_is_enough_and_what_cannot_be_told_is_said():
    said = verdict({LOW: [True] * 18 + [False] * 2, HIGH: [True] * 19 + [False]})
    assert said.winner == "low"
    assert "Low is the cheapest level that is good enough, as far as 20 questions" in said.reason
    assert "right on 90% (70%–97%); high on 95% (76%–99%)" in said.reason
    assert "cannot tell low from high" in said.limits
    assert "High used 12 times the tokens of low" in said.detail


def test_where_much_may_be_real_and_nothing_is_shown_no_level_is_named():
    said = verdict(
        {
            LOW: [True] * 3 + [False] * 4,
            MEDIUM: [True] * 3 + [False] * 4,
            HIGH: [True] * 6 + [False],
        }
    )
    assert said.winner is None
    assert "7 questions cannot tell low from high: low is right on 43% (16%–75%)" in said.reason
    assert "high is the safe choice, low the cheap one" in said.detail


def test_a_level_that_a_higher_one_beats_pair_by_pair_is_not_enough():
    said = verdict({LOW: [False] * 9 + [True] * 11, MEDIUM: [True] * 20, HIGH: [True] * 20})
    assert said.winner == "medium"
    assert "Low is not: medium was better on 9 of 20 questions and worse on 0 (p = 0.0039)" in (
        said.detail
    )
    assert "cannot tell medium from high" in said.limits


def test_higher_shares_are_no_proof_where_the_pairs_do_not_show_it():
    """Twelve against eight of twenty: better on twelve, worse on eight."""
    said = verdict(
        {LOW: [False] * 12 + [True] * 8, HIGH: [True] * 12 + [False] * 8},
    )
    assert said.winner is None
    assert "20 questions cannot tell low from high" in said.reason


def test_a_higher_level_that_is_worse_is_called_so():
    said = verdict({LOW: [True] * 20, HIGH: [False] * 10 + [True] * 10})
    assert said.winner == "low"
    assert "High is shown to be worse than low." in said.limits


def test_a_lower_level_that_writes_more_is_not_called_cheapest():
    said = verdict({LOW: [True] * 8, HIGH: [True] * 8}, tokens={LOW: 500})
    assert "Low is the lowest level that is good enough" in said.reason


def test_too_few_questions_name_no_level():
    said = verdict({LOW: [False] * 5, HIGH: [True] * 5})
    assert said.winner is None
    assert "Too few questions to choose a level: 5 questions have" in said.reason


def test_no_right_answer_names_no_level():
    said = verdict({LOW: [False] * 8, HIGH: [False] * 8})
    assert (said.winner, said.reason.split(":")[0]) == (None, "No level gave an expected answer")


def test_one_level_alone_names_no_level():
    said = verdict({LOW: [True] * 8})
    assert said.winner is None
    assert "Only low was run: right on 100% (68%–100%) of 8 questions" in said.reason


def test_what_has_not_all_run_names_no_level():
    experiment, outcomes = ran({LOW: [True] * 8, HIGH: [True] * 8})
    said = evaluated(experiment, outcomes[:-1]).verdict
    assert (said.winner, said.reason) == (
        None,
        "Not all has run, 15 of 16: no level is named yet.",
    )


@pytest.mark.parametrize("differing", [0, 3])
def test_without_expected_answers_agreement_with_the_highest_level_is_told_and_no_accuracy(
    differing,
):
    experiment = Experiment([f"question {n}" for n in range(10)], [LOW, HIGH], date=DATE)
    outcomes = [
        Outcome(
            trial,
            experiment.questions[trial.question - 1],
            result(trial.level, "71" if trial.level == HIGH or trial.question > differing else "1"),
            1,
        )
        for trial in experiment.trials()
    ]
    done = evaluated(experiment, outcomes)
    said = done.verdict
    assert done.summary.levels[LOW].right.value is None
    assert done.as_dict()["pairs"] == []
    assert "nothing is said of right and wrong" in said.detail
    assert "does not make them right" in said.limits
    if differing:
        assert said.winner is None
        assert "Of 10 questions, high's answer is given by low in 70% (40%–89%)" in said.reason
    else:
        assert said.winner == "low"
        assert "Low answers all 10 questions as high does" in said.reason


def test_a_run_that_ran_out_of_tokens_is_not_right_whatever_it_wrote():
    experiment = Experiment(sums(1), ["low"], date=DATE)
    (trial,) = experiment.trials()
    cut = result(LOW, "2", reason=FinishReason.LENGTH)
    done = evaluated(experiment, [Outcome(trial, experiment.questions[0], cut, 1)])
    low = done.summary.levels[LOW]
    assert (low.right.value, low.cut_off, low.no_answer) == (0.0, 1, 0)


def test_repeats_of_a_question_count_as_one_question():
    experiment = Experiment(sums(10), ["low", "high"], 4, date=DATE)
    outcomes = [
        Outcome(
            trial,
            q := experiment.questions[trial.question - 1],
            result(trial.level, q.expected if trial.repeat % 2 or trial.level == HIGH else "0"),
            1,
        )
        for trial in experiment.trials()
    ]
    summary = evaluated(experiment, outcomes).summary
    low, (pair,) = summary.levels[LOW], summary.pairs
    assert (low.runs, low.right.value, low.right.questions) == (40, 0.5, 10)
    assert str(low.right) == "50% (24%–76%)"
    assert (pair.questions, pair.better, pair.worse, pair.difference) == (10, 10, 0, 0.5)
