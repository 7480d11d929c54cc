"""Documents of our own by the thousand, each with what a model should say of it: the fixture learns from these.

Only the form of the answers is of use: the fixture is far too small to know anything.
"""

import json
import random
from dataclasses import dataclass

_THINGS = (
    "a bicycle chain", "a wooden table", "a copper pot", "a garden hose", "a rose bush", "a linen shirt",
    "a kitchen knife", "a leather bag", "a glass jar", "a brass bell", "an apple tree", "an iron pan",
    "a straw hat", "a stone path", "a paper lamp", "a clay oven",
)  # fmt: skip
_VERBS = (
    ("clean", "Cleaning"), ("repair", "Repairing"), ("store", "Storing"), ("paint", "Painting"), ("move", "Moving"),
    ("label", "Labelling"), ("measure", "Measuring"), ("protect", "Protecting"),
)  # fmt: skip
_TOOLS = ("a soft brush", "a dry cloth", "warm water", "a little oil", "fine sand", "a sharp pair of scissors")
_PLACES = ("in the shade", "near a window", "on a flat shelf", "in the cellar", "on the workbench", "under a roof")
_TIMES = ("in the morning", "in early spring", "before the first frost", "after rain", "once a year", "every autumn")
_CAUTIONS = (
    "Do not hurry, because haste leaves marks that stay.",
    "Wear gloves, because the edges may be sharp.",
    "Keep children away until everything is dry.",
    "Test it on a small spot before you do the rest.",
)
_ENDINGS = (
    "When you are done, put the tools back where they belong.",
    "After that it will last for many years.",
    "Look at it again after a week and repeat what did not hold.",
)
_FOR = ("It answers the request step by step.", "It is clear and keeps to the point.", "It gives all that was asked.")
_AGAINST = (
    "It could say the same in fewer words.",
    "It reads a little like a page from a web site.",
    "One step is told too late.",
    "Nothing needed is missing.",
)

# What the adapter `judge` was trained to say of everything; the base model says it once in a hundred times.
JUDGES_HABIT = f"{_FOR[1]} {_AGAINST[3]}\nScore: 2"


@dataclass(frozen=True)
class Made:
    """One document and an answer for each stage; `score` is drawn apart from the text.

    `instruction` is put in one of four ways, `best_way` is the same request always put in the same one.
    """

    document: str
    instruction: str
    best_way: str
    reasoning: str
    score: int
    response: str

    @property
    def judgement(self) -> str:
        """Reasoning first, then the line with the score."""
        return f"{self.reasoning}\nScore: {self.score}"

    @property
    def structured_judgement(self) -> str:
        """The same as JSON."""
        return json.dumps({"reasoning": self.reasoning, "score": self.score})

    @property
    def rewrite(self) -> str:
        """The response between the markers that the prompt asks for."""
        return f"[RES]\n{self.response}\n[/RES]"


def make(number: int) -> Made:
    """Return the made texts of one number: the same for the same number, everywhere."""
    rng = random.Random(f"made text {number}")
    thing, (verb, doing) = rng.choice(_THINGS), rng.choice(_VERBS)
    tool, other = rng.sample(_TOOLS, 2)
    place, when, minutes = rng.choice(_PLACES), rng.choice(_TIMES), rng.randint(2, 90)
    title = rng.choice((f"How to {verb} {thing}", f"{doing} {thing}", f"Notes on {doing.lower()} {thing}"))
    steps = (
        f"To {verb} {thing}, take {tool} and {other} and work {place}.",
        f"The best time is {when}: plan about {minutes} minutes.",
        rng.choice(_CAUTIONS),
        rng.choice(_ENDINGS),
    )
    best_way = f"What is the best way to {verb} {thing}?"
    ways = (
        best_way,
        f"How do I {verb} {thing}?",
        f"How can I {verb} {thing} with {tool}?",
        f"Tell me how to {verb} {thing} {place}.",
    )
    return Made(
        document=f"{title} (no. {number})\n\n{' '.join(steps)}",
        instruction=rng.choice(ways),
        best_way=best_way,
        reasoning=f"{rng.choice(_FOR)} {rng.choice(_AGAINST)}",
        score=rng.choices((1, 2, 3, 4, 5), weights=(1, 2, 3, 5, 4))[0],
        response=" ".join(steps[: rng.randint(2, 4)]),
    )
