"""The page, put together: `create_app` builds it, `launch_options` says how to serve it.

Neither launches anything; the command line does.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.blocks import Block
from starlette.middleware import Middleware

from core.engine import InferenceEngine
from core.models import ModelSource
from core.votes import VoteBook
from ui.web import panels, theme
from ui.web.chat import ChatTab
from ui.web.compare import CompareTab
from ui.web.live import Frame
from ui.web.models import ModelChoice
from ui.web.security import SecurityHeaders
from ui.web.sessions import Sessions
from ui.web.settings import SettingsDrawer

EMBEDDED_NOTE = (
    "### Ask something\n"
    "This is the small model that comes with Counterpoint: it adds and multiplies, orders numbers, "
    "knows capitals and copies addresses out of a sentence.\n\n"
    "On a Mac with Apple silicon, `counterpoint ui --model openai/gpt-oss-20b` opens the real one."
)
NOTE = "### Ask something\nThe answer appears here; how the model came to it, beside it."


def create_app(
    engine: InferenceEngine, *, sessions: Sessions | None = None, votes: VoteBook | None = None
) -> gr.Blocks:
    """The page over an engine. The engine stays the caller's: close it after the server.

    votes: where blind votes are kept; None keeps them until the server ends.
    """
    sessions = sessions if sessions is not None else Sessions()
    models = ModelChoice(engine)
    drawer = SettingsDrawer(engine.config, models)
    embedded = engine.info is not None and engine.info.source is ModelSource.EMBEDDED
    chat = ChatTab(engine, sessions, drawer, EMBEDDED_NOTE if embedded else NOTE)
    compare = CompareTab(engine, sessions, drawer, votes)
    app: gr.Blocks
    with gr.Blocks(title="Counterpoint", analytics_enabled=False, fill_width=True) as app:
        gr.HTML(
            panels.HEADER,
            js_on_load="counterpoint.header(element)",
            apply_default_css=False,
            elem_id="header",
        )
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Chat", id="chat"):
                chat.build()
            with gr.Tab("Compare", id="compare"):
                compare.build()
        drawer.build()
        tab = gr.Textbox(visible=False)
        chat.wire()
        compare.wire()
        models.wire(chat.parts.status)

        async def restored(tab_id: str, request: gr.Request) -> Frame:
            session = sessions.adopt(request.session_hash, tab_id)
            await session.stop_all()
            return {**chat.restored(session), **compare.restored(session), **models.restored()}

        outputs: list[Block] = [*chat.restorable, *compare.restorable, models.choice]
        app.load(
            restored,
            tab,
            outputs,
            js="() => counterpoint.start()",
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    return app


def launch_options() -> dict[str, Any]:
    """Keyword arguments for `Blocks.launch`: looks, headers, and nothing that asks other hosts."""
    return {
        "theme": theme.theme(),
        "head": theme.head(),
        "app_kwargs": {"middleware": [Middleware(SecurityHeaders)]},
        "ssr_mode": False,
        "run_history": False,
        "footer_links": [],
        "enable_monitoring": False,
        "show_error": True,
        "share": False,
        "pwa": False,
    }
