"""Parts of the page that need no browser: figures, settings, headers, options."""

from __future__ import annotations

import asyncio
import re

import pytest
from starlette.types import Message, Receive, Scope, Send

from core import figures
from core.errors import InvalidSetting
from ui.web import theme
from ui.web.app import launch_options
from ui.web.security import SecurityHeaders
from ui.web.settings import read_seed


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0.0, "0.00 s"),
        (0.042, "0.04 s"),
        (0.996, "1.0 s"),
        (1.84, "1.8 s"),
        (9.96, "10 s"),
        (59.6, "1 min 0 s"),
        (75.2, "1 min 15 s"),
    ],
)
def test_seconds_as_people_read_them(value: float | None, shown: str) -> None:
    assert figures.seconds(value) == shown


def test_counts_and_rates_as_people_read_them() -> None:
    assert figures.count(3384) == "3,384"
    assert (figures.tokens(1), figures.tokens(0)) == ("1 token", "0 tokens")
    assert (figures.rate(302.4), figures.rate(4.26), figures.rate(None)) == (
        "302 tokens/s",
        "4.3 tokens/s",
        "–",
    )


@pytest.mark.parametrize(("typed", "seed"), [("", None), ("  ", None), (" 42 ", 42), ("0", 0)])
def test_a_seed_is_read_as_typed(typed: str, seed: int | None) -> None:
    assert read_seed(typed) == seed


@pytest.mark.parametrize("typed", ["abc", "-1", "1.5", "²"])
def test_a_seed_that_is_none_is_refused_with_what_is_allowed(typed: str) -> None:
    with pytest.raises(InvalidSetting, match="whole number"):
        read_seed(typed)


def test_every_response_carries_the_policy_and_streams_pass_untouched() -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"part", "more_body": True})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(SecurityHeaders(app)({"type": "http"}, receive, send))
    policy = dict(sent[0]["headers"])[b"content-security-policy"].decode()
    assert "connect-src 'self'" in policy
    assert "img-src 'self' data: blob:" in policy
    assert not re.search(r"https?:|\*", policy)
    assert sent[1] == {"type": "http.response.body", "body": b"part", "more_body": True}


def test_the_page_is_served_without_history_links_or_sharing() -> None:
    options = launch_options()
    assert options["run_history"] is False
    assert options["footer_links"] == []
    assert options["share"] is False


def test_the_head_names_no_other_host() -> None:
    assert not re.search(r"https?://|@import|url\(", theme.head())
