"""The embedded suite: the same questions at every level, through the engine, judged and counted."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig, ReasoningLevel
from core.demo.scores import POOLS, markdown, rows
from core.demo.suite import NO_DATE, Outcome, conversation_of, evaluate, judge, suite
from core.demo.tasks import FAMILIES, LEVELS, held_out
from core.demo.transcript import Opening, prompt_tokens, random_opening, reply
from core.engine import InferenceEngine
from core.events import FinishReason
from core.prompt import render
from core.sampling import SamplingParams
from core.vocabulary import CALL, RETURN, encoding

GREEDY = SamplingParams(temperature=0, max_tokens=200, seed=1)


def replaying(tokens, rate: float | None = None) -> InferenceEngine:
    backend = ScriptedBackend(lambda _: tokens, rate)
    return InferenceEngine(backend, InferenceConfig(_env_file=None))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_engine_is_asked_in_the_tokens_that_training_saw(family):
    rng = Random(family)
    for question in held_out(8, 3, family):
        for level in LEVELS:
            drawn = random_opening(rng, level, tools=question.tools)
            opening = replace(drawn, date=drawn.date or NO_DATE, knowledge_cutoff="2024-06")
            conversation = conversation_of(question, drawn)
            prompt = render(conversation, ReasoningLevel(level), "2024-06", "2030-01-01")
            assert list(prompt.token_ids) == prompt_tokens(question, level, opening)


def test_every_question_is_asked_at_every_level_with_the_same_date_and_instructions():
    asked = list(suite(FAMILIES, LEVELS, 3, seed=1))
    assert len(asked) == 3 * len(FAMILIES) * len(LEVELS)
    for three in zip(*[iter(asked)] * 3, strict=True):
        assert [one.level for one in three] == list(LEVELS)
        assert len({(one.question.prompt, id(one.conversation)) for one in three}) == 1
    assert len({one.number for one in asked}) == len(asked)


def test_the_same_seed_asks_the_same_and_families_come_in_turn():
    first, again = (list(suite(FAMILIES, ("low",), 2, seed=5)) for _ in range(2))
    assert [a.conversation for a in first] == [b.conversation for b in again]
    half = first[: len(FAMILIES)]
    assert [one.question for one in half] == [held_out(2, 5, f)[0] for f in FAMILIES]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("level", LEVELS)
def test_the_answers_that_training_teaches_are_marked_right_and_well_formed(family, level):
    for one in suite([family], [level], 4, seed=2):
        engine = replaying(reply(one.question, level).tokens)
        (outcome,) = evaluate(engine, [one], SamplingParams(max_tokens=4000))
        assert (outcome.right, outcome.well_formed, outcome.level) == (True, True, level), outcome
        assert outcome.repairs == ()


def outcome_of(text: str, family: str = "sum", **params: int) -> Outcome:
    """What an answer to a question of a family comes to."""
    tokens = encoding().encode(text, allowed_special="all")
    (one,) = suite([family], ["low"], 1, seed=1)
    run = replaying(tokens).start(one.conversation, SamplingParams(**params))
    return judge(one, run.result())


def right_sum() -> str:
    (one,) = suite(["sum"], ["low"], 1, seed=1)
    return one.question.answer


def test_a_right_answer_that_had_to_be_repaired_is_not_well_formed_and_not_right():
    good = f"<|channel|>final<|message|>It is {right_sum()}.<|return|>"
    assert outcome_of(good).right
    mended = outcome_of(
        good.replace("<|channel|>final", "<|start|><|start|>assistant<|channel|>final")
    )
    assert mended.repairs
    assert not mended.well_formed
    assert not mended.right


def test_a_turn_that_ran_out_of_tokens_is_neither_right_nor_well_formed():
    text = f"<|channel|>final<|message|>It is {right_sum()}.<|return|>"
    cut = outcome_of(text, max_tokens=len(encoding().encode(text, allowed_special="all")) - 1)
    assert cut.finish_reason is FinishReason.LENGTH
    assert not cut.right
    assert not cut.well_formed


def test_a_right_number_in_the_analysis_alone_is_no_answer():
    thought = f"<|channel|>analysis<|message|>It is {right_sum()}.<|end|>"
    said = outcome_of(
        f"{thought}<|start|>assistant<|channel|>final<|message|>I do not know.<|return|>"
    )
    assert not said.right
    assert said.well_formed


def test_a_tool_is_called_right_only_with_the_same_arguments_and_by_its_name():
    asked = suite(["tool"], ["low"], 20, seed=1)
    one = next(one for one in asked if one.question.arguments)

    def right(recipient: str, arguments: str) -> bool:
        text = (
            f"<|channel|>commentary to={recipient} <|constrain|>json<|message|>{arguments}<|call|>"
        )
        tokens = encoding().encode(text, allowed_special="all")
        return judge(one, replaying(tokens).start(one.conversation).result()).right

    assert right("functions.calculator", one.question.arguments)
    assert right("functions.calculator", one.question.arguments.replace(": ", ":  "))
    assert not right("functions.other", one.question.arguments)
    assert not right("functions.calculator", "{}")
    assert not right("functions.calculator", "no json")


def made(family: str, level: str, right: bool, tokens: int = 5, formed: bool = True) -> Outcome:
    return Outcome(
        family, level, "?", "1", "1", right, formed, tokens, tokens + 9, 0.5, FinishReason.STOP, ()
    )


def test_rows_hold_each_family_then_the_pools_then_all():
    pays, enough = POOLS[0][1], POOLS[1][1]
    outcomes = [made(f, level, level == "high") for f in pays[:2] for level in LEVELS]
    outcomes += [made(enough[0], level, True, 1) for level in LEVELS]
    table = rows(outcomes)
    families = sorted([*pays[:2], enough[0]])
    assert [row.name for row in table] == [*families, POOLS[0][0], POOLS[1][0], "all"]
    pooled = table[-3]
    assert [score.right.hits for score in pooled.scores.values()] == [0, 0, 2]
    assert [score.right.n for score in table[-1].scores.values()] == [3, 3, 3]


def test_the_markdown_table_holds_intervals_medians_and_well_formed():
    outcomes = [made("sum", "low", False, n, formed=n < 3) for n in (1, 2, 3)]
    head, rule, line, *_ = markdown(rows(outcomes, ["low"]), ["low"]).splitlines()
    assert head == "| family | n | low | analysis tokens | seconds | well-formed |"
    assert rule == "| --- | --- | --- | --- | --- | --- |"
    assert line == "| sum | 3 | 0% (0%–56%) | 2 | 0.5 | 2 of 3 |"


def test_a_level_that_has_no_answer_yet_is_a_dash_not_a_zero():
    (row, *_) = rows([made("sum", "low", True)], LEVELS)
    assert row.cells()[1:5] == ["1 / 0 / 0", "100% (21%–100%)", "–", "–"]


def test_greedy_turns_over_the_known_rows_are_those_of_the_whole_vocabulary(engine, known):
    asked = list(suite(["sum", "talk", "tool"], ["low"], 2, seed=4))
    fast = {o.question: o.turn for o in evaluate(known, asked, GREEDY, keep_turns=True)}
    whole = {o.question: o.turn for o in evaluate(engine, asked, GREEDY, keep_turns=True)}
    assert fast == whole
    ends = (encoding().decode([RETURN]), encoding().decode([CALL]))
    assert all(turn for turn in fast.values())
    assert any(turn.endswith(ends) for turn in fast.values())


def test_no_two_questions_draw_with_the_same_seed():
    seeds = []

    class Recording(ScriptedBackend):
        def submit(self, requests):
            seeds.extend(request.sampling.seed for request in requests)
            return super().submit(requests)

    backend = Recording(lambda _: [RETURN])
    with InferenceEngine(backend, InferenceConfig(_env_file=None)) as engine:
        list(evaluate(engine, suite(["sum"], LEVELS, 4, seed=1), replace(GREEDY, seed=7)))
    assert sorted(seeds) == list(range(7, 19))


def test_a_date_that_was_left_out_is_a_fixed_one():
    (question,) = held_out(1, 1, "sum")
    assert conversation_of(question, Opening("low", date=None)).current_date == NO_DATE
