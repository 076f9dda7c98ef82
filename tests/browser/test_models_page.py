"""The model is changed in one tab, and the others follow; models are compared: the real command, a
real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.models import ModelLoader
from tests.browser.serving import serving
from tests.browser.steps import ask, column, compare, open_page, open_tab

OTHER = "acme/other"


@pytest.fixture(scope="module")
def two_models(
    browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """Address of the page on the embedded model, with a second one in the hub's cache."""
    tmp_path = tmp_path_factory.mktemp("two-models")
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
    three.locator("#settings-max-tokens input").fill("12")
    three.keyboard.press("Escape")
    ask(three, "And 4 + 5?", "low")
    expect(three.locator("#chat-log .message.bot")).to_have_count(2)
    one.reload()
    expect(one.locator("#chat-log")).to_contain_text("how the model came to it")


def test_models_are_compared_one_after_the_other_and_that_is_said(
    page: Page, two_models: str
) -> None:
    open_page(page, two_models)
    page.locator("#settings-open").click()
    page.locator("#settings-max-tokens input").fill("12")
    page.keyboard.press("Escape")
    open_tab(page, "Compare")
    page.locator("#compare-options-open").click()
    page.get_by_label("Models", exact=True).first.check(force=True)
    lines = page.locator("#compare-variants textarea")
    expect(lines).to_have_value(f"embedded\n{OTHER}")
    expect(page.get_by_label("One after the other")).to_be_disabled()
    verdict = page.locator("#compare-verdict")
    lines.fill("embedded\nacme/nowhere")
    page.locator("#compare-input textarea").fill("What is 2 + 3?")
    page.locator("#compare-run").click()
    expect(verdict).to_contain_text("acme/nowhere is not in the hub's cache")
    lines.fill(f"embedded\n{OTHER}")
    compare(page, "What is 2 + 3?")
    expect(verdict).to_contain_text("The models ran one after the other", timeout=150_000)
    for number, name in ((1, "embedded"), (2, "other")):
        expect(column(page, number).locator("h3")).to_have_text(name)
        expect(column(page, number).locator(".metrics")).to_contain_text("12")
        expect(column(page, number).locator("footer")).not_to_contain_text("batch")
    expect(column(page, 3)).to_be_hidden()
    expect(page.locator("#compare-table")).to_contain_text("Tokens/s alone")
