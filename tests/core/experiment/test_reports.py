"""An evaluation as CSV and as a page: what they hold, and that nothing in them runs."""

from __future__ import annotations

import json

import pytest

from core.experiment import Experiment, Outcome, Question, evaluated
from core.report.evaluation_page import evaluation_html
from core.report.tables import evaluation_csv
from tests.core.comparisons import HIGH, LOW, result
from tests.core.experiment.making import DATE, ran
from tests.core.test_report import PAYLOAD, Tags


def attacking() -> tuple[Experiment, list[Outcome]]:
    prompts = [Question(1, PAYLOAD, PAYLOAD, PAYLOAD, PAYLOAD, {PAYLOAD: PAYLOAD})]
    experiment = Experiment(prompts, ["low", "high"], instructions=PAYLOAD, date=DATE)
    return experiment, [
        Outcome(trial, experiment.questions[0], result(trial.level, PAYLOAD, reasoning=PAYLOAD), 1)
        for trial in experiment.trials()
    ]


def test_the_report_asks_for_nothing_and_runs_nothing():
    done = evaluated(*attacking())
    page = evaluation_html(done, source=PAYLOAD, include_reasoning=True, command=PAYLOAD)
    seen = Tags(page)
    assert seen.tags.isdisjoint({"script", "img", "iframe", "link", "object", "embed", "form", "a"})
    assert {"src", "href", "srcset", "onerror", "onload"}.isdisjoint(seen.attributes)
    assert "http:" not in page.replace("http-equiv", "")
    assert any("default-src 'none'" in content for content in seen.attributes["content"])
    assert seen.text.count("<script>window.attacked = 1</script>") >= 7
    assert "{{ 7 * 7 }}" in seen.text


def test_the_report_tells_verdict_conditions_and_every_prompt():
    done = evaluated(*ran({LOW: [False] * 9 + [True] * 11, HIGH: [True] * 20}))
    seen = Tags(evaluation_html(done, source="sums.csv", command="counterpoint evaluate"))
    said = [done.verdict.reason, *done.conditions(), "What is 20 + 20?", "sums.csv", "p = 0.0039"]
    assert [text for text in said if text not in seen.text] == []
    assert seen.text.count("✗") == 9
    assert {"svg", "table", "figure"} <= seen.tags


@pytest.mark.parametrize("n", [0, 1])
def test_a_report_of_what_has_hardly_begun_is_whole(n):
    experiment, outcomes = ran({LOW: [True] * 8, HIGH: [True] * 8})
    assert "did not run" in evaluation_html(evaluated(experiment, outcomes[:n]), source="-")


def test_the_analysis_is_left_out_of_report_and_csv_unless_it_is_asked_for():
    experiment = Experiment(["one"], ["low"], date=DATE)
    thought = result(LOW, "71", reasoning="a secret thought")
    (trial,) = experiment.trials()
    done = evaluated(experiment, [Outcome(trial, experiment.questions[0], thought, 1)])
    for include in (False, True):
        page = evaluation_html(done, source="-", include_reasoning=include)
        table = evaluation_csv(done, include_reasoning=include)
        assert ["secret" in page, "secret" in table] == [include, include]
    assert "secret" not in json.dumps(done.without_reasoning().as_dict())


def test_a_column_of_the_file_never_takes_the_place_of_ours():
    prompts = [Question(1, "one", more={"answer": "mine", "kind": "sum"})]
    experiment = Experiment(prompts, ["low"], date=DATE)
    (trial,) = experiment.trials()
    done = evaluated(experiment, [Outcome(trial, prompts[0], result(LOW, "71"), 1)])
    head, row = evaluation_csv(done).splitlines()
    assert head.endswith('"answer","file.answer","kind"')
    assert row.endswith('"71","mine","sum"')
