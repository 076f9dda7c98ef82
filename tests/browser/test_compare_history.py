"""Stored comparisons in a real browser: opened, replayed, linked to, gone on with in the chat."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.scripted import PAYLOAD
from tests.browser.steps import answers, ask, column, compare, open_page, open_tab, questions

# Keeps what the first column shows at each change: its status, its thinking, its Finish now.
SEEN = """() => {
    const find = (part) => document.querySelector(`#compare-column-1 ${part}`);
    const look = () => window.seen.push([
        find(".status").textContent,
        find(".thinking .live").textContent,
        getComputedStyle(find(".finish")).display,
    ]);
    window.seen = [];
    const changes = { childList: true, characterData: true, subtree: true };
    new MutationObserver(look).observe(find(".thinking"), changes);
}"""


def keep_reasoning(page: Page) -> None:
    """Switch it on in the settings."""
    page.locator("#settings-open").click()
    page.get_by_label("Keep reasoning").check()
    page.keyboard.press("Escape")


def ended(page: Page) -> None:
    """Wait until nothing runs and the exports are there."""
    expect(page.locator("#compare-exports")).to_be_visible()
    expect(page.locator("#compare-run")).to_be_enabled()


def choose(page: Page, query: str) -> None:
    """Find a comparison in the history."""
    open_tab(page, "History")
    page.locator("#history-kind").get_by_text("Comparisons").click()
    page.locator("#history-search").fill(query)
    expect(page.locator("#history-count")).to_have_text("1–1 of 1")
    page.locator("#history-rows button").click()
    expect(page.locator("#history-title")).to_contain_text(query)


def test_a_stored_comparison_is_replayed_as_it_was_and_labelled(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    keep_reasoning(page)
    compare(page, "wombats, steady question")
    ended(page)
    verdict, first = page.locator("#compare-verdict"), column(page, 1)
    footer = first.locator("footer").inner_text()
    choose(page, "wombats, steady")
    expect(page.locator("#history-detail .verdict")).to_contain_text("Low was enough")
    with page.expect_download() as download:
        page.locator("#history-export-html").click()
    assert "wombats, steady question" in Path(download.value.path()).read_text()
    # It takes as long as the comparison did, and a busy machine looks only now and then.
    page.evaluate(SEEN)
    page.locator("#history-replay").click()
    expect(verdict).to_contain_text(re.compile(r"Replay of .* at its real speed; nothing is gen"))
    ended(page)
    expect(verdict).to_contain_text(re.compile("Low was enough.*Replay of"))
    expect(first.locator("footer")).to_have_text(footer, use_inner_text=True)
    seen = page.evaluate("window.seen")
    thinking = [(text, finish) for status, text, finish in seen if status == "Thinking"]
    assert any(text.startswith("Counting: 0 1 2") for text, _ in thinking)
    assert {finish for _, finish in thinking} == {"none"}


def test_a_link_opens_a_comparison_to_go_on_with_and_an_attack_in_it_runs_nothing(
    page: Page, scripted: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, scripted)
    keep_reasoning(page)
    ask(page, "before the numbats")
    compare(page, f"attack of numbats {PAYLOAD}")
    ended(page)
    expect(page).to_have_url(re.compile(r"\?comparison=\w+$"))
    address = page.url
    page.locator("#compare-link button").click()
    expect(page.locator("#compare-link .hint")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == address
    page.goto("about:blank")
    page.goto(address)
    verdict, last = page.locator("#compare-verdict"), column(page, 3)
    expect(verdict).to_contain_text(re.compile("Low was enough.*From the history:"))
    expect(page.locator("#compare-input textarea")).to_have_value(re.compile("attack of numbats"))
    expect(last.locator(".answer").first).to_contain_text("<iframe src=")
    last.locator(".thinking summary").click()
    expect(last.locator(".thinking .live")).to_contain_text("<svg onload")
    expect(page.locator("#compare-table")).to_be_visible()
    expect(page).to_have_url(address)

    last.get_by_role("button", name="Continue in chat").click()
    expect(page.locator("#chat-notice")).to_contain_text("from the answer of High")
    expect(questions(page)).to_contain_text("<script>window.attacked = 1</script>")
    expect(page.locator("#chat-level input[value=high]")).to_be_checked()
    ask(page, "after the numbats")
    expect(answers(page).first).to_contain_text("<iframe src=")
    choose(page, "numbats")
    expect(page.locator("#history-title")).to_contain_text("attack of numbats <img src=")
    page.locator("#history-kind").get_by_text("Chats").click()
    expect(page.locator("#history-rows button")).to_have_count(2)

    page.goto(f"{scripted}?comparison=<img src=x onerror=window.attacked=1>")
    expect(verdict).to_contain_text("There is no entry '<img src=x")
    assert page.evaluate("window.attacked") is None
    assert page.locator("#tabs :is(iframe, script, img[src*=attack])").count() == 0
    assert [url for url in asked if "attack.example" in url] == []
