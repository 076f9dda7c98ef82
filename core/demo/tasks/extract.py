"""Copying an e-mail address, a number or a name out of a sentence, and repeating words."""

from random import Random

from core.demo.tasks.base import Level, Question, dressed
from core.demo.tasks.stories import NAMES, THINGS

SURNAMES = (
    "smith", "jones", "miller", "brown", "lee", "king", "young", "hill", "green", "baker", "cook",
    "wood", "stone", "clark", "scott", "davis", "meyer", "bauer", "rossi", "silva", "garcia",
    "khan", "chen", "wolf", "fox", "novak",
)  # fmt: skip
WORDS = (
    "info", "sales", "office", "help", "support", "team", "press", "hello", "contact", "mail",
    "news", "jobs", "shop", "data", "cloud", "web", "home", "work", "post", "book", "green",
    "blue", "red", "sun", "moon", "sky", "star", "north", "south", "east", "west", "fast",
    "smart", "open", "code", "soft", "net", "lab", "art", "music", "photo", "garden", "river",
    "sea", "farm", "food", "cafe", "hotel", "travel", "bank", "school", "city", "world", "light",
)  # fmt: skip
ENDINGS = ("com", "org", "net", "de", "eu", "io", "co.uk", "fr", "edu", "ch")
EMAIL = (
    "Please write to {e} for details.", "You can reach {n} at {e} or by phone.",
    "My address is {e}, thanks, {n}", "Send the report to {e} before Monday.",
    "{n} ({e}) will join the call.", "For questions contact {e}.",
    "Hi, this is {n}. My e-mail is {e}.", "The invoice goes to {e} and a copy to the office.",
    "Contact: {e}", "{n} said: mail me at {e} please.",
)  # fmt: skip
ASK_EMAIL = (
    "Find the e-mail address: {s}", "Extract the email: {s}",
    "What is the e-mail address in this text? {s}",
    "Pull the email address out of this sentence: {s}", "Get the e-mail from: {s}",
    "{s} What is the e-mail address?", "Which email address is in this sentence? {s}",
    "Extract the email address from: {s}",
)  # fmt: skip
NUMBER = (
    "The train leaves from platform {x}.", "{n} bought {x} {t} at the market.",
    "Our office is in room {x}.", "The order {x} was sent on Monday.", "{n} lives at number {x}.",
    "The {t} cost {x} euros.", "Your code is {x}, do not share it.", "Table {x} is free.",
    "Call {x} for help.", "We counted {x} {t} in the box.",
)  # fmt: skip
ASK_NUMBER = (
    "Find the number: {s}", "Extract the number from this sentence: {s}",
    "What number is in this text? {s}", "Pull the number out of: {s}", "{s} What is the number?",
    "Which number is mentioned? {s}",
)  # fmt: skip
REPEAT = (
    "Repeat: {w}",
    "Say {w}",
    "Repeat these words: {w}",
    "Repeat after me: {w}",
    "Copy this: {w}",
    "Echo {w}",
)


def _email(rng: Random) -> str:
    name, surname = rng.choice(NAMES).lower(), rng.choice(SURNAMES)
    user = rng.choice(
        (
            name,
            f"{name}.{surname}",
            f"{name}_{surname}",
            rng.choice(WORDS),
            f"{name}{rng.randrange(10, 100)}",
            f"{name[0]}.{surname}",
        )
    )
    host = rng.choice(
        (
            rng.choice(WORDS),
            rng.choice(WORDS) + rng.choice(WORDS),
            f"{rng.choice(WORDS)}-{rng.choice(WORDS)}",
        )
    )
    return f"{user}@{host}.{rng.choice(ENDINGS)}"


def _copied(what: str, clue: str, value: str) -> dict[Level, str]:
    return {
        "low": "Copy it.",
        "medium": f"The text has {what}: {value}",
        "high": f"I look for {what} in the text. {clue}\nIt reads: {value}\n"
        f"Check, once more from the text: {value}\nThe same.",
    }


def extract(rng: Random) -> Question:
    kind = rng.choices(("email", "number", "repeat"), (1, 6, 1))[0]
    if kind == "repeat":
        words = " ".join(rng.sample(WORDS + SURNAMES, rng.randrange(1, 5)))
        prompt = rng.choice(REPEAT).format(w=words)
        return Question(
            "extract",
            prompt,
            words,
            words,
            _copied("words to repeat", "They come last.", words),
            (f"repeat:{words}",),
        )
    name, thing = rng.choice(NAMES), rng.choice(THINGS)
    if kind == "email":
        value = _email(rng)
        text = rng.choice(EMAIL).format(e=value, n=name)
        prompt = rng.choice(ASK_EMAIL).format(s=text)
        final = f"The e-mail address is {value}"
        return Question(
            "extract",
            prompt,
            value,
            final,
            _copied("an e-mail address", "It has an @ sign.", value),
            (f"email:{value}",),
        )
    value = str(rng.randrange(1, rng.choice((100, 1000, 1000, 10000))))
    text = rng.choice(NUMBER).format(x=value, n=name, t=thing)
    prompt = dressed(rng, rng.choice(ASK_NUMBER).format(s=text))
    final = f"The number is **{value}**."
    return Question(
        "extract",
        prompt,
        value,
        final,
        _copied("a number", "It has digits.", value),
        (f"number:{value},{text}",),
        numeric=True,
    )
