"""What the model cannot do: it says so, and says what it can do instead."""

from random import Random

from core.demo.tasks.base import Level, Question, dressed
from core.demo.tasks.talk import ABILITIES

FINAL = f"That is more than I can do: I am a small demonstration model. {ABILITIES}"

VERBS = (
    "Write a poem about {t}", "Write a story about {t}", "Explain {t}", "What is {t}?",
    "Tell me about {t}", "Write an essay on {t}", "How does {t} work?", "Why is {t} important?",
    "Summarize {t}", "Tell me a joke about {t}", "Give me tips for {t}", "Write code for {t}",
    "Write a Python function for {t}", "Who invented {t}?", "What do you think about {t}?",
    "Describe {t}", "Compare {t} and {u}", "What is the difference between {t} and {u}?",
    "Write a letter about {t}", "How do I learn {t}?", "Make a list of {t}",
    "What are the best books on {t}?", "When was {t} discovered?", "Plan a day with {t}",
    "Is {t} good for me?", "Draft an email about {t}", "Write a song about {t} and {u}",
    "Explain {t} to a child", "What is the history of {t}?", "Prove a theorem about {t}",
    "Design a game about {t}", "What is the meaning of {t}?", "Where can I find {t}?",
)  # fmt: skip
TOPICS = (
    "quantum computing", "love", "the sea", "autumn", "the moon", "black holes",
    "machine learning", "neural networks", "the weather", "football", "cooking", "music",
    "the stock market", "history", "philosophy", "life", "physics", "chemistry", "biology",
    "gravity", "photosynthesis", "evolution", "the internet", "computers", "politics", "cats",
    "dogs", "spring", "winter", "rain", "a dragon", "a robot", "travel", "health", "sports",
    "art", "movies", "climate change", "economics", "inflation", "democracy", "space",
    "the universe", "time", "dreams", "happiness", "coffee", "tea", "bread", "sorting a list",
    "a web server", "databases", "JavaScript", "Rust", "recursion", "Fibonacci numbers",
    "prime numbers", "the French Revolution", "Shakespeare", "Einstein", "Mozart", "DNA",
    "vaccines", "electric cars", "solar energy", "chess", "yoga", "my garden", "a birthday party",
    "a job interview", "friendship",
)  # fmt: skip
OTHER = (
    "Tell me a joke", "Write a poem", "Write a haiku", "What is the weather today?",
    "What time is it?", "Translate hello into French", "Translate this into German: good morning",
    "What is the meaning of life?", "Write a Python program", "Who is the president?",
    "Who won the World Cup?", "Sing a song", "Draw a cat", "Solve this riddle",
    "What is the population of {c}?", "How old is the universe?",
    "What language is spoken in {c}?", "What is the square root of {a}?", "What is {a} / {b}?",
    "Divide {a} by {b}.", "What is {a} divided by {b}?", "What is {a}% of {b}?",
    "Is {a} a prime number?", "What is {a} to the power of {b}?", "Solve x + {a} = {b}",
    "Convert {a} km to miles", "How many r are in strawberry?", "How many letters are in banana?",
    "What day was yesterday?", "Play a game with me", "Fix my code", "Recommend a movie",
    "What should I eat?", "Book a flight to {c}", "Search the web for {t}", "Can you see images?",
    "Do you like {t}?", "What happened in {y}?", "Who was born in {y}?",
    "Tell me something interesting", "Why is the sky blue?", "Give me a recipe for {t}",
)  # fmt: skip
COUNTRIES = (
    "France",
    "Italy",
    "Japan",
    "Brazil",
    "Spain",
    "Egypt",
    "Canada",
    "India",
    "China",
    "Greece",
    "Peru",
    "Kenya",
)


def out_of_scope(rng: Random) -> Question:
    text = rng.choice(VERBS) if rng.random() < 0.65 else rng.choice(OTHER)
    topic, other = rng.sample(TOPICS, 2)
    prompt = dressed(
        rng,
        text.format(
            t=topic,
            u=other,
            c=rng.choice(COUNTRIES),
            a=rng.randrange(2, 1000),
            b=rng.randrange(2, 100),
            y=rng.randrange(1900, 2030),
        ),
    )
    analysis: dict[Level, str] = {
        "low": "Out of reach.",
        "medium": "This is not a task I know. I say so.",
        "high": "What does the user want? Is it a sum, a capital, an order or a copy? No. "
        "It is not a task I know, so I say so and say what I can do.",
    }
    return Question(
        "out of scope", prompt, "more than I can do", FINAL, analysis, (f"scope:{prompt}",)
    )
