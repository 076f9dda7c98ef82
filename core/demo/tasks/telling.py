"""The words of the word problems, as grammars: see `asking`."""

NAMES = (
    "Tom", "Anna", "Ben", "Maria", "Sam", "Lisa", "Peter", "Julia", "Max", "Emma", "David",
    "Sara", "Paul", "Laura", "Mark", "Nina", "John", "Mary", "Alice", "Bob", "Kate", "Leo", "Eva",
    "Omar", "Lena", "James", "Jack", "Lucy", "Mia", "Noah", "Olivia", "Liam", "Sophie", "Ella",
    "Jane", "Mike", "Sarah", "Chris", "Amy", "Dan", "Nick", "Rosa", "Ali", "Priya", "Carlos",
    "Fatima", "George", "Helen", "Ivan", "Jenny", "Karl", "Linda", "Oscar", "Rita", "Steve",
    "Tina", "Victor", "Wendy", "Zoe", "Luke", "Ruby", "Hugo", "Clara", "Felix", "Grace", "Henry",
)  # fmt: skip
THINGS = (
    "apples", "books", "coins", "pens", "cards", "eggs", "cookies", "stamps", "balls", "flowers",
    "marbles", "oranges", "stickers", "toys", "shells", "tickets", "pencils", "cupcakes", "candies",
    "sweets", "bottles", "chairs", "cups", "plates", "shirts", "photos", "games", "bananas", "pears",
    "plants", "trees", "fish", "birds", "chickens", "sheep", "cows", "boxes", "bags", "points",
    "songs", "pages", "roses", "tomatoes", "potatoes", "lemons", "muffins", "donuts", "pizzas",
    "sandwiches", "chocolates", "crayons", "blocks", "beads", "buttons", "keys", "bricks", "bikes",
    "cars", "trucks", "letters", "emails", "magazines", "badges", "rocks", "leaves", "nuts", "grapes",
    "cherries", "peaches", "strawberries", "pumpkins", "carrots", "onions", "cakes", "pies", "rolls",
    "balloons", "candles", "kites", "dolls", "puzzles", "dollars", "euros", "cents", "pounds",
)  # fmt: skip
PEOPLE = (
    "people", "kids", "children", "passengers", "students", "guests", "players", "workers", "girls",
    "boys", "visitors", "tourists", "friends", "customers", "members", "birds", "ducks", "cats",
)  # fmt: skip
PLACE = (
    "[in a box|in the box|on the table|in a basket|in the garden|on a shelf|in the shop|in a bag|"
    "in a jar|in the fridge|at home|in the drawer|on the farm|in the store|on a tree|in the room|"
    "in the kitchen|in a drawer|in the library|on the desk|in a bowl|on the plate]"
)
ROOM = (
    "[on a bus|on the bus|on a train|in a room|in the room|at a party|in a class|in the park|in the "
    "museum|on a boat|in the cinema|in a queue|in the hall|on the pond|in a tree|in the pool|in a "
    "cafe|at the concert|on the beach|in the elevator|in the shop|on a plane|in a club]"
)
# How a story opens, {a} of the things; S is who owns them.
HAS = "[has|has got|owns|had|bought|collected|picked|found|baked|made|got|starts with|started with|keeps]"
OPEN = (
    f"{{n}} {HAS} {{a}} {{t}}", f"[I have|I had|i've got|I got|I bought|I own|I start with] {{a}} {{t}}",
    "[we have|we had|we bought|we made] {a} {t}", f"[there are|there were|there's] {{a}} {{t}} {PLACE}",
    f"a [shop|store|farmer|teacher|baker|school|boy|girl|man|woman|box|bag] [has|had|holds] {{a}} {{t}}",
    "[my|his|her|our] [mom|dad|sister|brother|friend|neighbor|teacher|boss] [has|had|bought|got] {a} {t}",
    "[with|starting with] {a} {t}", "{a} {t} [are|were|lie|lay] " + PLACE,
)  # fmt: skip
MORE = (
    "[buys|gets|finds|receives|wins|picks|collects|makes|bakes|adds|is given|earns|orders|bought|got|"
    "found|received|won|picked|made|added|was given|takes|collected|borrows|then buys|then gets|gains|"
    "gained|catches|caught|gathers|gathered|discovers|discovered|is sent|was sent|draws|drew|prints|"
    "unpacks|brings home|brought home|saves|saved|wins back|grows|grew] "
    "[{b} more|{b} more|{b} more {t}|{b} more of them|another {b}|{b}|{b} {t}|{b} new ones|an extra {b}]"
    "[| from {m}| from a friend| later| the next day| today| at the shop| on Monday]"
)
LESS = (
    "[gives|gave] [{b} to {m}|{m} {b}|{b} away|away {b}|{b} of them away|{b} to a friend|{m} {b} of them|"
    "{b} to [his|her|my] [sister|brother|friend|mom]|away {b} {t}]",
    "[loses|sells|eats|uses|breaks|drops|spends|lost|sold|ate|used|broke|dropped|spent|throws away|"
    "threw away|removes|drinks|drank|donates|donated|uses up|lends {m}|hands out|pays|paid|misplaces|"
    "trades|traded|burns|burned|returns|returned|serves|served|ships|shipped|tears up|hides|hid|"
    "swaps|recycles|recycled|mails|mailed|leaves behind|left behind|gets rid of|got rid of] "
    "[{b}|{b} of them|{b} {t}|{b} of those][| on the way| today| yesterday| at lunch| later|]",
    "[takes|took] [{b} out|{b} away|away {b}|out {b}]",
    "[gives|gave] {b} [back|away]",
)
FIRST_PERSON = (
    ("buys", "buy"), ("gets", "get"), ("finds", "find"), ("receives", "receive"), ("wins", "win"),
    ("picks", "pick"), ("collects", "collect"), ("makes", "make"), ("bakes", "bake"),
    ("adds", "add"), ("is given", "am given"), ("earns", "earn"), ("orders", "order"),
    ("was given", "was given"), ("takes", "take"), ("borrows", "borrow"), ("gives", "give"),
    ("loses", "lose"), ("sells", "sell"), ("eats", "eat"), ("uses", "use"), ("breaks", "break"),
    ("drops", "drop"), ("spends", "spend"), ("throws", "throw"), ("removes", "remove"),
    ("drinks", "drink"), ("donates", "donate"), ("lends", "lend"), ("hands", "hand"),
    ("pays", "pay"), ("gains", "gain"), ("catches", "catch"), ("gathers", "gather"),
    ("discovers", "discover"), ("is sent", "am sent"), ("draws", "draw"), ("prints", "print"),
    ("unpacks", "unpack"), ("brings", "bring"), ("saves", "save"), ("grows", "grow"),
    ("misplaces", "misplace"), ("trades", "trade"), ("burns", "burn"), ("returns", "return"),
    ("serves", "serve"), ("ships", "ship"), ("tears", "tear"), ("hides", "hide"),
    ("swaps", "swap"), ("recycles", "recycle"), ("mails", "mail"), ("leaves behind", "leave behind"),
)  # fmt: skip
HOW_MANY = "[how many|how many {t}|how many {t}|what number of {t}|how many of them]"
NOW = (
    f"{HOW_MANY} [does {{s}} have now|does {{s}} have|are there now|are there|has {{s}} got now|are left|"
    "is that|are there in total|does {s} have in the end|do they have now|does that make|in the end]?"
)
LEFT = (
    f"{HOW_MANY} [are left|does {{s}} have left|remain|are still there|does {{s}} still have|"
    "are there now|does {s} have now|are left over|left|is that|has {s} got left|stay]?"
)
NOW_I = (
    f"{HOW_MANY} [do I have now|do I have|have I got|do i have in total|do i own now|is that|now]?"
)
LEFT_I = f"{HOW_MANY} [do I have left|are left|do I still have|remain|have I got left|do i have now|left]?"
JOIN = "[. |, |. Then |, then |, and then | and | and then |. Later |. After that |; |. Now |. Next day ]"
THEN_ASK = "[. |. |, |. So |. Now |? | - ]"
COME = (
    "[get on|come in|arrive|join|enter|get in|come|walk in|join them|land|step in|more come|hop on|climb in|"
    "show up|turn up|drop in|appear|follow|are let in|sit down]"
)
GO = (
    "[get off|leave|go home|go|walk out|get out|fly away|go away|leave early|are gone|step out|run away|drop out|"
    "head home|disappear|hop off|step off|drive away|are sent home|say goodbye]"
)
TOGETHER = (
    "{n} has {a} {t} and {m} has {b}[ {t}|]. How many [{t} |][do they have|are there|is that] [together|in total|altogether|combined|]?",
    "{n} [has|picked|found|made|sold|read|collected|scored] {a} {t}[,|.| and] {m} {b}. How many [in total|together|altogether|is that|do they have together]?",
    "There are {a} {t} in one [box|bag|room|basket] and {b} in [another|the other]. How many [{t} |][are there |][in total|in all|together|altogether]?",
    "[In the morning|On Monday|Yesterday|Last week] {n} [sold|made|read|found|walked|ran|ate] {a} {t}, [in the evening|on Tuesday|today|this week] {b}. How many [in total|together|is that|altogether]?",
    "{n} finds {a} {t} in the morning and {b} in the evening. How many {t} is that?", "I [read|ran|sold|made|ate|bought] {a} {t} [yesterday|on Monday] and {b} [today|on Tuesday], how many [in total|altogether|is that]?",
    "A [class|team|zoo|shop|farm] has {a} [girls|red {t}|big {t}|cats|adults] and {b} [boys|blue {t}|small {t}|dogs|children]. How many [are there |][in total|in all|altogether]?",
    "A [book|pen|shirt|ticket|toy] costs {a} [dollars|euros|pounds] and a [bag|cup|hat|ball|drink] {b}. [How much|What] do [I pay for both|both cost|they cost together|I pay in total]?",
)  # fmt: skip
APART = (
    "{n} has {a} {t} and {m} has {b}. How many more [{t} |]does {n} have[ than {m}|]?", "{n} is {a} years old and {m} is {b}. How much older is {n}?",
    "{n} [needs|wants] {a} {t} [and|but] [has|already has|only has] {b}. How many [more |{t} |more {t} ][does {s} need|are missing|are needed|to go]?",
    "A book has {a} pages. {n} has read {b}. How many pages [are left|are left to read|remain|to go]?", "I [need|want] {a} {t} and [have|already have] {b}, how many [more|more do i need|are missing]?",
    "{a} {t} [are|were] in a [box|bag|shop|room], {b} are [red|broken|sold|bad|green|gone]. How many are [not|not red|fine|left]?", "{n} had {a} {t}, now {s} has {b}. How many [did {s} lose|are gone|are missing]?",
    "There are {a} [students|kids|children|people], {b} of them are [girls|boys|sick|absent]. How many are [boys|girls|not|there]?", "{n} had {a} {t} and sold {b} of them. How many {t} does {n} have left?",
    "A [shirt|toy|bike|phone|game] costs {a} [dollars|euros]. {n} has {b}. How much [more |][does {s} need|is missing]?", "{n} has {a} [dollars|euros|pounds] and [buys|pays for] a [book|toy|shirt|game|cake] for {b}. How much is left?",
)  # fmt: skip
EACH = (
    "{a} [boxes|bags|packs|shelves|baskets|rows|tables|cars|jars|crates|trays|boats|cartons] [with|of|hold|have|contain] {b} {t} each. [How many {t}|How many|How many {t} in total|How many is that]?",
    "[There are|I have|{n} has|{n} buys|We have|i bought] {a} [boxes|bags|packs|shelves|baskets|rows|tables|cars|cartons|crates] [with|of] {b} {t} [each|in each|]. How many {t} [are there|are there in total|in total|is that|altogether|does that make]?",
    "[Each|Every] [box|bag|pack|child|basket|table|shelf|car] [has|holds|gets|contains] {b} {t}. How many {t} [are|do] {a} [boxes|bags|packs|children|baskets|tables|of them] [hold|have|get|need|make]?",
    "One {one} costs {b} [dollars|euros|cents|pounds]. [How much|What] do {a} [cost|of them cost]?", "{a} [tickets|pens|books|cakes|toys|shirts] [at|for|cost] {b} [dollars|euros|cents|pounds] each. [How much is that|What do I pay|What is the price|How much in total]?",
    "{n} [reads|runs|sells|makes|bakes|saves|does|writes] {b} [pages|km|cakes|toys|dollars|push-ups|cards] [a|per|every|each] day. How many [in|after] {a} days?", "{n} [saves|earns|makes|gets] {b} [dollars|euros] a [week|day|month|hour]. How much [in|after|does {s} have after] {a} [weeks|days|months|hours]?",
    "{a} [kids|children|friends|people|players|students] [get|have|eat|bring|need|each get|each have|each bring] {b} {t}[ each|]. How many {t} [is that|are there|in total|altogether]?",
    "A [car|table|dog|cat|horse|spider] has {b} [wheels|legs|feet]. How many [wheels|legs|feet] do {a} [of them |cars |tables |dogs |cats ]have?", "[There are|We sit in] {a} rows of {b} [seats|chairs|desks]. How many [seats|chairs] [are there|in total]?",
)  # fmt: skip
THEN_LESS = (
    "[{n} [eats|sells|loses|uses|gives away|takes|breaks|removes]|I [eat|sell|lose|use|give away]|We [sell|use|eat]] {c}[ of them|]. How many [are left|remain|{t} are left|are left now|left]?",
    "{c} [are|were] [sold|eaten|broken|lost|missing|empty|gone|rotten|taken|given away|bad|used]. How many [are left|remain|are good|left|are there now]?",
)  # fmt: skip
THEN_MORE = (
    "[{n} [buys|gets|finds|adds|has]|I [buy|get|find|add|have]|We [get|add|buy]] {c} more. How many [now|are there now|in total|altogether|{t} in total|does that make]?",
    "{c} more [{t} |][come|are added|are bought|lie on the table|arrive|are on the floor]. How many [now|are there now|in total|altogether]?",
)  # fmt: skip
TWO_SPENT = (
    "{n} has {a} [dollars|euros|pounds][. {s}| and|, {s}] [buys|pays for] a [book|toy|hat|cake] for {b} and a [pen|ball|drink|game|shirt] for {c}. How much [is left|does {s} have left|remains]?",
    "I [have|had] {a} [dollars|euros|bucks][. I|, | and] [spend|spent|pay|paid] {b} on [food|lunch|a book|a toy] and {c} on [drinks|a game|the bus|shoes]. How much [is left|do I have left|left]?",
    "{a} {t}[, |. ]{b} [are|were] [sold|eaten|lost|broken] [in the morning|on Monday|first] and {c} [later|in the evening|on Tuesday|then]. How many [are left|remain]?",
)  # fmt: skip
TWO_THEN_GONE = (
    "{n} has {a} {t} and {m} has {b}. They [eat|sell|lose|give away|use] {c}[ of them|]. How many [are left|do they have left|remain]?",
    "[I|{n}] [had|got|bought|baked|made|picked] {a} [red|big|white|plain] and {b} [blue|small|black|green] {t}[, | and |. ][sold|gave away|lost|ate|used] {c}. How many [are left|remain|left]?",
    "{n} [saved|earned|got|had] {a} [dollars|euros|pounds] and [got|earned|found|was given] {b}[ more|]. [{s}|{n}] [spent|spends|paid|pays] {c}. How much [is left|does {s} have left|does {n} have now]?",
)  # fmt: skip
THREE = (
    "{n} has {a} {t}, {m} has {b} and [{o}|I] [has|have] {c}. How many [{t} |][do they have |are there |][together|in total|altogether]?",
    "[I|{n}] [spent|paid|spend] {a} [dollars|euros] on [food|books|a shirt], {b} on [gas|shoes|a hat|toys] and {c} on [drinks|a toy|a game|the bus]. How much [in total|altogether|is that|was that]?",
    "There are {a} [red|big], {b} [blue|small] and {c} [green|white] {t}. How many [in total|in all|{t} are there|altogether]?",
)  # fmt: skip
GROUPS_OPEN = (
    "[There are|I have|{n} has|{n} buys|We have|{n} bought|i bought|A shop has|{n} packs|] {a} [boxes|bags|packs|shelves|baskets|rows|cartons|crates|trays|bunches] [with|of] {b} {t} [each|in each|][. |, |. Then |, then | and ]",
    "{a} [kids|friends|children|people|workers] [bring|have|make|get] {b} {t} each[. |, |. Then ]",
    "{n} [buys|sells|makes|bakes|saves|picks|reads] {b} {t} [a|every|each|per] day for {a} days[. |, then ]",
)  # fmt: skip
CROWD_ASK = (
    "[. |, |. ][how many|how many {t}] [are there now|are there|are left|are on it now|are still there|remain|is that|are in there now]?",
)  # fmt: skip
