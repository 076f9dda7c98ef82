"""The pictures of the README, taken from the real command with the embedded model.

`make screenshots` writes `.github/images/{chat,compare}-{light,dark}.png`, 1280 by 800.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.serving import ARGS, NO_BROWSER, ROOT, chromium, serving
from tests.browser.steps import answers, ask, compare, open_page

FOLDER = ROOT / ".github" / "images"
THEMES = ("light", "dark")
SETTINGS = {"SHOW_REASONING": "true", "COUNTERPOINT_TEMPERATURE": "0"}
FIRST, SECOND, COMPARED = "What is 23 + 48?", "What is 48 * 7?", "What is 48 * 7?"


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pictures go")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="counterpoint-pictures-") as logs,
        serving(
            "ui.terminal.cli", "ui", "--no-browser", settings=SETTINGS, logs=Path(logs)
        ) as site,
        sync_playwright() as playwright,
    ):
        executable = chromium(playwright)
        if executable is None:
            raise SystemExit(NO_BROWSER)
        browser = playwright.chromium.launch(executable_path=executable, args=ARGS)
        for theme in THEMES:
            page = browser.new_page(
                viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
            )
            open_page(page, f"{site}?__theme={theme}")
            chat(page)
            picture(page, folder / f"chat-{theme}.png")
            comparison(page)
            picture(page, folder / f"compare-{theme}.png")
            page.close()
        browser.close()


def chat(page: Page) -> None:
    """Two questions, answered at high."""
    ask(page, FIRST, "high")
    ask(page, SECOND, "high")
    expect(answers(page)).to_have_count(2)


def comparison(page: Page) -> None:
    """Three columns, done, the thinking of high unfolded."""
    compare(page, COMPARED)
    expect(page.locator("#compare-run")).to_be_enabled()
    expect(page.locator("#compare-table")).to_be_visible()
    page.locator("#compare-column-3 .thinking summary").click()


def picture(page: Page, file: Path) -> None:
    """The window as it stands, with nothing in focus."""
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.mouse.move(640, 400)
    page.wait_for_timeout(500)
    page.screenshot(path=file)
    print(f"{file} ({file.stat().st_size // 1024} KB)")


if __name__ == "__main__":
    main()
