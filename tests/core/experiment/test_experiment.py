"""What an experiment runs, and in which way."""

from __future__ import annotations

import pytest

from core.errors import InvalidPrompt, InvalidSetting, PromptTooLong
from core.experiment import EXPERIMENT_COLUMNS, Experiment, Question, evaluated
from core.sampling import SamplingParams
from tests.core.experiment.making import DATE, scripted

GREEDY = SamplingParams(0, max_tokens=40)


def test_the_embedded_model_answers_a_set_and_a_frame_holds_every_run(engine):
    prompts = [Question(1, "What is 23 + 48?", "71", more={"kind": "sum"}), "What is 4 + 3?"]
    experiment = Experiment(prompts, ["high", "low"], params=GREEDY, date=DATE)
    outcomes = list(experiment.run(engine, at_once=4))
    frame = evaluated(experiment, outcomes).frame()
    assert list(frame.columns) == [*EXPERIMENT_COLUMNS, "kind"]
    assert list(frame["level"]) == ["low", "high"] * 2
    assert list(frame["right"].isna()) == [False, False, True, True]
    assert set(frame["seed"]) == {1}
    assert all(EXPERIMENT_COLUMNS.values())


def test_every_trial_runs_once_and_what_was_done_is_not_run_again():
    experiment = Experiment(["one", "two"], ["low", "high"], repeats=2, date=DATE)
    with scripted() as engine:
        first = list(experiment.run(engine))
        assert sorted(o.trial for o in first) == sorted(experiment.trials())
        assert {o.result.text for o in first} == {"one", "two"}
        left = list(experiment.run(engine, first[:5]))
        assert {o.trial for o in left} == {o.trial for o in first[5:]}
        assert list(experiment.run(engine, first)) == []


def test_each_repeat_has_the_next_seed_at_every_level():
    experiment = Experiment(["one"], ["low", "high"], 3, SamplingParams(seed=7), date=DATE)
    with scripted() as engine:
        seeds = {(o.trial.repeat, o.trial.level): o.result.seed for o in experiment.run(engine)}
    assert seeds == {(n, level): 6 + n for n in (1, 2, 3) for level in ("low", "high")}


def test_a_question_may_have_instructions_of_its_own():
    prompts = [Question(1, "one", instructions="In French."), "two"]
    experiment = Experiment(prompts, instructions="In German.")
    asked = [experiment.conversation(q, DATE).instructions for q in experiment.questions]
    assert asked == ["In French.", "In German."]


def test_a_prompt_that_is_too_long_is_named_before_anything_runs():
    experiment = Experiment(["short", Question(2, "long " * 300, id="essay")], ["low"])
    with scripted(context_length=200) as engine, pytest.raises(PromptTooLong) as told:
        next(experiment.run(engine))
    assert "Prompt 2 (id essay) is" in str(told.value)
    assert "Nothing was run" in str(told.value)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"prompts": []}, InvalidPrompt),
        ({"prompts": ["one", " "]}, InvalidPrompt),
        ({"prompts": ["one"], "levels": []}, InvalidSetting),
        ({"prompts": ["one"], "levels": ["max"]}, InvalidSetting),
        ({"prompts": ["one"], "repeats": 0}, InvalidSetting),
    ],
)
def test_an_experiment_that_cannot_be_is_refused_with_what_is_allowed(given, error):
    with pytest.raises(error, match="allowed"):
        Experiment(**given)
