"""Reading runs on the page's tick: what both tabs need while a run is under way."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.blocks import Block

from core.errors import Busy, CoreError
from core.run import Run
from core.store.replay import Replay
from ui.web.view import PromptFacts

Frame = dict[Block, Any]
"""One update of the page: values by component."""

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""Arguments of every event: no spinner of Gradio's, no public endpoint."""

STREAMING: dict[str, Any] = {"concurrency_limit": None, **QUIET}
"""Arguments of a streaming event. The engine queues, not Gradio: else Stop reaches no run."""

TICK_S = 0.1
"""Time between two updates. Cumulative text goes out; Gradio sends only what was appended."""

COLUMNS_TICK_S = 0.07
"""The same of Compare, whose frames cost the browser less than a chat's with its panels."""

SLOW_TICK_S, MANY = 0.2, 4
"""The same of Compare where fewer than MANY tokens came since the last one."""

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
