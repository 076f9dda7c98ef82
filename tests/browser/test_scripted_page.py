"""The page over scripted model output: attacks, odd endings, failures, several tabs, reloads."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.scripted import FAILURE, PAYLOAD
from tests.browser.steps import (
    answered,
    answers,
    ask,
    column,
    compare,
    open_page,
    open_tab,
    questions,
    type_question,
)


def test_model_output_and_prompts_load_nothing_and_run_nothing(page: Page, scripted: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, scripted)
    ask(page, f"attack {PAYLOAD}")
    expect(answers(page)).to_contain_text("<script>window.attacked = 1</script>")
    expect(questions(page)).to_contain_text("<iframe src=")
    for name in ("Tokens", "Commentary", "Metrics", "Analysis"):
        open_tab(page, name)
    expect(page.locator("#chat-analysis")).to_contain_text("onerror=")
    compare(page, f"attack {PAYLOAD}")
    expect(page.locator("#compare-run")).to_be_enabled()
    expect(page.locator("#compare-verdict")).to_contain_text(re.compile("enough|disagree"))
    for number in (1, 2, 3):
        expect(column(page, number).locator(".answer").first).to_contain_text("<iframe src=")
    assert page.evaluate("window.attacked") is None
    assert page.locator("#tabs :is(iframe, form, script)").count() == 0
    assert [url for url in asked if "attack.example" in url] == []


def test_the_browser_is_told_to_refuse_other_hosts(page: Page, scripted: str) -> None:
    response = page.goto(scripted)
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "img-src 'self' data: blob:" in policy
    blocked = page.evaluate(
        """() => new Promise((done) => {
            document.addEventListener("securitypolicyviolation", (e) => done(e.blockedURI));
            new Image().src = "http://attack.example/g.png";
        })"""
    )
    assert blocked.startswith("http://attack.example")


def test_tool_calls_stand_apart_and_no_answer_is_made_up(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    ask(page, "use a tool")
    expect(page.locator("#chat-status .health")).to_have_text("Tool call")
    open_tab(page, "Commentary")
    expect(page.locator("#chat-commentary .preamble")).to_contain_text("I will calculate.")
    expect(page.locator("#chat-commentary .call")).to_contain_text("functions.sum")
    expect(answers(page)).not_to_contain_text("calculate.")


def test_odd_endings_are_said_in_words(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    health = page.locator("#chat-status .health")
    ask(page, "broken header")
    expect(health).to_have_text("Repaired 1")
    expect(page.locator("#chat-notice")).to_contain_text("mended in 1 place")
    ask(page, "empty")
    expect(health).to_contain_text("Empty answer")
    page.locator("#settings-open").click()
    page.locator("#settings-max-tokens input").fill("12")
    page.keyboard.press("Escape")
    ask(page, "slow answer")
    expect(health).to_contain_text(re.compile("Cut off|Empty answer"))


def test_a_failed_machine_is_reported_and_the_text_kept(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    ask(page, "please fail")
    expect(page.locator("#chat-notice")).to_contain_text(FAILURE)
    expect(answers(page)).to_contain_text("You said: please fail")
    compare(page, "please fail")
    expect(page.locator("#compare-verdict")).to_contain_text(FAILURE)
    expect(column(page, 1).locator(".answer").first).to_contain_text("You said")
    open_tab(page, "Chat")
    ask(page, "again")
    expect(page.locator("#chat-notice .notice")).to_be_hidden()


def test_typing_and_sending_while_an_answer_is_written_breaks_nothing(
    page: Page, scripted: str
) -> None:
    open_page(page, scripted)
    type_question(page, "slow answer")
    page.keyboard.press("Enter")
    expect(answers(page)).to_contain_text("Counting: 0 1 2")
    type_question(page, "the next question")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page.get_by_role("button", name="Retry")).to_be_disabled()
    expect(questions(page)).to_have_text(["slow answer"])
    expect(page.locator("#chat-input textarea")).to_have_value("the next question")
    page.locator("#chat-stop").click()
    answered(page)
    expect(answers(page)).to_contain_text("Counting: 0 1 2")
    expect(page.locator("#chat-notice")).to_contain_text("kept")
    page.locator("#chat-input textarea").press("Enter")
    expect(answers(page).last).to_contain_text("You said: the next question")


def test_finish_now_makes_a_thinking_model_answer(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    finish = page.locator("#chat-finish")
    expect(finish).to_be_hidden()
    type_question(page, "crawl on")
    page.keyboard.press("Enter")
    expect(page.locator("#chat-analysis")).to_contain_text("Counting: 0 1 2")
    finish.click()
    expect(answers(page)).to_contain_text("You said: crawl on")
    answered(page)
    expect(finish).to_be_hidden()
    expect(page.locator("#chat-status .health")).to_have_text("Finished early")
    expect(page.locator("#chat-analysis")).to_contain_text("Counting: 0 1 2")
    expect(questions(page)).to_have_text(["crawl on"])


def test_finish_now_gives_an_answer_to_a_question_that_got_none(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    page.locator("#settings-open").click()
    page.locator("#settings-max-tokens input").fill("12")
    page.keyboard.press("Escape")
    ask(page, "slow question")
    expect(page.locator("#chat-notice")).to_contain_text("lets the model answer")
    finish = page.locator("#chat-finish")
    finish.click()
    expect(answers(page)).to_contain_text("You said: slow question")
    answered(page)
    expect(finish).to_be_hidden()
    expect(questions(page)).to_have_text(["slow question"])
    expect(page.locator("#chat-analysis")).to_contain_text("Counting: 0 1 2")
    ask(page, "slow again")
    expect(finish).to_be_visible()
    page.reload()
    expect(answers(page)).to_have_count(2)
    expect(finish).to_be_hidden()


def test_stopped_columns_keep_their_text_and_never_count(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    compare(page, "crawl on")
    thoughts = [column(page, number).locator(".thinking .live") for number in (1, 2, 3)]
    for thought in thoughts:
        expect(thought).to_contain_text("Counting: 0 1 2")
    page.locator("#compare-stop").click()
    expect(page.locator("#compare-verdict")).to_contain_text("nothing to compare")
    for number, thought in enumerate(thoughts, 1):
        expect(column(page, number).locator(".status")).to_have_text("Stopped")
        expect(thought).to_contain_text("Counting: 0 1 2")


def test_a_click_on_thinking_wins_over_the_page(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    compare(page, "crawl on")
    first, second = (column(page, n).locator(".thinking") for n in (1, 2))
    expect(first).to_have_attribute("open", "")
    first.locator("summary").click()
    expect(first).not_to_have_attribute("open", "")
    expect(second.locator(".live")).to_contain_text(" 6 7 8")
    expect(first).not_to_have_attribute("open", "")
    page.locator("#compare-stop").click()
    expect(page.locator("#compare-run")).to_be_enabled()


def test_two_tabs_do_not_mix(context: BrowserContext, scripted: str) -> None:
    one, two = context.new_page(), context.new_page()
    open_page(one, scripted)
    open_page(two, scripted)
    type_question(one, "slow answer")
    one.locator("#chat-send").click()
    ask(two, "second tab")
    expect(answers(two)).to_have_text(re.compile("You said: second tab"))
    expect(answers(one)).to_contain_text("Counting")
    expect(one.locator("#chat-stop")).to_be_enabled()
    one.locator("#chat-stop").click()
    answered(one)
    expect(questions(one)).to_have_text(["slow answer"])


def test_a_reload_brings_the_chat_back_and_not_the_reasoning(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    ask(page, "first question")
    page.reload()
    expect(questions(page)).to_have_text(["first question"])
    expect(page.locator("#chat-analysis")).to_contain_text("was not kept")
    page.locator("#settings-open").click()
    page.get_by_label("Keep reasoning").check()
    page.keyboard.press("Escape")
    ask(page, "second question")
    page.reload()
    expect(answers(page)).to_have_count(2)
    expect(page.locator("#chat-analysis")).to_contain_text("A thought about it.")


def test_a_reload_in_the_middle_keeps_what_was_written(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    type_question(page, "slow answer")
    page.locator("#chat-send").click()
    expect(answers(page)).to_contain_text("Counting: 0 1 2")
    page.reload()
    expect(answers(page)).to_contain_text("Counting: 0 1 2")
    expect(page.locator("#chat-send")).to_be_enabled()
    ask(page, "and now")


def test_a_reload_amid_a_comparison_keeps_its_prompt_and_what_was_written(
    page: Page, scripted: str
) -> None:
    open_page(page, scripted)
    compare(page, "crawl answer")
    for number in (1, 2, 3):
        answer = column(page, number).locator(".answer").first
        expect(answer).to_contain_text("Counting: 0 1 2")
    page.reload()
    open_tab(page, "Compare")
    expect(page.locator("#compare-verdict")).to_contain_text("The comparison was stopped")
    expect(page.locator("#compare-input textarea")).to_have_value("crawl answer")
    for number in (1, 2, 3):
        expect(column(page, number).locator(".status")).to_have_text("Stopped")
        expect(column(page, number).locator(".answer").first).to_contain_text("Counting: 0 1 2")
        expect(column(page, number).locator(".thinking .live")).to_contain_text("was not kept")
    expect(page.locator("#compare-run")).to_be_enabled()


def test_a_question_sent_right_behind_a_clear_is_answered(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    type_question(page, "slow answer")
    page.locator("#chat-send").click()
    expect(answers(page)).to_contain_text("Counting: 0 1 2")
    type_question(page, "and this")
    page.get_by_role("button", name="Clear").click()
    page.locator("#chat-input textarea").press("Enter")
    expect(answers(page)).to_have_text(re.compile("You said: and this"))
    answered(page)
    expect(questions(page)).to_have_text(["and this"])


def test_nothing_in_a_column_moves_when_its_run_starts(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    open_tab(page, "Compare")
    parts = [column(page, 2).locator(part) for part in (".metrics", ".thinking", "footer")]
    expect(parts[-1]).to_be_attached()
    before = [part.bounding_box() for part in parts]
    compare(page, "slow answer")
    expect(column(page, 2).locator(".answer").first).to_contain_text("Counting: 0 1 2")
    assert [part.bounding_box() for part in parts] == before


def test_the_theme_is_kept_through_a_reload(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    page.get_by_role("button", name="Switch to dark colours").click()
    expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
    page.goto(scripted)
    expect(page.get_by_role("button", name="Switch to light colours")).to_be_visible()


def test_the_page_does_not_scroll_at_1280_by_800(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    ask(page, "a long answer")
    expect(answers(page)).to_contain_text("59")
    sizes = "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    assert page.evaluate(sizes)[0] <= 800
    open_tab(page, "Compare")
    expect(column(page, 1)).to_be_visible()
    height, width = page.evaluate(sizes)
    assert height <= 800
    assert width <= 1280


def test_the_chat_can_be_used_without_a_mouse(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    page.locator("#chat-input textarea").focus()
    page.keyboard.type("from the keyboard")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#chat-level input[value=high]")).to_be_checked()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(answers(page)).to_contain_text("You said: from the keyboard")
    expect(page.locator("#chat-status .level")).to_contain_text("High in the prompt")
    answered(page)
