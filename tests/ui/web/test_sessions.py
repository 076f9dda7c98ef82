"""What the server remembers of browser tabs."""

from __future__ import annotations

from typing import cast

from core.run import Run
from ui.web.sessions import MOST, Sessions, Turn


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_tab_that_was_loaded_again_finds_its_chat() -> None:
    sessions = Sessions()
    sessions.adopt("first", "tab").turns.append(Turn("What is 23 + 48?"))
    assert sessions.adopt("second", "tab") is sessions.get("first")
    assert sessions.get("second").turns[0].question == "What is 23 + 48?"


def test_two_tabs_do_not_see_each_other() -> None:
    sessions = Sessions()
    sessions.adopt("first", "one").turns.append(Turn("mine"))
    assert sessions.adopt("second", "two").turns == []
    assert sessions.adopt("third", "").turns == []


def test_what_was_done_before_the_page_told_its_tab_is_kept() -> None:
    sessions = Sessions()
    sessions.get("early").presenting = True
    assert sessions.adopt("early", "tab").presenting
    assert sessions.adopt("reloaded", "tab").presenting
    assert not sessions.adopt("other", "other tab").presenting


def test_a_session_is_forgotten_after_its_time_but_not_while_it_runs() -> None:
    clock = Clock()
    sessions = Sessions(ttl_s=10, clock=clock)
    sessions.adopt("idle", "one")
    sessions.adopt("busy", "two").chat_run = cast("Run", object())
    clock.now = 11
    sessions.adopt("new", "three")
    assert len(sessions) == 2
    assert sessions.get("busy").chat_run is not None


def test_the_number_of_sessions_is_bounded() -> None:
    clock = Clock()
    sessions = Sessions(clock=clock)
    for n in range(MOST + 20):
        clock.now = float(n)
        sessions.adopt(f"hash {n}", f"tab {n}")
    assert len(sessions) == MOST
