"""The drawer's choice of model: what is on this machine, and a switch to it at run time."""

from __future__ import annotations

from html import escape

import gradio as gr

from core.engine import InferenceEngine
from core.errors import CoreError
from core.machine import size
from core.models import EMBEDDED, LocalModel, ModelLoader, ModelSource, local_models
from ui.web import view
from ui.web.live import QUIET, Frame


class ModelChoice:
    """One object for the app: the model is the engine's, and so the same for every tab."""

    def __init__(self, engine: InferenceEngine) -> None:
        self._engine = engine

    def build(self) -> None:
        """Lay it out, inside the drawer; hidden for an engine without a model, such as a replay."""
        with gr.Column(visible=self._engine.info is not None, elem_id="settings-models"):
            self.choice = gr.Dropdown(
                choices(self._engine),
                value=chosen(self._engine),
                label="Model",
                info="Changes for everyone who uses this page. "
                "`counterpoint models download ID` fetches others.",
                elem_id="settings-model",
            )
            self.go = gr.Button("Use this model", size="sm", elem_id="settings-model-switch")
            self.notice = gr.HTML("", elem_id="settings-model-notice")

    def restored(self) -> Frame:
        """What a page that was loaded again lists."""
        return {self.choice: gr.update(choices=choices(self._engine), value=chosen(self._engine))}

    def wire(self, status: gr.HTML) -> None:
        """status: the panel with the chip, which names the model."""

        def switch(name: str | None) -> Frame:
            said = switched(self._engine, name)
            return {
                **self.restored(),
                self.notice: f"<p role='status'>{escape(said)}</p>",
                status: view.status_line(self._engine.model, None, None),
            }

        self.go.click(switch, self.choice, [self.choice, self.notice, status], **QUIET)


def switched(engine: InferenceEngine, name: str | None) -> str:
    """Switch to what the list calls `name`; what came of it, in a sentence."""
    if not name or (name == chosen(engine) and not engine.lost):
        return f"{engine.model} is in use already."
    try:
        engine.switch(ModelLoader(name, download=False))
    except CoreError as error:
        return str(error) if engine.lost else f"{error} {engine.model} goes on."
    return f"{engine.model} is in use now."


def chosen(engine: InferenceEngine) -> str:
    """The loaded model, as the list and a ModelLoader call it."""
    embedded = engine.info is not None and engine.info.source is ModelSource.EMBEDDED
    return EMBEDDED if embedded else engine.model


def choices(engine: InferenceEngine) -> list[tuple[str, str]]:
    """(label, name) of what is on this machine, and of a folder that is in use."""
    listed = [(_label(model), model.name) for model in local_models()]
    name = chosen(engine)
    known = any(name == other for _, other in listed)
    return listed if known else [*listed, (name, name)]


def _label(model: LocalModel) -> str:
    fits = "" if model.fits_in_memory else ", too large for this machine's memory"
    return f"{model.name} ({size(model.weight_bytes)}{fits})"
