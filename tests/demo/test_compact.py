"""The compact vocabulary holds what a reply can be asked to write."""

from __future__ import annotations

import pytest

from core.demo.compact import Compact, collect
from core.demo.tasks import held_out
from core.demo.tasks.letters import spelled as spelled_words
from core.demo.transcript import encode, spelled


@pytest.fixture(scope="module")
def compact() -> Compact:
    return collect(200)


@pytest.mark.parametrize("family", ["email", "repeat", "capital"])
def test_whatever_is_to_be_copied_or_named_can_be_written(compact: Compact, family: str) -> None:
    written = {compact.ids[row] for row in compact.outputs}
    for question in held_out(200, family=family):
        assert set(spelled(question.final)[0]) <= written, question.final


def test_a_word_that_is_spelled_can_be_read_with_a_capital_too(compact: Compact) -> None:
    known = set(compact.ids)
    for word in map(str.capitalize, spelled_words()):
        assert {*encode(word), *encode(f" {word}")} <= known, word
