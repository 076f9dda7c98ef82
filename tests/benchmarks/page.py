"""Whether the page keeps up: tokens a second that reach the browser's DOM, and how late they are.

A real browser, the real page, a scripted backend at a steady pace. The page holds 50 past messages
and an open Tokens panel. First one chat answer at the whole rate, watched in the Tokens panel; then
three columns of Compare at a third of it each, thinking first and then answering in Markdown. What
is thought comes in lines of some length, and the answer in paragraphs.
Times are of one clock: those at which the backend told each token, and those at which a mutation
of the DOM showed it.
"""

from __future__ import annotations

import re
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from core.backends.base import Handle, Step, TokenRequest, TokenStep
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.store.history import Store
from core.vocabulary import encoding
from tests.benchmarks.pairs import Row, Spread
from tests.browser.serving import ARGS, NO_BROWSER, chromium
from tests.browser.steps import (
    answered,
    answers,
    compare,
    open_page,
    open_tab,
    show_channels,
    type_question,
)
from ui.web.sessions import Sessions, Turn

RATE, COLUMNS, TOKENS, MESSAGES = 3_000, 3, 16_000, 50
ENOUGH, LATE_MS = 0.97, 150.0
ROUNDS = 3
WAIT_MS = 240_000
_ANSWER = "<|end|><|start|>assistant<|channel|>final<|message|>"
_LINE, _PARAGRAPH = 120, 60

# Keeps [milliseconds since 1970, words or spans on the page] at each change of that number.
_WATCH = """([place, kind]) => {
    const root = document.querySelector(place);
    const words = (part) => root.querySelector(part)?.textContent.match(/the/g)?.length ?? 0;
    const count = {
        spans: () => root.getElementsByTagName("span").length,
        words: () => words(".thinking .live") + words(".prose"),
    }[kind];
    const seen = [];
    let last = count();
    const look = () => {
        const now = performance.timeOrigin + performance.now(), there = count();
        if (there !== last) seen.push([now, last = there]);
    };
    const changes = { childList: true, characterData: true, subtree: true };
    new MutationObserver(look).observe(root, changes);
    (window.watched ??= {})[place] = seen;
}"""


@dataclass(frozen=True)
class Seen:
    """One stream. told: when each token was told. shown: (when, how many were on the page)."""

    told: Sequence[float]
    shown: Sequence[tuple[float, int]]

    def arrivals(self) -> list[float]:
        """When each token was in the DOM. Raises RuntimeError where some never were."""
        counts = [count for _, count in self.shown]
        # What the run before had left goes at the first sign of this one.
        falls = [n for n in range(1, len(counts)) if counts[n] < counts[n - 1] // 2]
        first = falls[-1] if falls else 0
        most = list(accumulate(counts[first:], max))
        if not most or most[-1] < len(self.told):
            raise RuntimeError(f"{most[-1:]} of {len(self.told)} tokens reached the page.")
        times = [at for at, _ in self.shown[first:]]
        return [times[bisect_left(most, n)] for n in range(1, len(self.told) + 1)]


class Told:
    """A backend of two paces, for one request and for a batch of columns.

    times: for each request, when each of its tokens was told that the benchmark counts.
    """

    context_length = 131_072

    def __init__(self, chat: Sequence[int], column: Sequence[int]) -> None:
        self._one = ScriptedBackend(lambda _: chat, RATE)
        self._batch = ScriptedBackend(lambda _: column, RATE / COLUMNS)
        self._word = encoding().encode(" the")[0]
        self.times: list[list[float]] = []

    def submit(self, requests: Sequence[TokenRequest]) -> Sequence[Handle]:
        if len(requests) == 1:
            return self._one.submit([self._noted(r, None) for r in requests])
        return self._batch.submit([self._noted(r, self._word) for r in requests])

    def _noted(self, request: TokenRequest, word: int | None) -> TokenRequest:
        times: list[float] = []
        self.times.append(times)

        def on_step(step: Step) -> None:
            if isinstance(step, TokenStep) and word in (None, step.token):
                times.append(time.time())
            request.on_step(step)

        return replace(request, on_step=on_step)

    def close(self) -> None:
        self._one.close()
        self._batch.close()


@dataclass(frozen=True)
class Round:
    """What one run of the page came to. busy_s: seconds of CPU that the page's main thread took."""

    streams: Sequence[Seen]
    busy_s: float

    @property
    def began(self) -> float:
        return min(one.told[0] for one in self.streams)

    @property
    def lasted(self) -> float:
        """Seconds from the first token to the last, as they were told."""
        return max(one.told[-1] for one in self.streams) - self.began


def rows(pairs: int) -> Iterator[Row]:
    """Rate and lag of the DOM, for a chat answer and for three columns; 3 rounds at most.

    The CPU time of the page's main thread says how much room is left, also where the machine is
    busy with something else.
    """
    chat, column = script(), script(answering=True)
    with opened(chat, column) as (page, told):
        if page is None:
            print(NO_BROWSER, file=sys.stderr)
            return
        rounds = [
            (measured(page, told, one_chat), measured(page, told, columns))
            for _ in range(min(pairs, ROUNDS))
        ]
    for n, what in enumerate(("a chat answer, Tokens panel open", "three columns of Compare")):
        yield from _rows(f"page: {what}", [one[n] for one in rounds])


def measured(page: Page, told: Told, run: Callable[[Page, Told], list[Seen]]) -> Round:
    """Do it, and note what it costs the page."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def busy() -> float:
        figures = session.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in figures if one["name"] == "ThreadTime")

    before = busy()
    streams = run(page, told)
    return Round(streams, busy() - before)


def _rows(what: str, rounds: Sequence[Round]) -> Iterator[Row]:
    offered, shown, p50, p95 = [], [], [], []
    for one in rounds:
        tokens = sum(len(stream.told) for stream in one.streams)
        arrived = [stream.arrivals() for stream in one.streams]
        offered.append(tokens / one.lasted)
        shown.append(tokens / (max(times[-1] for times in arrived) - one.began))
        lags = [
            1e3 * (there - told)
            for stream, times in zip(one.streams, arrived, strict=True)
            for told, there in zip(stream.told, times, strict=True)
        ]
        p50.append(median(lags))
        p95.append(quantiles(lags, n=20)[-1])
    share = Spread.of(a / b for a, b in zip(shown, offered, strict=True))
    yield Row(
        f"{what}: in the DOM / offered",
        "tokens/s",
        Spread.of(shown),
        Spread.of(offered),
        share,
        f"≥ {ENOUGH}",
        share.median >= ENOUGH,
    )
    late = Spread.of(p95)
    yield Row(f"{what}: lag, p50", "ms", Spread.of(p50))
    yield Row(f"{what}: lag, p95", "ms", late, target=f"≤ {LATE_MS:g}", met=late.median <= LATE_MS)
    cpu = Spread.of(100 * one.busy_s / one.lasted for one in rounds)
    yield Row(f"{what}: CPU of the main thread", "% of the time", cpu)


def script(*, answering: bool = False) -> list[int]:
    """16,000 words of thinking and a short answer; or three quarters thinking, the rest answer."""
    thought = TOKENS * 3 // 4 if answering else TOKENS
    told = encoding().encode("<|channel|>analysis<|message|>", allowed_special="all")
    (word,) = encoding().encode(" the")
    (end,), (gap,) = encoding().encode("\n"), encoding().encode("\n\n")
    told += [end if n % _LINE == 0 else word for n in range(1, thought + 1)]
    told += encoding().encode(_ANSWER, allowed_special="all")
    for n in range(TOKENS - thought):
        told += [gap, word] if n and n % _PARAGRAPH == 0 else [word]
    if not answering:
        told += encoding().encode("Done.")
    return [*told, *encoding().encode("<|return|>", allowed_special="all")]


@contextmanager
def opened(chat: Sequence[int], column: Sequence[int]) -> Iterator[tuple[Page | None, Told]]:
    """The page with its past messages, in a browser; None where there is no browser."""
    from ui.web.app import create_app, launch_options

    backend, sessions = Told(chat, column), Sessions()
    with TemporaryDirectory() as home:
        config = InferenceConfig(
            _env_file=None, home=Path(home), show_reasoning=True, max_tokens=2 * TOKENS
        )
        with InferenceEngine(backend, config) as engine, Store(config.home) as store:
            app = create_app(engine, store, sessions=sessions)
            options: dict[str, Any] = launch_options() | {"quiet": True}
            # Before Playwright, which leaves an event loop running in this thread.
            _, address, _ = app.launch(**options, server_name="127.0.0.1", prevent_thread_lock=True)
            try:
                with browser() as page:
                    if page is not None:
                        open_page(page, address)
                        with_past(page, sessions)
                    yield page, backend
            finally:
                app.close()


@contextmanager
def browser() -> Iterator[Page | None]:
    """An empty page; None where there is no browser."""
    with sync_playwright() as playwright:
        executable = chromium(playwright)
        if executable is None:
            yield None
            return
        started = playwright.chromium.launch(executable_path=executable, args=ARGS)
        page = started.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        try:
            yield page
        finally:
            started.close()


def with_past(page: Page, sessions: Sessions) -> None:
    """Fill the chat, as if it had been going on, and open its Tokens panel."""
    turns = [
        Turn(f"Question {n}?", "An answer of **some** words. " * 8) for n in range(MESSAGES // 2)
    ]
    tab = page.evaluate("sessionStorage.getItem('counterpoint-tab')")
    sessions.adopt(None, tab).turns = turns
    page.reload()
    expect(answers(page)).to_have_count(MESSAGES // 2)
    if page.get_by_role("button", name="Show channels").count():
        show_channels(page)
    open_tab(page, "Tokens")


def one_chat(page: Page, told: Told) -> list[Seen]:
    """One answer at the whole rate; each token is a span of the Tokens panel."""
    told.times.clear()
    open_tab(page, "Chat")
    page.evaluate(_WATCH, ["#chat-tokens .tokens", "spans"])
    type_question(page, "How many?")
    page.locator("#chat-send").click()
    expect(page.locator("#chat-stop")).to_be_enabled()
    answered(page)
    seen = _seen(page, "#chat-tokens .tokens")
    page.get_by_role("button", name="Undo").click()
    expect(answers(page)).to_have_count(MESSAGES // 2)
    page.locator("#chat-input textarea").fill("")
    return [Seen(told.times[0], seen)]


def columns(page: Page, told: Told) -> list[Seen]:
    """Three columns at a third of the rate each; each token is a word of the thinking or answer."""
    told.times.clear()
    open_tab(page, "Compare")
    places = [f"#compare-column-{n}" for n in range(1, COLUMNS + 1)]
    for place in places:
        page.evaluate(_WATCH, [place, "words"])
    compare(page, "How many?")
    expect(page.locator("#compare-stop")).to_be_enabled()
    expect(page.locator("#compare-verdict")).to_contain_text(re.compile("enough|disagree"))
    expect(page.locator("#compare-run")).to_be_enabled()
    shown = [_seen(page, place) for place in places]
    return [Seen(times, seen) for times, seen in zip(told.times, shown, strict=True)]


def _seen(page: Page, place: str) -> list[tuple[float, int]]:
    found = page.evaluate("place => window.watched[place]", place)
    return [(at / 1e3, count) for at, count in found]
