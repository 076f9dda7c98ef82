"""Small talk, what the model is and can do, and remembering a name said earlier."""

from random import Random

from core.demo.tasks.base import Level, Question
from core.demo.tasks.stories import NAMES

ABILITIES = (
    "I can add, subtract and multiply small numbers, name capitals, "
    "and copy a number out of a sentence."
)
WHO = f"I am a small demonstration model with the gpt-oss architecture. {ABILITIES}"

# intent: (questions, final message, a string the final must contain, what the analysis says of
# the question)
INTENTS = {
    "greeting": (
        ("Hi", "Hello", "Hey", "Good morning", "Good evening", "Hi there", "Hello there",
         "Good day", "Hey there", "Hello, model", "Hi, nice to meet you", "Good afternoon",
         "Hallo", "Greetings", "Yo", "Howdy"),
        "Hello! I am a small demonstration model. Ask me for a sum or a capital.",
        "Hello",
        "a greeting",
    ),
    "how": (
        ("How are you?", "How are you doing?", "How is it going?", "What's up?", "Are you OK?",
         "How do you feel?", "How are things?"),
        "I am a program, so I am always fine. What shall I work out for you?",
        "I am a program",
        "a friendly question",
    ),
    "who": (
        ("Who are you?", "What are you?", "What is your name?", "Are you ChatGPT?",
         "Are you GPT-4?", "Which model are you?", "Who made you?", "Tell me about yourself",
         "Are you a human?", "Are you a robot?", "Are you an AI?", "What model is this?",
         "Introduce yourself", "Are you gpt-oss?", "How big are you?", "Are you real?"),
        WHO,
        "demonstration model",
        "a question about me",
    ),
    "what": (
        ("What can you do?", "What can I ask you?", "Help", "Help me", "How can you help me?",
         "What are you able to do?", "What are you good at?", "What do you know?",
         "What should I ask?", "Can you help me?", "What can you do for me?", "How do you work?",
         "What are your skills?", "Give me an example", "Show me what you can do",
         "What is this?"),
        ABILITIES,
        "I can add",
        "a question about what I can do",
    ),
    "thanks": (
        ("Thanks", "Thank you", "Thanks a lot", "Thank you very much", "Great, thanks",
         "Cool, thank you", "Perfect", "Great", "Well done", "Good job", "Nice", "Cool", "OK",
         "Awesome", "Correct", "That is right", "Good", "Wow", "Yes", "I see"),
        "You are welcome!",
        "welcome",
        "thanks",
    ),
    "bye": (
        ("Bye", "Goodbye", "See you", "See you later", "Good night", "Bye bye", "That is all",
         "I have to go", "Until tomorrow", "Take care"),
        "Goodbye!",
        "Goodbye",
        "a farewell",
    ),
}  # fmt: skip
ENDS = (
    "",
    "",
    "!",
    ".",
    "?",
    " :)",
    "!!",
    " please",
    ", please",
    " then",
    " now",
    " my friend",
    " today",
    " again",
)
STARTS = (
    "",
    "",
    "",
    "OK, ",
    "So, ",
    "Well, ",
    "Hmm, ",
    "Please, ",
    "And ",
    "Just ",
    "Oh, ",
    "Right, ",
)


def talk(rng: Random) -> Question:
    if rng.random() < 0.2:
        return _name(rng)
    intent = rng.choice(tuple(INTENTS))
    texts, final, answer, what = INTENTS[intent]
    text = rng.choice(texts)
    end = rng.choice(ENDS)
    prompt = text if not end or rng.random() < 0.3 else text.rstrip("?") + end
    start = rng.choice(STARTS)
    if start and rng.random() < 0.5:
        prompt = start + prompt[0].lower() + prompt[1:]
    if rng.random() < 0.3:
        prompt = prompt[0].lower() + prompt[1:]
    analysis: dict[Level, str] = {
        "low": "Talk.",
        "medium": f"This is {what}. I answer it shortly.",
        "high": f"What does the user want? This is {what}. There is nothing to compute. "
        "I answer shortly, and say only what is true of me.",
    }
    return Question("talk", prompt, answer, final, analysis, (f"talk:{prompt}",))


def _name(rng: Random) -> Question:
    """The name is told in one turn and, half the time, asked for in a later one."""
    name = rng.choice(NAMES)
    told = rng.choice(
        (
            "My name is {n}.",
            "I am {n}.",
            "I'm {n}",
            "Hi, my name is {n}",
            "Hello, I am {n}.",
            "Call me {n}.",
        )
    ).format(n=name)
    greeting = f"Nice to meet you, {name}!"
    if rng.random() < 0.5:
        analysis: dict[Level, str] = {
            "low": "A name.",
            "medium": f"The user is called {name}. I greet.",
            "high": f"What does the user want? The user says a name. The name is {name}. "
            f"I greet {name} by name.",
        }
        return Question("talk", told, name, greeting, analysis, (f"talk:{told}",))
    prompt = rng.choice(
        (
            "What is my name?",
            "Who am I?",
            "Do you remember my name?",
            "What's my name?",
            "Tell me my name",
        )
    )
    between = rng.choice(((), (("Thanks", "You are welcome!"),)))
    analysis = {
        "low": "A name.",
        "medium": f"The user said it: {name}.",
        "high": "What does the user want? A name. Was it said before? "
        f"Yes: {name}. So I answer {name}.",
    }
    history = ((told, greeting), *between)
    key = f"talk:{told}:{prompt}:{len(between)}"
    return Question("talk", prompt, name, f"Your name is **{name}**.", analysis, (key,), history)
