"""The real command behind a login, in a real browser."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import serving
from tests.browser.steps import answers, ask

USER, PASSWORD = "ann", "open:sesame"


@pytest.fixture(scope="module")
def locked(browser_type_launch_args: dict[str, Any]) -> Iterator[str]:
    """Address of the real command that asks for a login; its answers are short."""
    settings = {"COUNTERPOINT_AUTH": f"{USER}:{PASSWORD}", "COUNTERPOINT_MAX_TOKENS": "8"}
    with serving("ui.terminal.cli", "ui", "--no-browser", settings=settings) as address:
        yield address


def log_in(page: Page, password: str) -> None:
    page.get_by_label("username").fill(USER)
    page.get_by_label("password").fill(password)
    page.get_by_role("button", name="Login").click()


def test_a_wrong_password_is_refused_and_the_right_one_opens_the_page_for_good(
    page: Page, locked: str
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(60_000)
    page.goto(locked)
    log_in(page, PASSWORD.upper())
    expect(page.get_by_text("Incorrect")).to_be_visible()
    expect(page.locator("#chat-input")).to_have_count(0)
    log_in(page, PASSWORD)
    expect(page.locator("#chat-status .model")).not_to_be_empty()
    ask(page, "What is 23 + 48?")
    expect(answers(page)).to_have_count(1)
    page.reload()
    expect(page.locator("#chat-status .model")).not_to_be_empty()
    expect(answers(page)).to_have_count(1)
    assert errors == []


def test_a_request_without_the_login_gets_nothing(locked: str) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for path in (
        "config",
        "gradio_api/info",
        "gradio_api/heartbeat/x",
        "gradio_api/file=/etc/hosts",
    ):
        with pytest.raises(urllib.error.HTTPError, match="401"):
            direct.open(locked + path, timeout=30)
    with direct.open(f"{locked}?comparison=x", timeout=30) as answer:
        assert b"chat-input" not in answer.read()
