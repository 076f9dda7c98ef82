"""Shares and their intervals."""

from __future__ import annotations

import pytest

from core.statistics import Share, by_chance, paired_difference, percent, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # By statsmodels' proportion_confint(method="wilson").
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (95, 100, 0.8882, 0.9785),
    ],
)
def test_wilsons_interval_is_the_textbooks(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("n", [1, 3, 40, 10_000])
def test_the_interval_lies_in_0_to_1_holds_the_share_and_shrinks_with_n(n):
    for hits in {0, 1, n // 2, n - 1, n}:
        low, high = wilson(hits, n)
        assert 0 <= low <= hits / n <= high <= 1
        wide = wilson(10 * hits, 10 * n)
        assert wide[1] - wide[0] < high - low


def test_nothing_counted_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)
    assert Share(0, 0).value is None
    assert str(Share(0, 0)) == "–"


def test_a_hundred_percent_stands_only_where_all_were_hits():
    assert str(Share(20, 20)).startswith("100% (")
    assert str(Share(1999, 2000)).startswith(">99% (")
    assert str(Share(1, 2000)).startswith("<1% (")
    assert [percent(p) for p in (0, 0.5, 0.994, 1)] == ["0%", "50%", "99%", "100%"]


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    # By R's binom.test(wins, wins + losses).
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (9, 1, 0.02148), (12, 8, 0.5034)],
)
def test_the_sign_test_is_the_exact_binomial_one(wins, losses, p):
    assert by_chance(wins, losses) == pytest.approx(p, abs=5e-5)
    assert by_chance(losses, wins) == by_chance(wins, losses)


def test_the_sign_test_holds_for_thousands_of_pairs():
    assert by_chance(1000, 1000) == 1
    assert 0 <= by_chance(1200, 800) < 1e-15


def test_the_interval_of_a_paired_difference_shifts_by_two_pairs_from_the_plain_one():
    low, high = paired_difference(1, 10, 48)
    # By hand: (1 + 1) / 50 and (10 + 1) / 50.
    assert (low + high) / 2 == pytest.approx(-0.18)
    assert high - low == pytest.approx(2 * 1.959964 * ((0.04 + 0.22 - 0.18**2) / 50) ** 0.5)
    assert paired_difference(0, 0, 0) == (-1, 1)
    wide, narrow = paired_difference(3, 3, 10), paired_difference(300, 300, 1000)
    assert wide[0] < narrow[0] < 0 < narrow[1] < wide[1]
