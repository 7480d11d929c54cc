"""Which instructions ask again what an earlier one asked.

Two instructions are near-duplicates when the Jaccard similarity of their features reaches a bound. Features are the
3-word runs; an instruction with only a few of them, where one other article would change half, is compared by the
2-word runs of what is left without articles, pronouns and auxiliaries: "How can I bleed a radiator?" asks what
"How do you bleed radiators?" asks. Signs that carry meaning stay in a word: C, C++ and C# are three things.

The comparison is exact. Sets that are similar enough share one of their few rarest features (prefix filtering;
Bayardo, Ma, Srikant: Scaling Up All Pairs Similarity Search, 2007), so only instructions that meet in such a feature
are compared at all.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator

# Fewer 3-word runs than this say too little: one changed word of eight touches three of six.
MIN_RUNS = 6
RUN_WORDS = 3
# One word that is left ("what", of "What can I do?") is no subject yet.
MIN_BARE = 2
# Han and kana are written without spaces: each sign is a word.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
_EDGES = ".,;:!?\"'“”„‚‘’«»‹›()[]{}*_`…¿¡。，！？、「」"
_DASH = re.compile(r"[–—]|(?<!\S)-+(?!\S)")
# Words that can change without changing what is asked. Question words stay: how and when are two questions.
_LIGHT = """
    a an the my your our their his her its this that these those some any i you we one me us do does did can could
    should would will shall is are am be been to please kindly just
"""
_LIGHT_WORDS = frozenset(_LIGHT.split())

Features = frozenset[tuple[str, ...]]


def duplicate_of(instructions: list[str], max_similarity: float) -> list[int | None]:
    """Return for each instruction the index of the earlier one that it repeats, or None where it stays.

    An instruction is compared with the earlier ones that stay: it repeats the one that equals it, else the most
    similar one whose similarity is `max_similarity` or more, the earliest of equally similar ones. The result
    depends on the list alone.
    """
    texts = [normalised(instruction) for instruction in instructions]
    features = [_features(words) for words in texts]
    index = _Index(Counter(feature for each in features for feature in each), max_similarity)
    stays: dict[tuple[str, ...], int] = {}
    found: list[int | None] = []
    for number, words in enumerate(texts):
        earlier = stays.get(words)
        if earlier is None:
            earlier = index.most_similar(features[number])
            stays[words] = number if earlier is None else earlier
            if earlier is None:
                index.add(number, features[number])
        found.append(earlier)
    return found


def normalised(instruction: str) -> tuple[str, ...]:
    """Return the words by which two instructions are equal: without case, punctuation and the width of spaces."""
    text = _DASH.sub(" ", unicodedata.normalize("NFKC", instruction).casefold()).replace("’", "'")
    return tuple(word for token in _TOKEN.findall(text) if (word := token.strip(_EDGES)))


def _features(words: tuple[str, ...]) -> Features:
    runs = frozenset(words[i : i + RUN_WORDS] for i in range(len(words) - RUN_WORDS + 1))
    if len(runs) >= MIN_RUNS:
        return runs
    bare = ["", *(_singular(word) for word in words if word not in _LIGHT_WORDS), ""]
    return frozenset((bare[i], bare[i + 1]) for i in range(len(bare) - 1)) if len(bare) >= 2 + MIN_BARE else frozenset()


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


class _Index:
    """The features of the instructions that stay, found again by their rarest ones."""

    def __init__(self, frequency: Counter[tuple[str, ...]], bound: float) -> None:
        self._rank = {feature: rank for rank, feature in enumerate(sorted(frequency, key=lambda f: (frequency[f], f)))}
        self._bound = bound
        self._having: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        self._features: dict[int, Features] = {}

    def add(self, number: int, features: Features) -> None:
        self._features[number] = features
        for feature in self._rarest(features):
            self._having[feature].append(number)

    def most_similar(self, features: Features) -> int | None:
        """Return the most similar of the added ones that reaches the bound, the earliest of equals."""
        candidates = sorted({number for feature in self._rarest(features) for number in self._having.get(feature, ())})
        best, best_similarity = None, 0.0
        for number in candidates:
            similarity = _jaccard(features, self._features[number])
            if similarity >= self._bound and similarity > best_similarity:
                best, best_similarity = number, similarity
        return best

    def _rarest(self, features: Features) -> Iterator[tuple[str, ...]]:
        """Yield as many features as must be looked at: similar sets differ in fewer than that."""
        # The epsilon keeps 0.85 * 20 = 17.000000000000004 from asking for one feature more than it is.
        count = len(features) - math.ceil(self._bound * len(features) - 1e-9) + 1
        yield from sorted(features, key=self._rank.__getitem__)[:count]


def _jaccard(one: Features, other: Features) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0
