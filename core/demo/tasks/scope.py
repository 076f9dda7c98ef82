"""What the model cannot do: it says so, and says what it can do instead."""

from random import Random

from core.demo.tasks import topics
from core.demo.tasks.base import Level, Question
from core.demo.tasks.dressing import dressed
from core.demo.tasks.names import FIRST, THINGS

FINAL = (
    "That is more than I can do: I am a small demonstration model for sums, products, letters, "
    "dates, orders, capitals and copying."
)

# Anything that people ask of a large model. {t}, {u} topics; {p} a person; {l} a form of text.
WIDE = (
    "Write {l} about {t}", "Write me {l} about {t}", "Can you write {l} on {t}?",
    "Make {l} about {t}",
    "I need {l} about {t}", "Compose {l} about {t} and {u}", "Write {l} for {p}",
    "Draft {l} about {t}",
    "Explain {t}", "Explain {t} to a child", "Explain {t} in simple words", "What is {t}?",
    "What are {t}?",
    "whats {t}", "Tell me about {t}", "Tell me more about {t}", "Teach me {t}",
    "How does {t} work?",
    "How do {t} work?", "Why is {t} important?", "Why are {t} so popular?",
    "why do people like {t}",
    "Summarize {t}", "Describe {t}", "Define {t}", "Compare {t} and {u}", "{t} or {u}?",
    "{t} vs {u}",
    "What is the difference between {t} and {u}?", "Which is better, {t} or {u}?",
    "How do I learn {t}?",
    "How can I get better at {t}?", "Give me tips for {t}", "Any advice on {t}?",
    "Is {t} good for me?",
    "Are {t} dangerous?", "What do you think about {t}?", "Do you like {t}?",
    "What is the best {t}?",
    "Make a list of {t}", "List ten facts about {t}", "Give me three ideas for {t}",
    "facts about {t}",
    "What are the best books on {t}?", "When was {t} discovered?", "Who invented {t}?",
    "Where can I find {t}?",
    "What is the history of {t}?", "What is the meaning of {t}?", "What causes {t}?",
    "How to fix {t}",
    "Where do {t} come from?", "Plan a day with {t}", "Design a game about {t}",
    "how much do {t} cost",
    "Who is {p}?", "Who was {p}?", "When was {p} born?", "How old is {p}?", "When did {p} die?",
    "What did {p} do?", "Is {p} still alive?", "Tell me about {p}", "Write {l} in the style of {p}",
    "Where does {p} live?", "why is {p} famous", "Quote {p}", "Act like {p}", "Pretend to be {p}",
    "Write code for {t}", "Write a Python function for {t}", "Fix this code: {x}",
    "Debug {t} for me",
    "write a {o} script about {t}", "How do I install {o}?", "Why does my {o} code crash?",
    "What does {x} do?",
    "{t}", "{t}?", "I love {t}", "I hate {t}", "I want to talk about {t}", "Let us discuss {t}",
    "my {t}",
    "Should I buy {t}?", "How do I make {t}?", "how to make {t} at home", "What happens after {t}?",
    "Draw {t}", "Sing about {t}", "Search the web for {t}", "Show me a picture of {t}",
    "Prove that {t} exists",
    "Help me with {t}", "Can you help me understand {t}?", "I am {f}. What should I do?",
    "I am {f}", "im {f}",
    "My dog is sick", "What should I {v}?", "Where should I {v}?", "Recommend a {k}",
    "Tell me a {j}",
    "tell a {j} about {t}", "What is a good {k} for tonight?", "Play a game with me", "Play {t}",
    "Solve this riddle: what has {t} but no {u}?", "Why is the sky {w}?", "Can you see images?",
    "Set an alarm", "Send a message to {p}", "Open the door", "Turn on the light", "Call {p}",
    "Order {t} for me", "Book a table for two", "What is on TV tonight?", "Who won the {m}?",
    "When is the next {m}?", "Give me a recipe for {t}", "Give me the news",
    "What did I do yesterday?",
    "Do you have feelings about {t}?", "Can you keep a secret?", "What is your favorite {k}?",
    "Do you believe in {t}?", "Marry me", "Are {t} real?", "How far is {t}?", "What color are {t}?",
)  # fmt: skip
# What lies next to the tasks it knows.
NEAR = (
    ("What is {a} / {b}?", "{a} / {b}", "{a}/{b}", "{a} divided by {b}", "Divide {a} by {b}.",
     "whats {a} divided by {b}", "What is {a} divided by {b}?", "{a} : {b} = ?", "{a} ÷ {b}",
     "What is {a} mod {b}?", "the remainder of {a} by {b}", "How often does {b} go into {a}?",
     "What is half of {a}?", "a third of {a}", "Split {a} into {b} parts",
     "what is the half of {a}"),
    ("What is {b}% of {a}?", "{b}% of {a}", "{b} percent of {a}", "whats {b} percent of {a}",
     "How much is {b} % of {a}?", "Add {b}% tax to {a}", "what percent of {a} is {b}",
     "What is a {b}% tip on {a}?", "{a} minus {b} percent"),
    ("What is the square root of {a}?", "sqrt({a})", "root of {a}", "square root of {a}", "{a}^{b}",
     "What is {a} to the power of {b}?", "{a} squared", "What is {b} cubed?", "cube root of {a}",
     "{b} factorial",
     "What is the factorial of {b}?", "log of {a}", "sin({b})", "What is the logarithm of {a}?",
     "{b}**{b}"),
    ("Solve x + {a} = {b}", "solve for x: {b}x = {a}", "{b}x + 3 = {a}, what is x?",
     "x - {b} = {a}",
     "Find x: x^2 = {a}", "If 2x = {a}, what is x?", "what is x if x + {b} = {a}", "Derive x^{b}",
     "Integrate x^{b}", "Factor {a}", "y = {b}x + {a}, plot it", "Simplify {b}x + {b}x"),
    ("Is {a} a prime number?", "is {a} prime", "Is {a} even or odd?", "List the divisors of {a}",
     "What are the prime factors of {a}?", "next prime after {a}", "Is {a} divisible by {b}?",
     "What is the average of {a}, {b} and {e}?", "average of {a} and {b}", "mean of {a} {b} {e}",
     "Write {a} in binary", "{a} in roman numerals", "What is {a} in hex?", "round {a} to tens",
     "greatest common divisor of {a} and {b}", "Give me a random number", "Think of a number"),
    ("Convert {a} {i} to {y}", "{a} {i} in {y}", "How many {y} are {a} {i}?",
     "how much is {a} {i} in {y}",
     "What is {a} {i} in {y}?", "Change {a} dollars to euros", "{a} usd in eur",
     "Convert {b} C to F",
     "How many {y} is {b} {i}?", "{b} pounds in yen"),
    ("What time is it?", "What time is it in {c}?", "What is the time?", "whats the time",
     "What time is it {b} minutes later?",
     "It is 10:30. What time is it in {b} minutes?", "How long until 5 pm?", "time in {z}",
     "When does the sun rise?",
     "What is 3 hours and {b} minutes after 2 pm?", "How many minutes from 9:15 to 11:45?",
     "Set a timer for {b} minutes"),
    ("What rhymes with {q}?", "a rhyme for {q}", "synonym for {q}", "Give me a synonym of {q}",
     "opposite of {q}",
     "What is the opposite of {q}?", "Translate {q} into {g}", "translate {q} to {g}",
     "How do you say {q} in {g}?",
     "what is {q} in {g}", "{q} in {g}", "What does {q} mean?", "define {q}",
     "Use {q} in a sentence", "antonym of {q}",
     "Spell {q} backwards", "Reverse the word {q}", "{q} backwards", "Write {q} in reverse",
     "meaning of {q}",
     "What is the plural of {q}?", "Is {q} a noun or a verb?", "anagram of {q}", "Say {q} in {g}",
     "past tense of {q}",
     "How is {q} pronounced?", "Where does the word {q} come from?",
     "make a sentence with the words {q} and {t}"),
    ("What is the population of {c}?", "population of {c}", "What language is spoken in {c}?",
     "currency of {c}",
     "What is the currency of {c}?", "Who is the president of {c}?", "president of {c}",
     "king of {c}", "flag of {c}",
     "What is the largest city in {c}?", "biggest city in {c}", "How big is {c}?", "Where is {c}?",
     "history of {c}",
     "How many people live in {c}?", "What is {c} famous for?", "Which countries border {c}?",
     "food in {c}",
     "What is the national dish of {c}?", "Who is the prime minister of {c}?",
     "the longest river in {c}", "visit {c}",
     "What is the highest mountain in {c}?", "How do I get to {c}?", "Book a flight to {c}",
     "the anthem of {c}",
     "What continent is {c} in?", "Is {c} a country?", "What is the area of {c}?",
     "tell me about {c}", "{c} facts"),
    ("What is the capital of {n}?", "capital of {n}", "whats the capital of {n}", "Capital of {n}?",
     "the capital of {n}",
     "Which city is the capital of {n}?", "Name the capital of {n}.",
     "What is the capital city of {n}?", "{n} capital",
     "When did {z} become the capital?", "What was the first capital of {c}?",
     "Why is {z} the capital of {c}?",
     "How many capitals are there?", "How many people live in the capital of {c}?",
     "Which capital is the largest?"),
    ("What is the weather in {z}?", "weather in {z}", "Will it rain in {z} tomorrow?",
     "whats the weather like in {z}",
     "How warm is it in {z}?", "What can I see in {z}?", "What is the best hotel in {z}?",
     "Tell me about {z}",
     "Is {z} expensive?", "things to do in {z}", "How far is {z} from {c}?",
     "When was {z} founded?", "who lives in {z}",
     "Mayor of {z}", "flights from {z} to {c}", "What is {z} known for?", "Where is {z}?",
     "map of {z}"),
    ("Who wrote {r}?", "who painted {r}", "Who invented {r}?", "who made {r}", "When was {r} made?",
     "What is {r} about?",
     "Who discovered {r}?", "Summarize {r}", "How long is {r}?", "Who plays in {r}?",
     "the author of {r}"),
    ("Write a story about {b} {h}", "a poem about {b} {h}", "What can I cook with {b} {h}?",
     "Who has the most {h}?",
     "{s} has {b} {h}. Write a story about it.", "Where can {s} buy {b} {h}?",
     "Why does {s} need {b} {h}?",
     "{s} gives {o2} {b} {h}. Is that nice?", "Write a song about {s} and the {h}", "Who is {s}?",
     "Tell {s} I am late.",
     "Is {s} a good name?", "What should {s} do with the {h}?", "Draw {b} {h}",
     "How much do {b} {h} weigh?",
     "How much do {b} {h} cost?", "{s} and {o2} are fighting. What should they do?",
     "What does the name {s} mean?",
     "Where is {s}?", "Are {h} expensive?", "What are {h} made of?",
     "Write an email to {s} about the {h}",
     "What is {s} thinking?", "How old is {s}?", "Is {s} taller than {o2}?", "Does {s} like {h}?"),
    ("What is {big} + {a}?", "{big} + {big2}", "{big} * {big2}", "{big} - {a}",
     "{a}.{d} + {b}.{d2}", "{b}.{d} * {d2}.{d}",
     "How much is {a}.{d} - {b}.{d2}?", "add {b}.{d} and {d2}.{d2}", "1/{d2} + 1/{b}",
     "{d}/{d2} + 1/2",
     "What is {big} times {b}?", "Which is bigger, 3.{d} or 3.{b}?", "infinity + {d}",
     "what is pi times {b}"),
    ("Extract the date from this: {x2}", "Find the verbs in: {x2}",
     "What is the subject of this sentence? {x2}",
     "Correct this sentence: {x2}", "Summarize: {x2}", "Is this positive or negative? {x2}",
     "Rewrite this: {x2}",
     "Translate this into {g}: {x2}", "What is the tone of this text? {x2}",
     "Who is meant here? {x2}", "Shorten: {x2}",
     "Make this more polite: {x2}", "Find the mistakes: {x2}", "Give this text a title: {x2}",
     "Continue: {x2}",
     "Write an email about {t}", "Write a reply to this email: {x2}", "Send an email to {s}",
     "Check my email"),
)  # fmt: skip
SLOTS: dict[str, tuple[str, ...]] = {
    "l": ("a poem", "a story", "an essay", "a song", "a letter", "a haiku", "a speech",
    "a blog post", "an article",
          "a joke", "a short story", "a limerick", "a report", "a tweet", "a play", "a rap",
          "a review", "a novel",
          "a few lines", "a summary", "a paragraph", "a slogan", "a text", "an email",
          "a fairy tale"),
    "x": ("for i in range(10): print(i)", "x = x + 1", "print(hello)", "SELECT * FROM users",
    "def f(x): return x",
          "if (a == b) { c(); }", "<div>hi</div>", "git rebase", "import numpy", "while true: pass",
          "ls -la", "npm install"),
    "o": ("Python", "Java", "bash", "Rust", "JavaScript", "C++", "Linux", "Docker", "Excel", "Go",
    "PHP", "Ruby"),
    "v": ("eat", "cook", "read", "watch", "wear", "do today", "study", "buy", "say", "play", "go",
    "drink", "travel to"),
    "k": ("movie", "book", "song", "color", "restaurant", "film", "game", "food", "hobby", "animal",
    "series", "wine"),
    "j": ("joke", "story", "secret", "riddle", "fairy tale", "lie", "fun fact", "bedtime story",
    "tale"),
    "w": ("blue", "red", "dark", "grey", "so high"), "m": ("World Cup", "election", "match", "game",
    "Olympics",
          "Oscars", "lottery", "concert", "war", "full moon", "holiday", "bus"),
    "i": ("km", "meters", "feet", "miles", "kg", "pounds", "inches", "liters", "gallons", "dollars",
    "euros", "grams"),
    "y": ("miles", "feet", "cm", "inches", "pounds", "kg", "ounces", "yards", "gallons", "yen",
    "meters", "stones"),
    "t": topics.TOPICS, "u": topics.TOPICS, "p": topics.PEOPLE, "c": topics.PLACES,
    "z": topics.CITIES,
    "n": topics.UNTAUGHT, "g": topics.TONGUES, "q": topics.WORDS, "r": topics.WORKS,
    "f": topics.FEELINGS,
    "s": FIRST, "o2": FIRST, "h": THINGS, "x2": topics.SENTENCES,
}  # fmt: skip
ASKS_TEXT = (
    "Summarize this: ", "Summarize the following text: ", "tldr: ", "Give me the main points: ", "",
    "Translate this: ", "What is this text about? ", "Read this and tell me what you think. ",
    "Shorten this text: ", "Make a headline for this: ", "Improve my text: ", "proofread: ",
    "Here is an article. ", "Write an answer to this: ", "Explain this to me: ",
)  # fmt: skip


def _filled(rng: Random, form: str) -> str:
    values = {slot: rng.choice(fill) for slot, fill in SLOTS.items() if "{" + slot + "}" in form}
    values |= {
        "a": str(rng.randrange(2, rng.choice((100, 1000, 10000)))),
        "b": str(rng.randrange(2, 100)),
        "e": str(rng.randrange(2, 100)),
        "d": str(rng.randrange(1, 10)),
        "d2": str(rng.randrange(2, 10)),
        "big": str(rng.randrange(10**6, 10**8)),
        "big2": str(rng.randrange(10**6, 10**8)),
    }
    return form.format(**values)


def _prompt(rng: Random) -> str:
    roll = rng.random()
    if roll < 0.5:
        text = dressed(rng, _filled(rng, rng.choice(rng.choice(NEAR))))
        return text.lower() if rng.random() < 0.12 else text
    if roll < 0.86:
        text = dressed(rng, _filled(rng, rng.choice(WIDE)))
        return text.lower() if rng.random() < 0.12 else text
    if roll < 0.92:
        count = rng.choice((2, 2, 3, 3, 4))
        return rng.choice(ASKS_TEXT) + " ".join(rng.sample(topics.SENTENCES, count))
    if roll < 0.97:
        text = rng.choice(topics.FOREIGN)
        return text.lower().rstrip("?.") if rng.random() < 0.4 else text
    return " ".join(rng.choices(topics.NONSENSE, k=rng.randrange(1, 6)))


def out_of_scope(rng: Random) -> Question:
    prompt = _prompt(rng)
    analysis: dict[Level, str] = {
        "low": "Out of reach.",
        "medium": "This is not a task I know. I say so.",
        "high": "What does the user want? Is it a sum, a product, a date, a word to count in, an "
        "order, a capital or a copy? No.\nIt is not a task I know, so I say so.",
    }
    key = f"scope:{prompt.lower()}"
    return Question("out of scope", prompt, "more than I can do", FINAL, analysis, (key,))
