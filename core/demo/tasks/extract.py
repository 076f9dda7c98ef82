"""Copying an e-mail address or a number out of a sentence, and repeating words."""

import re
from collections import Counter
from functools import cache
from random import Random

from core.demo.tasks.base import Level, Question
from core.demo.tasks.capitals import CAPITALS
from core.demo.tasks.dressing import dressed
from core.demo.tasks.names import FIRST, LAST, THINGS, WORDS
from core.vocabulary import encoding

ENDINGS = (
    "com", "com", "com", "com", "org", "org", "net", "net", "de", "eu", "io", "co.uk", "fr",
    "edu", "ch", "uk", "us", "info", "gov", "dev", "ca", "nl", "it",
)  # fmt: skip
PROVIDERS = (
    "gmail.com", "gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "example.com",
    "example.org", "mail.com", "icloud.com", "test.com", "company.com",
)  # fmt: skip
EMAIL = (
    "Please write to {e} for details.", "You can reach {n} at {e} or by phone.",
    "My address is {e}, thanks, {n}", "Send the report to {e} before {d}.",
    "{n} ({e}) will join the call.", "For questions contact {e}.", "For help write to {e} today",
    "Hi, this is {n}. My e-mail is {e}.", "The invoice goes to {e} and a copy to the office.",
    "Contact: {e}", "{n} said: mail me at {e} please.", "{n} {e}", "{n}, room {x}, {e}",
    "{n} <{e}> wrote on {d}", "Reply to {e} by {d}.", "Order {x} was placed by {e} on {d}.",
    "my mail is {e}", "you can mail me at {e}", "contact me at {e} thanks", "write {n} at {e}",
    "The old address is gone, use {e} from now on.", "{e} is the address of {n}.",
    "{e} wants {x} {t}", "{n} works in room {x}, mail {e}", "Forward it to {e}, not to {n}.",
    "We got {x} {t} from {e} on {d}.", "Hello {n}, please ask {e} about the {t}.",
    "Meet {n} at {x} and bring the {t}. Questions? {e}", "to: {e} subject: {t}",
    "Dear {n}, your account {e} is ready.", "{n} lost the {t}. If found, mail {e}.",
    "call {n} or write to {e}", "Email {e} if you need {x} more {t}.", "name {n} email {e} age {x}",
    "sign up with {e} and get {x} {t} free", "Tel. {x}, mail {e}", "from {e} to {n}",
    "The team of {n} has a new address: {e}.", "Invite {e} to the party on {d}.",
    "I think it was {e} but ask {n}.", "hey its {n}, my new email is {e} ok",
    "Support ({e}) is open until {d}.", "{n} and {m} share {e} at work.", "cc {e} and {n}",
    "the {t} are for {n}, reach them at {e}", "Username: {e} Code: {x}", "{n}: {e}; room {x}",
    "Let {n} know at {e}.", "Just drop a line to {e} and we send {x} {t}.", "{e}",
)  # fmt: skip
_MAIL = ("e-mail address", "email address", "email", "e-mail", "mail address", "mail", "address")
_TEXT = ("this", "this text", "this sentence", "here", "the text", "the following", "this line")
_GET = (
    "Find", "Extract", "Get", "Pull out", "Give me", "Copy", "Show me", "Grab", "Pick out",
    "Tell me",
    "Return", "Can you find", "Can you extract", "Please find", "Please extract", "I need",
    "Fetch", "Locate", "Could you get", "Please copy", "Can u find", "Read out", "Just give me",
)  # fmt: skip
ASK = (
    "{g} the {k}: {s}", "{g} the {k} from {h}: {s}", "{g} the {k} in {h}: {s}",
    "{g} the {k} out of {h}: {s}", "{g} the {k} from: {s}", "What is the {k} in {h}? {s}",
    "What's the {k} in {h}: {s}", "whats the {k} in {h}: {s}", "what {k} is in {h}: {s}",
    "Which {k} is in {h}? {s}", "Which {k} is mentioned? {s}", "What is the {k} here? {s}",
    "{s} What is the {k}?", "{s} What's the {k}?", "{s} - {g} the {k}", "{s} whats the {k}",
    "{s} {g} the {k}.", "{s} Which {k} is mentioned?", "{k}? {s}", "{k} in {h}: {s}",
    "Here is a text: {s} {g} the {k}.", 'What {k} is in "{s}"?', '{g} the {k} from "{s}"',
    "'{s}' {g} the {k}", "Where is the {k} in {h}? {s}", "{g} only the {k}: {s}",
    "{g} the {k} from {h} {s}", "{g} the {k} from {s}", "Is there {a} {k} in {h}? {s}",
    "There is {a} {k} in {h}. {g} it: {s}", "{s} {g} the {k} from {h}",
    "I got this message: {s} What is the {k}?", "what is the {k} in: {s}", "{g} {a} {k}: {s}",
    "Text: {s} Question: what is the {k}?", "Read {h} and {g} the {k}: {s}",
)  # fmt: skip
_BEFORE = (
    "hey ",
    "Hi, ",
    "hi ",
    "ok ",
    "So, ",
    "Hello! ",
    "pls ",
    "Please ",
    "Now ",
    "yo ",
    "And ",
)
_AFTER = (" thanks", " please", " pls", " Thanks!", " thx", " Thank you.")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBER = (
    "The train leaves from platform {x}.", "{n} bought {x} {t} at the market.",
    "Our office is in room {x}.", "The order {x} was sent on {d}.", "{n} lives at number {x}.",
    "The {t} cost {x} euros.", "Your code is {x}, do not share it.", "Table {x} is free.",
    "Call {x} for help.", "We counted {x} {t} in the box.", "Your ticket is {x}.", "room {x}",
    "The bus {x} goes to the station.", "Take line {x} to the park.", "{n} has {x} {t}.",
    "Flight {x} is late again.", "My extension is {x}.", "The house was built in {x}.",
    "Page {x} is missing.", "{n} ran {x} meters on {d}.", "The pin is {x}", "order no {x}",
    "There were {x} people at the party of {n}.", "The price is {x} dollars.", "It costs {x} euro",
    "{n} won with {x} points.", "Invoice {x} is not paid yet.", "Gate {x} closes soon.",
    "We sold {x} {t} last week.", "My lucky number is {x}.", "{n} sits in row {x}.",
    "The parcel weighs {x} grams.", "the door code is {x} ok", "Chapter {x} is about {t}.",
    "{n} and {m} took {x} {t} from one of the boxes.", "The shop has {x} kinds of {t}.",
    "He paid {x} for the {t}.", "In {x} the family of {n} moved.", "Locker {x} belongs to {n}.",
    "The hotel is {x} km away.", "your order #{x} is on its way", "ref {x} for {n}",
    "{x} {t} were found by {n} on {d}.", "{x} people like this.", "{x} is my favorite number",
    "{n} said the answer is {x}, but {m} was not sure.", "the meeting is in room {x} on {d}",
    "Please pay {x} dollars by {d}.", "They live on floor {x}.", "{n} wrote {x} letters to {m}.",
    "Customer {x} asked about the {t}.", "i parked in spot {x}", "There are {x} {t} here.",
    "The case number is {x}.", "Member {x} has joined.", "{n} is {x} years old.",
)  # fmt: skip
_NUMBERS = ("number", "number", "number", "number", "figure", "value", "digits")
_DO = (
    "Repeat", "Say", "Repeat these words", "Repeat after me", "Copy this", "Echo", "Copy",
    "Repeat the words", "Please repeat", "Say this", "Now repeat", "Copy these words",
    "Repeat this", "Just say", "Can you say", "Please copy", "Say after me",
)  # fmt: skip


# What may be asked to be copied, besides addresses.
NAMED = (*FIRST, *CAPITALS, *CAPITALS.values())
PLAIN = (*WORDS, *LAST, *map(str.lower, FIRST))
_DRAWN, _OFTEN = 20_000, 3


@cache
def address_tokens() -> frozenset[int]:
    """The tokens, but for digits, that come in addresses often enough to be learned.

    Names and words written together fall into thousands of tokens, half of which come in one
    address of ten thousand or less. No network learns to copy those, and each asks for two rows.
    """
    rng = Random(0)
    seen = Counter(t for _ in range(_DRAWN) for t in _tokens(_any_address(rng)))
    return frozenset(token for token, count in seen.items() if count >= _OFTEN)


def _tokens(address: str) -> set[int]:
    """Its tokens as a reply writes it: behind a space, the digits apart."""
    pieces = re.findall(r"\D+", f" {address}")
    return {token for piece in pieces for token in encoding().encode(piece, disallowed_special=())}


def _address(rng: Random) -> str:
    """An address of which every token can be learned, as nine of ten are."""
    while True:
        address = _any_address(rng)
        if _tokens(address) <= address_tokens():
            return address


def _key(address: str) -> str:
    return f"email:{address.lower()}"


def _any_address(rng: Random) -> str:
    name, surname, word = rng.choice(FIRST).lower(), rng.choice(LAST), rng.choice(WORDS)
    mark = rng.choice("...._-")
    user = rng.choice((
        name, name + mark + surname, name + mark + surname, word, f"{name}{rng.randrange(1, 100)}",
        name[0] + mark + surname, name[0] + surname, surname, name + surname,
        word + mark + rng.choice(WORDS), f"{word}{rng.randrange(1, 1000)}", surname + mark + name,
        f"{name}{mark}{surname}{rng.randrange(1, 100)}", f"{name}{rng.randrange(1950, 2026)}",
        surname + mark + name[0], name + mark + word,
    ))  # fmt: skip
    if rng.random() < 0.4:
        return f"{user}@{rng.choice(PROVIDERS)}"
    host = rng.choice((
        word, rng.choice(WORDS), rng.choice(WORDS) + rng.choice(WORDS), rng.choice(WORDS),
        rng.choice(WORDS) + rng.choice(WORDS), surname, f"mail.{rng.choice(WORDS)}",
        f"{rng.choice(WORDS)}{rng.randrange(1, 100)}",
    ))  # fmt: skip
    return f"{user}@{host}.{rng.choice(ENDINGS)}"


def _told(rng: Random, form: str, **values: str) -> str:
    """A sentence with names, things, a day and (where the form asks) other numbers."""
    name, friend = rng.sample(FIRST, 2)
    if rng.random() < 0.3:
        name = f"{name} {rng.choice(LAST).capitalize()}"
    return form.format(
        n=name, m=friend, t=rng.choice(THINGS), d=rng.choice(DAYS),
        **{"x": str(rng.randrange(2, rng.choice((20, 100, 1000, 10000)))), **values},
    )  # fmt: skip


def _asked(rng: Random, what: str, text: str) -> str:
    form = rng.choice(ASK)
    get = rng.choice(_GET)
    if what == "digits" and not form.startswith("{g} the"):
        what = "number"
    asked = form.format(
        g=get if form.startswith("{g}") else get[0].lower() + get[1:],
        k=what, h=rng.choice(_TEXT), s=text, a="an" if what[0] in "aeiou" else "a",
    )  # fmt: skip
    return asked[0].upper() + asked[1:] if asked.startswith(what) else asked


def _copied(start: str, clue: str, value: str) -> dict[Level, str]:
    return {
        "low": "Copy it.",
        "medium": f"{start} {value}",
        "high": f"{clue} {start} {value}\nOnce more from the text: {value}\n"
        "The same, so I copy it.",
    }


def emails(rng: Random) -> Question:
    address = _address(rng)
    text = _told(rng, rng.choice(EMAIL), e=address)
    prompt = _asked(rng, rng.choice(_MAIL), text)
    if rng.random() < 0.15 and not prompt.startswith(address):
        prompt = rng.choice(_BEFORE) + prompt[0].lower() + prompt[1:]
    if rng.random() < 0.1 and not prompt.endswith(address):
        prompt = prompt.rstrip(".") + rng.choice(_AFTER)
    if rng.random() < 0.4:
        prompt = prompt.lower()
    analysis = _copied("It reads:", "I look for a word with an @.", address)
    final = f"The e-mail address is {address}"
    return Question("email", prompt, address, final, analysis, (_key(address),))


def numbers(rng: Random) -> Question:
    digits = rng.choices((1, 2, 3, 4, 5, 6), (3, 6, 6, 5, 1, 1))[0]
    value = str(rng.randrange(10 ** (digits - 1), 10**digits))
    if digits == 4 and rng.random() < 0.3:
        value = str(rng.randrange(1900, 2030))
    shown = f"{int(value):,}" if digits > 3 and rng.random() < 0.12 else value
    text = _told(rng, rng.choice(NUMBER), x=shown)
    prompt = _asked(rng, rng.choice(_NUMBERS), text)
    if rng.random() < 0.5:
        prompt = dressed(rng, prompt)
    elif rng.random() < 0.4:
        prompt = prompt.lower().rstrip("?.")
    analysis = _copied("It reads:", "I look for digits in the text.", value)
    final = f"The number is **{value}**."
    key = f"number:{value},{text.lower()}"
    return Question("number", prompt, value, final, analysis, (key,), numeric=True)


def _piece(rng: Random) -> str:
    """Something to repeat; of every sort, as copying is learned for each token apart."""
    kind = rng.random()
    if kind < 0.3:
        return _address(rng)
    return rng.choice(NAMED).removeprefix("the ") if kind < 0.5 else rng.choice(PLAIN)


def repeats(rng: Random) -> Question:
    pieces = dict.fromkeys(_piece(rng) for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 5))))
    words = " ".join(pieces)
    do = rng.choice(_DO)
    do = do.lower() if rng.random() < 0.45 else do
    prompt = f"{do}{rng.choice((': ', ': ', ' '))}{words}"
    if rng.random() < 0.15:
        prompt += rng.choice((" please", " pls", ".", "."))
    analysis = _copied("They are:", "I look for the words to repeat.", words)
    # A held-out address is not to be trained here either.
    keys = (f"repeat:{words}", *(_key(piece) for piece in pieces if "@" in piece))
    return Question("repeat", prompt, words, f"I repeat: {words}", analysis, keys)
