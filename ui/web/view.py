"""One run as the page shows it: pure functions from transcripts to values of components.

Everything that a model or a user wrote leaves here as plain text; the page's scripts put it into
the document as text, never as HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core import figures
from core.config import ReasoningLevel
from core.conversation import Channel
from core.events import FinishReason, Timing
from core.result import Transcript, why_empty

Values = dict[str, Any]

LEVEL_NAMES = {level: level.capitalize() for level in ReasoningLevel}
NO_ANALYSIS = "What the model thinks before it answers appears here, while it thinks."
NO_COMMENTARY = "Notes to you before a tool call, and the tool calls themselves, appear here."
CAN_FINISH = "“Finish now” lets the model answer from what it has thought."
NOT_KEPT = "The reasoning of this run was not kept. Switch on “Keep reasoning” in the settings."
# Plain, and short: Gradio puts tabs that do not fit into a menu.
_CAPTIONS = {
    "analysis": "How it thinks",
    "commentary": "Side notes",
    "tokens": "Pieces",
    "metrics": "Numbers",
}


def caption(panel: str, presenting: bool) -> str:
    """The caption of a panel's tab: the field's word for it, or a plain one."""
    return _CAPTIONS[panel] if presenting else panel.capitalize()


class Tone(StrEnum):
    """How a state is coloured; the words beside it say the same."""

    IDLE = "idle"
    BUSY = "busy"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Health:
    """What became of the output. words: for a chip; sentence: what it means, empty when well."""

    words: str
    sentence: str
    tone: Tone


INTERRUPTED = Health("Stopped", "The page was loaded again; the run was stopped.", Tone.WARN)


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """What was really rendered. level: the one in the prompt's system message; None without one.

    format: how the model was asked. notes: what must be said of format and level, in sentences.
    """

    level: ReasoningLevel | None
    sha256: str
    tokens: int
    text: str
    format: str = "Harmony"
    notes: tuple[str, ...] = ()

    @property
    def system_line(self) -> str:
        """The line of the system message that carries the level."""
        return f"Reasoning: {self.level}" if self.level else "no reasoning line"


def health(transcript: Transcript, failure: str | None = None) -> Health:
    """The state of a run in words: under way, or how it ended."""
    if failure is not None:
        return Health("Failed", failure, Tone.BAD)
    if transcript.finished is None:
        return Health(_doing(transcript), "", Tone.BUSY)
    words, sentence, tone = _ending(transcript)
    repairs = len(transcript.repairs)
    if repairs:
        words = f"Repaired {repairs}" if words == "Clean" else f"{words}, repaired {repairs}"
        places = "place" if repairs == 1 else "places"
        mended = f"Malformed output was mended in {repairs} {places}; see Metrics."
        sentence = f"{sentence} {mended}".strip()
        tone = Tone.WARN if tone is Tone.GOOD else tone
    return Health(words, sentence, tone)


def _doing(transcript: Transcript) -> str:
    channel = transcript.open_channel
    if channel is None and not transcript.tokens:
        return "Reading the prompt"
    words = {Channel.ANALYSIS: "Thinking", Channel.FINAL: "Answering"}
    if channel is None:
        return "Thinking" if not transcript.text(Channel.FINAL) else "Answering"
    return words.get(channel, "Writing commentary")


def _ending(transcript: Transcript) -> tuple[str, str, Tone]:
    answered = bool(transcript.text(Channel.FINAL).strip())
    reason = transcript.finished.reason if transcript.finished else None
    if reason is FinishReason.TOOL_CALL:
        sentence = "The model called a tool and waits for its answer; see Commentary."
        return "Tool call", sentence, Tone.WARN
    if reason is not None and not answered:
        words = "Stopped" if reason is FinishReason.CANCELLED else "Empty answer"
        why = why_empty(reason, transcript.text(Channel.COMMENTARY), "") or ""
        return words, why, Tone.WARN
    if reason is FinishReason.CANCELLED:
        return "Stopped", "Stopped; what was written so far is kept.", Tone.WARN
    if reason is FinishReason.LENGTH:
        return "Cut off", "The token budget ran out before the answer was complete.", Tone.WARN
    if transcript.inserted or transcript.given_tokens:
        return "Finished early", "You asked for the answer: the thinking was cut short.", Tone.WARN
    return "Clean", "", Tone.GOOD


def can_finish(transcript: Transcript) -> bool:
    """Whether the model can be made to answer now: it thinks, or it thought and gave no answer."""
    if transcript.finished is None:
        return transcript.thinks and transcript.inserted is None
    answered = bool(transcript.text(Channel.FINAL).strip())
    called = any(m.recipient is not None for m in transcript.messages)
    return bool(transcript.text(Channel.ANALYSIS)) and not answered and not called


def answer_shown(transcript: Transcript, state: Health) -> str:
    """The log's text for a run: the final channel alone, else in italics why there is none."""
    text = transcript.text(Channel.FINAL)
    if text.strip():
        return text
    return f"*{state.sentence or state.words + ' …'}*"


def analysis_panel(transcript: Transcript) -> Values:
    """The Analysis tab."""
    return _text_panel(transcript, transcript.text(Channel.ANALYSIS), NO_ANALYSIS)


def _text_panel(transcript: Transcript, text: str, when_empty: str) -> Values:
    done = transcript.finished is not None and transcript.prompt_tokens > 0
    note = "There is none in this run." if done else when_empty
    return {"run": transcript.run_id, "text": text, "note": "" if text else note}


def commentary_panel(transcript: Transcript, *, analysis_too: bool = True) -> Values:
    """The Commentary tab: preambles for the user apart from tool calls.

    analysis_too: calls on the analysis channel as well, which are reasoning and not kept as such.
    """
    parts = [
        {"to": message.recipient or "", "text": message.text}
        for message in transcript.messages
        if message.channel is Channel.COMMENTARY or (analysis_too and message.recipient is not None)
    ]
    panel = _text_panel(transcript, "".join(p["text"] for p in parts), NO_COMMENTARY)
    return {"run": panel["run"], "parts": parts, "note": "" if parts else panel["note"]}


def metrics_panel(
    transcript: Transcript, timing: Timing, prompt: PromptFacts, state: Health
) -> Values:
    """The Metrics tab: rows of [name, figure] by group, and the rendered prompt to unfold."""
    usage = transcript.finished.usage if transcript.finished else None
    # The replay of a run whose reasoning was not captured holds no tokens, but their counts.
    told = usage if not transcript.tokens else None
    generated = told.generated_tokens if told else transcript.generated_tokens
    given = told.given_tokens if told else len(transcript.tokens) - generated
    content = told.of if told else transcript.content_tokens
    cached = figures.count(usage.cached_tokens) if usage else figures.NONE
    groups = [
        [
            "Tokens",
            [
                ["Prompt", figures.count(prompt.tokens)],
                ["of these from the cache", cached],
                *([name, figures.count(content(c))] for c, name in _CHANNELS),
                ["Generated, markers included", figures.count(generated)],
                *([["Given, not generated", figures.count(given)]] if given else []),
            ],
        ],
        [
            "Time since sending",
            [
                ["Queued", figures.seconds(timing.queued_s)],
                ["First token", figures.seconds(timing.first_token_s)],
                ["First answer token", figures.seconds(timing.first_answer_s)],
                ["Total", figures.seconds(timing.total_s)],
                ["Rate after the first token", figures.rate(timing.tokens_per_s)],
            ],
        ],
        [
            "Output",
            [
                ["State", state.words],
                *(["Mended", f"{r.kind}, at token {r.at_token}"] for r in transcript.repairs),
            ],
        ],
        [
            "Prompt",
            [
                ["Format", prompt.format],
                ["Level in the prompt", prompt.system_line],
                *(["Note", note] for note in prompt.notes),
                ["SHA-256 of its tokens", prompt.sha256],
            ],
        ],
    ]
    return {"run": transcript.run_id, "groups": groups, "prompt": prompt.text}


_CHANNELS = (
    (Channel.ANALYSIS, "Analysis"),
    (Channel.COMMENTARY, "Commentary"),
    (Channel.FINAL, "Answer"),
)


def status_line(model: str, prompt: PromptFacts | None, state: Health | None) -> Values:
    """The chip over the chat: model, level in the rendered prompt, health of the output."""
    level = prompt.level if prompt else None
    if prompt is None:
        words = ""
    else:
        words = f"{LEVEL_NAMES[level]} in the prompt" if level else "No level in the prompt"
        if prompt.format != "Harmony":
            words = f"{prompt.format}: {words[0].lower()}{words[1:]}"
    return {
        "model": model,
        "level": level.value if level else "",
        "level_words": words,
        "health": state.words if state else "",
        "sentence": state.sentence if state else "",
        "tone": (state.tone if state else Tone.IDLE).value,
    }
