"""What more reasoning bought, in a sentence, with its reason and its limits.

Stopped, cut off and empty runs never win. Nothing is said of what was not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.agreement import Basis
from core.config import ReasoningLevel
from core.tellings import Runs, Telling, told

FEWEST = ", with the fewest tokens"
NOT_PROOF = "That answers agree does not make them right."
_ORDER = [level.value for level in ReasoningLevel]
_BASES = {
    Basis.JSON: "as JSON",
    Basis.NUMBER: "by the numbers they set in bold or else end in",
    Basis.WORDS: "word by word, without case and punctuation",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answers say of the columns.

    winner: label of the cheapest column that was good enough: that gives the expected answer most
        often; without an expected one, that answers as the highest level does, where another level
        does. None where no column is. agree: whether all answers are the same; None where fewer
        than two columns answered.
    reason: one sentence. detail: figures. limits: what the sentence does not say. They may quote
        model output.
    """

    winner: str | None
    agree: bool | None
    reason: str
    detail: str = ""
    limits: str = ""

    @property
    def level(self) -> ReasoningLevel | None:
        """The winner where it is a level; None where other things vary, or nothing won."""
        return ReasoningLevel(self.winner) if self.winner in _ORDER else None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "level": self.level,
            "winner": self.winner,
            "agree": self.agree,
            "reason": self.reason,
            "detail": self.detail,
            "limits": self.limits,
        }


def judge(runs: Runs, expected: str | None = None) -> Verdict:
    """Compare the answers of the columns with each other, or with the expected one.

    Levels are taken from low to high; other columns have no best among them.
    """
    ranked = all(label in _ORDER for label in runs)
    labels = sorted(runs, key=_ORDER.index) if ranked else list(runs)
    columns = [told(str(label), runs[label], expected) for label in labels]
    there = [column for column in columns if column.counted]
    limits = _limits(columns, there, expected)
    if len(there) < 2:
        who = "No level" if ranked else "Nothing"
        only = f"Only {there[0].label}" if there else who
        return Verdict(
            None, None, f"{only} gave an answer: there is nothing to compare.", "", limits
        )
    if expected is not None:
        return _by_expected(there, expected, ranked, limits)
    return _by_agreement(there, ranked, limits)


def _by_agreement(columns: Sequence[Telling], ranked: bool, limits: str) -> Verdict:
    best = columns[-1] if ranked else min(columns, key=lambda one: one.tokens)
    same = [one for one in columns if one.usual == best.usual and one.steady]
    agree = len(same) == len(columns)
    detail = " ".join(part for part in (_cost(columns, best, ranked), _between(columns)) if part)
    if not best.steady and ranked:
        usual = best.usual.shown if best.usual else ""
        reason = (
            f"{_upper(best.label)} gives no steady answer: its most usual one, {usual}, "
            f"came in {_of(best)}."
        )
        return Verdict(None, False, reason, detail, limits)
    if ranked and len({one.usual for one in columns}) == 1 and not agree:
        unsteady = [one for one in columns if not one.steady]
        rarely = ", ".join(f"{one.label} gave it in {_of(one)}" for one in unsteady)
        reason = (
            f"{_upper(same[0].label)} is the cheapest level that steadily gives the answer of "
            f"{best.label}: {rarely}."
        )
        return Verdict(same[0].label, False, reason, detail, limits)
    if not agree:
        who = "The levels disagree" if ranked else "The answers differ"
        winner = same[0].label if ranked and len(same) > 1 else None
        detail = " ".join((detail, _reached(same), "Judge yourself which is right."))
        reason = f"{who}: {_who_says_what(columns)}."
        return Verdict(winner, False, reason, " ".join(detail.split()), limits)
    limits = f"{limits} {NOT_PROOF}"
    if not ranked:
        reason = (
            "All give the same answer, with equally many tokens."
            if _equally_many(columns)
            else f"All give the same answer; {best.label} used the fewest tokens."
        )
        return Verdict(best.label, True, reason, detail, limits)
    cheapest = same[0]
    repeated = "" if _once(columns) else f" in {_of(cheapest)}"
    reason = (
        f"{_upper(cheapest.label)} was enough: same answer as {best.label}{repeated}"
        f"{_times_fewer(cheapest, best)}."
    )
    return Verdict(cheapest.label, True, reason, detail, limits)


def _by_expected(columns: Sequence[Telling], expected: str, ranked: bool, limits: str) -> Verdict:
    usual = {one.usual for one in columns}
    agree = len(usual) == 1 and all(one.steady for one in columns)
    most = max(_rate(one) for one in columns)
    if ranked:
        best, order = columns[-1], list(columns)
    else:
        order = sorted(columns, key=lambda one: one.tokens)
        best = order[-1]
    detail = _cost(columns, best if ranked else order[0], ranked)
    if not most:
        who = "level" if ranked else "column"
        reason = f"No {who} gave the expected answer, {expected}: {_who_says_what(columns)}."
        return Verdict(None, agree, reason, detail, limits)
    winner = next(one for one in order if _rate(one) == most)
    if all(_rate(one) == most for one in columns):
        gave = "gave the expected answer" if _once(columns) else f"right in {_right(winner)}"
        least = ", as all did with as many tokens" if _equally_many(columns) else FEWEST
        rest = _times_fewer(winner, best) if ranked else least
        also = "" if winner is best else f", as often as {best.label}" if ranked else ""
        also = "" if _once(columns) else also
        reason = f"{_upper(winner.label)} was enough: {gave}{also}{rest}."
    elif _once(columns):
        wrong = [one for one in columns if not _rate(one)]
        rightly = _and([one.label for one in columns if _rate(one)])
        reason = f"{_upper(rightly)} gave the expected answer; {_who_says_what(wrong)}."
    else:
        same = [one.label for one in columns if _rate(one) == most and one is not winner]
        rest = ", ".join(f"{one.label} in {_hits(one)}" for one in columns if _rate(one) < most)
        if same:
            also = f"as often as {_and(same)}"
            reason = (
                f"{_upper(winner.label)} was enough: right in {_right(winner)}, {also}; {rest}."
            )
        else:
            reason = f"{_upper(winner.label)} was right most often, in {_right(winner)}; {rest}."
    if ranked and winner is not best:
        detail = _cost([winner, best], best, ranked)
    return Verdict(winner.label, agree, reason, detail, limits + _too_close(order, winner))


def _too_close(order: Sequence[Telling], winner: Telling) -> str:
    """What cheaper columns may be, where so few runs cannot tell."""
    cheaper = order[: order.index(winner)]
    close = [one.label for one in cheaper if _overlap(one, winner)]
    if not close:
        return ""
    verb = "is" if len(close) == 1 else "are"
    return f" So few runs do not show that {_and(close)} {verb} worse: the 95 % intervals overlap."


def _equally_many(columns: Sequence[Telling]) -> bool:
    return len({one.tokens for one in columns}) == 1


def _overlap(one: Telling, other: Telling) -> bool:
    if one.right is None or other.right is None:
        return False
    return one.right.interval[1] >= other.right.interval[0]


def _limits(columns: Sequence[Telling], there: Sequence[Telling], expected: str | None) -> str:
    parts = []
    if there:
        fewest = min(len(one.counted) for one in there)
        most = max(len(one.counted) for one in there)
        if most == 1:
            parts.append("One run per level." if _levels(columns) else "One run per column.")
        else:
            each = "level" if _levels(columns) else "column"
            parts.append(
                f"{fewest} runs per {each}."
                if fewest == most
                else f"{fewest} to {most} runs per {each} count."
            )
    if len(there) > 1 and expected is None:
        parts.append(f"Compared {_basis(there)}.")
    missing = [one.missing for one in columns if one.missing]
    if missing:
        parts.append(f"Not counted: {', '.join(missing)}.")
    return " ".join(parts)


def _basis(columns: Sequence[Telling]) -> str:
    bases = dict.fromkeys(one.usual.basis for one in columns if one.usual)
    if len(bases) > 1:
        return "as what they are: " + ", ".join(_BASES[basis] for basis in bases)
    return _BASES[next(iter(bases))]


def _levels(columns: Sequence[Telling]) -> bool:
    return all(one.label in _ORDER for one in columns)


def _cost(columns: Sequence[Telling], best: Telling, ranked: bool) -> str:
    if ranked:
        first = columns[0]
        if first is best:
            return ""
        more, less = best, first
    else:
        more, less = max(columns, key=lambda one: one.tokens), best
        if more is less:
            return ""
    tokens, time = _ratio(more.tokens, less.tokens), _ratio(more.seconds, less.seconds)
    median = "" if _once(columns) else ", by the medians"
    if tokens == time == "1.0":
        return f"{_upper(more.label)} and {less.label} cost about the same{median}."
    return (
        f"{_upper(more.label)} used {tokens} times the tokens of {less.label} and took {time} "
        f"times as long{median}."
    )


def _between(columns: Sequence[Telling]) -> str:
    """How the runs of one column agree with each other."""
    if _once(columns) or all(one.agreeing.hits == one.agreeing.n for one in columns):
        return ""
    told_all = [f"{one.label} says {one.usual.shown} in {_of(one)}" for one in columns if one.usual]
    return f"From run to run: {', '.join(told_all)}."


def _reached(same: Sequence[Telling]) -> str:
    if len(same) < 2:
        return ""
    cheapest, best = same[0], same[-1]
    return (
        f"{_upper(cheapest.label)} gave the same answer as {best.label}"
        f"{_times_fewer(cheapest, best)}."
    )


def _times_fewer(cheapest: Telling, best: Telling) -> str:
    if cheapest is best:
        return ""
    more, fewer = best.tokens, cheapest.tokens
    if _ratio(max(more, fewer), min(more, fewer)) == "1.0":
        return ", about as many tokens"
    if fewer > more:
        return f", but {_ratio(fewer, more)} times as many tokens"
    return f", {_ratio(more, fewer)} times fewer tokens"


def _ratio(high: float, low: float) -> str:
    value = high / low if low else float("inf")
    return f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"


def _who_says_what(columns: Sequence[Telling]) -> str:
    """What each column usually answers; of one whose runs do not agree, that."""
    parts = []
    steady = [one for one in columns if one.steady or len(one.runs) < 2]
    for usual in dict.fromkeys(one.usual for one in steady):
        group = [one.label for one in steady if one.usual == usual]
        says = "says" if len(group) == 1 else "say"
        parts.append(f"{_and(group)} {says} {usual.shown if usual else 'nothing'}")
    unsteady = [one.label for one in columns if one not in steady]
    if unsteady:
        parts.append(
            f"{_and(unsteady)} {'gives' if len(unsteady) == 1 else 'give'} no steady answer"
        )
    return ", ".join(parts)


def _rate(one: Telling) -> float:
    return (one.right.value or 0.0) if one.right else 0.0


def _once(columns: Sequence[Telling]) -> bool:
    return all(len(one.runs) <= 1 for one in columns)


def _of(one: Telling) -> str:
    return f"{one.agreeing.hits} of {one.agreeing.n} runs"


def _right(one: Telling) -> str:
    return f"{one.right.hits} of {one.right.n} runs" if one.right else ""


def _hits(one: Telling) -> str:
    return f"{one.right.hits} of {one.right.n}" if one.right else ""


def _and(labels: Sequence[str]) -> str:
    return " and ".join(labels) if len(labels) < 3 else ", ".join(labels)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
