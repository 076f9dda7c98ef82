"""The History tab and what a reloaded page shows, over scripted model output."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, FilePayload, Page, expect

from tests.browser.scripted import PAYLOAD
from tests.browser.serving import free_port, serving
from tests.browser.steps import (
    answered,
    answers,
    ask,
    open_page,
    open_tab,
    questions,
    type_question,
)

TITLE = '<img src="http://attack.example/t.png" onerror="window.attacked = 1">'
CHATS = [
    ("What is the capital of Peru?", "The capital of Peru is Lima."),
    ("Extract the email: Send the report to anna@river.org before Monday.", "anna@river.org"),
    ("Sort these numbers: 42, 7, 93, 18", "7, 18, 42, 93"),
    ("A title that goes on and on " * 6, "It ends here."),
]


def import_file(page: Page, name: str, content: object) -> None:
    """Choose a file to import."""
    text = content if isinstance(content, str) else json.dumps(content)
    file = FilePayload(name=name, mimeType="application/json", buffer=text.encode())
    page.locator("#history-import-file").set_input_files(file)


def said(page: Page, pattern: str) -> None:
    """Wait for the sentence over the list."""
    expect(page.locator(".history-notice span")).to_have_text(re.compile(pattern))


def choose(page: Page, query: str) -> None:
    """Search, and choose what is found first."""
    page.locator("#history-search").fill(query)
    expect(page.locator("#history-count")).to_have_text("1–1 of 1")
    page.locator("#history-rows button").click()
    expect(page.locator("#history-title")).to_be_visible()


def test_a_reloaded_page_shows_its_chat_also_after_a_restart(
    page: Page, context: BrowserContext, tmp_path: Path
) -> None:
    port, home = free_port(), {"COUNTERPOINT_HOME": str(tmp_path)}
    with serving("tests.browser.scripted", settings=home, port=port) as address:
        open_page(page, address)
        ask(page, "the first question")
        type_question(page, "slow answer")
        page.locator("#chat-send").click()
        # The last quarter of a second may be lost, so more is shown than has to be kept.
        expect(answers(page).last).to_contain_text(" 58 59 60 ")
    with serving("tests.browser.scripted", settings=home, port=port) as address:
        # Gradio loads the page again by itself, too, once its server is back: either will do.
        with suppress(Error):
            page.reload()
        expect(answers(page).first).to_contain_text("You said: the first question")
        expect(answers(page).last).to_contain_text(
            re.compile("Counting: 0 1 2.*Broken off", re.DOTALL)
        )
        ask(page, "and on")
        expect(questions(page)).to_have_text(["the first question", "slow answer", "and on"])
        other = context.new_page()
        open_page(other, address)
        expect(questions(other)).to_have_count(0)
        open_tab(other, "History")
        expect(other.locator("#history-rows button")).to_contain_text(["the first question"])


def test_titles_prompts_answers_and_files_run_nothing_and_load_nothing(
    page: Page, scripted: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, scripted)
    ask(page, f"attack {PAYLOAD}")
    open_tab(page, "History")
    expect(page.locator("#history-rows")).to_contain_text("attack <img src=")
    import_file(
        page,
        f"{TITLE}.json",
        {
            "title": f"imported {TITLE}",
            "messages": [
                {"role": "system", "content": PAYLOAD},
                {"role": "user", "content": PAYLOAD},
                {"role": "assistant", "content": PAYLOAD},
            ],
        },
    )
    said(page, "^1 entry was imported")
    import_file(page, f"bad {TITLE}.json", f"{{{PAYLOAD}")
    said(page, "^bad <img.*is no JSON")
    choose(page, "imported")
    expect(page.locator("#history-turns .question")).to_contain_text("<script>window.attacked")
    expect(page.locator("#history-turns .answer")).to_contain_text("<iframe src=")
    expect(page.locator("#history-turns .instructions")).to_contain_text("<svg onload")
    page.locator("#history-rename").click()
    page.locator("#history-rename-title").fill(f"renamed {PAYLOAD}")
    page.keyboard.press("Enter")
    expect(page.locator("#history-title")).to_contain_text("renamed <img src=")
    page.locator("#history-search").fill("renamed")
    expect(page.locator("#history-rows button")).to_contain_text(["renamed <img src="])
    page.locator("#history-open").click()
    expect(page.locator("#chat-log")).to_be_visible()
    expect(answers(page)).to_contain_text("<iframe src=")
    expect(questions(page)).to_contain_text("<script>window.attacked = 1</script>")
    open_tab(page, "History")
    page.locator("#history-delete").click()
    said(page, "“renamed <img.*was deleted")
    assert page.evaluate("window.attacked") is None
    assert page.locator("#tabs :is(iframe, script, img[src*=attack])").count() == 0
    assert [url for url in asked if "attack.example" in url] == []


def test_entries_are_found_filtered_deleted_and_brought_back(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    ask(page, "a zebra question")
    open_tab(page, "History")
    choose(page, "zeb")
    expect(page.locator("#history-turns .answer")).to_have_text("You said: a zebra question")
    page.locator("#history-kind").get_by_text("Comparisons").click()
    expect(page.locator("#history-rows")).to_have_text("Nothing was found.")
    page.locator("#history-kind").get_by_text("All").click()
    expect(page.locator("#history-rows button")).to_have_count(1)
    with page.expect_download() as download:
        page.locator("#history-export-json").click()
    exported = Path(download.value.path()).read_text()
    assert json.loads(exported)["entries"][0]["title"] == "a zebra question"
    with page.expect_download() as download:
        page.locator("#history-export-markdown").click()
    assert "## a zebra question" in Path(download.value.path()).read_text()
    page.locator("#history-delete").click()
    expect(page.locator("#history-rows")).to_have_text("Nothing was found.")
    expect(page.locator(".history-none")).to_have_text("Choose an entry to read it.")
    page.locator("#history-undo").click()
    expect(page.locator("#history-rows button")).to_have_count(1)
    import_file(page, "again.json", exported)
    said(page, "^0 entries were imported. 1 of the file was here already")


def test_a_stored_chat_is_reopened_and_gone_on_with(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    open_tab(page, "History")
    chat = [{"role": "user", "content": "an okapi"}, {"role": "assistant", "content": "Indeed."}]
    import_file(page, "okapi.json", chat)
    said(page, "^1 entry was imported")
    choose(page, "okapi")
    page.locator("#history-open").click()
    expect(page.locator("#chat-log")).to_be_visible()
    expect(answers(page)).to_have_text(re.compile("Indeed."))
    ask(page, "more of it")
    page.reload()
    expect(questions(page)).to_have_text(["an okapi", "more of it"])
    open_tab(page, "History")
    choose(page, "okapi")
    expect(page.locator("#history-turns .question")).to_have_text(["an okapi", "more of it"])


def test_a_replay_is_labelled_and_changes_nothing(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    ask(page, "quagga, steady question")
    ask(page, "the second question")
    open_tab(page, "History")
    choose(page, "quagga")
    expect(page.locator("#history-turns .missing").first).to_have_text("Reasoning was not captured")
    page.locator("#history-turns .replay").first.click()
    # It takes as long as the answer did.
    expect(questions(page)).to_have_text(["quagga, steady question"])
    notice = page.locator("#chat-notice")
    expect(notice).to_contain_text(re.compile(r"Replay of .* at its real speed"))
    expect(notice).to_contain_text("The reasoning was not captured.")
    expect(page.locator("#chat-status .health")).to_contain_text("Replay")
    answered(page)
    expect(questions(page)).to_have_text(["quagga, steady question", "the second question"])
    expect(answers(page).first).to_contain_text("You said: quagga, steady question")
    expect(notice).to_contain_text("Replay of")
    ask(page, "the third question")
    expect(notice).not_to_contain_text("Replay of")
    expect(questions(page)).to_have_count(3)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_list_and_an_entry_fit_at_1280_by_800(page: Page, scripted: str, theme: str) -> None:
    open_page(page, f"{scripted}?__theme={theme}")
    ask(page, f"What is 23 + 48? ({theme})")
    open_tab(page, "History")
    for n in range(9):
        question, answer = CHATS[n % len(CHATS)]
        chat = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        import_file(page, f"{n}.json", chat)
        said(page, "^1 entry was imported")
        import_file(page, "bad.json", "[]")
        said(page, "holds no chat")
    page.locator("#history-kind").get_by_text("All").click()
    row = page.locator("#history-rows button").filter(has_text=f"({theme})")
    row.click()
    expect(page.locator("#history-turns .answer")).to_contain_text("You said: What is 23")
    sizes = "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    height, width = page.evaluate(sizes)
    assert height <= 800
    assert width <= 1280
    for part in ("#history-list", "#history-detail"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["width"] > 450
        assert box["y"] + box["height"] <= 800
