"""How people type: greetings, tails, small letters, missing marks, short forms and typos."""

import re
from random import Random

_WORD = re.compile(r"(?<![\w@.'-])[A-Za-z]{4,12}(?![\w@.'-])")
_SHORT = {
    "please": ("pls", "plz"), "what's": ("whats",), "What's": ("Whats", "whats"),
    "what is": ("whats", "what's", "wats", "wat is"), "What is": ("Whats", "What's", "whats"),
    "thanks": ("thx", "ty"), "Thanks": ("thx", "Thx"), "you": ("u",),
    "How much is": ("hows", "how much"),
    "are there": ("are",), "does": ("dose",), "how many": ("hw many", "how mny"),
    "and": ("&", "n"), "I am": ("im", "I'm"), "do you": ("do u",), "can you": ("can u",),
    "Can you": ("can u",), "could you": ("could u",), "you are": ("u r",), "days": ("day",),
}  # fmt: skip
BEFORE = (
    "Please ", "Hi! ", "Hello, ", "Hey, ", "Quick question: ", "So, ", "Now ", "OK, ", "Tell me: ",
    "Can you help? ", "I need help: ", "And ", "Then ", "Question: ", "Next: ", "hi, ", "hey ",
    "ok so ", "um ", "hmm, ", "Hi there. ", "Help me: ", "I was wondering, ", "Just curious: ",
    "One more: ", "Real quick: ", "Can you tell me ", "Could you tell me ", "Do you know ",
    "I want to know ", "I'd like to know ", "Let me know ", "Right, ", "Try this: ", "Easy one: ",
    "Here is one: ", "Homework: ", "My kid asks: ", "Sorry, ", "well ", "yo ", "Dear model, ",
    "Any idea ", "So tell me, ", "Math question: ", "Last one: ", "Another one: ", "pls ",
)  # fmt: skip
AFTER = (
    " Thanks!", " Thank you.", " Please.", " Think carefully.", " Show your work.",
    " Think step by step.", " Answer briefly.", " Be quick.", " Explain.", " Be careful.",
    " Just the answer.", " Are you sure?", " thanks", " thx", " pls", " please", " plz", " :)",
    " I need it for school.", " I forgot.", " asap", " please and thank you", " ty", " lol",
    " Take your time.", " Only the result please.", " Quick!", " I can't work it out.",
    " Let me know.", " Any idea?", " in your head", " right now", "??", "!!", " ...", " then?",
    " Thanks in advance.", " Just tell me.", " No explanation.", " for me", " for me please",
)  # fmt: skip


def dressed(rng: Random, text: str) -> str:
    """`text` as a visitor may type it. Numbers in it stay as they are."""
    text = text.strip()
    if rng.random() < 0.2:
        text = rng.choice(BEFORE) + _lowered(text)
    if rng.random() < 0.2:
        text = _shortened(rng, text)
    text = _ended(rng, text)
    if rng.random() < 0.07:
        text = misspelled(rng, text)
    roll = rng.random()
    if roll < 0.33:
        return text.lower()
    if roll < 0.45 and not text[1:2].isupper():
        return text[0].lower() + text[1:]
    return text.upper() if 0.45 <= roll < 0.46 else text


def _shortened(rng: Random, text: str) -> str:
    long = [word for word in _SHORT if word in text]
    if not long:
        return text
    word = rng.choice(long)
    return re.sub(rf"\b{re.escape(word)}\b", rng.choice(_SHORT[word]), text, count=1)


def _ended(rng: Random, text: str) -> str:
    """Without its mark, or with something said after it."""
    roll = rng.random()
    if roll < 0.3:
        return text.rstrip("?.! ")
    if roll >= 0.44:
        return text
    if text[-1] not in "?.!=" and rng.random() < 0.7:
        text += rng.choice(".,")
    return text + rng.choice(AFTER)


def misspelled(rng: Random, text: str) -> str:
    """One word with two letters swapped, one left out or one doubled."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    found = rng.choice(words)
    word = found.group()
    at = rng.randrange(1, len(word) - 1)
    wrong = rng.choice((
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
    ))  # fmt: skip
    return text[: found.start()] + wrong + text[found.end() :]


def _lowered(text: str) -> str:
    """`text` after a greeting: a small first letter, unless it is `I` or an abbreviation."""
    if text.startswith("I ") or text[1:2].isupper():
        return text
    return text[0].lower() + text[1:]
