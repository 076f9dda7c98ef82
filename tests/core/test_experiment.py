"""A prompt set at several levels: what is run, what is kept, what may be said of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig, ReasoningLevel
from core.engine import InferenceEngine
from core.errors import InvalidFile, InvalidPrompt, InvalidSetting, PromptTooLong
from core.events import FinishReason
from core.experiment import (
    EXPERIMENT_COLUMNS,
    Experiment,
    Outcome,
    Question,
    Trial,
    evaluated,
    fingerprint,
    open_runs,
    read_prompts,
)
from core.experiment.fingerprint import weights_of
from core.report.evaluation_page import evaluation_html
from core.report.tables import evaluation_csv
from core.sampling import SamplingParams
from core.vocabulary import encoding
from tests.core.comparisons import HIGH, LOW, MEDIUM, result
from tests.core.test_report import PAYLOAD, Tags

GREEDY = SamplingParams(0, max_tokens=40)
DATE = "2026-01-31"


def sums(n: int) -> tuple[Question, ...]:
    return tuple(Question(k, f"What is {k} + {k}?", str(2 * k)) for k in range(1, n + 1))


def ran(
    right: dict[ReasoningLevel, list[bool]], tokens: dict[ReasoningLevel, int] | None = None
) -> tuple[Experiment, list[Outcome]]:
    """An experiment whose questions each level got right, or not, one after the other."""
    n = len(next(iter(right.values())))
    experiment = Experiment(sums(n), list(right), date=DATE)
    cost = {LOW: 10, MEDIUM: 40, HIGH: 120} | (tokens or {})
    outcomes = [
        Outcome(
            Trial(1, k + 1, level),
            experiment.questions[k],
            result(level, str(2 * (k + 1)) if good else "none", cost[level]),
            32,
        )
        for level, marks in right.items()
        for k, good in enumerate(marks)
    ]
    return experiment, outcomes


def scripted(rate: float | None = None, context_length: int = 4096) -> InferenceEngine:
    """Answers every prompt with its own words, so that runs can be told apart."""

    def write(request):
        asked = encoding().decode([token for part in request.segments for token in part])
        said = asked.rpartition("<|message|>")[2].partition("<|end|>")[0]
        turn = f"<|channel|>final<|message|>{said}<|return|>"
        return encoding().encode(turn, allowed_special="all")

    backend = ScriptedBackend(write, rate, context_length)
    return InferenceEngine(backend, InferenceConfig(_env_file=None, current_date=DATE))


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


# Files of prompts.


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("plain.csv", b"prompt,expected,kind\nWhat?,71,sum\n"),
        ("bom-and-case.csv", b"\xef\xbb\xbf Prompt ,EXPECTED,kind\r\nWhat?, 71 ,sum\r\n"),
        ("empty-rows.csv", b"prompt,expected,kind\n\n,,\nWhat?,71,sum\n\n"),
        ("semicolons.csv", b"kind;prompt;expected\nsum;What?;71\n"),
        ("tabs.txt", b"prompt\texpected\tkind\nWhat?\t71\tsum\n"),
        ("objects.jsonl", b'{"prompt": "What?", "expected": 71, "kind": "sum"}\n\n'),
        ("objects", b'{"Prompt": "What?", "expected": "71", "kind": "sum"}'),
    ],
)
def test_a_file_is_read_in_every_form_that_people_have(tmp_path, name, raw):
    (tmp_path / name).write_bytes(raw)
    assert read_prompts(tmp_path / name) == (Question(1, "What?", "71", more={"kind": "sum"}),)


def test_a_text_keeps_its_line_breaks_quotes_and_letters(tmp_path):
    file = tmp_path / "set.csv"
    file.write_bytes('prompt,id\n"Zeile 1\r\nsagt ""ja"",\u2028ß",ä\n'.encode())
    (question,) = read_prompts(file)
    assert question == Question(1, 'Zeile 1\r\nsagt "ja",\u2028ß', id="ä")


def test_an_expected_json_stays_json(tmp_path):
    file = tmp_path / "set.jsonl"
    file.write_text(
        '{"prompt": "What?", "expected": {"sum": 71}}\n{"prompt": "b", "expected": null}'
    )
    assert [q.expected for q in read_prompts(file)] == ['{"sum": 71}', None]


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("a.csv", b"", "is empty; allowed"),
        ("a.csv", b"prompt,expected\n", "no row under them; allowed"),
        ("a.csv", b"question,answer\n1,2\n", "columns question, answer, and none is called prompt"),
        ("a.csv", b"prompt,Prompt\n1,2\n", "names prompt twice; allowed"),
        ("a.csv", b"prompt,x\none,1\ntwo\n", "line 3 has 1 cell, and the first row names 2 col"),
        ("a.csv", b'prompt,x\n"a\nb",1\none, two,3\n', "line 4 has 3 cells"),
        ("a.csv", b"prompt,x\n ,1\n", "line 2 has no prompt; allowed"),
        ("a.csv", b'prompt\n"open\n', "line 2 is no CSV"),
        ("a.csv", b"prompt\nok\ncaf\xe9\n", "is not UTF-8 text (line 3); allowed"),
        ("a.csv", "prompt\na\n".encode("utf-16"), "is not UTF-8 text (line 1); allowed"),
        ("a.jsonl", b'{"prompt": "a"}\n{"prompt"\n', "line 2 is no JSON"),
        ("a.jsonl", b'["a"]\n', 'line 1 is ["a"]; allowed'),
        ("a.jsonl", b'{"question": "a"}\n', "line 1 has question, and no prompt"),
        ("a.jsonl", b'{"prompt": "\\ud800"}\n', "line 1 holds half of a character"),
    ],
)
def test_a_file_that_is_no_prompt_set_is_told_what_is_wrong(tmp_path, name, raw, told):
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(InvalidFile) as error:
        read_prompts(tmp_path / name)
    assert told in str(error.value)
    assert "allowed" in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    for path in (tmp_path / "no.csv", tmp_path):
        with pytest.raises(InvalidFile, match=r"cannot be read \(.*; allowed: CSV"):
            read_prompts(path)


# The file of runs.


def kept(path: Path, experiment: Experiment, engine: InferenceEngine, most: int) -> None:
    """Run up to so many of those that are left."""
    with open_runs(path, experiment, fingerprint(experiment, engine), resume=True) as runs:
        for n, outcome in enumerate(experiment.run(engine, runs.outcomes)):
            if n == most:
                break
            runs.append(outcome)


def read(path: Path, experiment: Experiment, engine: InferenceEngine) -> list[Outcome]:
    with open_runs(path, experiment, fingerprint(experiment, engine), resume=True) as runs:
        return list(runs.outcomes)


def test_runs_come_back_as_they_were_and_a_half_written_line_is_run_again(tmp_path):
    path = tmp_path / "runs"
    experiment = Experiment(sums(3), ["low", "high"], date=DATE)
    with scripted() as engine:
        kept(path, experiment, engine, 4)
        whole = path.read_bytes()
        path.write_bytes(whole[:-20])
        before = read(path, experiment, engine)
        assert len(before) == 3
        assert path.read_bytes() == b"".join(whole.splitlines(keepends=True)[:4])
        kept(path, experiment, engine, 100)
        after = read(path, experiment, engine)
        assert sorted(o.trial for o in after) == sorted(experiment.trials())
        again = {o.trial: o.result.text for o in experiment.run(engine)}
    assert {o.trial: o.result.text for o in after} == again
    assert all(o.result.usage.generated_tokens > 0 for o in after)


@pytest.mark.parametrize("cut", [0, 5, 40, -1])
def test_a_file_that_was_cut_off_in_its_first_line_is_begun_anew(tmp_path, cut):
    path = tmp_path / "runs"
    experiment = Experiment(["one"], ["low"], date=DATE)
    with scripted() as engine:
        kept(path, experiment, engine, 0)
        path.write_bytes(path.read_bytes()[:cut])
        kept(path, experiment, engine, 5)
        assert len(read(path, experiment, engine)) == 1


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"params": SamplingParams(0.5)}, "temperature was 0.7 and is 0.5"),
        ({"params": SamplingParams(seed=2)}, "seed was 1 and is 2"),
        ({"instructions": "Be brief."}, "instructions was none and is Be brief."),
        ({"date": "2026-02-01"}, "date was 2026-01-31 and is 2026-02-01"),
        ({"prompts": ["one", "three"]}, "prompt 2 was another"),
        ({"prompts": ["one"]}, "there were 2 prompts and are 1"),
        ({"levels": ["low"]}, "at high, repeat 1, for which you do not ask now"),
    ],
)
def test_runs_of_something_else_are_refused_and_stay_as_they_are(tmp_path, other, told):
    path = tmp_path / "runs"
    given = {"prompts": ["one", "two"], "levels": ["low", "high"], "date": DATE}
    with scripted() as engine:
        kept(path, Experiment(**given), engine, 100)
        before = path.read_bytes()
        with pytest.raises(InvalidFile) as error:
            read(path, Experiment(**given | other), engine)
    assert told in str(error.value)
    assert "name another file with --runs" in str(error.value)
    assert path.read_bytes() == before


def test_more_levels_repeats_and_corrected_answers_may_come_later(tmp_path):
    path = tmp_path / "runs"
    with scripted() as engine:
        kept(path, Experiment([Question(1, "one", "1")], ["low"], date=DATE), engine, 100)
        corrected = Experiment([Question(1, "one", "one")], ["low", "high"], 2, date=DATE)
        (before,) = read(path, corrected, engine)
        assert before.right
        kept(path, corrected, engine, 100)
        assert len(read(path, corrected, engine)) == 4


@pytest.mark.parametrize("text", ["prompt,expected\nWhat?,71\n", "notes", '{"prompt": "a"}\n'])
def test_a_file_that_holds_no_runs_is_never_changed(tmp_path, text):
    path = tmp_path / "notes"
    path.write_text(text)
    with scripted() as engine, pytest.raises(InvalidFile, match="stays as it is"):
        kept(path, Experiment(["one"], ["low"], date=DATE), engine, 1)
    assert path.read_text() == text


def test_a_damaged_line_is_named(tmp_path):
    path = tmp_path / "runs"
    experiment = Experiment(["one", "two"], ["low"], date=DATE)
    with scripted() as engine:
        kept(path, experiment, engine, 100)
        head, first, second = path.read_text().splitlines()
        for broken in ("{}", first.replace('"question":', '"question":9'), "\0"):
            path.write_text(f"{head}\n{broken}\n{second}\n")
            with pytest.raises(InvalidFile, match="line 2 is no run"):
                read(path, experiment, engine)


def test_one_file_is_written_by_one_at_a_time(tmp_path):
    experiment = Experiment(["one"], ["low"], date=DATE)
    with scripted() as engine:
        asked = fingerprint(experiment, engine)
        with (
            open_runs(tmp_path / "runs", experiment, asked, resume=False),
            pytest.raises(InvalidFile, match="in use by another run"),
            open_runs(tmp_path / "runs", experiment, asked, resume=True),
        ):
            pass


def test_other_weights_of_the_same_size_are_told_apart(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(bytes(3_000_000))
    before = weights_of(tmp_path)
    weights.write_bytes(bytes(2_999_999) + b"\1")
    assert weights_of(tmp_path) != before


def test_the_analysis_is_kept_only_where_it_is_captured(tmp_path):
    turn = (
        "<|channel|>analysis<|message|>secret<|end|><|start|>assistant<|channel|>final<|message|>a"
    )
    tokens = encoding().encode(f"{turn}<|return|>", allowed_special="all")
    experiment = Experiment(["one"], ["low"], date=DATE)
    config = InferenceConfig(_env_file=None)
    for capture in (True, False):
        path = tmp_path / str(capture)
        with InferenceEngine(ScriptedBackend(lambda _: tokens), config) as engine:
            asked = fingerprint(experiment, engine)
            with open_runs(path, experiment, asked, resume=False) as runs:
                for outcome in experiment.run(engine, capture_reasoning=capture):
                    runs.append(outcome)
            (back,) = read(path, experiment, engine)
        assert ("secret" in path.read_text()) is capture
        assert back.result.reasoning == ("secret" if capture else None)


# What may be said.


def verdict(right: dict[ReasoningLevel, list[bool]], **how: object):
    return evaluated(*ran(right, **how)).verdict


def test_a_level_that_no_higher_one_beats_is_enough_and_what_cannot_be_told_is_said():
    said = verdict({LOW: [True] * 16 + [False] * 4, HIGH: [True] * 18 + [False] * 2})
    assert said.winner == "low"
    assert "Low is the cheapest level that is good enough, as far as 20 questions" in said.reason
    assert "right on 80% (58%–92%); high on 90% (70%–97%)" in said.reason
    assert "cannot tell low from high" in said.limits
    assert "High used 12 times the tokens of low" in said.detail


def test_a_level_that_a_higher_one_beats_pair_by_pair_is_not_enough():
    said = verdict({LOW: [False] * 9 + [True] * 11, MEDIUM: [True] * 20, HIGH: [True] * 20})
    assert said.winner == "medium"
    assert "Low is not: medium was better on 9 of 20 questions and worse on 0 (p = 0.0039)" in (
        said.detail
    )
    assert "cannot tell medium from high" in said.limits


def test_the_same_shares_are_no_proof_where_the_pairs_do_not_show_it():
    """Fourteen against ten of twenty: better on twelve, worse on eight."""
    said = verdict(
        {LOW: [False] * 12 + [True] * 8, HIGH: [True] * 12 + [False] * 8},
    )
    assert said.winner == "low"
    assert "cannot tell low from high" in said.limits


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


# What goes out.


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
