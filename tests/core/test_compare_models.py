"""Several models compared on one engine: the embedded one and a small llama of random weights."""

from __future__ import annotations

import threading

import pytest

from core.asked import ONE_MODEL_AT_A_TIME
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import BackendError, InvalidSetting, ModelError
from core.metrics import comparison_frame
from core.models import EMBEDDED, ModelLoader
from core.report.page import as_html
from core.sampling import SamplingParams
from core.variants import Varied, of_models
from tests.core import tiny_llama

SHORT = SamplingParams(temperature=0, max_tokens=6, seed=5)
OWN = "embedded demo model"


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "llama"
    folder.mkdir()
    return str(tiny_llama.checkpoint(folder))


@pytest.fixture(scope="module")
def own():
    """The engine on its own model, which every comparison leaves it with."""
    with InferenceEngine(ModelLoader(), InferenceConfig(_env_file=None)) as engine:
        yield engine


def compare(engine, *models, **how):
    variants = of_models(models, engine.config.reasoning_level)
    return engine.compare("What is 2 + 3?", variants=variants, params=SHORT, **how)


def test_columns_are_called_by_the_end_of_a_models_name_unless_that_is_not_one_columns_alone():
    def labels(*names):
        return [variant.label for variant in of_models(names, "low")]

    assert labels("embedded", "openai/gpt-oss-20b") == ["embedded", "gpt-oss-20b"]
    assert labels("a/same", "b/same", "x/") == ["model a/same", "model b/same", "x"]
    assert labels("models/high", "embedded") == ["model models/high", "embedded"]
    for wrong in (["embedded"], ["a", "a"], list("abcde")):
        with pytest.raises(InvalidSetting, match="2 to 4, each once"):
            of_models(wrong, "low")


def test_each_model_runs_all_its_repeats_alone_and_the_engine_has_its_own_again(
    monkeypatch, own, llama
):
    seen = []
    switch = own.switch
    monkeypatch.setattr(own, "switch", lambda loader: (seen.append(loader.model), switch(loader)))
    done = compare(own, llama, EMBEDDED, repeats=2)
    assert seen == [llama, EMBEDDED]
    assert own.model == OWN
    assert own.generate("2+2?", SHORT).format == "Harmony"
    assert {label: [r.model for r in runs] for label, runs in done.runs.items()} == {
        "llama": [llama] * 2,
        EMBEDDED: [OWN] * 2,
    }
    assert [[run.seed for run in runs] for runs in done.runs.values()] == [[5, 6]] * 2
    assert [runs[0].format for runs in done.runs.values()] == ["chat template", "Harmony"]
    assert done.asked.varied is Varied.MODELS
    assert done.as_dict()["conditions"]["order"] == "model by model"
    assert done.asked.warm_up
    assert ONE_MODEL_AT_A_TIME in done.conditions()
    frame = comparison_frame(done)
    assert frame["tokens_per_s_in_batch"].isna().all()
    assert set(frame["model"]) == {llama, OWN}
    assert "was given to llama and embedded, 2 times each" in as_html(done)


def test_a_stop_keeps_what_has_run_and_puts_the_engines_own_model_back(monkeypatch, own, llama):
    stop = threading.Event()
    start = own.start_variants

    def stopping(conversation, variants, params, *rest):
        if params.max_tokens > 1 and own.model == llama:
            stop.set()
        return start(conversation, variants, params, *rest)

    monkeypatch.setattr(own, "start_variants", stopping)
    done = compare(own, EMBEDDED, llama, repeats=2, stop=stop)
    assert done.stopped
    assert len(done.runs[EMBEDDED]) == 2
    assert len(done.runs["llama"]) == 1
    assert own.model == OWN


def test_a_model_that_fails_ends_the_comparison_and_the_own_one_comes_back(own, llama, tmp_path):
    broken = tiny_llama.checkpoint(tmp_path)
    (broken / "model.safetensors").write_bytes(b"\0" * 64)
    done = compare(own, llama, str(broken))
    assert "could not be loaded" in (done.failure or "")
    assert len(done.runs["llama"]) == 1
    assert own.model == OWN
    with pytest.raises(ModelError, match="could not be loaded"):
        compare(own, str(broken), llama)
    assert own.model == OWN


def test_a_run_that_fails_leaves_the_engine_with_its_own_model(monkeypatch, own, llama):
    start = own.start_variants

    def failing(*given):
        if own.model == llama:
            raise BackendError("Out of memory.")
        return start(*given)

    monkeypatch.setattr(own, "start_variants", failing)
    with pytest.raises(BackendError):
        compare(own, llama, EMBEDDED)
    assert own.model == OWN


def test_models_that_are_not_here_are_refused_before_anything_runs(monkeypatch, own, llama):
    for name in ("start_variants", "switch"):
        monkeypatch.setattr(own, name, None)
    with pytest.raises(ModelError, match="There is no model 'nowhere'"):
        compare(own, llama, "nowhere")
    with (
        InferenceEngine(ScriptedBackend(lambda _: []), InferenceConfig(_env_file=None)) as replay,
        pytest.raises(ModelError, match="models cannot be compared"),
    ):
        compare(replay, llama, EMBEDDED)


def test_answers_of_others_that_are_under_way_are_waited_for(own, llama):
    run = own.start("Count.", SamplingParams(max_tokens=4000))
    later = threading.Timer(0.5, run.cancel)
    later.start()
    done = compare(own, llama, EMBEDDED)
    later.join()
    assert [len(runs) for runs in done.runs.values()] == [1, 1]
    assert own.model == OWN
