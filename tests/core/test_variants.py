"""What may differ between columns, and how people type it."""

from __future__ import annotations

import pytest

from core.asked import Asked
from core.config import ReasoningLevel
from core.conversation import Conversation
from core.errors import InvalidSetting
from core.sampling import SamplingParams
from core.spread import spread
from core.variants import Varied, of_levels, read_variants, varied_in
from core.votes import Vote, VotesInMemory, shares

LOW, _, HIGH = ReasoningLevel
HELD = SamplingParams(0.7, max_tokens=99, seed=5)


def test_levels_are_read_once_each_from_words_or_lines():
    columns = read_variants(Varied.LEVELS, "low, High\n", LOW, HELD)
    assert [c.level for c in columns] == [LOW, HIGH]
    assert varied_in(columns) is Varied.LEVELS


def test_instructions_replace_those_of_the_conversation_and_nothing_else():
    one, other = read_variants(Varied.INSTRUCTIONS, "Be brief.\n\nExplain.", HIGH, HELD)
    asked = Conversation(instructions="Old.").with_user("Hello")
    assert one.conversation(asked) == Conversation(asked.messages, "Be brief.")
    assert (one.level, other.level) == (HIGH, HIGH)
    assert varied_in([one, other]) is Varied.INSTRUCTIONS


def test_sampling_holds_what_is_not_typed_and_takes_the_shared_seed():
    one, other = read_variants(Varied.SAMPLING, "temperature 0\ntop-p 0.9, top_k: 40", HIGH, HELD)
    assert one.sampling(SamplingParams(seed=8)) == SamplingParams(0, max_tokens=99, seed=8)
    assert other.sampling(HELD) == SamplingParams(0.7, 0.9, 40, 99, 5)
    assert varied_in([one, other]) is Varied.SAMPLING


@pytest.mark.parametrize(
    ("varied", "typed", "told"),
    [
        (Varied.LEVELS, "low", "allowed: 2 to 4"),
        (Varied.LEVELS, "low, most", "'most'; allowed: low, medium, high"),
        (Varied.INSTRUCTIONS, "one\ntwo\nthree\nfour\nfive", "has 5 lines"),
        (Varied.INSTRUCTIONS, "one\none", "each another one"),
        (Varied.SAMPLING, "temperature 0\nwarmth 2", "'warmth 2' cannot be read; allowed"),
        (Varied.SAMPLING, "temperature 0\ntemperature hot", "'temperature hot' cannot be read"),
        (Varied.SAMPLING, "temperature 0\ntemperature 7", "temperature is 7.0; allowed"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(varied, typed, told):
    with pytest.raises(InvalidSetting, match=told):
        read_variants(varied, typed, HIGH, HELD)


def test_together_a_repeat_is_one_step_and_in_turn_every_repeat_begins_with_another_column():
    columns = of_levels(["low", "high"])
    together = Asked("?", columns, repeats=2, params=HELD)
    assert [(s.seed, [v.label for v in s.variants]) for s in together.steps()] == [
        (5, ["low", "high"]),
        (6, ["low", "high"]),
    ]
    in_turn = Asked("?", columns, repeats=2, params=HELD, together=False)
    assert [(s.seed, *(v.label for v in s.variants)) for s in in_turn.steps()] == [
        (5, "low"),
        (5, "high"),
        (6, "high"),
        (6, "low"),
    ]


def test_the_last_seed_is_followed_by_the_first():
    asked = Asked("?", of_levels(["low"]), repeats=2, params=SamplingParams(seed=2**64 - 1))
    assert [step.seed for step in asked.steps()] == [2**64 - 1, 0]


def test_a_spread_is_of_what_is_there():
    seen = spread([3, None, 1, 2])
    assert seen is not None
    assert (seen.median, seen.low, seen.high, seen.n) == (2, 1, 3, 3)
    assert spread([None]) is None


def test_votes_are_counted_where_a_column_was_shown_and_one_was_taken():
    book = VotesInMemory()
    for shown, chosen in ((("low", "high"), "high"), (("low", "high"), None), (("low",), "low")):
        book.add(Vote(shown, chosen, "?", "2026-01-31T12:00:00+00:00"))
    counted = shares(book.votes())
    assert {label: (share.hits, share.n) for label, share in counted.items()} == {
        "low": (1, 2),
        "high": (1, 1),
    }
