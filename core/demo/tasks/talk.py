"""Small talk, what the model is and can do, and remembering a name said earlier."""

from random import Random

from core.demo.tasks.base import Level, Question
from core.demo.tasks.chatter import INTENTS, OPENERS, TAILS, Intent
from core.demo.tasks.dressing import misspelled
from core.demo.tasks.names import FIRST

TOLD = (
    "My name is {n}.", "I am {n}.", "I'm {n}", "Call me {n}.", "im {n}", "i'm {n}", "It's {n}.",
    "This is {n}.", "my name's {n}", "You can call me {n}.", "They call me {n}.", "its {n} here",
    "{n} here.", "I go by {n}.", "my names {n}", "The name is {n}.", "I am called {n}.",
    "My friends call me {n}.", "Remember my name: {n}", "people call me {n}", "name's {n}",
    "I'm {n}, nice to meet you.", "My name is {n}, and yours?", "I am {n}, who are you?",
)  # fmt: skip
HELLO = (
    "", "", "", "Hi, ", "Hello, ", "hey ", "Hi! ", "hello ", "Good morning, ", "yo ", "Hey, ",
    "ok ",
    "So, ", "hi ", "Hi there, ", "well ",
)  # fmt: skip
RECALL = (
    "What is my name?", "Who am I?", "Do you remember my name?", "What's my name?",
    "Tell me my name", "whats my name", "what was my name", "do u know my name",
    "What did I say my name was?", "Say my name.", "can you say my name", "my name is what?",
    "What am I called?", "Do you know who I am?", "and my name?", "So what is my name?",
    "remember me?", "How am I called?", "What do you call me?", "do you still know my name?",
    "Can you remember my name?", "now whats my name", "My name?", "tell me who i am",
    "what name did i give you", "Did you forget my name?", "Which name did I say?",
)  # fmt: skip


def _typed(rng: Random, text: str, names: bool = False) -> str:
    """Small letters, missing marks, short forms and a few typos; names are never misspelled."""
    if rng.random() < 0.45:
        text = text.rstrip("?.!")
    elif rng.random() < 0.15:
        text = text.rstrip(".") + rng.choice(("!", "!!", "?", ".", "...", " :)", "??"))
    if rng.random() < 0.15:
        text = text.replace("What is", "Whats").replace("what is", "whats").replace("'", "")
    if rng.random() < 0.05 and not names:
        text = misspelled(rng, text)
    if rng.random() < 0.45:
        text = text.lower()
        if rng.random() < 0.3:
            for long, short in ((" you", " u"), (" are ", " r "), ("please", "pls")):
                text = text.replace(long, short) if rng.random() < 0.7 else text
            text = text.replace(" ur", " your").replace("youu", "you")
    elif rng.random() < 0.02:
        text = text.upper()
    return text


def _phrase(rng: Random, intent: Intent) -> str:
    text = rng.choice(rng.choice(intent.groups))
    while "{" in text:
        for slot, fill in intent.slots.items():
            text = text.replace("{" + slot + "}", rng.choice(fill), 1)
    ends = "?" if text.endswith("?") else ""
    if rng.random() < 0.25:
        text = text.rstrip("?.!") + rng.choice(intent.tails or TAILS) + ends
    if rng.random() < 0.25:
        text = rng.choice(intent.openers or OPENERS) + text[0].lower() + text[1:]
        text = text.replace(" i ", " I ").replace(" i'", " I'")
    return text


def talk(rng: Random) -> Question:
    roll = rng.random()
    if roll < 0.22:
        return _name(rng)
    if roll < 0.24:
        return _unknown_name(rng)
    intent = rng.choices(INTENTS, [one.share for one in INTENTS])[0]
    prompt = _typed(rng, _phrase(rng, intent))
    analysis: dict[Level, str] = {
        "low": "Talk.",
        "medium": f"This is {intent.what}. I answer shortly.",
        "high": f"What does the user want? This is {intent.what}.\n"
        "Is there something to compute or to copy? No.\n"
        f"So I answer {intent.what} shortly, and say only what is true.",
    }
    key = f"talk:{prompt.lower()}"
    return Question("talk", prompt, intent.answer, intent.final, analysis, (key,))


def _turn(rng: Random) -> tuple[str, str]:
    """Another turn of small talk."""
    intent = rng.choices(INTENTS, [one.share for one in INTENTS])[0]
    return _typed(rng, _phrase(rng, intent)), intent.final


def _name(rng: Random) -> Question:
    """The name is told in one turn and, half the time, asked for in a later one."""
    name = rng.choice(FIRST)
    told = rng.choice(HELLO) + rng.choice(TOLD).format(n=name)
    told = _typed(rng, told[0].upper() + told[1:], names=True)
    greeting = f"Nice to meet you, {name}!"
    if rng.random() < 0.5:
        analysis: dict[Level, str] = {
            "low": "A name.",
            "medium": f"The user is called {name}. I greet.",
            "high": "What does the user want? The user says a name.\n"
            f"The name is {name}. Once more from the text: {name}. The same.\n"
            f"So I greet {name} by name.",
        }
        return Question("talk", told, name, greeting, analysis, (f"talk:{told.lower()}",))
    prompt = _typed(rng, rng.choice(RECALL))
    between = tuple(_turn(rng) for _ in range(rng.choice((0, 0, 1, 2))))
    analysis = {
        "low": "A name.",
        "medium": f"The user said it: {name}.",
        "high": "What does the user want? The name. Was it said before? "
        f"Yes: {name}.\nOnce more from the first turn: {name}. The same.\nSo I answer {name}.",
    }
    history = ((told, greeting), *between)
    key = "talk:" + " / ".join((told, *(user for user, _ in between), prompt)).lower()
    return Question("talk", prompt, name, f"Your name is **{name}**.", analysis, (key,), history)


def _unknown_name(rng: Random) -> Question:
    """Asked for a name that was never said."""
    prompt = _typed(rng, rng.choice(RECALL[:11]))
    history = (_turn(rng),) if rng.random() < 0.5 else ()
    analysis: dict[Level, str] = {
        "low": "No name.",
        "medium": "The user did not say a name.",
        "high": "What does the user want? The name. Was it said before? No.\n"
        "I look once more at the turns: no name.\nSo I say that I do not know it.",
    }
    final = "I do not know your name yet. What is it?"
    key = "talk:" + " / ".join((*(user for user, _ in history), prompt)).lower()
    return Question("talk", prompt, "do not know your name", final, analysis, (key,), history)
