"""Which level to take, in a sentence with its reason and its limits.

A level is good enough where no higher one is shown to be better on the same questions (by McNemar's
exact test on the pairs, at 5 %) and none was right on more than MARGIN more. Where the test shows
nothing and the shares lie further apart, no level is named: the sample cannot tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.config import ReasoningLevel
from core.experiment.experiment import Experiment
from core.experiment.summary import LevelSummary, Pair, Summary
from core.statistics import percent
from core.verdict import NOT_PROOF, Verdict

P: Final = 0.05
FEWEST: Final = 6
"""Questions: of five, all better at one level than at another, chance still has 6 %."""
MARGIN: Final = 0.05
"""Of the share of right answers: more is too much to be left to cost where it may be real."""
GOOD_ENOUGH: Final = (
    "Good enough means: no higher level is shown to be better, question by question (McNemar's "
    "exact test, p below 0.05), and none was right on over 5 points more."
)
_HERE: Final = "It holds for such questions, this model and these settings."


def decide(experiment: Experiment, summary: Summary) -> Verdict:
    """The cheapest level that is good enough; without expected answers, what agrees with the
    highest one. winner: None where nothing names one."""
    there = list(summary.levels.values())
    if not summary.complete:
        return Verdict(
            None,
            None,
            f"Not all has run, {summary.ran:,} of {summary.asked:,}: no level is named yet.",
            limits="Short runs end before long ones: shares so far lean to what was quick.",
        )
    if len(there) == 1:
        return _alone(there[0], experiment.marked)
    if experiment.marked:
        return _by_expected(experiment, summary, there)
    return _by_agreement(there)


def _alone(only: LevelSummary, marked: bool) -> Verdict:
    told = f": right on {_of(only)}" if marked else ", and no answer is expected"
    return Verdict(
        None, None, f"Only {only.level} was run{told}. To choose a level, run others beside it."
    )


def _by_expected(
    experiment: Experiment, summary: Summary, there: Sequence[LevelSummary]
) -> Verdict:
    names = [one.level for one in there]
    limits = _marked_of(experiment)
    fewest = min(pair.questions for pair in summary.pairs)
    if fewest < FEWEST:
        each = ", ".join(f"{one.level} on {one.right}" for one in there)
        many = "1 question has" if fewest == 1 else f"{fewest} questions have"
        reason = (
            f"Too few questions to choose a level: {many} an expected answer, and no difference "
            f"can be shown on fewer than {FEWEST}. Right: {each}."
        )
        return Verdict(None, None, reason, _cost(there[0], there), limits.strip())
    if not any(one.right.value for one in there):
        reason = f"No level gave an expected answer: {_and(names)} are right on none."
        return Verdict(None, None, reason, limits=limits.strip())
    beaten = {level: _beaten(level, summary.pairs) for level in names}
    taken = next(one for one in there if beaten[one.level] is None)
    lower = there[: there.index(taken)]
    higher = there[there.index(taken) + 1 :]
    told = [_why_not(pair) for one in lower if (pair := beaten[one.level])]
    limits = f"{_untold(taken, summary.pairs)}{limits}{_HERE}"
    shares = [f"{one.level} on {one.right}" for one in there if one is not taken]
    rivals = [one for one in higher if _rate(one) - _rate(taken) > MARGIN + 1e-9]
    if rivals:
        safe = max(rivals, key=_rate)
        others = _and([one.level for one in rivals])
        reason = (
            f"{_upper(_questions(taken))} cannot tell {taken.level} from {others}: "
            f"{taken.level} is right on {taken.right}; {', '.join(shares)}."
        )
        until = f"Until more prompts tell, {safe.level} is the safe choice, {taken.level} the cheap"
        detail = " ".join([*told, f"{until} one.", _cost(taken, there)])
        return Verdict(None, None, reason, detail, limits)
    cheapest = "cheapest" if _is_cheapest(taken, higher) else "lowest"
    reason = (
        f"{_upper(taken.level)} is the {cheapest} level that is good enough, as far as "
        f"{_questions(taken)} can tell: right on {taken.right}; {', '.join(shares)}."
    )
    detail = " ".join([*told, _cost(taken, there), GOOD_ENOUGH])
    return Verdict(taken.level, None, reason, detail, limits)


def _rate(one: LevelSummary) -> float:
    return one.right.value or 0.0


def _beaten(level: ReasoningLevel, pairs: Sequence[Pair]) -> Pair | None:
    """The pair that shows a higher level to be better; None where none does."""
    return next(
        (pair for pair in pairs if pair.lower is level and pair.better > pair.worse and pair.p < P),
        None,
    )


def _why_not(pair: Pair) -> str:
    return (
        f"{_upper(pair.lower)} is not: {pair.higher} was better on {pair.better} of "
        f"{pair.questions} questions and worse on {pair.worse} (p = {pair.p:.2g})."
    )


def _untold(taken: LevelSummary, pairs: Sequence[Pair]) -> str:
    """How much better than the level that was taken the higher ones may be all the same."""
    open_ = [pair for pair in pairs if pair.lower is taken.level and not _worse(pair)]
    worse = [pair.higher for pair in pairs if pair.lower is taken.level and _worse(pair)]
    said = ""
    if open_:
        names = _and([pair.higher for pair in open_])
        most = ", ".join(f"{pair.higher} by up to {_points(pair)}" for pair in open_)
        said += (
            f"The sample cannot tell {taken.level} from {names}, which may still be right more "
            f"often on such questions: {most} (95 %). "
        )
    if worse:
        said += f"{_upper(_and(worse))} {_is(worse)} shown to be worse than {taken.level}. "
    return said


def _worse(pair: Pair) -> bool:
    return pair.worse > pair.better and pair.p < P


def _points(pair: Pair) -> str:
    return f"{round(100 * max(0.0, pair.interval[1]))} points"


def _by_agreement(there: Sequence[LevelSummary]) -> Verdict:
    *lower, highest = there
    name = highest.level
    if highest.alike.value is None:
        return Verdict(
            None, None, f"{_upper(name)} gave no answer that counts: there is nothing to compare."
        )
    unmarked = (
        "There are no expected answers, so that nothing is said of right and wrong; a column "
        "`expected` in the file decides."
    )
    limits = f"{NOT_PROOF} {_HERE}"
    if highest.alike.value < 1:
        limits = f"{_upper(name)} itself gives its usual answer in {highest.alike}. {limits}"
    detail = f"{_cost(lower[0], there)} {unmarked}"
    same = next((one for one in lower if one.alike.value == 1 == highest.alike.value), None)
    if same is not None:
        least = percent(same.alike.interval[0])
        reason = (
            f"{_upper(same.level)} answers all {same.alike.questions:,} questions as {name} does, "
            f"and such questions at least in {least} (95 %)."
        )
        return Verdict(same.level, None, reason, detail, limits)
    told = ", ".join(f"{one.level} in {one.alike}" for one in lower)
    reason = f"Of {highest.alike.questions:,} questions, {name}'s answer is given by {told}."
    return Verdict(None, None, reason, detail, limits)


def _is_cheapest(taken: LevelSummary, higher: Sequence[LevelSummary]) -> bool:
    return all((taken.tokens or 0) <= (one.tokens or 0) for one in higher)


def _cost(taken: LevelSummary, there: Sequence[LevelSummary]) -> str:
    """What the highest level costs beside the one taken; where that is it, beside the lowest."""
    dear = there[-1]
    cheap = there[0] if taken is dear else taken
    tokens = _ratio(dear.tokens, cheap.tokens)
    seconds = _ratio(dear.seconds, cheap.seconds)
    return (
        f"{_upper(dear.level)} used {tokens} times the tokens of {cheap.level} and took {seconds} "
        "times as long, by the medians."
    )


def _ratio(more: float | None, less: float | None) -> str:
    if not more or not less:
        return "–"
    value = more / less
    return f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"


def _marked_of(experiment: Experiment) -> str:
    marked = sum(question.expected is not None for question in experiment.questions)
    n = len(experiment.questions)
    return "" if marked == n else f"{marked:,} of {n:,} prompts have an expected answer and count. "


def _questions(one: LevelSummary) -> str:
    n = one.right.questions
    return "1 question" if n == 1 else f"{n:,} questions"


def _of(one: LevelSummary) -> str:
    return f"{one.right} of {_questions(one)}"


def _and(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
