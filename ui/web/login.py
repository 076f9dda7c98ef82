"""Where the page asks for a login, everything on the server is behind it.

Gradio's own check guards most of its routes, but not all of them (cancelling, heartbeats, streams).
This one stands before every route, those of a later Gradio included.
"""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

STARTS: Final = "/gradio_api/startup-events"
"""Gradio asks its own server for it, when it starts; it tells nothing."""
OPEN: Final = frozenset({"/", "/login", "/theme.css", "/favicon.ico", STARTS})
"""What the login itself needs; without a login `/` is nothing but that."""
MESSAGE: Final = """
<style>
.wrap.min-h-screen { background: none; padding-top: 18vh; }
.wrap.min-h-screen .column.panel { padding: 20px 24px 24px; border-radius: 10px;
  border: 1px solid var(--border-color-primary); background: var(--background-fill-primary); }
.wrap.min-h-screen .form { border: 0; background: none; }
.wrap.min-h-screen .block { padding: 0 0 14px; border: 0; }
.wrap.min-h-screen label > span { text-transform: capitalize; }
.wrap.min-h-screen input { padding: 8px 10px !important; border-radius: 8px !important;
  border: 1px solid var(--body-text-color-subdued) !important; }
</style>
<p>Counterpoint asks who you are before it opens.</p>
"""
"""Stands in Gradio's login form. The page's own style sheet comes only behind it."""
OPEN_FOLDERS: Final = ("/assets/", "/static/", "/svelte/")
"""Gradio's own scripts and styles, the same in every installation."""


class LoginRequired:
    """ASGI middleware that answers 401 where Gradio knows no login for a request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _may_pass(HTTPConnection(scope), scope["app"]):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            answer = JSONResponse({"detail": {"error": "Not authenticated"}}, 401)
            await answer(scope, receive, send)


def _may_pass(asked: HTTPConnection, gradio: Any) -> bool:
    """gradio: its App, which holds the tokens that it gave out."""
    if gradio.auth is None:
        return True
    path = asked.scope["path"]
    if path in OPEN or path.startswith(OPEN_FOLDERS):
        return True
    names = (f"access-token-{gradio.cookie_id}", f"access-token-unsecure-{gradio.cookie_id}")
    return any(asked.cookies.get(name) in gradio.tokens for name in names)
