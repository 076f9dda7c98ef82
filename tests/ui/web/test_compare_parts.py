"""The columns, charts and strip of Compare."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.compare import Comparison, Verdict
from core.config import ReasoningLevel
from core.conversation import Channel
from core.events import FinishReason, Timing
from core.result import Transcript
from core.statistics import Share
from tests.core.comparisons import HIGH, LOW, comparison, result
from tests.ui.web.runs import TIMING, transcript
from ui.web import compare_charts, compare_column, compare_strip, compare_table, view
from ui.web.compare_column import Column
from ui.web.view import PromptFacts

A, C, F = Channel.ANALYSIS, Channel.COMMENTARY, Channel.FINAL


def one(
    seen: Transcript, level: ReasoningLevel = ReasoningLevel.LOW, timing: Timing = TIMING
) -> Column:
    prompt = PromptFacts(level, "0123456789", 7, "")
    return Column(level, seen, timing, prompt, view.health(seen))


def test_a_column_gives_counts_times_rate_level_and_prompt() -> None:
    value = compare_column.column(one(transcript((A, "a b c"), (F, "71"))))
    assert value["status"] == "Done"
    assert [figure for figure, _ in value["figures"]] == ["12", "0.10 s", "0.50 s", "1.0 s"]
    assert value["thinking"] == "a b c"
    assert value["thinking_figures"] == "3 tokens  0.40 s"
    assert value["foot"] == [
        "analysis 3 · answer 1 · markers 8",
        "50 tokens/s, measured in one batch of three",
        "Reasoning: low · prompt 01234567",
    ]


def test_a_column_says_what_was_repaired_and_why_there_is_no_answer() -> None:
    value = compare_column.column(one(transcript((A, "a"), repairs=2)))
    assert value["status"] == "Empty answer, repaired 2"
    assert value["foot"][-1].endswith("2 repaired")
    assert "without writing an answer" in value["note"]


def test_a_column_shows_a_tool_call_as_it_was_written() -> None:
    called = transcript((A, "a"), (C, '{"a": 1}', "functions.sum"), reason=FinishReason.TOOL_CALL)
    note = compare_column.column(one(called))["note"]
    assert note == 'Called functions.sum with {"a": 1}. Tools are not run here.'


def test_a_column_thinks_until_its_answer_begins() -> None:
    assert compare_column.column(one(transcript((A, "a"), reason=None)))["thinks"]
    assert not compare_column.column(one(transcript((A, "a"), (F, "7"), reason=None)))["thinks"]
    stopped = transcript((A, "a"), reason=FinishReason.CANCELLED)
    assert not compare_column.column(one(stopped))["thinks"]


def test_thinking_is_gone_from_what_is_kept() -> None:
    value = compare_column.column(one(transcript((A, "secret"), (F, "71"))))
    assert "secret" not in str(compare_column.without_thinking(value))


def test_bars_add_up_to_the_tokens_of_the_column_and_the_longest_fills_its_line() -> None:
    low, high = one(transcript((F, "71"))), one(transcript((A, "a b c d e"), (F, "71")))
    charts = compare_charts.bars([low, high])
    assert [row["total"] for row in charts["tokens"]] == ["5", "14"]
    assert sum(charts["tokens"][1]["percent"]) == pytest.approx(100, abs=0.1)
    assert sum(charts["tokens"][0]["percent"]) == pytest.approx(100 * 5 / 14, abs=0.1)
    assert sum(charts["time"][0]["percent"]) == pytest.approx(100, abs=0.1)


def test_waiting_for_the_first_token_counts_as_queued_or_reading_the_prompt() -> None:
    waiting = replace(TIMING, queued_s=0.4, first_token_s=None, first_answer_s=None)
    charts = compare_charts.bars([one(Transcript(), timing=waiting), None])
    assert [row["percent"] for row in charts["time"]] == [[40.0, 60.0, 0.0, 0.0]]


@pytest.mark.parametrize(("agree", "state"), [(True, "agree"), (False, "differ"), (None, "open")])
def test_the_verdict_is_shown_as_it_was_given(agree: bool | None, state: str) -> None:
    shown = compare_strip.verdict_strip(Verdict(None, agree, "Because.", "Details.", "Limits."))
    assert shown == {"state": state, "title": "Because.", "detail": "Details. Limits."}


def repeated(together: bool = True) -> Comparison:
    lows = [result(LOW, "It is 71.", 10), result(LOW, "It is 61.", 14, seed=2**60)]
    highs = [result(HIGH, "It is 71, yes.", 120), result(HIGH, "71", 100, seed=2)]
    return comparison((LOW, lows), (HIGH, highs), together=together)


@pytest.mark.parametrize(("together", "shown"), [(True, "in batch"), (False, "alone")])
def test_the_table_has_a_row_for_each_run_and_says_whether_its_rate_is_a_batch_rate(
    together: bool, shown: str
) -> None:
    table = compare_table.table(repeated(together))
    assert list(table["Column"]) == ["low", "low", "high", "high"]
    assert list(table["Seed"])[1] == str(2**60)
    assert [name for name in table.columns if "Tokens/s" in name] == [f"Tokens/s {shown}"]
    assert set(table.columns) <= set(compare_table.empty_table().columns)


def test_several_runs_are_summed_up_and_spread_out() -> None:
    said = compare_column.summaries(repeated())
    assert said["low"].startswith("2 runs, 1 of 2 alike · 12 (10–14) tokens")
    dots = compare_charts.dots(repeated())["token_dots"]
    assert dots[1]["at"] == [100.0, 83.33]
    assert dots[1]["middle"] == 91.67
    once = comparison((LOW, [result(LOW, "71")]))
    assert compare_charts.dots(once) == {"token_dots": [], "time_dots": []}
    assert compare_column.summaries(once) == {}


def test_the_difference_is_told_word_by_word() -> None:
    (pair,) = compare_table.difference_value(repeated())["pairs"]
    assert (pair["one"], pair["other"], pair["words"]) == ("Low", "High", 3)
    assert ["added", ", yes"] in pair["pieces"]


def test_a_blind_column_tells_neither_name_nor_level_nor_figures() -> None:
    value = compare_column.blind_column(1, voting=True)
    assert (value["name"], value["level"], value["thinking"]) == ("Answer B", "none", "")
    assert {figure for figure, _ in value["figures"]} == {"–"}


def test_a_blind_column_without_an_answer_says_so_and_cannot_be_taken() -> None:
    value = compare_column.blind_column(2, voting=True, answered=False)
    assert (value["status"], value["voting"]) == ("No answer", False)
    assert value["note"] == "This one ended without an answer."
    assert compare_column.blind_column(2, voting=False, answered=False)["note"] == ""


def test_the_strip_says_which_model_is_loaded_and_that_they_take_turns() -> None:
    strip = compare_strip.running_strip([None, None], models=True, loading="llama")
    assert strip["title"] == "Loading llama"
    assert "One model is loaded at a time" in strip["detail"]
    done = compare_strip.running_strip([one(transcript((F, "71"))), None], models=True)
    assert done["title"] == "1 of 2 done"
    assert "comes back at the end" in done["detail"]


def test_the_table_says_what_each_answer_comes_down_to() -> None:
    said = comparison((LOW, [result(LOW, "It is **71**, not 61."), result(LOW, "word " * 30)]))
    assert list(compare_table.table(said)["Says"]) == ["71", "word word word word word…"]


def test_the_tally_names_its_uncertainty() -> None:
    assert compare_strip.tally({"low": Share(1, 4)}) == (
        "Blind votes so far, with 95 % intervals: low 1 of 4, 25% (5%–70%)."
    )
