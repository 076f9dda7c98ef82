"""The strip of Compare, which says how the comparison stands, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence

from core.compare import Verdict
from core.statistics import Share
from ui.web.compare_column import IN_WORDS, Column
from ui.web.view import LEVEL_NAMES, Values

IDLE_TITLE = "One prompt, three levels of reasoning"
IDLE_DETAIL = (
    "Low, medium and high answer side by side, in one batch. Type a prompt or take an example."
)
MODELS_TAKE_TURNS = (
    "One model is loaded at a time, so the columns run one after the other. The model of before "
    "comes back at the end."
)


def strip(state: str, title: str, detail: str = "") -> Values:
    """The strip under the prompt. state: idle, running, agree, differ, open or error."""
    return {"state": state, "title": title, "detail": detail}


def idle_strip() -> Values:
    """The strip before the first run."""
    return strip("idle", IDLE_TITLE, IDLE_DETAIL)


def running_strip(
    columns: Sequence[Column | None],
    warming: bool = False,
    models: bool = False,
    loading: str = "",
) -> Values:
    """The strip while columns are written.

    models: they differ, and take turns. loading: the one that is being loaded now.
    """
    if loading:
        detail = f"{MODELS_TAKE_TURNS} Answers under way in other tabs end first."
        return strip("running", f"Loading {loading}", detail)
    if warming and not models:
        return strip(
            "running", "Warming up", "Every prompt is read once, so that all runs start alike."
        )
    begun = [one for one in columns if one is not None]
    done = sum(not one.running for one in begun)
    repeats = max((one.repeats for one in begun), default=1)
    title = f"Running in {IN_WORDS.get(len(columns), 'several')} columns"
    if all(one is None or one.label in LEVEL_NAMES for one in columns):
        title = f"Running at {IN_WORDS.get(len(columns), 'several')} levels of reasoning"
    if done:
        title = f"{done} of {len(columns)} done"
    if models:
        return strip("running", title, MODELS_TAKE_TURNS)
    if repeats > 1:
        title = f"Run {max(one.number for one in begun)} of {repeats} of each"
    return strip("running", title, "The answers are compared when all are done.")


def interrupted_strip(said: str = "") -> Values:
    """The strip of a comparison that nobody saw to its end. said: in place of why."""
    detail = f"{said or 'The page was loaded again.'} What was written until then is kept."
    return strip("open", "The comparison was stopped", detail)


NOT_STORED = "Not in the history, so there is no link to it"


def link(comparison: str, trouble: str = "") -> Values:
    """What makes a link to a stored comparison. comparison: the id of its entry, empty where it is
    not stored; trouble: why it could not be written."""
    return {
        "id": "" if trouble else comparison,
        "why": "" if comparison and not trouble else NOT_STORED,
    }


def verdict_strip(verdict: Verdict, before: str = "", after: str = "") -> Values:
    """The verdict in a sentence, with its figures and limits; `before` and `after` around those."""
    states = {True: "agree", False: "differ", None: "open"}
    detail = " ".join(part for part in (before, verdict.detail, verdict.limits, after) if part)
    return strip(states[verdict.agree], verdict.reason, detail)


def blind_strip(voting: bool) -> Values:
    """The strip of a blind vote."""
    if voting:
        detail = "Which answer is better? Names, figures and thinking are shown after your vote."
        return strip("open", "Read the answers, then vote", detail)
    detail = "The answers appear together when all are done, so that none is known by its speed."
    return strip("running", "Answers are being written", detail)


def tally(shares: dict[str, Share]) -> str:
    """The blind votes so far, in a sentence."""
    if not shares:
        return "No vote has been counted so far."
    order = [level.value for level in LEVEL_NAMES]
    labels = sorted(shares, key=lambda one: (order.index(one) if one in order else -1, one))
    parts = [f"{one} {shares[one].hits} of {shares[one].n}, {shares[one]}" for one in labels]
    return f"Blind votes so far, with 95 % intervals: {'; '.join(parts)}."
