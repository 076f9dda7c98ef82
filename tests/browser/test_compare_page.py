"""The Compare tab beyond its first view, and the report that it saves, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.scripted import PAYLOAD
from tests.browser.steps import column, compare, open_page, open_tab


def options(page: Page) -> None:
    """Unfold the options."""
    open_tab(page, "Compare")
    page.locator("#compare-options-open").click()
    expect(page.locator("#compare-expected")).to_be_visible()


def saved(page: Page, name: str, folder: Path) -> Path:
    """Save an export."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def fits(page: Page, number: int) -> bool:
    """Whether nothing in a column is wider than the column."""
    return bool(column(page, number).evaluate("e => e.scrollWidth <= e.clientWidth"))


def ended(page: Page) -> None:
    """Wait until nothing runs and the exports are there."""
    expect(page.locator("#compare-exports")).to_be_visible()
    expect(page.locator("#compare-run")).to_be_enabled()


def test_repeats_with_an_expected_answer_are_judged_plotted_and_saved(
    page: Page, scripted: str, tmp_path: Path
) -> None:
    open_page(page, scripted)
    options(page)
    page.locator("#compare-repeats input").fill("3")
    page.locator("#compare-expected :is(input, textarea)").fill("again")
    compare(page, "once again")
    ended(page)
    expect(page.locator("#compare-verdict")).to_contain_text("right in 3 of 3 runs")
    expect(column(page, 1).locator("footer")).to_contain_text("3 runs, 3 of 3 alike")
    for plot in page.locator("#compare-charts .spread").all():
        expect(plot).to_be_visible()
    expect(page.locator("#compare-charts .spread .dot")).to_have_count(18)
    expect(page.locator("#compare-charts .of").first).to_have_text("the latest run of each")
    expect(column(page, 1).locator(".status")).to_have_text("Done · run 3 of 3")
    assert all(fits(page, number) for number in (1, 2, 3))
    rows = saved(page, "CSV", tmp_path).read_text().splitlines()
    assert len(rows) == 10
    assert "A thought" not in saved(page, "JSON", tmp_path).read_text()


def test_the_saved_report_of_an_attack_asks_for_nothing_and_runs_nothing(
    page: Page, scripted: str, tmp_path: Path
) -> None:
    open_page(page, scripted)
    page.locator("#settings-open").click()
    page.get_by_label("Keep reasoning").check()
    page.keyboard.press("Escape")
    options(page)
    page.locator("#compare-expected :is(input, textarea)").fill(PAYLOAD.splitlines()[0])
    compare(page, f"attack {PAYLOAD}")
    ended(page)
    assert page.locator("#tabs :is(iframe, form, script, img[src*=attack])").count() == 0
    page.get_by_label("With the reasoning").check()
    report = saved(page, "Report (HTML)", tmp_path)
    asked: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.context.set_offline(True)
    page.goto(report.as_uri())
    expect(page.locator("h1")).to_contain_text("attack <img src=")
    expect(page.locator(".column pre").first).to_contain_text("<script>window.attacked = 1")
    told = page.locator("dt", has_text="Expected answer").locator("+ dd")
    expect(told).to_contain_text("<img src=")
    page.locator("summary").first.click()
    expect(page.locator("details pre").first).to_contain_text("onerror=")
    assert page.evaluate("window.attacked") is None
    assert page.locator(":is(script, img, iframe, form, link, a)").count() == 0
    assert asked == [report.as_uri()]
    assert refused == []
    page.context.set_offline(False)


def test_instructions_may_vary_and_only_as_many_columns_are_shown(
    page: Page, scripted: str
) -> None:
    open_page(page, scripted)
    options(page)
    page.get_by_label("Instructions", exact=True).first.check(force=True)
    lines = page.locator("#compare-variants textarea")
    expect(lines).to_have_value(re.compile("step by step"))
    lines.fill(f"Be brief.\n{PAYLOAD.splitlines()[0]}")
    compare(page, "the same for both")
    ended(page)
    expect(column(page, 1).locator("h3")).to_have_text("1: Be brief.")
    expect(column(page, 2).locator("h3")).to_contain_text("2: <img src=")
    expect(column(page, 3)).to_be_hidden()
    expect(page.locator("#compare-verdict")).to_contain_text("All give the same answer")
    assert page.evaluate("window.attacked") is None

    lines.fill("only one")
    page.locator("#compare-run").click()
    expect(page.locator("#compare-verdict")).to_contain_text("allowed: 2 to 4")


def test_four_columns_fit_beside_each_other(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    options(page)
    page.get_by_label("Sampling", exact=True).first.check(force=True)
    lines = page.locator("#compare-variants textarea")
    expect(lines).to_have_value(re.compile("temperature 0"))
    lines.fill("temperature 0\ntemperature 1\ntop-k 5\ntemperature 1.5, top-p 0.9, top-k 40")
    # Also while the options are open, the window holds the whole columns.
    assert column(page, 1).evaluate("e => e.getBoundingClientRect().bottom") <= 800
    compare(page, "in four ways")
    ended(page)
    expect(column(page, 4).locator("h3")).to_contain_text("temperature 1.5, top-p 0.9")
    expect(column(page, 4).locator("footer")).to_contain_text("in one batch of four")
    assert all(fits(page, number) for number in (1, 2, 3, 4))


def test_one_column_can_be_stopped_told_to_answer_run_again_and_shown_alone(
    page: Page, scripted: str
) -> None:
    open_page(page, scripted)
    compare(page, "crawl on")
    for number in (1, 2, 3):
        expect(column(page, number).locator(".thinking .live")).to_contain_text("0 1 2")
    column(page, 1).get_by_role("button", name="Stop").click()
    expect(column(page, 1).locator(".status")).to_have_text("Stopped")
    column(page, 2).get_by_role("button", name="Finish now").click()
    expect(column(page, 2).locator(".status")).to_have_text("Finished early")
    expect(column(page, 3).locator(".status")).to_have_text("Thinking")
    column(page, 3).get_by_role("button", name="Show this column alone").click()
    expect(column(page, 1)).to_be_hidden()
    page.keyboard.press("Escape")
    expect(column(page, 1)).to_be_visible()
    page.locator("#compare-stop").click()
    verdict = page.locator("#compare-verdict")
    expect(verdict).to_contain_text("low was stopped, medium was told to answer early")
    column(page, 2).get_by_role("button", name="Run again").click()
    expect(column(page, 2).locator(".status")).to_have_text("Thinking")
    expect(column(page, 1).locator(".status")).to_have_text("Stopped")
    page.locator("#compare-stop").click()
    expect(column(page, 2).locator(".status")).to_have_text("Stopped")


def test_a_blind_vote_hides_names_and_figures_until_it_is_cast(page: Page, scripted: str) -> None:
    open_page(page, scripted)
    options(page)
    page.get_by_label("Blind vote").check()
    compare(page, "which is best")
    expect(page.locator("#compare-verdict")).to_contain_text("then vote")
    second = column(page, 2)
    expect(second.locator("h3")).to_have_text("Answer B")
    expect(second.locator(".answer").first).to_contain_text("You said: which is best")
    expect(second.locator("footer")).to_be_hidden()
    assert "A thought" not in page.locator("#compare-columns").inner_text()
    assert second.evaluate("e => [...e.classList].filter(c => /low|medium|high/.test(c))") == []
    second.get_by_role("button", name="This one is best").click()
    expect(page.locator("#compare-verdict")).to_contain_text(
        re.compile(r"You took (low|medium|high)\. Blind votes so far.* 1 of 1, 100% \(21%–100%\)")
    )
    expect(second.locator("h3")).to_have_text("Medium")
    expect(second.locator("footer")).to_contain_text("Reasoning: medium")
    ended(page)
