"""Runs are kept as they end, and an experiment goes on with its own alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import InvalidFile
from core.experiment import Experiment, Outcome, Question, fingerprint, open_runs
from core.experiment.fingerprint import weights_of
from core.experiment.runs_file import check_runs
from core.sampling import SamplingParams
from core.vocabulary import encoding
from tests.core.experiment.making import DATE, scripted, sums


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


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_that_is_not_there_is_told_before_a_model_is_loaded(tmp_path, resume):
    with pytest.raises(InvalidFile, match=r"cannot be written .* Name one with --runs"):
        check_runs(tmp_path / "missing/runs", resume=resume)
