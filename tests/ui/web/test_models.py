"""The drawer's choice of model: what it lists, and what it says of a switch."""

from __future__ import annotations

import shutil

from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.models import EMBEDDED, ModelLoader
from ui.web.models import choices, chosen, switched


def test_the_choice_lists_what_runs_and_a_failed_switch_is_said_and_changes_nothing(tmp_path):
    folder = shutil.copytree(ModelLoader().info.path, tmp_path / "other")
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        assert chosen(engine) == EMBEDDED
        assert choices(engine)[0][1] == EMBEDDED
        said = switched(engine, str(tmp_path / "nowhere"))
        assert "There is no model" in said
        assert said.endswith("embedded demo model goes on.")
        assert "in use already" in switched(engine, EMBEDDED)
        assert switched(engine, str(folder)) == f"{folder} is in use now."
        assert (str(folder), str(folder)) in choices(engine)


def test_an_engine_without_a_model_is_not_said_to_go_on_and_takes_the_same_one_again():
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        engine._serving.lost = "No model is loaded now."
        assert "goes on" not in switched(engine, "nowhere")
        assert switched(engine, EMBEDDED) == "embedded demo model is in use now."
        assert engine.lost is None
