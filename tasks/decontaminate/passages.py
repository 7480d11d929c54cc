"""What is looked for: passages of evaluation items, as numbered words one after the other, and where to start looking.

A passage is the first text of an item, or a later one of `ngram_words` words or more: choices and second turns that
are shorter stand on many pages. Where none of an item's texts can be looked for by itself, all of them together are
one passage. What is still too short, or has too few words that tell what it is about, is counted and left.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import Self

import numpy as np

from tasks.core.decontaminate_config import DecontaminateConfig
from tasks.decontaminate.items import Item
from tasks.decontaminate.postings import Ids, Postings, runs
from tasks.decontaminate.telling import telling
from tasks.decontaminate.words import compounds, size_of, words

# A passage is looked for where one of its seeds stands: the most telling runs of three words, one in each of its parts.
# A changed word spoils one seed at most, so that a passage with one more part than changed words is always found.
SEED_WORDS = 3
MAX_SEEDS = 6
# A longer text, as sets with whole books have, is looked for in pieces: comparing two texts takes the square of this.
MAX_PASSAGE_WORDS = 1_000
# A run that stands in more places than this is how a test is worded ("which of the following statements about … is
# true"), or a line of a table, and says nothing of any item. As many sets as that may share an item.
MAX_PLACES_PER_RUN = 4


@dataclass
class Passages:
    """All passages. `ids` holds their words by number, each passage followed by a 0; passage n begins at `starts[n]`.

    Number 0 stands for every word that is in no passage: it counts as a word, and nothing equals it.
    """

    config: DecontaminateConfig
    ids: Ids
    starts: Ids
    labels: list[tuple[str, str]]
    vocabulary: list[str]
    numbers: dict[str, int]
    parts: list[list[int]]
    items: Counter[str]
    too_short: Counter[str]

    def __post_init__(self) -> None:
        self.sizes = np.array([size_of(word) for word in self.vocabulary])
        self.is_telling = np.array([True, *(telling(word) > 0 for word in self.vocabulary[1:])])

    @classmethod
    def of(cls, items: Iterable[Item], config: DecontaminateConfig) -> Self:
        """Collect the passages of `items`; of equal ones the first stays."""
        known: dict[tuple[str, ...], tuple[str, str]] = {}
        hyphenated: set[str] = set()
        counts: Counter[str] = Counter()
        too_short: Counter[str] = Counter()
        for item in items:
            found = _passages(item, config)
            counts[item.set_name] += 1
            too_short[item.set_name] += not found
            for passage in found:
                known.setdefault(passage, (item.set_name, item.name))
            hyphenated.update(*map(compounds, item.texts))
        vocabulary = ["", *dict.fromkeys(word for passage in known for word in passage)]
        numbers = {word: number for number, word in enumerate(vocabulary) if number}
        ids = (number for passage in known for number in (*map(numbers.__getitem__, passage), 0))
        lengths = [len(passage) + 1 for passage in known]
        parts = _written_in_one(hyphenated, numbers)
        return cls(
            config=config,
            ids=np.fromiter(ids, np.int64, sum(lengths)),
            starts=np.cumsum([0, *lengths[:-1]], dtype=np.int64)[: len(lengths)],
            labels=[*known.values()],
            vocabulary=vocabulary,
            numbers=numbers | {word: -place for place, word in enumerate(parts, start=1)},
            parts=[*parts.values()],
            items=counts,
            too_short=too_short,
        )

    def numbered(self, found: list[str]) -> Ids:
        """Return the words of a text by number; a compound that it writes in one word is taken apart."""
        ids = np.fromiter(map(self.numbers.get, found, repeat(0)), np.int64, len(found))
        if not (ids < 0).any():
            return ids
        apart = ([number] if number >= 0 else self.parts[-number - 1] for number in ids.tolist())
        return np.array([number for numbers in apart for number in numbers], np.int64)

    def at(self, places: Ids) -> Ids:
        """Return the numbers of the passages that hold these places."""
        return np.searchsorted(self.starts, places, side="right") - 1

    def words_of(self, passage: int) -> list[int]:
        """Return the words of a passage, by number."""
        end = self.starts[passage + 1] if passage + 1 < len(self.starts) else len(self.ids)
        found: list[int] = self.ids[self.starts[passage] : end - 1].tolist()
        return found

    def ngrams(self) -> Postings:
        """Index the runs of `ngram_words` words but for those that stand in many places."""
        hashes, places = runs(self.ids, self.config.ngram_words)
        _, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
        is_rare = counts[inverse] <= MAX_PLACES_PER_RUN
        return Postings.of(hashes[is_rare], places[is_rare])

    def seeds(self) -> Postings:
        """Index the seeds of every passage."""
        hashes, places = runs(self.ids, SEED_WORDS)
        if not len(places):
            return Postings.of(hashes, places)
        _, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
        # The more telling words the better; among equals the rarer run; among those the first.
        told = self.is_telling.astype(np.int64)[self.ids]
        worth = sum(told[places + offset] for offset in range(SEED_WORDS)) + 1 / counts[inverse]
        chosen = [self._best(worth, places, passage) for passage in range(len(self.starts))]
        kept = np.concatenate(chosen)
        return Postings.of(hashes[kept], places[kept])

    def every_run(self) -> Postings:
        """Index every run as long as a seed, for texts that may be a part of a passage."""
        return Postings.of(*runs(self.ids, SEED_WORDS))

    def _best(self, worth: np.ndarray, places: Ids, passage: int) -> Ids:
        """Return which runs are the seeds of a passage."""
        start, length = int(self.starts[passage]), len(self.words_of(passage))
        parts = max(1, min(length // SEED_WORDS, MAX_SEEDS))
        bounds = [start + length * part // parts for part in range(parts + 1)]
        found = []
        for low, high in pairwise(bounds):
            first, last = np.searchsorted(places, (low, high - SEED_WORDS + 1))
            found.append(first + int(np.argmax(worth[first:last])))
        return np.array(found, np.int64)


def _written_in_one(hyphenated: set[str], numbers: dict[str, int]) -> dict[str, list[int]]:
    """Return the parts of compounds by what they are without hyphens, but for what is a word of its own."""
    found = {}
    for compound in sorted(hyphenated):
        parts = words(compound)
        joined = compound.replace("-", "")
        if parts and joined not in numbers and all(word in numbers for word in parts):
            found[joined] = [numbers[word] for word in parts]
    return found


def is_long_enough(passage: Iterable[str], config: DecontaminateConfig) -> bool:
    """Say whether words are enough to be looked for, and tell enough of what they are about."""
    found = list(passage)
    size, told = sum(map(size_of, found)), sum(map(telling, set(found)))
    return size >= config.min_item_words and told >= config.min_telling_words


def _passages(item: Item, config: DecontaminateConfig) -> list[tuple[str, ...]]:
    # One string for all the places of a word: the items of a set have far more words than different ones.
    texts = [tuple(map(sys.intern, words(text))) for text in item.texts]
    found = [
        text
        for place, text in enumerate(texts)
        if is_long_enough(text, config) and (place == 0 or sum(map(size_of, text)) >= config.ngram_words)
    ]
    whole = tuple(word for text in texts for word in text)
    if not found and is_long_enough(whole, config):
        found = [whole]
    # Pieces overlap, so that no run is cut.
    overlap = config.ngram_words - 1
    return [
        text[start : start + MAX_PASSAGE_WORDS]
        for text in found
        for start in range(0, max(1, len(text) - overlap), MAX_PASSAGE_WORDS - overlap)
    ]
