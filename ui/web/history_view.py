"""The History tab's values: pure functions from what is stored to what the scripts show.

Titles, questions and answers leave here as plain text; the scripts put them in as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core import figures
from core.conversation import Channel
from core.errors import StoreError
from core.store.comparisons import Place, StoredComparison
from core.store.history import PAGE
from core.store.values import Kind, Page, Status, StoredEntry, StoredRun, StoredTurn, Summary
from ui.web.view import LEVEL_NAMES, Values

KIND_NAMES = {Kind.CHAT: "Chat", Kind.COMPARISON: "Comparison", Kind.LAB: "Lab"}
_OPENS = {Kind.CHAT: "Chat", Kind.COMPARISON: "Compare"}
MOST_TURNS = 200
"""Turns shown of one entry; an export holds them all."""
_STATUS = {Status.RUNNING: "Running", Status.FAILED: "Failed", Status.INTERRUPTED: "Interrupted"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list shows. number: grows with each question of a page, so that an answer that
    comes late is told from the newest."""

    query: str = ""
    kind: Kind | None = None
    offset: int = 0
    number: int = 0

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Asked:
        """What a page's script says; anything odd is taken as nothing."""
        kind = data.get("kind")
        offset, number = data.get("offset"), data.get("number")
        return cls(
            str(data.get("query") or "")[:300],
            Kind(kind) if kind in tuple(Kind) else None,
            max(0, offset) if isinstance(offset, int) else 0,
            number if isinstance(number, int) else 0,
        )

    def within(self, total: int) -> Asked:
        """The same, or the last page where there are fewer entries by now."""
        if self.offset < total or self.offset == 0:
            return self
        return replace(self, offset=max(0, (total - 1) // PAGE * PAGE))


def notice(text: str = "", tone: str = "idle", undo: Sequence[str] = ()) -> Values:
    """A sentence over the list. undo: ids of deleted entries that a button brings back."""
    return {"text": text, "tone": tone, "undo": list(undo)}


def list_panel(page: Page, asked: Asked, said: Values, now: datetime) -> Values:
    """The list, newest first."""
    searched = bool(asked.query.strip()) or asked.kind is not None
    nothing = "Nothing was found." if searched else "Chats and comparisons appear here."
    return {
        "query": asked.query,
        "kind": asked.kind or "",
        "offset": asked.offset,
        "number": asked.number,
        "limit": PAGE,
        "total": page.total,
        "rows": [_row(entry, now) for entry in page.entries],
        "empty": "" if page.total else nothing,
        "notice": said,
    }


def no_list(why: str) -> Values:
    """The list of a page without a history."""
    return list_panel(Page((), 0), Asked(), notice(why, "bad"), datetime.now().astimezone())


def _row(entry: Summary, now: datetime) -> Values:
    return {
        "id": entry.id,
        "title": entry.title,
        "kind": KIND_NAMES[entry.kind],
        "when": when(entry.updated_at, now),
        "model": entry.model or "Imported",
        "levels": list(entry.levels),
        "tokens": figures.tokens(entry.tokens) if entry.tokens else "",
        "status": _STATUS.get(entry.status, ""),
    }


def when(at: float, now: datetime) -> str:
    """A time as short as it can be told: today's hour, this year's day, else the whole date."""
    then = datetime.fromtimestamp(at, now.tzinfo)
    if then.date() == now.date():
        return f"{then:%H:%M}"
    day = f"{then.day} {then:%b}"
    return day if then.year == now.year else f"{day} {then.year}"


def detail_panel(entry: StoredEntry, now: datetime, *, held_back: bool = False) -> Values:
    """One entry: what can be done with it, and what was asked and answered.

    held_back: without the thinking, as while presenting.
    """
    turns = len(entry.turns)
    hidden = turns - MOST_TURNS
    called = _columns(entry)
    facts = [
        KIND_NAMES[entry.kind],
        f"{when(entry.created_at, now)}",
        "1 question" if turns == 1 else f"{turns:,} questions",
    ]
    return {
        "id": entry.id,
        "title": entry.title,
        "facts": facts,
        "opens": _OPENS.get(entry.kind, ""),
        "verdict": _verdict(entry),
        "instructions": entry.instructions or "",
        "turns": [_turn(turn, called, held_back) for turn in entry.turns[:MOST_TURNS]],
        "more": f"{hidden:,} more are in the export." if hidden > 0 else "",
    }


def no_detail(note: str = "Choose an entry to read it.") -> Values:
    """Nothing is chosen."""
    return {"id": "", "note": note}


def _verdict(entry: StoredEntry) -> str:
    """What a comparison came to, as its verdict said it; empty where there is none."""
    verdict = entry.facts.get("verdict")
    reason = verdict.get("reason") if isinstance(verdict, Mapping) else None
    return reason if isinstance(reason, str) else ""


def _columns(entry: StoredEntry) -> dict[str, str] | None:
    """Which run of a comparison each one is, by the run's id; None for anything else."""
    if entry.kind is not Kind.COMPARISON:
        return None
    try:
        stored = StoredComparison.of(entry)
    except StoreError:
        return {}
    asked, counted = stored.asked, {run.id for run in stored.all_runs}
    called = {}
    for run in entry.turns[0].runs:
        place = Place.of(run.place, asked)
        label = asked.variants[place.column].label
        named = [] if label in LEVEL_NAMES else [label]
        number = [f"run {place.repeat + 1}"] if asked.repeats > 1 else []
        replaced = [] if run.id in counted else ["run again later"]
        called[run.id] = ", ".join((*named, *number, *replaced))
    return called


def _turn(turn: StoredTurn, called: Mapping[str, str] | None, held_back: bool) -> Values:
    """One question. called: what its runs are called, where they were run beside each other."""
    given = [m for m in turn.given if m.channel is Channel.FINAL] if not turn.runs else []
    runs = [_run(run, called, held_back) for run in turn.runs]
    runs += [{"id": "", "line": "Imported", "level": "", "answer": m.text} for m in given]
    return {"question": turn.question, "runs": runs}


def _run(run: StoredRun, called: Mapping[str, str] | None, held_back: bool) -> Values:
    """One run; it can be replayed alone, but for those of a comparison, which are together."""
    seen, facts = run.transcript, run.facts
    total = seen.finished.timing.total_s if seen.finished else None
    name = (called or {}).get(run.id, "")
    missing = "" if facts.captured else "Reasoning was not captured"
    if held_back and facts.captured:
        missing = "Thinking is not shown here while presenting"
    line = [
        *([name] if name else []),
        facts.model,
        figures.tokens(run.tokens),
        *([figures.seconds(total)] if total else []),
    ]
    return {
        "id": run.id if run.events and called is None else "",
        "level": facts.level.value,
        "name": LEVEL_NAMES[facts.level],
        "line": " · ".join(line),
        "thinking": "" if held_back else seen.text(Channel.ANALYSIS),
        "missing": missing,
        "answer": seen.text(Channel.FINAL),
        "why": run.why_no_answer,
    }
