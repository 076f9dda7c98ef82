"""A run as the chat shows it."""

from __future__ import annotations

import pytest

from core.config import ReasoningLevel
from core.conversation import Channel
from core.events import FinishReason, Inserted, Timing
from core.result import Transcript, kept_messages
from tests.ui.web.runs import TIMING, transcript
from ui.web import view
from ui.web.view import Health, PromptFacts, Tone

A, C, F = Channel.ANALYSIS, Channel.COMMENTARY, Channel.FINAL
PROMPT = PromptFacts(ReasoningLevel.HIGH, "ab" * 32, 7, "<|start|>system …")


@pytest.mark.parametrize(
    ("seen", "words", "tone"),
    [
        (transcript((A, "think"), (F, "71")), "Clean", Tone.GOOD),
        (transcript((A, "think"), (F, "71"), repairs=2), "Repaired 2", Tone.WARN),
        (transcript((A, "think"), (F, "7"), reason=FinishReason.LENGTH), "Cut off", Tone.WARN),
        (transcript((A, "think"), reason=FinishReason.LENGTH), "Empty answer", Tone.WARN),
        (transcript((A, "think"), repairs=1), "Empty answer, repaired 1", Tone.WARN),
        (transcript((A, "think"), reason=FinishReason.CANCELLED), "Stopped", Tone.WARN),
        (
            transcript((C, "{}", "functions.x"), reason=FinishReason.TOOL_CALL),
            "Tool call",
            Tone.WARN,
        ),
        (transcript((A, "think"), reason=None), "Thinking", Tone.BUSY),
        (transcript((A, "think"), (F, "7"), reason=None), "Answering", Tone.BUSY),
        (Transcript(), "Reading the prompt", Tone.BUSY),
    ],
)
def test_health_says_in_words_how_the_output_is(seen: Transcript, words: str, tone: Tone) -> None:
    state = view.health(seen)
    assert (state.words, state.tone) == (words, tone)
    assert bool(state.sentence) == (tone is Tone.WARN)


def test_the_model_can_be_told_to_answer_while_it_thinks_and_where_it_gave_no_answer() -> None:
    can = [
        transcript((A, "think"), reason=None),
        transcript((A, "think"), (C, "I will look."), reason=None),
        transcript((A, "think"), reason=FinishReason.LENGTH),
        transcript((A, "think"), reason=FinishReason.CANCELLED),
        transcript((A, "think")),
    ]
    cannot = [
        Transcript(),
        transcript((A, "think"), (F, "7"), reason=None),
        transcript((A, "think"), (F, "7"), reason=FinishReason.LENGTH),
        transcript((C, "{}", "functions.x"), reason=None),
        transcript((A, "think"), (C, "{}", "functions.x"), reason=FinishReason.TOOL_CALL),
        transcript(reason=FinishReason.STOP),
    ]
    assert all(map(view.can_finish, can))
    assert not any(map(view.can_finish, cannot))


def test_an_answer_that_was_asked_for_is_said_to_be_and_what_was_given_is_counted() -> None:
    seen = transcript((A, "think"), (F, "71"))
    seen.add(Inserted(4, 6))
    state = view.health(seen)
    assert (state.words, state.tone) == ("Finished early", Tone.WARN)
    assert "thinking was cut short" in state.sentence
    panel = view.metrics_panel(seen, TIMING, PROMPT, state)
    rows = {name: figure for _, group in panel["groups"] for name, figure in group}
    assert rows["Given, not generated"] == "6"
    assert rows["Generated, markers included"] == str(len(seen.tokens) - 6)


def test_a_failure_of_the_machine_is_told_as_it_was_said() -> None:
    state = view.health(transcript((A, "think"), reason=None), "Out of memory.")
    assert state == Health("Failed", "Out of memory.", Tone.BAD)


def test_the_log_never_shows_analysis() -> None:
    seen = transcript((A, "secret thought"), (F, "71"))
    assert view.answer_shown(seen, view.health(seen)) == "71"
    empty = transcript((A, "secret thought"))
    assert "secret" not in view.answer_shown(empty, view.health(empty))


def test_an_empty_answer_is_explained_in_the_log() -> None:
    seen = transcript((A, "think"), reason=FinishReason.LENGTH)
    assert "budget ran out while thinking" in view.answer_shown(seen, view.health(seen))


def test_past_analysis_goes_back_only_with_a_whole_tool_call() -> None:
    plain = transcript((A, "think"), (F, "71"))
    assert [m.channel for m in kept_messages(plain.messages)] == [F]
    call = transcript((A, "think"), (C, "{}", "functions.x"), reason=FinishReason.TOOL_CALL)
    assert [m.channel for m in kept_messages(call.messages)] == [A, C]
    cut = transcript((A, "think"), (C, "{", "functions.x"), reason=FinishReason.CANCELLED)
    assert kept_messages(cut.messages) == ()


def test_a_half_written_answer_goes_back_as_far_as_it_came() -> None:
    cut = transcript((A, "think"), (F, "The answer"), reason=None)
    assert [m.text for m in kept_messages(cut.messages)] == ["The answer"]


def test_tool_calls_stand_apart_from_notes_to_the_user() -> None:
    seen = transcript((C, "I will look."), (C, "{}", "functions.x"), (A, "{}", "python"))
    parts = view.commentary_panel(seen)["parts"]
    assert [(p["to"], p["text"]) for p in parts] == [
        ("", "I will look."),
        ("functions.x", "{}"),
        ("python", "{}"),
    ]


def test_metrics_give_the_level_that_is_in_the_prompt() -> None:
    seen = transcript((A, "think hard"), (F, "71"), repairs=1)
    panel = view.metrics_panel(seen, TIMING, PROMPT, view.health(seen))
    rows = {name: figure for _, group in panel["groups"] for name, figure in group}
    assert rows["Level in the prompt"] == "Reasoning: high"
    assert rows["Analysis"] == "2"
    assert rows["of these from the cache"] == "3"
    assert rows["Mended"] == "missing end marker, at token 0"
    assert rows["First token"] == "0.10 s"


def test_figures_that_are_not_there_are_no_zeros() -> None:
    seen = transcript((A, "think"), reason=None)
    panel = view.metrics_panel(seen, Timing(), PROMPT, view.health(seen))
    rows = {name: figure for _, group in panel["groups"] for name, figure in group}
    assert rows["First answer token"] == rows["of these from the cache"] == "–"


def test_the_chip_names_model_level_and_health() -> None:
    chip = view.status_line("a model", PROMPT, Health("Clean", "", Tone.GOOD))
    assert (chip["model"], chip["level_words"], chip["health"]) == (
        "a model",
        "High in the prompt",
        "Clean",
    )
    without = view.status_line("a model", PromptFacts(None, "", 1, ""), None)
    assert without["level_words"] == "No level in the prompt"


def test_chip_and_metrics_say_which_format_was_used_where_it_is_not_harmony() -> None:
    prompt = PromptFacts(None, "ab" * 32, 7, "<|im_start|>user …", "ChatML", ("It is poor.",))
    chip = view.status_line("a model", prompt, None)
    assert chip["level_words"] == "ChatML: no level in the prompt"
    seen = transcript((F, "71"))
    panel = view.metrics_panel(seen, TIMING, prompt, view.health(seen))
    rows = {name: figure for _, group in panel["groups"] for name, figure in group}
    assert (rows["Format"], rows["Note"]) == ("ChatML", "It is poor.")
