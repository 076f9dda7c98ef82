"""Another model in the place of the one that runs, on real small checkpoints."""

from __future__ import annotations

import mlx.core as mx
import pytest

from core import serving
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import Busy, InvalidSetting, ModelError
from core.machine import needed
from core.models import ModelLoader
from core.sampling import SamplingParams

SHORT = SamplingParams(temperature=0, max_tokens=4)


@pytest.fixture
def damaged(other):
    """A model whose weights are none."""
    (other / "model.safetensors").unlink()  # a link
    (other / "model.safetensors").write_bytes(b"\0" * 64)
    return other


@pytest.fixture
def tight(monkeypatch):
    """A machine that has room for one of the two models, not for both."""
    both = needed(2 * ModelLoader().info.weight_bytes)
    monkeypatch.setattr(serving, "memory", lambda: both)


class Watched(ModelLoader):
    """Notes how much memory mlx held when it began to load. good_for: loads that succeed."""

    good_for = 1000

    def load(self):
        self.held = mx.get_active_memory()
        self.good_for -= 1
        if self.good_for < 0:
            raise ModelError("The disk is gone.")
        return super().load()


def test_the_engine_goes_on_with_the_model_that_it_was_switched_to(other):
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        first = engine.generate("2+2?", SHORT)
        before = engine._serving.backend
        engine.switch(ModelLoader(other))
        assert engine.model == str(other)
        assert not before._thread.is_alive()  # what it held went with its thread
        assert engine.generate("2+2?", SHORT).text == first.text


def test_a_model_that_cannot_be_loaded_leaves_the_old_one_at_work(damaged, tmp_path):
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        for wrong in (damaged, tmp_path / "nowhere"):
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


def test_two_models_that_fit_lie_side_by_side_until_the_new_one_is_loaded(other):
    new, before = Watched(other), mx.get_active_memory()
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        weights = engine.info.weight_bytes
        engine.switch(new)
    assert new.held - before > 0.9 * weights


def test_where_both_do_not_fit_the_old_one_is_gone_before_the_new_one_is_loaded(other, tight):
    new, before = Watched(other), mx.get_active_memory()
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        weights = engine.info.weight_bytes
        first = engine.generate("2+2?", SHORT)
        engine.switch(new)
        assert new.held - before < 0.1 * weights
        assert engine.generate("2+2?", SHORT).text == first.text


def test_after_a_switch_the_memory_holds_one_model_and_after_the_end_none(other):
    before = mx.get_active_memory()
    with InferenceEngine(ModelLoader(), InferenceConfig(prompt_cache_mb=0)) as engine:
        weights = engine.info.weight_bytes
        for loader in (ModelLoader(other), ModelLoader()):
            engine.generate("2+2?", SHORT)
            engine.switch(loader)
            assert 0.9 * weights < mx.get_active_memory() - before < 1.1 * weights
    assert mx.get_active_memory() - before < 0.1 * weights


def test_where_both_do_not_fit_and_the_new_one_fails_the_old_one_is_loaded_again(damaged, tight):
    with (damaged / "model-more.safetensors").open("wb") as file:
        file.truncate(ModelLoader().info.weight_bytes)
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        old = engine._serving.backend
        with pytest.raises(ModelError, match=f"checkpoint in {damaged} could not be loaded"):
            engine.switch(ModelLoader(damaged))
        assert not old._thread.is_alive()
        assert (engine.lost, engine.model) == (None, "embedded demo model")
        assert engine.generate("2+2?", SHORT).usage.prompt_tokens > 0


def test_where_the_old_one_cannot_be_loaded_again_that_is_said_and_another_can_be_chosen(
    other, tight
):
    old = Watched()
    old.good_for = 1
    broken = Watched(other)
    broken.good_for = 0
    with InferenceEngine(old, InferenceConfig()) as engine:
        with pytest.raises(ModelError, match=r"unloaded to make room.+No model is loaded now"):
            engine.switch(broken)
        with pytest.raises(ModelError, match="choose another one"):
            engine.generate("2+2?", SHORT)
        engine.switch(ModelLoader())
        assert engine.lost is None
        assert engine.generate("2+2?", SHORT).usage.prompt_tokens > 0


@pytest.mark.parametrize("model", ["embedded", None])
def test_an_engine_on_neither_a_loader_nor_a_backend_is_refused(model):
    with pytest.raises(InvalidSetting, match=f"model is {model!r}; allowed: a ModelLoader, such"):
        InferenceEngine(model)
