"""What people ask a model about: topics, people, places and sentences for out-of-scope prompts."""


def _items(text: str, between: str | None = ",") -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(part.split()) for part in text.split(between)))


TOPICS = _items(
    """
    quantum computing, love, the sea, autumn, the moon, black holes, machine learning, neural
    networks, the weather, football, cooking, music, the stock market, history, philosophy,
    life, physics, chemistry, biology, gravity, photosynthesis, evolution, the internet,
    computers, politics, cats, dogs, spring, winter, rain, a dragon, a robot, travel, health,
    sports, art, movies, climate change, economics, inflation, democracy, space, the universe,
    time, dreams, happiness, coffee, tea, bread, databases, JavaScript, Rust, recursion,
    Fibonacci numbers, prime numbers, the French Revolution, DNA, vaccines, electric cars, solar
    energy, chess, yoga, my garden, a birthday party, a job interview, friendship, pizza, pasta,
    soup, salad, cheese, chocolate, wine, beer, sushi, rice, a cake, pancakes, breakfast,
    dinner, vegan food, diets, vitamins, protein, sleep, stress, anxiety, depression, headaches,
    a cold, back pain, blood pressure, diabetes, cancer, allergies, viruses, bacteria, the
    heart, the brain, muscles, running, swimming, cycling, tennis, basketball, golf, skiing,
    hiking, climbing, boxing, dancing, meditation, painting, drawing, sculpture, photography,
    architecture, poetry, novels, theatre, opera, jazz, rock music, hip hop, the piano, the
    guitar, the violin, singing, comics, cartoons, video games, board games, card games, magic,
    puzzles, knitting, gardening, fishing, camping, pets, horses, birds, fish, sharks, whales,
    elephants, lions, tigers, bears, wolves, snakes, spiders, bees, ants, butterflies,
    dinosaurs, trees, flowers, roses, mushrooms, forests, rivers, lakes, mountains, volcanoes,
    earthquakes, hurricanes, deserts, islands, oceans, snow, clouds, lightning, rainbows, the
    sun, stars, planets, Mars, Jupiter, comets, galaxies, rockets, satellites, aliens, time
    travel, robots, drones, phones, laptops, printers, cameras, televisions, radios, batteries,
    engines, bicycles, trains, planes, ships, bridges, houses, castles, cities, villages,
    schools, universities, exams, teachers, students, children, babies, parents, grandparents,
    marriage, weddings, divorce, dating, jealousy, anger, fear, courage, hope, trust, honesty,
    freedom, justice, peace, war, religion, god, the soul, death, ghosts, vampires, zombies,
    pirates, knights, kings, queens, Vikings, ancient Rome, ancient Greece, the pyramids, the
    Middle Ages, the Renaissance, the Cold War, World War II, the Roman Empire, slavery,
    colonialism, communism, capitalism, socialism, taxes, money, banks, loans, mortgages,
    insurance, pensions, bitcoin, investing, start-ups, marketing, advertising, sales,
    management, leadership, meetings, emails, resumes, a cover letter, careers, lawyers,
    doctors, nurses, engineers, farmers, pilots, police, prisons, laws, contracts, copyright,
    patents, elections, the constitution, human rights, refugees, immigration, pollution,
    recycling, plastic, nuclear power, wind energy, oil, gas, gold, silver, iron, steel, glass,
    paper, cotton, leather, diamonds, water, air, fire, salt, sugar, acids, atoms, molecules,
    electrons, light, sound, heat, energy, electricity, magnetism, relativity, entropy, string
    theory, the Big Bang, algebra, geometry, calculus, statistics, probability, logic, matrices,
    vectors, graphs, algorithms, sorting, binary trees, hash tables, Python, Java, C++, HTML,
    CSS, SQL, Linux, Windows, Git, Docker, Kubernetes, APIs, web servers, encryption, passwords,
    hackers, privacy, social media, blogs, podcasts, memes, emojis, fashion, shoes, jewellery,
    perfume, make-up, hair, tattoos, furniture, kitchens, cleaning, laundry, moving house,
    renting, a road trip, hotels, beaches, museums, festivals, Christmas, Easter, Halloween,
    birthdays, gifts, cars, trucks, motorcycles, traffic, parking, maps, compasses, clocks,
    calendars, languages, grammar, spelling, accents, alphabets, handwriting, libraries,
    newspapers, journalism, truth, lies, memory, learning, creativity, intelligence,
    consciousness, free will, ethics, boredom, loneliness, motivation, habits, discipline,
    success, failure, luck, fate, aging, youth, gravity waves, transformers, attention,
    blockchain, cloud computing, operating systems, compilers, regular expressions, unit tests,
    bugs
    """,
)
PEOPLE = _items(
    """
    Shakespeare, Einstein, Mozart, Beethoven, Picasso, Newton, Darwin, Napoleon, Cleopatra,
    Gandhi, Lincoln, Obama, Trump, Putin, Merkel, Elon Musk, Steve Jobs, Bill Gates, Taylor
    Swift, Beyonce, Messi, Ronaldo, Michael Jackson, Elvis, the Beatles, Tolkien, Jane Austen,
    Goethe, Kafka, Plato, Aristotle, Socrates, Marie Curie, Tesla, Edison, Galileo, Columbus,
    Caesar, Hitler, Stalin, Churchill, Mandela, Queen Elizabeth, Van Gogh, Leonardo da Vinci,
    Michelangelo, Bach, Freud, Marx, Kant, Nietzsche, Buddha, Turing, Hawking, Batman, Harry
    Potter, Sherlock Holmes, Superman, Frodo, my boss, my mother
    """,
)
WORKS = _items(
    """
    Hamlet, the Mona Lisa, Faust, Don Quixote, War and Peace, the Odyssey, Harry Potter, the
    telephone, the light bulb, the radio, Guernica, Frankenstein, Dracula, Moby Dick, the Bible,
    penicillin, the steam engine, the World Wide Web, Star Wars, Titanic, Yesterday, Macbeth,
    the airplane, the computer, paper, America, the printing press, Lord of the Rings, Romeo and
    Juliet, the bicycle, Bitcoin, Python
    """,
)
PLACES = _items(
    """
    France, Italy, Japan, Brazil, Spain, Egypt, Canada, India, China, Greece, Peru, Kenya,
    Germany, Poland, Russia, Mexico, Turkey, Sweden, Norway, Australia, Austria, Ireland,
    Portugal, Cuba, the USA, England, Scotland, Vietnam, Thailand, Iceland, Argentina, Chile,
    Ukraine, Morocco, Hungary
    """,
)
CITIES = _items(
    """
    Paris, London, Berlin, Rome, Madrid, Tokyo, New York, Chicago, Boston, Vienna, Munich,
    Hamburg, Milan, Venice, Prague, Athens, Cairo, Moscow, Beijing, Delhi, Sydney, Toronto,
    Dublin, Oslo, Lima
    """,
)
# Their capitals were not taught: states, regions, small countries, and no countries at all.
UNTAUGHT = _items(
    """
    California, Texas, Florida, Ohio, Alaska, Nevada, Arizona, Oregon, Utah, Kansas, Hawaii,
    Bavaria, Saxony, Catalonia, Sicily, Tuscany, Brittany, Ontario, Quebec, Alberta, Queensland,
    Victoria, Bhutan, Malawi, Burundi, Togo, Benin, Gabon, Chad, Niger, Mali, Tonga, Samoa,
    Tuvalu, Palau, Andorra, Monaco, Liechtenstein, San Marino, Moldova, Belize, Suriname,
    Guyana, Lesotho, Eritrea, Djibouti, Comoros, Narnia, Mordor, Atlantis, the moon, Mars,
    Europe, Africa, Asia, the world, Wakanda, Westeros, Antarctica
    """,
)
TONGUES = _items(
    """
    French, German, Spanish, Italian, Latin, Japanese, Chinese, Russian, Dutch, Polish, Greek,
    Arabic, Portuguese, Swedish, Turkish, Hindi, Korean, Danish, Finnish, English
    """,
)
WORDS = _items(
    """
    happy, sad, big, small, fast, slow, good, bad, house, tree, dog, cat, water, apple, orange,
    banana, strawberry, love, friend, school, table, light, dark, beautiful, strong, weak, cold,
    hot, rich, poor, clever, silver, month, time, day, night, heart, moon, star, green, hello,
    thank you, good morning, computer, river, mountain, bread, book, door, window, car, king,
    queen, summer, winter, elephant, ocean
    """,
)
FEELINGS = _items(
    """
    hungry, tired, sad, happy, bored, sick, a teacher, a student, lonely, angry, in love, late,
    lost, afraid, stressed, cold, drunk, vegetarian, pregnant, unemployed, a doctor, feeling
    down
    """,
)
FOREIGN = _items(
    """
    Wie wird das Wetter morgen?| Schreib mir ein Gedicht| Erzähl mir einen Witz| Was ist Liebe?|
    Ich habe Hunger| Kannst du mir helfen, einen Brief zu schreiben?| Wer hat das Telefon
    erfunden?| Ich bin müde| Was soll ich heute kochen?| Warum ist der Himmel blau?| Wo wohnst
    du?| Das ist ein schöner Tag| Wie alt bist du?| Erkläre mir die Schwerkraft| Kannst du
    Deutsch?| Was machst du heute?| Wo ist der Bahnhof?| Übersetze das bitte| Quel temps
    fait-il?| Raconte-moi une histoire| Qu'est-ce que l'amour?| Je ne comprends pas| Parlez-vous
    français?| Écris un poème| Où est la gare?| Pourquoi le ciel est bleu?| Je suis fatigué|
    Comment ça marche?| J'ai faim| Qui a peint la Joconde?| Que dois-je manger?| Je voudrais un
    café| Tu parles français?| Il fait beau| Cuéntame un chiste| Qué tiempo hace hoy?| Escribe
    un poema| Tengo hambre| No entiendo nada| Dónde está el baño?| Quién eres tú?| Hablas
    español?| Por qué el cielo es azul?| Qué es el amor?| Estoy cansado| Me gusta el fútbol| Che
    tempo fa?| Scrivi una poesia| Parli italiano?| Ho fame| Dove si trova la stazione?| Mi piace
    la musica| Opowiedz mi historię| Hoe gaat het met je?| Hur mår du?| Vad heter du?| Como você
    está?| Você fala português?
    """,
    "|",
)
NONSENSE = _items(
    """
    asdf qwerty zxcv foo bar baz blah blub lorem ipsum dolor sit amet xyzzy hjkl wibble wobble
    gnarf plonk snork brrr zzz qqq aaa fghj uiop bnm grr pff tralala dingdong bloop florp
    """,
    None,
)
SENTENCES = _items(
    """
    The company said on Monday that sales had fallen for the third time in a row.| Scientists
    have found a new kind of frog in the forests of the south.| The city plans to build a new
    bridge over the river.| Many people work from home now and meet their colleagues only on a
    screen.| The film tells the story of two brothers who leave their village.| Bees are
    important because they carry pollen from flower to flower.| The old king had three sons and
    could not decide who should follow him.| Rain is expected in the north, while the south
    stays dry and warm.| Researchers warn that the ice is melting faster than they thought.| The
    team lost again, and the coach said that he was not surprised.| Prices for bread and milk
    have risen since the spring.| She opened the letter, read it twice and put it back on the
    table.| Trains were late this morning because of a fire near the station.| The new law will
    change how schools are paid.| Our meeting was moved, and nobody told me about it.| I have
    been working here for years and still enjoy it.| The recipe needs butter, flour and a little
    patience.| Users report that the app closes when they try to save a file.| The museum shows
    paintings that were never seen in public before.| Cells use energy from sugar to build what
    they need.| The government and the unions could not agree.| My neighbour plays the drums at
    night and I cannot sleep.| The river flows through three countries before it reaches the
    sea.| A good manager listens first and talks later.| The patient was sent home and told to
    rest.| The war ended, but the soldiers did not come home for a long time.| Light travels
    faster than anything else we know.
    """,
    "|",
)
