"""The page, put together: `create_app` builds it, `launch_options` says how to serve it.

Neither launches anything; the command line does.
"""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr
from gradio.blocks import Block
from starlette.middleware import Middleware

from core.engine import InferenceEngine
from core.errors import StoreError
from core.store.history import Store
from core.store.votes import StoredVotes
from core.votes import VoteBook
from ui.web import login as login_page
from ui.web import theme
from ui.web.chat import ChatTab
from ui.web.compare import CompareTab
from ui.web.compare_chat import CompareToChat
from ui.web.history import HistoryTab
from ui.web.links import Link, Links
from ui.web.live import Frame
from ui.web.memory import Memory
from ui.web.models import ModelChoice
from ui.web.presenting import Presenting
from ui.web.security import SecurityHeaders
from ui.web.sessions import Sessions
from ui.web.settings import SettingsDrawer


def create_app(
    engine: InferenceEngine,
    store: Store | StoreError | None = None,
    *,
    sessions: Sessions | None = None,
    votes: VoteBook | None = None,
    present: bool = False,
) -> gr.Blocks:
    """The page over an engine and a history. Both stay the caller's: close them after the server.

    store: the error, where the history could not be opened; the page works without, and says why.
    votes: where blind votes are kept; None keeps them in the history, or without one until the
    server ends. present: pages begin as they are shown to people: see `ui.web.presenting`.
    """
    memory = Memory(store)
    if votes is None and memory.store is not None:
        votes = StoredVotes(memory.store)
    sessions = sessions if sessions is not None else Sessions(presenting=present)
    models = ModelChoice(engine)
    drawer = SettingsDrawer(engine.config, models)
    chat = ChatTab(engine, sessions, drawer, memory)
    compare = CompareTab(engine, sessions, drawer, votes, memory)
    history = HistoryTab(memory, sessions, chat, compare)
    presenting = Presenting(sessions, chat, compare, history)
    links = Links(memory, chat, compare)
    app: gr.Blocks
    with gr.Blocks(title="Counterpoint", analytics_enabled=False, fill_width=True) as app:
        presenting.build()
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Chat", id="chat"):
                chat.build()
            with gr.Tab("Compare", id="compare"):
                compare.build()
            with gr.Tab("History", id="history") as history_tab:
                history.build()
        drawer.build()
        tab, link = gr.Textbox(visible=False), gr.Textbox(visible=False)
        chat.wire()
        compare.wire()
        to_chat = CompareToChat(sessions, drawer, chat, compare.boards, compare.frames)
        to_chat.wire(tabs, compare.columns)
        history.wire(tabs, history_tab)
        presenting.wire()
        models.wire(sessions, chat.parts.status, chat.parts.log)

        async def restored(tab_id: str, asked: str, request: gr.Request) -> Frame:
            begun = sessions.get(request.session_hash)
            session = sessions.adopt(request.session_hash, tab_id)
            if session is not begun:  # nobody reads any more what an earlier page had started
                await session.stop_all()
            entry = await asyncio.to_thread(memory.shown_before, session)
            if entry is not None:
                chat.opened(session, entry)
            shown, said = await asyncio.to_thread(links.followed, session, Link.read(asked))
            return {
                **chat.restored(session),
                **compare.restored(session),
                **models.restored(session),
                # Else it is as the page was built, or was switched since.
                **(presenting.shown(session) if session is not begun else {}),
                **said,
                tabs: gr.Tabs(selected=shown) if shown else gr.skip(),
            }

        outputs: list[Block] = [*chat.restorable, *compare.restorable, models.choice, tabs]
        outputs += [presenting.header, *chat.tabs.values()]
        app.load(
            restored,
            [tab, link],
            outputs,
            js="() => counterpoint.start()",
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    return app


def launch_options(login: tuple[str, str] | None = None) -> dict[str, Any]:
    """Keyword arguments for `Blocks.launch`: looks, headers, and nothing that asks other hosts.

    login: user and password that the page asks for; None lets everybody in.
    """
    middleware = [Middleware(SecurityHeaders), Middleware(login_page.LoginRequired)]
    return {
        "auth": login,
        "auth_message": login_page.MESSAGE if login else None,
        "theme": theme.theme(),
        "head": theme.head(),
        "app_kwargs": {"middleware": middleware},
        "ssr_mode": False,
        "run_history": False,
        "footer_links": [],
        "enable_monitoring": False,
        "show_error": True,
        "share": False,
        "pwa": False,
    }
