"""The drawer's choice of model: what it lists, and what it says of a switch."""

from __future__ import annotations

from types import SimpleNamespace

import gradio as gr

from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.models import EMBEDDED, ModelLoader
from ui.web.models import EMBEDDED_NOTE, NOTE, ModelChoice, choices, chosen, note, switched
from ui.web.sessions import Sessions


def test_the_choice_lists_what_runs_and_a_failed_switch_is_said_and_changes_nothing(
    tmp_path, other
):
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        assert chosen(engine) == EMBEDDED
        assert choices(engine)[0][1] == EMBEDDED
        assert note(engine) == EMBEDDED_NOTE
        said = switched(engine, str(tmp_path / "nowhere"))
        assert "There is no model" in said
        assert said.endswith("embedded demo model goes on.")
        assert "in use already" in switched(engine, EMBEDDED)
        assert switched(engine, str(other)) == f"{other} is in use now."
        assert (str(other), str(other)) in choices(engine)
        assert note(engine) == NOTE


def test_an_engine_without_a_model_is_not_said_to_go_on_and_takes_the_same_one_again():
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        engine._serving.lost = "No model is loaded now."
        assert "goes on" not in switched(engine, "nowhere")
        assert switched(engine, EMBEDDED) == "embedded demo model is in use now."
        assert engine.lost is None


def test_a_tab_learns_once_of_the_model_that_another_one_has_chosen(other):
    with InferenceEngine(ModelLoader(), InferenceConfig()) as engine:
        sessions, choice = Sessions(), ModelChoice(engine)
        with gr.Blocks() as page:
            choice.build()
            status, log = gr.HTML(), gr.Chatbot()
            choice.wire(sessions, status, log)
        asked = {fn.targets[0][0]: fn.fn for fn in page.fns.values()}
        switch, follow = asked[choice.go._id], asked[choice.follow._id]
        one, two = (SimpleNamespace(session_hash=name) for name in ("one", "two"))
        for tab in (one, two):
            choice.restored(sessions.get(tab.session_hash))
        assert follow(two) == gr.skip()

        switch(str(other), one)
        assert follow(one) == gr.skip()
        sessions.get("two").chat_run = object()  # its frames name the model themselves
        assert follow(two) == gr.skip()
        sessions.get("two").chat_run = None
        frame = follow(two)
        assert frame[status]["model"] == str(other)
        assert frame[choice.choice]["value"] == str(other)
        assert frame[log]["placeholder"] == NOTE
        assert follow(two) == gr.skip()
