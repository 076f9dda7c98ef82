"""The columns of Compare: pure functions from a run to the value of its panel."""

from __future__ import annotations

from dataclasses import dataclass

from core import figures
from core.compare import Comparison
from core.config import ReasoningLevel
from core.conversation import Channel
from core.events import Timing
from core.report.reading import columns as told_columns
from core.result import Transcript
from core.store.replay import NOT_CAPTURED
from ui.web.held_back import column_held_back
from ui.web.view import LEVEL_NAMES, NOT_KEPT, Health, PromptFacts, Tone, Values

IN_WORDS = {2: "two", 3: "three", 4: "four"}
LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class Column:
    """One column's run as far as it has come.

    label: the level's word, or what else tells it apart. number: which of `repeats` runs it is.
    beside: how many runs share its batch. written: tokens so far, where the transcript does not
    hold them all.
    """

    level: ReasoningLevel
    transcript: Transcript
    timing: Timing
    prompt: PromptFacts
    health: Health
    label: str = ""
    number: int = 1
    repeats: int = 1
    beside: int = 3
    written: int | None = None

    @property
    def tokens(self) -> int:
        """Tokens of the turn so far, markers included."""
        return len(self.transcript.tokens) if self.written is None else self.written

    def content(self, channel: Channel) -> int:
        """Content tokens of a channel so far."""
        seen, finished = self.transcript, self.transcript.finished
        if finished and self.written is not None:
            return finished.usage.of(channel)
        return seen.content_tokens(channel)

    @property
    def markers(self) -> int:
        """Tokens that are no channel's content: markers, headers, and what repairs set aside."""
        return self.tokens - sum(map(self.content, _PARTS))

    @property
    def name(self) -> str:
        """What stands over it."""
        return name_of(self.label or self.level.value)

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


def name_of(label: str) -> str:
    """A column's label as people read it: levels begin with a capital."""
    return label.capitalize() if label in LEVEL_NAMES else label


def idle_column(level: ReasoningLevel | None, label: str = "", status: str = "") -> Values:
    """A column before its first run; one without a level is not shown."""
    return {
        "shown": level is not None,
        "level": level.value if level else "",
        "name": name_of(label or level.value) if level else "",
        "run": "",
        "state": "idle",
        "status": status,
        "tone": Tone.IDLE.value,
        "figures": [[figures.NONE, name] for name in _FIGURES],
        "thinking": "",
        "thinking_figures": "",
        "thinks": False,
        "foot": [],
        "note": "",
        "voting": False,
    }


_FIGURES = ("tokens", "to first token", "to the answer", "in total")


def column(one: Column, summary: str = "", *, held_back: bool = False) -> Values:
    """The value of a column's panel; the answer is a component of its own.

    summary: what all runs of the column came to, once there are several. held_back: without the
    thinking, which a presenter has not asked for yet.
    """
    seen, timing = one.transcript, one.timing
    thinking = seen.text(Channel.ANALYSIS)
    answered = bool(seen.text(Channel.FINAL).strip())
    thought = one.content(Channel.ANALYSIS)
    if not thinking and thought and one.written is not None:
        thinking = NOT_CAPTURED
    spent = figures.tokens(thought)
    status = "Done" if one.health.words == "Clean" else one.health.words
    counted = f" · run {one.number} of {one.repeats}" if one.repeats > 1 else ""
    value = {
        "shown": True,
        "level": one.level.value,
        "name": one.name,
        "run": seen.run_id,
        "state": "running" if one.running else "done",
        "status": status + counted,
        "tone": one.health.tone.value,
        "figures": [
            [figures.count(one.tokens), _FIGURES[0]],
            [figures.seconds(timing.first_token_s), _FIGURES[1]],
            [figures.seconds(timing.first_answer_s), _FIGURES[2]],
            [figures.seconds(timing.total_s), _FIGURES[3]],
        ],
        "thinking": thinking,
        "thinking_figures": f"{spent}  {figures.seconds(one.thinking_s)}" if thinking else "",
        "thinks": one.running and not answered,
        "foot": _foot(one, summary),
        "note": "" if answered or one.running else _note(one, analysis_too=not held_back),
        "voting": False,
        "replayed": one.written is not None,
    }
    return column_held_back(value) if held_back else value


def blind_column(position: int, voting: bool, answered: bool = True) -> Values:
    """A column whose name, figures and thinking are held back. position: from 0."""
    words = "Being written"
    if voting:
        words = "Read it, then vote" if answered else "No answer"
    return idle_column(ReasoningLevel.LOW, f"Answer {LETTERS[position]}", words) | {
        "level": "none",
        "state": "blind",
        "voting": voting and answered,
        "thinks": not voting,
        "note": "" if answered or not voting else "This one ended without an answer.",
    }


def _note(one: Column, *, analysis_too: bool) -> str:
    """Why there is no answer; tool calls as written, on the analysis channel only if wanted."""
    calls = [
        m
        for m in one.transcript.messages
        if m.recipient is not None and (analysis_too or m.channel is not Channel.ANALYSIS)
    ]
    if not calls:
        return one.health.sentence
    told = "; ".join(f"{call.recipient} with {call.text}" for call in calls)
    return f"Called {told}. Tools are not run here."


_PARTS = {Channel.ANALYSIS: "analysis", Channel.COMMENTARY: "commentary", Channel.FINAL: "answer"}


def _foot(one: Column, summary: str) -> list[str]:
    counts = [(name, one.content(c)) for c, name in _PARTS.items()]
    counts.append(("markers", one.markers))
    # Most runs write no commentary, and a narrow column has no room for that.
    shown = [(name, n) for name, n in counts if n or name != "commentary"]
    channels = " · ".join(f"{name} {figures.count(n)}" for name, n in shown)
    rate = figures.rate(one.timing.tokens_per_s)
    if one.beside > 1:
        rate += f", measured in one batch of {IN_WORDS.get(one.beside, one.beside)}"
    repairs = len(one.transcript.repairs)
    mended = f" · {repairs} repaired" if repairs else ""
    named = "" if one.prompt.format == "Harmony" else f"{one.prompt.format} · "
    return [
        channels,
        summary or rate,
        f"{named}{one.prompt.system_line} · prompt {figures.short_hash(one.prompt.sha256)}{mended}",
    ]


def summaries(comparison: Comparison) -> dict[str, str]:
    """What all runs of each column came to, by label; empty where there is one run at most."""
    return {
        one.label: f"{len(one.runs)} runs, {one.agreeing} alike · {one.tokens} tokens · {one.total}"
        for one in told_columns(comparison)
        if len(one.runs) > 1
    }


def without_thinking(panel: Values) -> Values:
    """A column's value without the reasoning, for what is kept after a run."""
    thought = panel["thinking"] and not panel.get("held_back")
    return panel | {"thinking": NOT_KEPT} if thought else panel
