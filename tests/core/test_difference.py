"""Word differences and where two texts part."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.difference import Change, Divergence, difference, first_divergence

texts = st.text(st.sampled_from("ab, .\n"), max_size=40)


@given(texts, texts)
def test_the_pieces_hold_both_texts(one, other):
    pieces = difference(one, other)
    for text, own in ((one, Change.REMOVED), (other, Change.ADDED)):
        assert "".join(p.text for p in pieces if p.change in (own, Change.SAME)) == text
    assert all(piece.text for piece in pieces) or (one, other) == ("", "")


@given(texts, texts)
def test_texts_part_where_they_are_not_the_same(one, other):
    found = first_divergence(one, other)
    assert (found is None) is (one == other)
    if found is not None:
        shared = found.before.lstrip("…")
        assert one.find(shared) >= 0
        assert found.one != found.other


def test_words_are_compared_whole():
    pieces = difference("It gets out after 10 days.", "It gets out on day 8.")
    removed = "".join(p.text for p in pieces if p.change is Change.REMOVED)
    assert "10" in removed
    assert "1" not in "".join(p.text for p in pieces if p.change is Change.ADDED)


def test_the_place_where_answers_part_is_told_in_words():
    assert first_divergence("It is 61.", "It is 71.") == Divergence(2, "It is ", "61.", "71.")


def test_long_texts_are_compared_in_bounded_time():
    one = "a b " * 20_000
    assert difference(one, one + "c")[-1].change is Change.ADDED
