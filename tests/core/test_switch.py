"""Another model in the place of the one that runs, on real small checkpoints."""

from __future__ import annotations

import shutil

import pytest

from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import Busy, ModelError
from core.models import ModelLoader
from core.sampling import SamplingParams

SHORT = SamplingParams(temperature=0, max_tokens=4)


@pytest.fixture
def other(tmp_path):
    return shutil.copytree(ModelLoader().info.path, tmp_path / "other")


def test_the_engine_goes_on_with_the_model_that_it_was_switched_to(other):
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        first = engine.generate("2+2?", SHORT)
        before = engine._serving.backend
        engine.switch(ModelLoader(other))
        assert engine.model == str(other)
        assert not before._thread.is_alive()  # what it held went with its thread
        assert engine.generate("2+2?", SHORT).text == first.text


def test_a_model_that_cannot_be_loaded_leaves_the_old_one_at_work(other, tmp_path):
    (other / "model.safetensors").write_bytes(b"\0" * 64)
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        for wrong in (other, tmp_path / "nowhere"):
            with pytest.raises(ModelError):
                engine.switch(ModelLoader(wrong))
        assert engine.model == "embedded demo model"
        assert engine.generate("2+2?", SHORT).usage.prompt_tokens > 0


def test_a_switch_is_refused_while_an_answer_is_under_way(other):
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        run = engine.start("Count.", SamplingParams(max_tokens=4000))
        try:
            with pytest.raises(Busy, match="Answers under way: 1"):
                engine.switch(ModelLoader(other))
        finally:
            run.cancel()
            run.result()
