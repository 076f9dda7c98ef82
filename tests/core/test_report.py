"""Exports: what they hold, what they leave out, and that nothing in them runs."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compare import Comparison
from core.errors import InvalidSetting
from core.events import FinishReason
from core.metrics import COMPARISON_COLUMNS, comparison_frame
from core.report.files import CannotWrite, check_new, write_new
from core.report.markdown import as_markdown
from core.report.page import as_html
from core.report.tables import as_csv, as_json
from core.variants import Variant
from tests.core.comparisons import HIGH, LOW, comparison, result

PAYLOAD = """</pre><script>window.attacked = 1</script><img src=x onerror="window.attacked=1">
{{ 7 * 7 }} ${window.attacked} <style>*{}</style>\r<a href="javascript:1">x</a>
"quoted", 'too' & `tick`"""
WHEN = datetime(2026, 1, 31, 12, tzinfo=UTC)


def repeated() -> Comparison:
    return comparison(
        (LOW, [result(LOW, "71", 10), result(LOW, "61", 14, seed=2)]),
        (HIGH, [result(HIGH, "71", 120), result(HIGH, "", 200, FinishReason.LENGTH, seed=2)]),
        expected="71",
    )


def attacking() -> Comparison:
    return comparison(
        (Variant(PAYLOAD, LOW, PAYLOAD), [result(LOW, PAYLOAD, reasoning=PAYLOAD)]),
        (Variant("other", LOW, "Be brief."), [result(LOW, "71", reasoning="a thought")]),
        prompt=PAYLOAD,
        expected=PAYLOAD,
        instructions=PAYLOAD,
    )


class Tags(HTMLParser):
    """What a browser would see of a page: its tags, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, list[str]] = {}
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_data(self, data):
        self.text += data


def test_the_csv_has_a_row_for_each_run_and_every_column_is_documented():
    read = pd.read_csv(io.StringIO(as_csv(repeated())))
    assert list(read.columns) == list(COMPARISON_COLUMNS)
    assert list(read["column"]) == ["low", "low", "high", "high"]
    assert list(read["seed"]) == [1, 2, 1, 2]
    assert list(read["counts"]) == [True, True, True, False]
    assert list(read["right"]) == [True, False, True, False]
    assert set(read["verdict_column"]) == {"low"}
    assert read["tokens_per_s_alone"].isna().all()
    assert all(COMPARISON_COLUMNS.values())


def test_the_csv_reads_back_as_the_frame():
    done = repeated()
    read = pd.read_csv(io.StringIO(as_csv(done)))
    numbers = comparison_frame(done).select_dtypes("number").dropna(axis=1, how="all")
    assert "total_s" in numbers.columns
    pd.testing.assert_frame_equal(read[list(numbers.columns)], numbers, check_dtype=False)


def test_a_rate_measured_alone_stands_in_another_column_than_one_of_a_batch():
    alone = comparison((LOW, [result(LOW, "71")]), together=False)
    row = comparison_frame(alone).iloc[0]
    assert row["tokens_per_s_alone"] == 100
    assert pd.isna(row["tokens_per_s_in_batch"])


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
@settings(max_examples=30)
def test_any_answer_comes_back_out_of_the_csv(text):
    done = comparison((LOW, [result(LOW, text), result(LOW, "71")]))
    file = io.StringIO(as_csv(done), newline="")
    read = pd.read_csv(file, keep_default_na=False, dtype={"answer": str})
    assert list(read["answer"]) == [text, "71"]


@pytest.mark.parametrize("export", [as_csv, as_json, as_markdown, as_html])
def test_the_analysis_is_left_out_unless_it_is_asked_for(export):
    done = comparison((LOW, [result(LOW, "71", reasoning="a secret thought")]))
    assert "secret" not in export(done)
    assert "secret" in export(done, include_reasoning=True)


def test_raw_tokens_are_in_the_json_where_they_were_captured_and_asked_for():
    done = comparison((LOW, [result(LOW, "71", reasoning="a thought"), result(LOW, "71")]))
    runs = json.loads(as_json(done, include_reasoning=True))["levels"]["low"]["runs"]
    assert [run["token_ids"] for run in runs] == [[1, 2, 3], None]
    assert "token_ids" not in json.loads(as_json(done))["levels"]["low"]["runs"][0]


def test_the_report_tells_verdict_conditions_and_every_run():
    seen = Tags(as_html(repeated(), made_at=WHEN, command="counterpoint compare"))
    for said in (
        repeated().verdict.reason,
        "1 to 2 runs per level count",
        "same seeds and the same date, 2026-01-31",
        "in one batch",
        "Expected answer",
        "Reasoning: high",
        "ab" * 32,
        "2026-01-31 12:00",
        "counterpoint compare",
        "What is 23 + 48?",
        "Tokens/s in the batch",
    ):
        assert said in seen.text
    assert seen.text.count("length") == 1
    assert {"svg", "table", "figure"} <= seen.tags


def test_the_report_asks_for_nothing_and_runs_nothing():
    page = as_html(attacking(), include_reasoning=True, made_at=WHEN)
    seen = Tags(page)
    assert seen.tags.isdisjoint({"script", "img", "iframe", "link", "object", "embed", "form", "a"})
    assert {"src", "href", "srcset", "onerror", "onload"}.isdisjoint(seen.attributes)
    assert not re.search(r"https?:", page)
    assert any("default-src 'none'" in content for content in seen.attributes["content"])
    assert seen.text.count("<script>window.attacked = 1</script>") >= 5
    assert "49" not in seen.text.split("Every run")[0]


def test_the_markdown_of_an_attack_is_text():
    said = as_markdown(attacking(), include_reasoning=True)
    outside = re.sub(r"(?ms)^(`{3,})text\n.*?^\1$", "", said)
    assert not re.search(r"(?<!\\)<", outside)
    assert "| other |" in outside


def test_a_column_that_never_ran_leaves_the_reports_whole():
    done = comparison((LOW, [result(LOW, "71")]), (HIGH, []))
    for export in (as_csv, as_json, as_markdown, as_html):
        assert "high" in export(done) or export is as_csv


def test_a_file_is_never_written_over_and_never_left_half(tmp_path):
    file = tmp_path / "report.html"
    write_new(file, "first")
    with pytest.raises(CannotWrite, match="could not be written"):
        write_new(file, "second")
    assert file.read_text() == "first"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(InvalidSetting, match="is there already"):
        check_new(file, "--html")


def test_a_folder_that_is_not_there_is_told_before_and_at_the_end(tmp_path):
    file = tmp_path / "missing" / "report.html"
    with pytest.raises(InvalidSetting, match=r"--html is .* a folder that is there"):
        check_new(file, "--html")
    with pytest.raises(CannotWrite, match="Choose another file"):
        write_new(file, "text")
