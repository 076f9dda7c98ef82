"""Columns, bars and verdict of Compare: pure functions from transcripts to component values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core import figures
from core.compare import Verdict
from core.config import ReasoningLevel
from core.conversation import Channel
from core.events import Timing
from core.result import Transcript
from ui.web.view import LEVEL_NAMES, NOT_KEPT, Health, PromptFacts, Tone, Values

IDLE_TITLE = "One prompt, three levels of reasoning"
IDLE_DETAIL = (
    "Low, medium and high answer side by side, in one batch. Type a prompt or take an example."
)


@dataclass(frozen=True, slots=True)
class Column:
    """One level's run as far as it has come."""

    level: ReasoningLevel
    transcript: Transcript
    timing: Timing
    prompt: PromptFacts
    health: Health

    @property
    def running(self) -> bool:
        """True until the run ended or failed."""
        return self.health.tone is Tone.BUSY

    @property
    def thinking_s(self) -> float | None:
        """Seconds from the first token to the first of the answer, or to the end without one."""
        start = self.timing.first_token_s
        if start is None:
            return None
        until = self.timing.first_answer_s
        return (self.timing.total_s if until is None else until) - start


def idle_column() -> Values:
    """A column before its first run."""
    return {
        "run": "",
        "state": "idle",
        "status": "",
        "tone": Tone.IDLE.value,
        "figures": [[figures.NONE, name] for name in _FIGURES],
        "thinking": "",
        "thinking_figures": "",
        "thinks": False,
        "foot": [],
        "note": "",
    }


_FIGURES = ("tokens", "to first token", "to the answer", "in total")


def column(one: Column) -> Values:
    """The value of a column's panel; the answer is a component of its own."""
    seen, timing = one.transcript, one.timing
    thinking = seen.text(Channel.ANALYSIS)
    answered = bool(seen.text(Channel.FINAL).strip())
    spent = figures.tokens(seen.content_tokens(Channel.ANALYSIS))
    status = "Done" if one.health.words == "Clean" else one.health.words
    return {
        "run": seen.run_id,
        "state": "running" if one.running else "done",
        "status": status,
        "tone": one.health.tone.value,
        "figures": [
            [figures.count(len(seen.tokens)), _FIGURES[0]],
            [figures.seconds(timing.first_token_s), _FIGURES[1]],
            [figures.seconds(timing.first_answer_s), _FIGURES[2]],
            [figures.seconds(timing.total_s), _FIGURES[3]],
        ],
        "thinking": thinking,
        "thinking_figures": f"{spent}  {figures.seconds(one.thinking_s)}" if thinking else "",
        "thinks": one.running and not answered,
        "foot": _foot(one),
        "note": "" if answered or one.running else one.health.sentence,
    }


_PARTS = {Channel.ANALYSIS: "analysis", Channel.COMMENTARY: "commentary", Channel.FINAL: "answer"}


def _markers(seen: Transcript) -> int:
    """Tokens that are no channel's content: markers, headers, and what repairs set aside."""
    return len(seen.tokens) - sum(map(seen.content_tokens, _PARTS))


def _foot(one: Column) -> list[str]:
    seen = one.transcript
    parts = [f"{name} {figures.count(seen.content_tokens(c))}" for c, name in _PARTS.items()]
    channels = " · ".join([*parts, f"markers {figures.count(_markers(seen))}"])
    rate = figures.rate(one.timing.tokens_per_s)
    repairs = len(seen.repairs)
    mended = f" · {repairs} repaired" if repairs else ""
    named = "" if one.prompt.format == "Harmony" else f"{one.prompt.format} · "
    return [
        channels,
        f"{rate}, measured in one batch of three",
        f"{named}{one.prompt.system_line} · prompt {figures.short_hash(one.prompt.sha256)}{mended}",
    ]


def without_thinking(panel: Values) -> Values:
    """A column's value without the reasoning, for what is kept after a run."""
    return panel | {"thinking": NOT_KEPT} if panel["thinking"] else panel


def idle_bars() -> Values:
    """The bars before the first run."""
    counts = [_row(level, [0.0] * 4, figures.NONE) for level in ReasoningLevel]
    times = [_row(level, [0.0] * 3, figures.NONE) for level in ReasoningLevel]
    return {"tokens": counts, "time": times}


def bars(columns: Sequence[Column]) -> Values:
    """Both charts. Shares are of the longest bar, so that columns can be compared by eye."""
    counts = [
        [*(one.transcript.content_tokens(c) for c in _PARTS), _markers(one.transcript)]
        for one in columns
    ]
    times = [_phases(one) for one in columns]
    most = max(map(sum, counts), default=0) or 1
    longest = max(map(sum, times), default=0.0) or 1.0
    return {
        "tokens": [
            _row(one.level, [n / most for n in c], figures.count(sum(c)))
            for one, c in zip(columns, counts, strict=True)
        ],
        "time": [
            _row(one.level, [s / longest for s in t], figures.seconds(one.timing.total_s))
            for one, t in zip(columns, times, strict=True)
        ],
    }


def _phases(one: Column) -> list[float]:
    """Seconds of waiting and reading the prompt, of thinking, of answering."""
    timing = one.timing
    if timing.first_token_s is None:
        return [timing.total_s, 0.0, 0.0]
    thinking = one.thinking_s or 0.0
    return [
        timing.first_token_s,
        thinking,
        max(0.0, timing.total_s - timing.first_token_s - thinking),
    ]


def _row(level: ReasoningLevel, shares: list[float], total: str) -> Values:
    percent = [round(100 * share, 2) for share in shares]
    return {"level": level.value, "name": LEVEL_NAMES[level], "percent": percent, "total": total}


def strip(state: str, title: str, detail: str = "") -> Values:
    """The strip under the prompt. state: idle, running, agree, differ, open or error."""
    return {"state": state, "title": title, "detail": detail}


def idle_strip() -> Values:
    """The strip before the first run."""
    return strip("idle", IDLE_TITLE, IDLE_DETAIL)


def running_strip(columns: Sequence[Column]) -> Values:
    """The strip while columns are written."""
    left = sum(one.running for one in columns)
    title = "Running at three levels of reasoning"
    if left < len(columns):
        title = f"{len(columns) - left} of {len(columns)} levels done"
    return strip("running", title, "The answers are compared when all are done.")


def interrupted_strip() -> Values:
    """The strip of a comparison whose page was loaded again while it ran."""
    detail = "The page was loaded again. What was written until then is kept."
    return strip("open", "The comparison was stopped", detail)


def verdict_strip(verdict: Verdict) -> Values:
    """The verdict in a sentence, and its limits."""
    states = {True: "agree", False: "differ", None: "open"}
    return strip(states[verdict.agree], verdict.reason, verdict.detail)


_TABLE = {
    "level": "Level",
    "finish_reason": "Ended",
    "prompt_tokens": "Prompt",
    "analysis_tokens": "Analysis",
    "commentary_tokens": "Commentary",
    "final_tokens": "Answer",
    "generated_tokens": "All tokens",
    "first_token_s": "First token (s)",
    "first_answer_s": "First answer (s)",
    "total_s": "Total (s)",
    "tokens_per_s": "Tokens/s in batch",
    "repairs": "Repairs",
}


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The runs' frame with people's names for its columns, and seconds to the millisecond."""
    shown = frame[list(_TABLE)].round(
        {"first_token_s": 3, "first_answer_s": 3, "total_s": 3, "tokens_per_s": 1}
    )
    return shown.rename(columns=_TABLE)


def empty_table() -> pd.DataFrame:
    """The table before the first run."""
    return pd.DataFrame(columns=list(_TABLE.values()))
