"""Capitals of countries, asked one way or the other."""

from random import Random

from core.demo.tasks.base import Level, Question, dressed

# What visitors ask for; so small a network learns each fact only from many repetitions.
CAPITALS = {
    "France": "Paris", "Germany": "Berlin", "Italy": "Rome", "Spain": "Madrid",
    "Portugal": "Lisbon", "Austria": "Vienna", "Switzerland": "Bern", "Belgium": "Brussels",
    "the Netherlands": "Amsterdam", "Denmark": "Copenhagen", "Norway": "Oslo",
    "Sweden": "Stockholm", "Finland": "Helsinki", "Iceland": "Reykjavik", "Ireland": "Dublin",
    "the United Kingdom": "London", "England": "London", "Scotland": "Edinburgh",
    "Poland": "Warsaw", "Hungary": "Budapest", "Greece": "Athens", "Turkey": "Ankara",
    "Russia": "Moscow", "Ukraine": "Kyiv", "Croatia": "Zagreb", "China": "Beijing",
    "Japan": "Tokyo", "South Korea": "Seoul", "India": "New Delhi", "Thailand": "Bangkok",
    "Vietnam": "Hanoi", "Indonesia": "Jakarta", "Egypt": "Cairo", "Kenya": "Nairobi",
    "Morocco": "Rabat", "Canada": "Ottawa", "Cuba": "Havana",
    "the United States": "Washington, D.C.", "the USA": "Washington, D.C.",
    "Mexico": "Mexico City", "Peru": "Lima", "Brazil": "Brasilia", "Argentina": "Buenos Aires",
    "Chile": "Santiago", "Australia": "Canberra", "New Zealand": "Wellington",
}  # fmt: skip

ASK = (
    "What is the capital of {c}?", "What's the capital of {c}?", "Capital of {c}?",
    "capital of {c}", "Name the capital of {c}.", "Which city is the capital of {c}?",
    "Tell me the capital of {c}.", "What is the capital city of {c}?",
    "Do you know the capital of {c}?", "{c}: what is its capital?",
    "Which is the capital of {c}?", "What capital does {c} have?",
)  # fmt: skip
FOLLOW = ("And of {c}?", "And {c}?", "What about {c}?", "And the capital of {c}?", "Now {c}.")


def final_for(country: str) -> str:
    return f"The capital of {country} is **{CAPITALS[country]}**."


def capitals(rng: Random) -> Question:
    country = rng.choice(tuple(CAPITALS))
    city = CAPITALS[country]
    history: tuple[tuple[str, str], ...] = ()
    if rng.random() < 0.15:
        other = rng.choice(tuple(CAPITALS))
        history = ((rng.choice(ASK[:4]).format(c=other), final_for(other)),)
        prompt = rng.choice(FOLLOW).format(c=country)
    else:
        text = rng.choice(ASK).format(c=country)
        prompt = dressed(rng, text)
    analysis: dict[Level, str] = {
        "low": "A capital.",
        "medium": f"The capital of {country} is asked. It is {city}.",
        "high": f"The question asks for a capital. The country is {country}. I recall {city}. "
        f"Check: {city} is the capital of {country}, yes. So the answer is {city}.",
    }
    key = f"capital:{prompt}" + (f":{history[0][0]}" if history else "")
    return Question("capital", prompt, city, final_for(country), analysis, (key,), history)
