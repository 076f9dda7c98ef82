"""A browser, and the pages it opens: the real command, and a page over scripted model output."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.browser.serving import ARGS, NO_BROWSER, chromium, serving

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs a browser last: Playwright leaves an event loop running in this thread, and
    asyncio.run in a later test would refuse to start another. The longest files begin, so that
    where files run beside each other all end at about the same time."""
    lengths = Counter(item.path for item in items if item.path.parent == HERE)
    items.sort(key=lambda item: (item.path.parent == HERE, -lengths[item.path]))


@pytest.fixture(scope="session")
def browser_type_launch_args(playwright: Playwright) -> dict[str, Any]:
    """How pytest-playwright starts the browser."""
    executable = chromium(playwright)
    if executable is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(NO_BROWSER, pytrace=False)
        pytest.skip(NO_BROWSER)
    return {"executable_path": executable, "args": ARGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """The size the page is made for."""
    return {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="session")
def site(browser_type_launch_args: dict[str, Any]) -> Iterator[str]:
    """Address of the real command with the embedded model, as it is but for temperature 0."""
    greedy = {"COUNTERPOINT_TEMPERATURE": "0"}
    with serving("ui.terminal.cli", "ui", "--no-browser", settings=greedy) as address:
        yield address


@pytest.fixture(scope="session")
def scripted(
    browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of a page whose model output is scripted (tests/browser/scripted.py), with a history
    of its own. All tests share both: what one looks for there, it names as no other does."""
    home = {"COUNTERPOINT_HOME": str(tmp_path_factory.mktemp("home"))}
    with serving("tests.browser.scripted", settings=home) as address:
        yield address
