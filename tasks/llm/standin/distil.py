"""request -> an answer without a draft: there is no model that knows anything, so it says how one would go about it."""

from tasks.llm.standin.choice import Choose
from tasks.llm.standin.textparts import STOP_WORDS, words_of

_MOST_WORDS = 3
_OPENINGS = (
    "The matter turns on {topic}.",
    "What counts here is {topic}.",
    "It is best to begin with {topic}.",
)
_STEPS = (
    "Write down what is known, what is wanted, and what stands between the two.",
    "Take the smallest part that can be tried by itself, try it, and look at what comes of it.",
    "Change one thing at a time, so that it stays clear which of them made the difference.",
    "Keep what works, note why it does, and go on to the next part.",
)
_ENDINGS = (
    "A second look on another day shows what was missed on the first.",
    "Someone who has done it before can tell within minutes whether the way is right.",
)


def distil(instruction: str, choose: Choose) -> str:
    """Return an answer that holds no fact, so that none in it is invented."""
    words = [word for word in map(str.lower, words_of(instruction)) if len(word) > 3 and word not in STOP_WORDS]
    topic = " and ".join(dict.fromkeys(words[-_MOST_WORDS:])) or "the question itself"
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(_STEPS, 1))
    return f"{choose('opening', _OPENINGS).format(topic=topic)}\n\n{steps}\n\n{choose('ending', _ENDINGS)}"
