"""Capitals of countries, asked one way or the other."""

import re
from random import Random

from core.demo.tasks.base import Level, Question
from core.demo.tasks.dressing import dressed

# What visitors ask for; so small a network learns each fact only from many repetitions.
CAPITALS = {
    "France": "Paris", "Germany": "Berlin", "Italy": "Rome", "Spain": "Madrid",
    "Portugal": "Lisbon", "Austria": "Vienna", "Switzerland": "Bern", "Belgium": "Brussels",
    "the Netherlands": "Amsterdam", "Denmark": "Copenhagen", "Norway": "Oslo",
    "Sweden": "Stockholm", "Finland": "Helsinki", "Iceland": "Reykjavik", "Ireland": "Dublin",
    "the United Kingdom": "London", "England": "London", "Scotland": "Edinburgh",
    "Wales": "Cardiff", "Poland": "Warsaw", "Hungary": "Budapest", "Greece": "Athens",
    "Turkey": "Ankara", "Russia": "Moscow", "Ukraine": "Kyiv", "Croatia": "Zagreb",
    "Czechia": "Prague", "Slovakia": "Bratislava", "Slovenia": "Ljubljana", "Serbia": "Belgrade",
    "Romania": "Bucharest", "Bulgaria": "Sofia", "Albania": "Tirana", "Estonia": "Tallinn",
    "Latvia": "Riga", "Lithuania": "Vilnius", "Luxembourg": "Luxembourg City", "Malta": "Valletta",
    "Cyprus": "Nicosia", "Georgia": "Tbilisi", "Armenia": "Yerevan", "Azerbaijan": "Baku",
    "China": "Beijing", "Japan": "Tokyo", "South Korea": "Seoul", "North Korea": "Pyongyang",
    "India": "New Delhi", "Pakistan": "Islamabad", "Bangladesh": "Dhaka", "Nepal": "Kathmandu",
    "Mongolia": "Ulaanbaatar", "Thailand": "Bangkok", "Vietnam": "Hanoi", "Cambodia": "Phnom Penh",
    "Laos": "Vientiane", "Indonesia": "Jakarta", "Malaysia": "Kuala Lumpur",
    "the Philippines": "Manila", "Singapore": "Singapore", "Iran": "Tehran", "Iraq": "Baghdad",
    "Saudi Arabia": "Riyadh", "Qatar": "Doha", "the United Arab Emirates": "Abu Dhabi",
    "Lebanon": "Beirut", "Syria": "Damascus", "Jordan": "Amman", "Afghanistan": "Kabul",
    "Egypt": "Cairo", "Kenya": "Nairobi", "Morocco": "Rabat", "Algeria": "Algiers",
    "Tunisia": "Tunis", "Ethiopia": "Addis Ababa", "Ghana": "Accra", "Senegal": "Dakar",
    "Nigeria": "Abuja", "Uganda": "Kampala", "Zimbabwe": "Harare", "Angola": "Luanda",
    "Canada": "Ottawa", "the United States": "Washington, D.C.", "Mexico": "Mexico City",
    "Cuba": "Havana", "Jamaica": "Kingston", "Haiti": "Port-au-Prince", "Panama": "Panama City",
    "Costa Rica": "San Jose", "Guatemala": "Guatemala City", "Colombia": "Bogota",
    "Venezuela": "Caracas", "Ecuador": "Quito", "Peru": "Lima", "Brazil": "Brasilia",
    "Argentina": "Buenos Aires", "Chile": "Santiago", "Uruguay": "Montevideo",
    "Paraguay": "Asuncion", "Australia": "Canberra", "New Zealand": "Wellington",
    "Fiji": "Suva",
}  # fmt: skip
# Other names that people type; the answer uses the plain one.
ALSO = {
    "the Netherlands": ("Holland", "Netherlands"),
    "the United Kingdom": ("the UK", "Britain", "Great Britain", "UK", "the uk", "United Kingdom"),
    "the United States": (
        "the USA", "the US", "USA", "America", "the United States of America", "US", "usa",
        "the usa", "the us", "United States", "the U.S.", "the states",
    ),
    "Czechia": ("the Czech Republic", "Czech Republic"),
    "the Philippines": ("Philippines",),
    "the United Arab Emirates": ("the UAE", "UAE", "the Emirates"),
    "Turkey": ("Türkiye",),
}  # fmt: skip
# What visitors ask for first comes more often.
FAMOUS = (
    "France", "Germany", "Italy", "Spain", "Japan", "China", "India", "Canada", "Australia",
    "Brazil", "the United States", "the United Kingdom", "Russia", "Mexico", "Egypt",
)  # fmt: skip

CAPITAL = ("capital", "capital", "capital", "capital city", "capital city")
# Where a question may stand, and after words that lead to it ("Tell me ...").
ASK = (
    "What is the {k} of {c}?", "What's the {k} of {c}?", "Whats the {k} of {c}?",
    "Which city is the {k} of {c}?", "Which is the {k} of {c}?", "What city is the {k} of {c}?",
    "What is {p} {k}?", "What's {p} {k}?", "Name the {k} of {c}.", "Tell me the {k} of {c}.",
    "Give me the {k} of {c}.", "Do you know the {k} of {c}?", "What {k} does {c} have?",
    "Say the {k} of {c}.", "Can you name the {k} of {c}?", "Can you tell me the {k} of {c}?",
    "Could you tell me the {k} of {c}?", "I need the {k} of {c}.", "{c}: what is the {k}?",
    "What would be the {k} of {c}?", "I forgot the {k} of {c}.", "The {k} of {c} is?",
    "The {k} of {c} is what?", "The {k} of {c}?", "{k} of {c}?", "{k} of {c}", "{c} {k}?",
    "{c} {k}", "{p} {k}?", "Whats {p} {k}", "Wats the {k} of {c}", "What was the {k} of {c} again?",
    "What is the name of the {k} of {c}?", "How is the {k} of {c} called?", "{c}, {k}?",
    "What is the {k} city of {c} called?", "Which city is {p} {k}?", "What city is {p} {k}?",
    "Remind me of the {k} of {c}.", "I want the {k} of {c}.", "Find the {k} of {c}.",
    "What do they call the {k} of {c}?", "What is the {k} of {c} please?",
    "If I go to {c}, which city is the {k}?", "I am going to {c}. What is the {k}?",
    "In {c}, which city is the {k}?", "My friend lives in {c}. What is its {k}?",
    "What is the {k} in {c}?", "What's the {k} in {c}?", "which city is {k} of {c}",
    "what is {k} of {c}", "Who knows the {k} of {c}?", "Tell me what the {k} of {c} is.",
    "What is the {k} of the country {c}?", "Quiz: {k} of {c}?", "Geography: the {k} of {c}?",
    "Please name the {k} of {c}.", "{c}. Its {k}?", "which town is the {k} of {c}?",
)  # fmt: skip
REVERSE = (
    "Which country has the capital {x}?", "{x} is the capital of which country?",
    "{x} is the capital of what country?", "What country has {x} as its capital?",
    "Which country is {x} the capital of?", "Of which country is {x} the capital?",
    "{x} is the capital of?", "Name the country whose capital is {x}.",
    "What is {x} the capital of?", "whats {x} the capital of", "Whose capital is {x}?",
    "In which country is {x} the capital?", "The capital {x} belongs to which country?",
    "Tell me which country has {x} as capital.", "{x} is capital of which country",
    "What country is {x} the capital of?", "Which nation has the capital {x}?",
    "The country with the capital {x}?",
)  # fmt: skip
FOLLOW = (
    "And of {c}?", "And {c}?", "What about {c}?", "And the {k} of {c}?", "Now {c}.",
    "How about {c}?", "and of {c}", "and {c}", "what about {c}", "how about {c}", "Of {c}?",
    "{c}?", "now {c}", "And for {c}?", "and whats the one of {c}", "OK, and {c}?",
    "Thanks, and of {c}?", "Then {c}?", "Same for {c}.", "And what is it for {c}?",
    "cool, and {c}?", "{c} too?", "Next: {c}", "And that of {c}?",
)  # fmt: skip
# London is asked for the whole kingdom, and a city that bears its country's name is no riddle.
_RIDDLES = tuple(country for country in CAPITALS if country not in {"England", "Singapore"})


def final_for(country: str) -> str:
    return f"The capital of {country} is **{CAPITALS[country]}**."


def capitals(rng: Random) -> Question:
    roll = rng.random()
    if roll < 0.1:
        return _reverse(rng)
    country = rng.choice(FAMOUS if rng.random() < 0.12 else tuple(CAPITALS))
    history: tuple[tuple[str, str], ...] = ()
    if roll < 0.25:
        for other in rng.sample(tuple(CAPITALS), rng.choice((1, 1, 2))):
            ask = rng.choice(FOLLOW if history else ASK)
            history += ((_typed(rng, _ask(rng, ask, other)), final_for(other)),)
        prompt = _typed(rng, _ask(rng, rng.choice(FOLLOW), country))
    else:
        prompt = dressed(rng, _ask(rng, rng.choice(ASK), country))
        if rng.random() < 0.15:
            prompt = prompt.lower()
    city = CAPITALS[country]
    analysis: dict[Level, str] = {
        "low": "A capital.",
        "medium": f"The country is {country}. Its capital: {city}.",
        "high": f"The question asks for a capital. The country is {country}. I recall {city}.\n"
        f"Check: which country has {city}? {country[0].upper() + country[1:]}. The same.\n"
        f"So the answer is {city}.",
    }
    return Question(
        "capital", prompt, city, final_for(country), analysis, (_key(prompt, history),), history
    )


def _reverse(rng: Random) -> Question:
    country = rng.choice(_RIDDLES)
    city = CAPITALS[country]
    shown = rng.choice((city, "Washington", "Washington DC")) if "D.C." in city else city
    prompt = dressed(rng, rng.choice(REVERSE).format(x=shown))
    analysis: dict[Level, str] = {
        "low": "A country.",
        "medium": f"The city is {city}. Its country: {country}.",
        "high": f"The question asks for a country. The capital is {city}. I recall {country}.\n"
        f"Check: what is the capital of {country}? {city}. The same.\n"
        f"So the answer is {country}.",
    }
    final = f"{city} is the capital of **{country}**."
    answer = country.removeprefix("the ")
    return Question("capital", prompt, answer, final, analysis, (_key(prompt, ()),))


def _ask(rng: Random, form: str, country: str) -> str:
    also = ALSO.get(country)
    name = rng.choice(also) if also and rng.random() < 0.65 else country
    if name.startswith("the ") and form.startswith("{c}"):
        name = name.removeprefix("the ")
    owner = name + ("'" if name.endswith("s") else rng.choice(("'s", "'s", "s")))
    return form.format(c=name, p=owner, k=rng.choice(CAPITAL))


def _typed(rng: Random, text: str) -> str:
    if rng.random() < 0.4:
        text = text.rstrip("?. ")
    if rng.random() < 0.4:
        return text.lower()
    return text[0].upper() + text[1:]


def _key(prompt: str, history: tuple[tuple[str, str], ...]) -> str:
    said = " / ".join((prompt, *(user for user, _ in history)))
    return "capital:" + re.sub(r"[^\w/]+", " ", said.lower()).strip()
