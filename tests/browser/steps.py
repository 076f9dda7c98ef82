"""What a person does on the page, and what they see; by the page's stable ids."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

# Two cores that are busy with something else still have to do.
expect.set_options(timeout=60_000)

LEVELS = ("low", "medium", "high")


def open_page(page: Page, address: str) -> None:
    """Load the page and wait until it can be used."""
    page.set_default_timeout(60_000)
    page.goto(address)
    expect(page.locator("#chat-input textarea")).to_be_visible()
    expect(page.locator("#chat-status .model")).not_to_be_empty()


def type_question(page: Page, question: str) -> None:
    """Fill the message box."""
    page.locator("#chat-input textarea").fill(question)


def ask(page: Page, question: str, level: str | None = None) -> None:
    """Send a question and wait for the end of its answer."""
    if level is not None:
        choose_level(page, level)
    type_question(page, question)
    before = answers(page).count()
    page.locator("#chat-send").click()
    expect(answers(page)).to_have_count(before + 1)
    answered(page)


def choose_level(page: Page, level: str) -> None:
    """Set the level switch."""
    page.locator(f"#chat-level input[value={level}]").check(force=True)


def answered(page: Page) -> None:
    """Wait until nothing runs in the chat."""
    expect(page.locator("#chat-stop")).to_be_disabled()
    expect(page.locator("#chat-send")).to_be_enabled()


def answers(page: Page) -> Locator:
    """The chat's answers."""
    return page.locator("#chat-log .message.bot")


def questions(page: Page) -> Locator:
    """The chat's questions."""
    return page.locator("#chat-log .message.user")


def open_tab(page: Page, name: str) -> None:
    """Open a tab of the page or of the channels."""
    page.get_by_role("tab", name=name, exact=True).click()


def show_channels(page: Page) -> None:
    """Unfold the channels beside the chat."""
    page.get_by_role("button", name="Show channels").click()


def compare(page: Page, prompt: str) -> None:
    """Start a comparison."""
    open_tab(page, "Compare")
    page.locator("#compare-input textarea").fill(prompt)
    page.locator("#compare-run").click()


def column(page: Page, number: int) -> Locator:
    """A column of Compare, counted from 1."""
    return page.locator(f"#compare-column-{number}")
