"""An entry of the history as Markdown, to be read by people."""

from __future__ import annotations

from datetime import datetime

from core.conversation import Channel
from core.store.values import StoredEntry, StoredRun, title_of


def to_markdown(entry: StoredEntry) -> str:
    """An entry to be read by people: questions, answers, and reasoning where it was captured."""
    lines = [f"# {entry.title}", "", f"{entry.kind.capitalize()} of {_day(entry.created_at)}"]
    if entry.instructions:
        lines += ["", "**Instructions:** " + entry.instructions]
    for turn in entry.turns:
        lines += ["", f"## {title_of(turn.question)}", "", turn.question]
        for run in turn.runs:
            lines += ["", *_run_lines(run)]
        if not turn.runs:
            answers = [m.text for m in turn.given if m.channel is Channel.FINAL]
            lines += ["", "### Answer", "", *answers]
    return "\n".join(lines).rstrip() + "\n"


def _run_lines(run: StoredRun) -> list[str]:
    seen, facts = run.transcript, run.facts
    lines = [f"### {facts.model}, {facts.level}"]
    thought = seen.text(Channel.ANALYSIS)
    if thought:
        lines += ["", *(f"> {line}".rstrip() for line in thought.splitlines())]
    elif not facts.captured:
        lines += ["", "> The reasoning was not captured."]
    if seen.preamble:
        lines += ["", seen.preamble]
    if seen.text(Channel.FINAL).strip():
        lines += ["", seen.text(Channel.FINAL)]
    if run.why_no_answer:
        lines += ["", f"*{run.why_no_answer}*"]
    return lines


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}"
