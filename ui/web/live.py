"""Reading runs on the page's tick: what both tabs need while a run is under way."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import gradio as gr
from gradio.blocks import Block

from core.errors import Busy, CoreError
from core.run import Run
from core.store.replay import Replay
from ui.web.view import PromptFacts

Frame = dict[Block, Any]
"""One update of the page: values by component."""

QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "show_progress_on": [],
    "api_visibility": "private",
}
"""Arguments of every event: no spinner of Gradio's, no public endpoint.

Told of an event's progress, the page copies all that a component shows, for every frame anew.
"""

STREAMING: dict[str, Any] = {"concurrency_limit": None, **QUIET}
"""Arguments of a streaming event. The engine queues, not Gradio: else Stop reaches no run."""

TICK_S = 0.1
"""Time between two updates. Cumulative text goes out; Gradio sends only what was appended."""

FAST_TICK_S, MANY = 0.07, 4
"""The same where at least MANY tokens came since the last one: what is written fast shows late."""

SLOW_TICK_S = 0.2
"""The same of Compare where fewer came."""

PROMPT_NOT_STORED = "The history holds the questions and answers, not the prompt as rendered."


def why_not_started(error: CoreError) -> str:
    """Why a run was not started, in words; that nothing is lost where the queue was full."""
    return f"{error} {STILL_HERE}" if isinstance(error, Busy) else str(error)


STILL_HERE = "Nothing was started, and what you typed is still in its box: send it again then."


def drained(run: Run | Replay) -> str | None:
    """Take in what happened since the last tick; a failure of the machine comes back in words."""
    try:
        run.drain()
    except CoreError as error:
        return str(error)
    return None


def changed(sent: Frame, new: Frame, always: Collection[Block] = ()) -> Frame:
    """What of a frame the page does not show yet: a browser on a busy machine has to take in every
    part of every frame.

    always: parts that are there all the same. A text that grows is one of them: left out once, it
    goes out whole the next time. And a frame may not be empty.
    """
    return {c: value for c, value in new.items() if c in always or sent.get(c) != value}


def facts(run: Run | Replay) -> PromptFacts:
    """What was really rendered for this run."""
    if isinstance(run, Replay):
        stored = run.stored
        seen, asked = stored.transcript, stored.facts
        return PromptFacts(
            asked.level_in_prompt,
            seen.prompt_sha256,
            seen.prompt_tokens,
            PROMPT_NOT_STORED,
            asked.format,
            asked.notes,
        )
    prompt = run.prompt
    return PromptFacts(
        prompt.reasoning_level_in_prompt,
        prompt.sha256,
        len(prompt.token_ids),
        prompt.text,
        run.format.name,
        run.notes,
    )


def buttons(go: gr.Button, stop: gr.Button, running: bool) -> Frame:
    """Start is there when nothing runs, stop while something does."""
    return {go: gr.update(interactive=not running), stop: gr.update(interactive=running)}
