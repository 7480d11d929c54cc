"""Evaluation items of our own making, in the layouts of well-known sets. None is from a real one."""

from typing import Any

# As AlpacaEval has them: one field.
INSTRUCTIONS: list[dict[str, Any]] = [
    {"instruction": text}
    for text in (
        "How do beavers keep their dams watertight?",
        "What makes sourdough bread taste sour?",
        "Why do migrating geese fly in formation?",
        "Which spices belong in a Moroccan tagine?",
        "Explain how a canal lock lifts boats uphill.",
        "Name five edible mushrooms found in beech forests.",
        "How often should cast iron pans be seasoned?",
        "Describe the plumage of a male kingfisher.",
        "Suggest a vegetarian menu for a rainy picnic.",
        "Why does concrete need expansion joints in winter climates?",
        "How did lighthouse keepers trim their lamps before electricity?",
        "What instruments play the melody in a klezmer band?",
        "Draft a polite letter to a neighbour whose ivy has crept over the shared fence and is now lifting the tiles "
        "of your garden shed, and propose a Saturday on which both of you could cut it back together.",
        "I have a sluggish laptop from 2014 with four gigabytes of memory and a spinning disk. List the upgrades that "
        "are worth the money, in the order in which I should make them, with a sentence on each.",
        "Summarise the differences between marine and continental climates for a pupil of twelve, with one example "
        "city for each and without using the word temperature more than twice.",
        "Our bakery throws away thirty loaves every evening. Work out three ways in which we could bring that number "
        "down by half within a month, and say what each of them would cost us.",
        "Compose a toast for the retirement of a ferry captain who crossed the same strait for thirty-one years and "
        "who is known for never having finished a crossword.",
        "A violinist wants to practise at night in a flat with thin walls. Compare a practice mute, an electric "
        "violin and foam panels by price, by how much they help, and by what they do to the tone.",
        "Plan a walking tour of an old harbour town that takes ninety minutes, passes at least three buildings from "
        "before 1700 and ends at a place where children can eat ice cream.",
        "Tell me how a pendulum clock loses time on a hot day, and how the makers of the eighteenth century "
        "compensated for it with mercury or with rods of two metals.",
    )
]

# As IFEval has them: a prompt with conditions on the form.
PROMPTS: list[dict[str, Any]] = [
    {"key": 9_000 + number, "prompt": text}
    for number, text in enumerate(
        (
            "Write an advertisement for a second-hand accordion in exactly four sentences. Do not use any commas, and "
            "end with a line that begins with the letters P.P.S.",
            "Give me a recipe for rhubarb crumble as a numbered list of at least eight steps. Put the name of every "
            "ingredient in capital letters and finish with the word ENJOY.",
            "Explain tidal bores to sailors in two paragraphs separated by three asterisks. The first paragraph must "
            "begin with the word Imagine and neither may hold the letter z.",
            "Invent a dialogue between a lamp post and a moth. Each of them speaks exactly 5 times, and the whole "
            "thing is wrapped in double quotation marks.",
            "List 12 names for a racing pigeon. None may be longer than nine letters; answer in lowercase only.",
            "Rewrite the fable of the tortoise and the hare as a cricket report of at least 250 words with a title "
            "wrapped in double angular brackets, i.e. <<title>>.",
        )
    )
]

# As MT-bench has them: two turns.
CONVERSATIONS: list[dict[str, Any]] = [
    {"question_id": 700 + number, "category": "made", "turns": list(turns)}
    for number, turns in enumerate(
        (
            (
                "Picture yourself as the curator of a museum of lost umbrellas. Describe the three exhibits that "
                "visitors photograph the most and why.",
                "Now describe the same three as a bored guard would.",
            ),
            (
                "A cyclist leaves at 7:40 and rides at 24 kilometres per hour; a bus leaves at 8:25 on the same road "
                "at 60 kilometres per hour. When does the bus catch up?",
                "And if the cyclist rests for 15 minutes at 8:00?",
            ),
            (
                "Which minerals give amethyst, citrine and smoky quartz their colours?",
                "Put the answer into a table with one row per stone and a column for how heat changes it.",
            ),
            (
                "Write an opening paragraph for a detective story that is set in a beekeepers' club and in which the "
                "detective is allergic to honey.",
                "Shorten it to a single sentence of fewer than thirty words, keep the allergy and lose the club.",
            ),
            (
                "How would you explain compound interest using nothing but rabbits and hutches?",
                "Do it again with sourdough starters.",
            ),
            (
                "Imagine that the moon were twice as heavy. Name four things that would change on the coast within a "
                "year and one that would not change at all.",
                "Rank the four by how soon a fisherman would notice.",
            ),
        )
    )
]

# As MMLU has them: a question and four choices.
CHOICES: list[dict[str, Any]] = [
    {"question": question, "choices": list(choices), "answer": number % 4}
    for number, (question, choices) in enumerate(
        (
            (
                "Which gas do yeast cells release while dough is rising?",
                ("Carbon dioxide", "Methane", "Nitrogen", "Ozone"),
            ),
            (
                "A ship's barometer falls by eight hectopascals within three hours. What should the helmsman expect?",
                ("A calm night", "A gale", "Freezing fog", "A change of the tide"),
            ),
            (
                "Which of the following is correct?",
                (
                    "Basalt is a volcanic rock rich in iron",
                    "Marble is a volcanic rock rich in quartz",
                    "Slate forms from cooling lava under water",
                    "Chalk is a metamorphic rock of granite",
                ),
            ),
            (
                "The treaty that ended the war between the two river kingdoms transferred the fishing rights of the "
                "eastern bank to",
                ("the northern abbey", "the weavers' guild", "the city of the three bridges", "the crown"),
            ),
            (
                "In a double-entry ledger, buying a delivery van for cash",
                (
                    "debits vehicles and credits cash",
                    "credits vehicles and debits cash",
                    "debits expenses and credits vehicles",
                    "leaves the ledger as it was",
                ),
            ),
            (
                "Which organ of a honeybee measures the distance that it has flown?",
                ("Its compound eyes", "Its antennae", "Its wax glands", "Its crop"),
            ),
            (
                "What is the best description?",
                (
                    "A fugue opens with a subject in one voice that the others answer",
                    "A fugue opens with a drum roll",
                    "A fugue is a dance in triple time",
                    "A fugue has no counterpoint",
                ),
            ),
            (
                "Suppose a spring with a stiffness of 1,250 newtons per metre is stretched by 0.04 metres. How much "
                "energy does it store?",
                ("1 joule", "2 joules", "25 joules", "50 joules"),
            ),
            (
                "A gardener in a region with 1,800 millimetres of rain a year and heavy clay plants lavender on a "
                "ridge rather than on the flat. The most likely reason is that lavender",
                ("needs drainage", "needs shade", "fixes nitrogen", "flowers only in wind"),
            ),
            (
                "Which knot joins two ropes of different thickness?",
                ("The sheet bend", "The bowline", "The clove hitch", "The figure of eight"),
            ),
            (
                "If every copper coin in a jar weighs 3 grams and the jar gains 2,700 grams, how many coins were "
                "dropped into it?",
                ("90", "270", "900", "8,100"),
            ),
            (
                "The word palimpsest originally referred to",
                ("a scraped and reused parchment", "a wax seal", "a royal decree", "a choir book"),
            ),
        )
    )
]

# As HumanEval has them: a function to complete. And as GSM8K and MATH have them: a sum in words.
CODE: list[dict[str, Any]] = [
    {"task_id": f"Made/{number}", "prompt": text}
    for number, text in enumerate(
        (
            "def trim_hedges(heights: list[int], limit: int) -> list[int]:\n"
            '    """Return the heights after every hedge taller than limit was cut down to it, in the same order.\n'
            '    >>> trim_hedges([3, 9, 5], 6)\n    [3, 6, 5]\n    """\n',
            "from collections import deque\n\n\ndef ferry_queue(cars, capacity):\n"
            '    """Simulate a ferry that takes capacity cars per crossing and return the number of crossings that\n'
            '    it needs until nobody is waiting, given the arrival minutes in cars."""\n',
            "def is_tidy_shelf(books: list[str]) -> bool:\n"
            '    """Check whether the titles stand in alphabetical order when leading articles are ignored."""\n',
            "def longest_drought(rainfall):\n"
            '    """ You are given daily rainfall in millimetres. Return the length of the longest run of days with\n'
            '    less than one millimetre. Return 0 for an empty record.\n    """\n',
            "Write a function to count the vowels that stand between two consonants in a sentence.",
            "Write a SQL query that lists every lighthouse whose lamp was replaced more than twice since 1990.",
            "Implement a class PigeonLoft with the methods release, home and missing, where missing returns the ring "
            "numbers of all birds that were released and have not come home after forty-eight hours.",
        )
    )
]
SUMS: list[dict[str, Any]] = [
    {"question": text, "answer": "so it is. #### 12"}
    for text in (
        "Marta picks 48 plums on Monday and half as many on Tuesday. She keeps a third of them for jam and sells the "
        "rest in bags of 8. How many bags does she sell?",
        "A tailor cuts 14 ribbons of 35 centimetres from a roll of 6 metres. How much ribbon is left on the roll?",
        "The school choir has 63 singers. There are twice as many altos as tenors and 9 more sopranos than altos. "
        "How many tenors are there?",
        "Ilse's barge carries 1,250 tonnes of gravel and unloads 175 tonnes at each of three wharves before it takes "
        "on another 90 tonnes of sand. What does it carry then?",
        "A candle of 24 centimetres burns down 3 centimetres an hour. After how many hours is a third of it left?",
        "Find the smallest positive number that leaves a remainder of 3 when divided by 7 and of 5 when divided by 11.",
    )
]
# Scripts and languages other than English.
ELSEWHERE: list[dict[str, Any]] = [
    {"question": text}
    for text in (
        "Warum legen Kuckucke ihre Eier in fremde Nester, und woran erkennen manche Wirtsvögel den Betrug?",
        "Pourquoi les cloches des églises étaient-elles fondues pendant les guerres, et que fabriquait-on avec le "
        "bronze ainsi récupéré ?",
        "为什么竹子在开花以后常常成片死亡，农民怎样预防由此造成的损失？",
        "なぜ灯台の光は一定の間隔で点滅するのか、船乗りはそれをどう利用しますか。",
        "Почему весной на реках образуются ледяные заторы и как их разрушают?",
        "चाय की पत्तियों को तोड़ने के बाद उन्हें सुखाने से पहले मुरझाने के लिए क्यों छोड़ा जाता है?",
    )
]
SETS: dict[str, list[dict[str, Any]]] = {
    "made_instructions": INSTRUCTIONS,
    "made_prompts": PROMPTS,
    "made_conversations": CONVERSATIONS,
    "made_choices": CHOICES,
    "made_code": CODE,
    "made_sums": SUMS,
    "made_elsewhere": ELSEWHERE,
}
