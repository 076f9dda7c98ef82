"""The model is changed in one tab, and the others follow: the real command, a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from core.models import ModelLoader
from tests.browser.serving import serving
from tests.browser.steps import ask, open_page

OTHER = "acme/other"


@pytest.fixture
def two_models(browser_type_launch_args: dict[str, Any], tmp_path: Path) -> Any:
    """Address of the page on the embedded model, with a second one in the hub's cache."""
    repo = tmp_path / "hub" / f"models--{OTHER.replace('/', '--')}"
    snapshot = repo / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text("abc")
    for file in ("config.json", "model.safetensors"):
        (snapshot / file).symlink_to(ModelLoader().info.path / file)
    with serving(
        "ui.terminal.cli", "ui", "--no-browser", settings={"HF_HOME": str(tmp_path)}, logs=tmp_path
    ) as address:
        yield address


def test_a_tab_follows_the_model_that_another_one_has_chosen_and_so_does_the_empty_chat(
    context: BrowserContext, two_models: str
) -> None:
    one, two, three = (context.new_page() for _ in range(3))
    for page in (one, two, three):
        open_page(page, two_models)
        expect(page.locator("#chat-log")).to_contain_text("model that comes with Counterpoint")
    ask(three, "What is 2 + 3?", "low")

    one.locator("#settings-open").click()
    one.locator("#settings-model input").click()
    one.get_by_role("option", name=OTHER).click()
    one.locator("#settings-model-switch").click()
    expect(one.locator("#settings-model-notice")).to_contain_text(f"{OTHER} is in use now")

    # A browser without a window never loses the focus, and so never gets it back.
    two.evaluate("window.dispatchEvent(new Event('focus'))")
    three.locator("#settings-open").click()
    for page in (one, two, three):
        expect(page.locator("#chat-status .model")).to_have_text(OTHER)
        expect(page.locator("#settings-model input")).to_have_value(re.compile(OTHER))
    for page in (one, two):
        expect(page.locator("#chat-log")).to_contain_text("how the model came to it")
        expect(page.locator("#chat-log")).not_to_contain_text("comes with Counterpoint")
    expect(three.locator("#chat-log .message.bot")).to_have_count(1)
    three.keyboard.press("Escape")
    ask(three, "And 4 + 5?", "low")
    expect(three.locator("#chat-log .message.bot")).to_have_count(2)
    one.reload()
    expect(one.locator("#chat-log")).to_contain_text("how the model came to it")
