"""While presenting, thinking reaches the browser only once it is asked for."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import LEVELS, ask, column, compare, open_page, open_tab

THOUGHT = re.compile("elephant|giraffe", re.IGNORECASE)
LISTEN = """
window.heard = [];
const fetched = window.fetch;
window.fetch = async (...given) => {
  const response = await fetched(...given);
  const reader = response.clone().body?.getReader(), decoder = new TextDecoder();
  const read = async () => {
    for (let part; reader && !(part = await reader.read()).done;)
      window.heard.push(decoder.decode(part.value, { stream: true }));
  };
  read().catch(() => {});
  return response;
};
for (const kind of ["EventSource", "WebSocket"]) {
  window[kind] = class extends window[kind] {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", (event) => window.heard.push(String(event.data)));
    }
  };
}
"""


def heard(page: Page) -> str:
    """All that the server has sent to the page's script."""
    return "".join(page.evaluate("window.heard"))


def shown(page: Page) -> str:
    """All text of the page, also of what is folded."""
    return page.evaluate("document.body.textContent")


def test_thinking_is_sent_once_it_is_asked_for(page: Page, scripted: str) -> None:
    page.add_init_script(LISTEN)
    open_page(page, scripted)
    page.get_by_role("switch", name="Presenting").click()
    expect(page.get_by_role("tab", name="How it thinks")).to_be_visible()

    ask(page, "a secret question")
    open_tab(page, "Numbers")
    expect(page.locator("#chat-metrics")).to_contain_text("Until it began")
    open_tab(page, "Pieces")
    expect(page.locator("#chat-tokens .count")).to_have_text(re.compile(r"[1-9]\d* tokens"))
    assert "You said: a secret question" in heard(page)
    assert not THOUGHT.search(heard(page) + shown(page))
    page.locator("#chat-show-thinking").click()
    expect(page.locator("#chat-analysis")).to_contain_text("An elephant meets a giraffe.")
    assert THOUGHT.search(heard(page))

    page.evaluate("window.heard = []")
    page.locator("#chat-show-thinking").click()
    expect(page.locator("#chat-analysis")).not_to_contain_text("elephant")
    compare(page, "a secret comparison")
    expect(page.locator("#compare-exports")).to_be_visible()
    for number in range(1, len(LEVELS) + 1):
        expect(column(page, number).locator(".spent")).to_contain_text(re.compile(r"\d+ tokens"))
        expect(column(page, number).locator(".block.answer")).to_contain_text("You said: a secret")
    assert not THOUGHT.search(heard(page) + shown(page))
    page.locator("#compare-show-thinking").click()
    for number in range(1, len(LEVELS) + 1):
        expect(column(page, number).locator(".thinking .live")).to_be_visible()
        expect(column(page, number).locator(".thinking")).to_contain_text("meets a giraffe.")

    # An entry of the history is read without it as well.
    page.evaluate("window.heard = []")
    open_tab(page, "History")
    page.locator("#history-rows button").first.click()
    expect(page.locator("#history-turns")).to_contain_text("a secret comparison")
    assert not THOUGHT.search(heard(page))
