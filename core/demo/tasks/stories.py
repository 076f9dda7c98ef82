"""Small word problems: one or two additions or subtractions told as a story."""

from random import Random

from core.demo.tasks.arithmetic import add_analysis, add_key, subtract_analysis
from core.demo.tasks.base import Level, Question, dressed

NAMES = (
    "Tom", "Anna", "Ben", "Maria", "Sam", "Lisa", "Peter", "Julia", "Max", "Emma", "David",
    "Sara", "Paul", "Laura", "Mark", "Nina", "John", "Mary", "Alice", "Bob", "Kate", "Leo", "Eva",
    "Omar", "Lena", "James",
)  # fmt: skip
THINGS = (
    "apples", "books", "coins", "pens", "cards", "eggs", "cookies", "stamps", "balls", "flowers",
    "marbles", "oranges", "stickers", "toys", "shells", "tickets",
)  # fmt: skip
MORE = (
    "{n} has {a} {t} and buys {b} more. How many {t} does {n} have now?",
    "{n} has {a} {t}. {m} gives {n} {b} more. How many {t} does {n} have?",
    "{n} has {a} {t} and {m} has {b} {t}. How many {t} do they have together?",
    "{n} finds {a} {t} in the morning and {b} in the evening. How many {t} is that?",
    "There are {a} {t} in one box and {b} in another. How many {t} are there in total?",
    "If I have {a} {t} and get {b} more, how many {t} do I have?",
)
LESS = (
    "{n} has {a} {t} and gives {b} to {m}. How many {t} are left?",
    "{n} has {a} {t} and loses {b}. How many {t} does {n} have now?",
    "{n} had {a} {t} and sold {b} of them. How many {t} does {n} have left?",
    "There are {a} {t} in a box. {n} takes {b}. How many {t} remain?",
    "If I have {a} {t} and give away {b}, how many {t} are left?",
)


def stories(rng: Random) -> Question:
    a, b = rng.randrange(5, 100), rng.randrange(2, 100)
    name, friend = rng.sample(NAMES, 2)
    thing = rng.choice(THINGS)
    more = rng.random() < 0.5
    if not more and b > a:
        a, b = b, a
    text = rng.choice(MORE if more else LESS).format(n=name, m=friend, a=a, b=b, t=thing)
    value = a + b if more else a - b
    work = (add_analysis if more else subtract_analysis)(rng, a, b)
    why = "More, so add." if more else "Fewer, so subtract."
    together = "Two amounts, one total: add." if more else "Some are gone: subtract."
    analysis: dict[Level, str] = {
        "low": "Add." if more else "Subtract.",
        "medium": f"{why} {work['medium']}",
        "high": f"First {a} {thing}, then {b}. {together}\n{work['high']}",
    }
    key = add_key(a, b) if more else f"sub:{a},{b}"
    final = f"{a} {'+' if more else '-'} {b} = **{value}** {thing}."
    return Question("story", dressed(rng, text), str(value), final, analysis, (key,), numeric=True)
