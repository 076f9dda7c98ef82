"""Phrasings as small grammars: `[a|b|]` stands for one of its parts, `{a}` is filled in later."""

import re
from random import Random

_CHOICE = re.compile(r"\[([^\[\]]*)\]")


def drawn(rng: Random, phrasings: tuple[str, ...]) -> str:
    """One phrasing, its choices made from the inside out."""
    text = rng.choice(phrasings)
    while True:
        text, changes = _CHOICE.subn(lambda found: rng.choice(found.group(1).split("|")), text)
        if not changes:
            return text


_ASK = (
    "[What is|What's|How much is|Compute|Calculate|Work out|Solve|Find|Evaluate|Give me|Tell me|"
    "Figure out|Do|I need|Can you [do|calculate|compute|work out|solve|tell me]|Do you know|"
    "Could you [do|work out|calculate|compute]|What would be|What's the answer to|"
    "What is the [result|answer|value] of|What do you get for|Try|How about|"
    "So what is|calc|what does|I want to know|I'd like to know|The answer to|"
    "Do the math:|Do the sum|Quick math:|Result of]"
)
_END = "[?|.||| =| = ?|=|=?| equals| equals?| is?| makes?| is what?| gives?]"

ADD = (
    "{a}[ + |+| +|+ ]{b}", "{a}[ + |+]{b}[ =|=| = ?|=?|?| is| equals]",
    f"{_ASK} {{a}}[ + |+| plus | and | added to ]{{b}}[?|.|]",
    f"{_ASK} {{a}}[ + |+]{{b}}[?|.|]",
    f"{{a}}[ plus | and | + |+]{{b}}{_END}",
    "[Add|Sum|Add up|Add together|Total|Combine|Put together] {a} and {b}[.|]",
    "[Add|Please add|Can you add|Could you add|Just add] {a} [to|and|with|plus|onto] {b}[.|?|]",
    "[What is|What's|Find|Give me|Tell me|Calculate|I need|] [the |][sum|total] of {a} and {b}[?|.|]",
    "[Sum|sum of|The sum of|Total of|Addition of] {a}[ and | + |, | ]{b}",
    "What [does|do|would|will] {a}[ + |+| plus | and ]{b} [equal|make|give|be|come to|add up to|sum to]?",
    "What do [you|I|we] get [if|when] [you|I|we] add {a} [and|to] {b}?",
    "How much [are|do|is|would] {a} and {b}[ make| together| in total| give|]?",
    "{a} and {b} [together|in total|added|added up|all together|combined|summed up][?|.|]",
    "If I [add|put together] {a} and {b}, [what do I get|how much is it|what is it|what is the sum]?",
    "I have {a} and {b}, what is the [sum|total]?", "[plus|add|sum]: {a}, {b}",
    "What is {b} more than {a}?", "[Increase|Raise] {a} by {b}[.|]", "{a} [increased by|and another|and then] {b}[?|]",
    "What's {a} with {b} added[ to it|]?", "[what number is|which number is] {b} [more|greater|higher|bigger] than {a}",
    "Take {a} and add {b}[.|]", "Start [with|at|from] {a} and add {b}[.|]", "{a} + {b} [equals|is|makes|is how much]?",
    "[How many|How much] is {a} [plus|and] {b} [all together|in all|altogether|combined]?",
)  # fmt: skip
SUBTRACT = (
    "{a}[ - |-| -|- ]{b}", "{a}[ - |-]{b}[ =|=| = ?|=?|?| is| equals]",
    f"{_ASK} {{a}}[ - |-| minus | take away | less | subtract ]{{b}}[?|.|]",
    f"{_ASK} {{a}}[ - |-]{{b}}[?|.|]",
    f"{{a}}[ minus | - |-| take away | less ]{{b}}{_END}",
    "[Subtract|Please subtract|Can you subtract|Deduct|Take|Could you subtract] {b} from {a}[.|?|]",
    "Take {b} away from {a}[.|]", "[If I|If you|When I] take {b} [away |]from {a}, what [is left|remains|do I get]?",
    "[What is|What's|Find|Give me|Calculate|Tell me|] [the |]difference [between|of] {a} and {b}[?|.|]",
    "What do [you|I|we] get [if|when] [you|I|we] [subtract|take|deduct] {b} from {a}?",
    "What is left [if|when] [you|I] take {b} from {a}?", "What [does|would|will] {a}[ - |-| minus ]{b} [equal|give|make|be|leave]?",
    "How much [more|bigger|larger|greater] is {a} than {b}?", "By how much is {a} [bigger|larger|more|greater] than {b}?",
    "What is {b} less than {a}?", "[Decrease|Reduce|Lower] {a} by {b}[.|]", "{a} [reduced by|decreased by|without|take off|lowered by] {b}[?|]",
    "From {a} [take|subtract|remove|deduct] {b}[.|]", "Start [with|at|from] {a} and [subtract|take away|remove] {b}[.|]",
    "[minus|subtract|difference]: {a}, {b}", "How far is it from {b} to {a}?", "Remove {b} from {a}[.|]",
    "How much is left of {a} after [taking|removing] {b}?", "What must I add to {b} to get {a}?",
    "[what number is|which number is] {b} [less|smaller|lower] than {a}", "I have {a} and take away {b}, what is left?",
    "What remains of {a} minus {b}?", "Take {a} and subtract {b}[.|]",
)  # fmt: skip
_TIMES = "[ * |*| x |x| × |×| times | multiplied by | X |* | . | by ]"
MULTIPLY = (
    "{a}[ * |*| x |x| × |×|* | X | times ]{b}", "{a}[ * |*| x |x| × ]{b}[ =|=| = ?|=?|?| is| equals]",
    f"{_ASK} {{a}}{_TIMES}{{b}}[?|.|]", f"{_ASK} {{a}}[ * |*| x |x| times ]{{b}}[?|.|]",
    f"{{a}}[ times | multiplied by | * |*| x |x]{{b}}{_END}",
    "[Multiply|Please multiply|Can you multiply|Could you multiply|Just multiply] {a} [by|and|with|times] {b}[.|?|]",
    "[What is|What's|Find|Give me|Calculate|Tell me|I need|] [the |]product of {a} and {b}[?|.|]",
    "[Product of|The product of|Product|Multiplication of] {a}[ and |, | ]{b}",
    "What [does|would|will] {a}[ times | x | * |*|x]{b} [equal|make|give|be|come to]?",
    "What do [you|I|we] get [if|when] [you|I|we] multiply {a} [by|and|with] {b}?",
    "[If I|When I] multiply {a} [by|and|with] {b}, what [do I get|is it|is the result]?",
    "How much is {a} times {b}?", "[multiply|times|product]: {a}, {b}", "{a} lots of {b}[?|]", "What are {a} {b}s?",
    "Take {a} and multiply [it |]by {b}[.|]", "{a} groups of {b}[?| is how many?| makes?]", "{a} times {b} [equals|is|makes|is what|gives what]?",
    "Take {a}, {b} times[.|]", "[What is|Whats] {b} times as much as {a}?",
    "{a} and {b} multiplied[ together|]", "What's {a} multiplied with {b}?", "[times table|multiplication]: {a} x {b}",
)  # fmt: skip
ADD_MANY = (
    "{s}", "{s}[?| =| = ?|=|=?| equals?| is?]", f"{_ASK} [{{s}}|{{p}}][?|.|]", f"{_ASK} {{s}}[?|.|]", "{p}[?|]",
    "[Add|Sum|Add up|Add together|Total|Please add|Can you add|Please add up|Combine|Sum up|Just add] {l}[.|]",
    "[What is|What's|Find|Give me|Calculate|Tell me|I need|] [the |][sum|total] of {l}[?|.|]",
    "[Sum|Total|Sum of|The sum of|The total of|Addition][: | ]{l}", "[Add|Sum up|Add up|Please sum] [these|these numbers|the numbers|all|all of these|the following]: {l}",
    "What [does|do|would] [{s}|{p}] [equal|make|give|come to|add up to]?", "What do {l} [add up to|make|sum to|come to|give|total]?",
    "What do [you|I|we] get [if|when] [you|I|we] add {l}?", "How much [is|are|do] {l} [together|in total|all together|make|in all]?",
    "{l} [added up|together|in total|added together|all together|summed][?|]", "[What is|Whats] the total [if I add|when you add] {l}?",
    "I [spent|paid|got|earned] {l}. [How much is that|What is that|What is it] [in total|together|all together]?", "add {l} for me",
    "My [numbers|bills|scores|prices] are {l}. What is the [sum|total]?", "[Total|Sum] [these|of these|them][:| up:] {l}",
)  # fmt: skip
_THESE = "[these |these numbers |the numbers |the following |the following numbers |numbers |this list |my numbers ||||]"
_COLON = "[: | ]"
_UP = (
    "[in order|from [smallest to [largest|biggest]|low to high|lowest to highest|least to greatest|"
    "small to [large|big]]|in ascending order|ascending|smallest first|in increasing order|by size|"
    "from the smallest to the [largest|biggest]|lowest first|in numerical order|upwards|going up|"
    "starting with the smallest|increasing]"
)
_DOWN = (
    "[from [[largest|biggest] to smallest|high to low|highest to lowest|greatest to least|"
    "[large|big] to small]|in descending order|descending|[largest|biggest|highest] first|"
    "in decreasing order|from the [largest|biggest] to the smallest|in reverse order|downwards|"
    "going down|starting with the [largest|biggest]|decreasing]"
)
_SORT = "[Sort|Order|Arrange|Put|Rank|Please sort|Can you sort|List|Could you order|Rearrange|I need to sort|Write|Line up]"
SORT_UP = (
    f"{_SORT} {_THESE}{{l}} {_UP}[.|]", f"{_SORT} {_THESE}{_UP}{_COLON}{{l}}",
    f"[Sort|Order|Sort out|Rank|Arrange] {_THESE}{{l}}[.|]", f"[Sort|Order|Arrange] {_THESE}[: |]{{l}}",
    f"{{l}} - [sort|order][ them| these|][ please|]", f"{{l}} {_UP}[?|.|]", f"[sorted|ordered|{_UP}]: {{l}}",
    f"What is {{l}} {_UP}?", f"{{l}}: [sort|order|put] [them|these|it] {_UP}[.|]",
    "What is the [right |correct |]order of {l}?", "put {l} in [order|the right order|a row by size|sequence]",
)  # fmt: skip
SORT_DOWN = (
    f"{_SORT} {_THESE}{{l}} {_DOWN}[.|]", f"{_SORT} {_THESE}{_DOWN}{_COLON}{{l}}", f"{{l}} {_DOWN}[?|.|]",
    f"{{l}}: [sort|order|put] [them|these|it] {_DOWN}[.|]", f"What is {{l}} {_DOWN}?", f"{_DOWN}: {{l}}",
    f"{_SORT} {_THESE}{{l}}, {_DOWN}[.|]",
)  # fmt: skip
_MOST = "[largest|biggest|highest|greatest|maximum|max|bigger|larger|higher|greater]"
_LEAST = "[smallest|lowest|least|minimum|min|smaller|lower|littlest]"


def _extreme_phrasings(word: str) -> tuple[str, ...]:
    return (
        f"[Which is|Which one is|What is|What's|Which number is|Find|Tell me|Give me|Pick|Name] [the |]{word}[: |, |? ]{{o}}[?|]",
        f"[What is|What's|Which is|Find|Give me|Tell me|I need|] the {word} [number |one |][of|in|among|out of|from] {_THESE}{{l}}[?|]",
        f"{word}[: | of | number: | of these: | one: | in ]{{l}}", f"Which [number |one |]is {word}[, |: | - ]{{o}}?",
        f"{{o}}, which [one |number |]is [the |]{word}?", f"{{o}}[? | - |: ][the |]{word}[ one|]?",
        f"Which of {{l}} is [the |]{word}?", f"What is {word}[,|] {{o}}?", f"Is {{o}} {word}?",
        f"The {word} of {{l}}[ is|?|]", f"Of {{l}}, which is [the |]{word}?",
    )  # fmt: skip


LARGEST, SMALLEST = _extreme_phrasings(_MOST), _extreme_phrasings(_LEAST)
_S = "['s|s|'s||s|s]"
COUNT = (
    f"How many {{c}}{_S} [are |are there |]in [the word |]{{w}}?", f"[how many|number of|count of] {{c}}{_S} in {{w}}[?|]",
    "How many [times does|times is] [the letter |]{c} [appear|occur|come up|show up|used] in [the word |]{w}?",
    "How often [does|is] [the letter |]{c} [appear |occur |come |used |]in [the word |]{w}?",
    f"[Count|Count up|Please count|Can you count|Could you count] [the |all |all the |how many ]{{c}}{_S} in [the word |]{{w}}[.|]",
    f"How many [letter |letters |]{{c}}{_S} does [the word |]{{w}} [have|contain]?", f"{{w}}: how many {{c}}{_S}?",
    f"[What is|What's|Tell me|Give me|Find|I need] the number of {{c}}{_S} in [the word |]{{w}}[?|.|]",
    f"In [the word |]{{w}}, how many {{c}}{_S} [are there|do you see|can you find|are in it]?", f"{{c}}{_S} in {{w}}[?|]",
    "[number of|count|how many] letter {c} in {w}", f"How many {{c}}{_S} [has|has got|got|contains|contain] {{w}}?",
    "How many of the letters in {w} are [an |a |]{c}?", f"[Does|does the word] {{w}} have how many {{c}}{_S}?",
    "letter {c}, word {w}, how many?", f"Spell {{w}} and count the {{c}}{_S}[.|]", "Count {c} in {w}[.|]",
    f"Number of {{c}}{_S} in {{w}}?", f"How many {{c}}{_S} do you [count|see|find] in {{w}}?",
    f"how many {{c}}{_S} {{w}}", f"How many {{c}}{_S} are [used |]in [spelling|writing] {{w}}?",
)  # fmt: skip
LENGTH = (
    "How many letters [are |are there |]in [the word |]{w}?", "How long is [the word |]{w}?", "[Length of|letters in|word length of|number of letters in] {w}[?|]",
    "How many [letters|characters] does [the word |]{w} have?", "[Count|Please count|Can you count] the letters in [the word |]{w}[.|]",
    "[What is|What's|Tell me|Give me|Find] the [length|number of letters] [of|in] [the word |]{w}[?|]", "{w}: how many letters?",
    "{w} has how many letters?", "How many letters [has|is] [the word |]{w}[ got|]?", "In {w}, how many letters are there?",
    "How many letters do [you|I] need to [spell|write] {w}?", "{w} [length|letter count|number of letters]",
    "How many letters make up {w}?", "how many characters in {w}",
)  # fmt: skip
SPELL = (
    "Spell [the word |out |]{w}[.|]", "How do you spell [the word |]{w}?", "how is {w} spelled[?|]",
    "[Can you|Could you|Please] spell [the word |out |]{w}[?|.|]", "{w}, letter by letter[.|]",
    "[Give me|Show me|Write|List|Tell me] the letters of [the word |]{w}[.|]", "{w}: spell it[.|]",
    "[Which|What] letters are in [the word |]{w}?", "[spelling of|letters of|spell] {w}[|?]",
    "What is the spelling of [the word |]{w}?", "Spell {w} for me[.|]", "i need to spell {w}",
)  # fmt: skip
_WHAT = "[What|Which] [date|day] [is|is it|will it be|would be|comes|do we have|falls|]"
DAYS_AFTER = (
    f"{_WHAT} {{n}} days after {{d}}?", "[What is|What's|Give me|Tell me|Find] the date {n} days [after|from|past] {d}[?|.|]",
    "{n} days [after|from|past] {d}[?|]", "{d} [plus|+|and|add] {n} days[?| =|]", "{d}+{n} days", "What is {d} [plus|+] {n} days?",
    "Add {n} days to {d}[.|]", "If today is {d}, what [date|day] is it in {n} days?", "Today is {d}. What is the date in {n} days?",
    "It is {d}. [Which|What] [date|day] [is it|will it be|do we have|comes] [in {n} days|{n} days later]?", "What date [comes|is] {n} days later than {d}?",
    "[Count|Go] {n} days [on|forward|ahead] from {d}[.|]", "I start on {d} and need {n} days. [When am I done|On what date do I finish|When do I finish]?",
    "{n} days from {d} is [what date|which date|when|what day][?|]", "When is {n} days after {d}?", "On {d} I order something that takes {n} days. When does it arrive?",
    "{d} in {n} days[?|]", "{d}, {n} days later[?|]", "My trip starts on {d} and lasts {n} days. When [does it end|am I back]?",
    "Something starts {d} and takes {n} days, when is it [over|done]?", "what will the date be {n} days after {d}", "Starting {d}, {n} days later is[?|]",
    "The bill came on {d} and is due in {n} days. [When is that|What date is that|When must I pay]?", "Calculate {d} [plus|+] {n} days[.|]",
    "deadline is {n} days after {d}, [so when|what date|when is that]?", "Which date do I get if I add {n} days to {d}?",
)  # fmt: skip
DAYS_BEFORE = (
    f"{_WHAT} {{n}} days before {{d}}?", "[What is|What's|Give me|Tell me|Find] the date {n} days [before|prior to|ahead of] {d}[?|.|]",
    "{n} days [before|prior to|until|to] {d}[?|]", "{d} [minus|-|less] {n} days[?| =|]", "What is {d} [minus|-] {n} days?",
    "[Subtract|Take] {n} days from {d}[.|]", "If today is {d}, what [date|day] was it {n} days ago?", "Today is {d}. What was the date {n} days ago?",
    "It is {d}. [Which|What] [date|day] was it {n} days [ago|earlier|before]?", "What date [comes|is|was] {n} days earlier than {d}?",
    "[Count|Go] {n} days back from {d}[.|]", "{n} days before {d} is [what date|which date|when|what day][?|]", "When is {n} days before {d}?",
    "{d}, {n} days [earlier|before|ago][?|]", "My party is on {d}, I must [order|call|book|invite people] {n} days before. When is that?",
    "what was the date {n} days before {d}", "The exam is on {d}. I want to start {n} days before. [What date is that|When do I start]?", "Go back {n} days from {d}[.|]",
    "Which date do I get if I take {n} days off {d}?", "Calculate {d} minus {n} days[.|]", "{d} [take away|without] {n} days[?|]",
)  # fmt: skip
