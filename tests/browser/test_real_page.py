"""The real command, the real engine, the embedded model, a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import (
    LEVELS,
    answered,
    answers,
    ask,
    choose_level,
    column,
    compare,
    open_page,
    open_tab,
    questions,
    show_channels,
    type_question,
)

SUM = "What is 23 + 48?"


def test_loading_asks_no_other_host_and_reports_no_error(page: Page, site: str) -> None:
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    open_page(page, site)
    open_tab(page, "Compare")
    expect(column(page, 3)).to_be_visible()
    page.evaluate("document.fonts.ready")
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []
    assert len(asked) > 5
    assert errors == []


def test_the_answer_is_in_the_chat_and_the_analysis_in_its_tab(page: Page, site: str) -> None:
    open_page(page, site)
    expect(page.locator("#chat-analysis")).to_be_hidden()
    show_channels(page)
    ask(page, SUM, "high")
    expect(answers(page)).to_have_text(re.compile(r"\b71\b"))
    analysis = page.locator("#chat-analysis").inner_text().strip()
    assert len(analysis) > 20
    assert analysis.splitlines()[1] not in page.locator("#chat-log").inner_text()
    chip = page.locator("#chat-status .chip")
    expect(chip).to_contain_text("embedded")
    expect(chip).to_contain_text("High in the prompt")
    expect(chip).to_contain_text("Clean")

    open_tab(page, "Tokens")
    tokens = page.locator("#chat-tokens .tokens span")
    expect(tokens.first).to_have_text("<|channel|>")
    expect(tokens.last).to_have_text("<|return|>")
    assert tokens.count() == int(page.locator("#chat-tokens .count").inner_text().split()[0])
    open_tab(page, "Metrics")
    expect(page.locator("#chat-metrics")).to_contain_text("Reasoning: high")
    page.locator("#chat-metrics summary").click()
    expect(page.locator("#chat-metrics pre")).to_contain_text(f"<|start|>user<|message|>{SUM}")


# Of every shade and kind, the contrast of a token's text to what is behind it (WCAG 2).
CONTRASTS = """() => {
    const rgb = (text) => {
        const parts = text.match(/[\\d.]+/g).slice(0, 3).map(Number);
        return text.startsWith("color(") ? parts : parts.map((part) => part / 255);
    };
    const light = (text) => rgb(text)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
    const pane = document.querySelector("#chat-tokens .tokens.scored");
    const found = [];
    for (const kind of "macfs") for (const shade of "01234") {
        const span = pane.firstElementChild.appendChild(document.createElement("span"));
        span.className = `t-${kind} s-${shade}`;
        const style = getComputedStyle(span);
        const [a, b] = [light(style.color), light(style.backgroundColor)];
        found.push((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
        span.remove();
    }
    return found;
}"""


def test_tokens_are_shaded_by_surprise_while_they_come_once_that_is_switched_on(
    page: Page, site: str
) -> None:
    open_page(page, site)
    show_channels(page)
    open_tab(page, "Tokens")
    scored = page.locator("#chat-tokens .tokens.scored span")
    ask(page, SUM, "low")
    expect(scored).to_have_count(0)
    expect(page.locator("#chat-tokens .surprise")).to_be_hidden()

    page.get_by_label("How likely each token was").check()
    choose_level(page, "high")
    type_question(page, "What is 638 + 957 + 846?")
    page.locator("#chat-send").click()
    expect(scored.nth(20)).to_be_attached()
    expect(page.locator("#chat-stop")).to_be_enabled()
    page.locator("#chat-stop").click()
    answered(page)

    ask(page, "What is 486 * 37?", "low")  # it can only guess
    unsure = page.locator("#chat-tokens .tokens").locator(".s-1, .s-2, .s-3, .s-4")
    expect(unsure.first).to_be_visible()
    expect(unsure.first).to_have_attribute(
        "title", re.compile(r"% likely, [\d.]+ bits .+ likeliest:")
    )
    expect(page.locator("#chat-tokens .surprise")).to_be_visible()
    for other in ("dark", "light"):
        assert min(page.evaluate(CONTRASTS)) >= 4.5
        page.get_by_role("button", name=f"Switch to {other} colours").click()

    detail = page.locator("#chat-tokens .detail")
    page.locator("#chat-tokens .tokens").focus()
    page.keyboard.press("ArrowRight")
    expect(detail).to_have_text(re.compile(r"“<\|channel\|>”: .+% likely"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#chat-tokens .current")).to_have_text("analysis")
    expect(detail).to_contain_text("“analysis”")
    unsure.first.hover()
    expect(detail).to_contain_text(unsure.first.get_attribute("title") or "?")


def test_compare_fills_three_columns_and_judges_them(page: Page, site: str) -> None:
    open_page(page, site)
    compare(page, SUM)
    verdict = page.locator("#compare-verdict")
    # A minute is not enough for three runs on a machine that is busy with something else.
    expect(verdict).to_contain_text(re.compile("enough|disagree"), timeout=150_000)
    for number, level in enumerate(LEVELS, 1):
        one = column(page, number)
        expect(one).to_have_class(re.compile(rf"\blevel-{level}\b"))
        expect(one.locator(".status")).to_have_text("Done")
        expect(one.locator(".answer").first).to_contain_text("23 + 48")
        expect(one.locator(".metrics")).to_contain_text("to the answer")
        expect(one.locator("footer")).to_contain_text(f"Reasoning: {level} · prompt ")
        expect(one.locator("footer")).to_contain_text("measured in one batch")
        expect(one.locator(".thinking .live")).to_be_hidden()
        one.locator(".thinking summary").click()
        expect(one.locator(".thinking .live")).to_be_visible()
        expect(one.locator(".thinking .live")).to_have_text(re.compile(r"\S"))
    expect(column(page, 3).locator(".answer").first).to_contain_text("71")
    expect(page.locator("#compare-table")).to_contain_text("medium")
    expect(page.locator("#compare-run")).to_be_enabled()


def test_stop_keeps_what_was_written(page: Page, site: str) -> None:
    open_page(page, site)
    show_channels(page)
    choose_level(page, "high")
    type_question(page, "What is 638 + 957 + 846?")
    page.locator("#chat-send").click()
    expect(page.locator("#chat-analysis .live")).to_contain_text("638")
    page.locator("#chat-stop").click()
    answered(page)
    expect(page.locator("#chat-status .health")).to_have_text("Stopped")
    expect(page.locator("#chat-analysis .live")).to_contain_text("638")
    expect(answers(page)).to_contain_text("was stopped before an answer")
    expect(questions(page)).to_have_text(["What is 638 + 957 + 846?"])


def test_a_chat_goes_on_and_can_be_changed(page: Page, site: str) -> None:
    open_page(page, site)
    ask(page, "What is the capital of Peru?", "low")
    expect(answers(page).last).to_contain_text("capital of")
    ask(page, "What is 2 + 3?")
    expect(answers(page)).to_have_count(2)

    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#chat-stop")).to_be_enabled()
    answered(page)
    expect(questions(page)).to_have_count(2)
    expect(answers(page)).to_have_count(2)

    page.get_by_role("button", name="Undo").click()
    expect(answers(page)).to_have_count(1)
    expect(page.locator("#chat-input textarea")).to_have_value("What is 2 + 3?")

    page.get_by_role("button", name="Edit").click()
    page.locator("#chat-log textarea").fill("What is the capital of Japan?")
    page.get_by_role("button", name="Submit").click()
    expect(questions(page)).to_have_text(["What is the capital of Japan?"])
    expect(answers(page)).to_contain_text("capital of")
    answered(page)

    page.get_by_role("button", name="Clear").click()
    expect(questions(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Add two numbers")).to_be_visible()
    expect(page.locator("#chat-input textarea")).to_have_value("What is 2 + 3?")


def test_a_prompt_that_cannot_be_used_is_refused_in_a_sentence(page: Page, site: str) -> None:
    open_page(page, site)
    notice = page.locator("#chat-notice .notice")
    page.locator("#chat-send").click()
    expect(notice).to_contain_text("The message is empty")

    long = "word " * 140_000
    type_question(page, long)
    page.locator("#chat-send").click()
    expect(notice).to_contain_text("Shorten the prompt")
    expect(page.locator("#chat-input textarea")).to_have_value(long)
    expect(questions(page)).to_have_count(0)

    compare(page, "   ")
    expect(page.locator("#compare-verdict")).to_contain_text("The prompt is empty")
    open_tab(page, "Chat")
    ask(page, "What is the capital of Peru?", "low")
    expect(notice).to_be_hidden()
