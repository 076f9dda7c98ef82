"""Putting numbers in order, and finding the largest or smallest."""

from itertools import pairwise
from random import Random

from core.demo.tasks.base import Level, Question, dressed

SORT = (
    "Sort {l}.", "Sort these numbers: {l}", "Put {l} in order.",
    "Order {l} from smallest to largest.", "Sort the numbers {l}",
    "Arrange {l} in ascending order.", "Sort {l} in ascending order.",
    "Sort {l} from low to high",
)  # fmt: skip
LARGEST = (
    "Which is the largest: {l}?", "What is the largest of {l}?", "Which number is bigger, {l}?",
    "Find the largest number: {l}", "What is the maximum of {l}?", "Which is bigger, {l}?",
    "Largest of {l}", "What is the biggest number in {l}?",
)  # fmt: skip
SMALLEST = (
    "Which is the smallest: {l}?", "What is the smallest of {l}?", "Which number is smaller, {l}?",
    "Find the smallest number: {l}", "What is the minimum of {l}?", "Which is smaller, {l}?",
    "Smallest of {l}",
)  # fmt: skip


def order(rng: Random) -> Question:
    sort = rng.random() < 0.6
    count = rng.choice((3, 3, 3, 4)) if sort else rng.choice((2, 3, 3))
    pool = range(1, 100) if rng.random() < 0.85 else range(1, 1000)
    numbers = rng.sample(pool, count)
    listed = ", ".join(map(str, numbers))
    if rng.random() < 0.4:
        listed = ", ".join(map(str, numbers[:-1])) + f" {'and' if sort else 'or'} {numbers[-1]}"
    key = "order:" + ",".join(map(str, numbers))
    given = " ".join(map(str, numbers))
    if not sort:
        return _extreme(rng, numbers, listed, given, key)
    prompt = dressed(rng, rng.choice(SORT).format(l=listed))
    ordered = sorted(numbers)
    answer = ", ".join(map(str, ordered))
    left, steps = list(numbers), []
    for number in ordered:
        steps.append(f"{' '.join(map(str, left))}: smallest {number}")
        left.remove(number)
    pairs = ", ".join(f"{x}<{y}" for x, y in pairwise(ordered))
    analysis: dict[Level, str] = {
        "low": "Sort.",
        "medium": f"{given}: " + ", ".join(f"then {n}" for n in ordered) + ".",
        "high": "\n".join(steps) + f"\nCheck: {pairs}. {count} numbers in, {count} out. Right.",
    }
    return Question("order", prompt, answer, f"{answer}", analysis, (key,))


def _extreme(rng: Random, numbers: list[int], listed: str, given: str, key: str) -> Question:
    largest = rng.random() < 0.6
    prompt = dressed(rng, rng.choice(LARGEST if largest else SMALLEST).format(l=listed))
    best, steps = numbers[0], []
    for number in numbers[1:]:
        won = max(best, number) if largest else min(best, number)
        steps.append(f"{best} or {number}: {won}")
        best = won
    word = "largest" if largest else "smallest"
    sign = ">" if largest else "<"
    pairs = ", ".join(f"{best}{sign}{n}" for n in numbers if n != best)
    analysis: dict[Level, str] = {
        "low": "Compare.",
        "medium": f"{given}: {', '.join(steps)}.",
        "high": f"The {word} of {given}.\n" + "\n".join(steps) + f"\nCheck: {pairs}. Right.",
    }
    return Question(
        "order", prompt, str(best), f"The {word} is **{best}**.", analysis, (key,), numeric=True
    )
