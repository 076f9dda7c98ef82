"""The columns, charts and strip of Compare."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.compare import Verdict
from core.config import ReasoningLevel
from core.conversation import Channel
from core.events import FinishReason, Timing
from core.metrics import frame
from core.result import Transcript, result_of
from tests.ui.web.runs import TIMING, transcript
from ui.web import compare_view, view
from ui.web.compare_view import Column
from ui.web.view import PromptFacts

A, C, F = Channel.ANALYSIS, Channel.COMMENTARY, Channel.FINAL


def one(
    seen: Transcript, level: ReasoningLevel = ReasoningLevel.LOW, timing: Timing = TIMING
) -> Column:
    prompt = PromptFacts(level, "0123456789", 7, "")
    return Column(level, seen, timing, prompt, view.health(seen))


def test_a_column_gives_counts_times_rate_level_and_prompt() -> None:
    value = compare_view.column(one(transcript((A, "a b c"), (F, "71"))))
    assert value["status"] == "Done"
    assert [figure for figure, _ in value["figures"]] == ["12", "0.10 s", "0.50 s", "1.0 s"]
    assert value["thinking"] == "a b c"
    assert value["thinking_figures"] == "3 tokens  0.40 s"
    assert value["foot"] == [
        "analysis 3 · commentary 0 · answer 1 · markers 8",
        "50 tokens/s, measured in one batch of three",
        "Reasoning: low · prompt 01234567",
    ]


def test_a_column_says_what_was_repaired_and_why_there_is_no_answer() -> None:
    value = compare_view.column(one(transcript((A, "a"), repairs=2)))
    assert value["status"] == "Empty answer, repaired 2"
    assert value["foot"][-1].endswith("2 repaired")
    assert "without writing an answer" in value["note"]


def test_a_column_thinks_until_its_answer_begins() -> None:
    assert compare_view.column(one(transcript((A, "a"), reason=None)))["thinks"]
    assert not compare_view.column(one(transcript((A, "a"), (F, "7"), reason=None)))["thinks"]
    stopped = transcript((A, "a"), reason=FinishReason.CANCELLED)
    assert not compare_view.column(one(stopped))["thinks"]


def test_thinking_is_gone_from_what_is_kept() -> None:
    value = compare_view.column(one(transcript((A, "secret"), (F, "71"))))
    assert "secret" not in str(compare_view.without_thinking(value))


def test_bars_add_up_to_the_tokens_of_the_column_and_the_longest_fills_its_line() -> None:
    low, high = one(transcript((F, "71"))), one(transcript((A, "a b c d e"), (F, "71")))
    charts = compare_view.bars([low, high])
    assert [row["total"] for row in charts["tokens"]] == ["5", "14"]
    assert sum(charts["tokens"][1]["percent"]) == pytest.approx(100, abs=0.1)
    assert sum(charts["tokens"][0]["percent"]) == pytest.approx(100 * 5 / 14, abs=0.1)
    assert sum(charts["time"][0]["percent"]) == pytest.approx(100, abs=0.1)


def test_waiting_for_the_first_token_counts_as_reading_the_prompt() -> None:
    waiting = one(Transcript(), timing=replace(TIMING, first_token_s=None, first_answer_s=None))
    assert compare_view.bars([waiting])["time"][0]["percent"] == [100.0, 0.0, 0.0]


@pytest.mark.parametrize(("agree", "state"), [(True, "agree"), (False, "differ"), (None, "open")])
def test_the_verdict_is_shown_as_it_was_given(agree: bool | None, state: str) -> None:
    shown = compare_view.verdict_strip(Verdict(None, agree, "Because.", "Details."))
    assert shown == {"state": state, "title": "Because.", "detail": "Details."}


def test_the_table_has_a_row_for_each_run_and_names_its_rate_a_batch_rate() -> None:
    result = result_of(transcript((F, "71")), ReasoningLevel.LOW, "m", False)
    table = compare_view.table(frame([result, result]))
    assert list(table["Level"]) == ["low", "low"]
    assert "Tokens/s in batch" in table.columns
    assert list(table.columns) == list(compare_view.empty_table().columns)
