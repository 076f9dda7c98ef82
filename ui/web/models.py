"""The drawer's choice of model: what is on this machine, and a switch to it at run time.

The model is the engine's, and so the same for every tab. A tab that did not switch itself learns of
it when it is looked at again, or its drawer is opened: the page's script then presses a button that
nobody sees. Gradio has no way to tell it earlier, but by asking all the time.
"""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from core.engine import InferenceEngine
from core.errors import CoreError
from core.machine import size
from core.models import EMBEDDED, LocalModel, ModelLoader, ModelSource, local_models
from ui.web import view
from ui.web.live import QUIET, Frame
from ui.web.sessions import Session, Sessions

EMBEDDED_NOTE = (
    "### Ask something\n"
    "This is the small model that comes with Counterpoint: it adds and subtracts, counts days, "
    "knows capitals and copies addresses out of a sentence.\n\n"
    "On a Mac with Apple silicon, `counterpoint ui --model openai/gpt-oss-20b` opens the real one."
)
NOTE = "### Ask something\nThe answer appears here; how the model came to it, beside it."


class ModelChoice:
    """One object for the app."""

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
            self.follow = gr.Button("Look for a change of the model", elem_id="model-follow")

    def restored(self, session: Session) -> Frame:
        """What a page that was loaded again lists."""
        session.model = self._engine.model
        return {self.choice: gr.update(choices=choices(self._engine), value=chosen(self._engine))}

    def wire(self, sessions: Sessions, status: gr.HTML, log: gr.Chatbot) -> None:
        """status: the panel with the chip, which names the model. log: the chat, which says what
        the model can while it is empty."""

        def shown(session: Session) -> Frame:
            return {
                **self.restored(session),
                status: view.status_line(self._engine.model, None, None),
                log: gr.update(placeholder=note(self._engine)),
            }

        def switch(name: str | None, request: gr.Request) -> Frame:
            said = switched(self._engine, name)
            session = sessions.get(request.session_hash)
            return {**shown(session), self.notice: f"<p role='status'>{escape(said)}</p>"}

        def followed(request: gr.Request) -> Any:
            session = sessions.get(request.session_hash)
            # The frames of a run name the model that it runs on.
            if session.busy or session.model == self._engine.model:
                return gr.skip()
            return shown(session)

        outputs = [self.choice, status, log]
        self.go.click(switch, self.choice, [*outputs, self.notice], **QUIET)
        self.follow.click(followed, None, outputs, queue=False, **QUIET)


def note(engine: InferenceEngine) -> str:
    """What an empty chat says, Markdown: what this model is for."""
    return EMBEDDED_NOTE if chosen(engine) == EMBEDDED else NOTE


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
