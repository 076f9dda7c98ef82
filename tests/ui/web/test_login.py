"""Behind a login nothing of the page is served, whichever route is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from gradio import mount_gradio_app
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from ui.web.app import create_app, launch_options
from ui.web.login import OPEN, OPEN_FOLDERS

LOGIN = ("ann", "pass:word")


@pytest.fixture(scope="module")
def app() -> Iterator[Any]:
    """What the server runs, without a socket."""
    options = launch_options(LOGIN)
    with InferenceEngine(ScriptedBackend(lambda _: []), InferenceConfig(_env_file=None)) as engine:
        whole, chosen = FastAPI(), ("auth", "app_kwargs", "theme", "head", "ssr_mode")
        mount_gradio_app(
            whole, create_app(engine), "/page", **{name: options[name] for name in chosen}
        )
        (mounted,) = (route for route in whole.routes if isinstance(route, Mount))
        yield mounted.app


@pytest.fixture
def client(app: Any) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1:7860")


def asked(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Every method and path that the server knows, with something in place of its parameters."""
    for route in routes:
        if router := getattr(route, "original_router", None):
            yield from asked(router.routes)
        for method in getattr(route, "methods", None) or ():
            yield method, re.sub(r"\{\w+(:path)?\}", "x", route.path)


def test_every_route_but_those_of_the_login_answers_401(app: Any, client: TestClient) -> None:
    routes = set(asked(app.routes))
    assert {("GET", "/config"), ("POST", "/gradio_api/queue/join")} <= routes
    assert {("POST", "/gradio_api/cancel"), ("GET", "/gradio_api/file=x")} <= routes
    for method, path in sorted(routes):
        if path not in OPEN and not path.startswith(OPEN_FOLDERS):
            assert client.request(method, path).status_code == 401, (method, path)


@pytest.mark.parametrize("path", ["/?comparison=x", "/?chat=x", "/"])
def test_the_page_itself_is_then_only_its_login(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert '"auth_required":true' in page.text
    assert "elem_id" not in page.text


def test_a_wrong_login_is_refused_and_opens_nothing(client: TestClient) -> None:
    for user, password in (("ann", "word"), ("bob", LOGIN[1]), ("", "")):
        answer = client.post("/login", data={"username": user, "password": password})
        assert answer.status_code in (400, 422)
    assert client.get("/config").status_code == 401


def test_the_right_login_opens_everything_and_a_made_up_token_nothing(client: TestClient) -> None:
    assert (
        client.post("/login", data={"username": LOGIN[0], "password": LOGIN[1]}).status_code == 200
    )
    config = client.get("/config")
    assert (config.status_code, "chat-input" in config.text) == (200, True)
    token = next(name for name in client.cookies if "unsecure" in name)
    client.cookies.clear()
    client.cookies.set(token, "x")
    assert client.get("/config").status_code == 401
    client.cookies.set(token, "")
    assert client.get("/config").status_code == 401


def test_without_a_login_everybody_is_let_in(app: Any, client: TestClient) -> None:
    login, app.auth = app.auth, None
    try:
        assert "chat-input" in client.get("/config").text
    finally:
        app.auth = login
