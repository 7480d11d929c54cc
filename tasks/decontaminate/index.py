"""Finds the items of evaluation sets in a text. Memory is bounded by the sets, time by the text.

Every verdict rests on the words themselves: hashes only say where to look.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tasks.core.decontaminate_config import DecontaminateConfig
from tasks.decontaminate.items import Item
from tasks.decontaminate.passages import SEED_WORDS, Passages, is_long_enough
from tasks.decontaminate.postings import Ids, Postings, runs
from tasks.decontaminate.words import words

# A short item is told from others by a single word, so no more than this may stand between its words.
SHORT_SLACK = 2
# Passages that a short text is compared with: those that share the most runs with it.
MAX_COMPARED = 8
SHOWN_WORDS = 24


@dataclass(frozen=True, slots=True)
class Match:
    """An item that a text holds, and by what it was found."""

    set_name: str
    item: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.set_name} item {self.item}: {self.evidence}"


class Index:
    """The items of some evaluation sets, ready to be found."""

    def __init__(self, items: Iterable[Item], config: DecontaminateConfig) -> None:
        self._config = config
        self.passages = Passages.of(items, config)
        self._ngrams = self.passages.ngrams()
        self._seeds = self.passages.seeds()

    @cached_property
    def _every_run(self) -> Postings:
        return self.passages.every_run()

    def find(self, text: str) -> Match | None:
        """Return the first item that `text` holds, by words in a row or nearly whole; None where it holds none."""
        ids = self.passages.numbered(words(text, self.passages.numbers))
        return self._in_a_row(ids) or self._nearly_whole(ids)

    def find_either_way(self, text: str) -> Match | None:
        """Like `find`, and see also whether `text`, an instruction, is itself a part of an item."""
        found = words(text, self.passages.numbers)
        ids = self.passages.numbered(found)
        match = self._in_a_row(ids) or self._nearly_whole(ids)
        return match or (self._part_of_item(ids) if is_long_enough(found, self._config) else None)

    def summary(self) -> dict[str, str]:
        """Say of each set how many items it has, and how many of them are too short to be looked for.

        In words, since the figures of shards are added up, and each shard has the same sets.
        """
        known = self.passages
        return {
            name: f"{count} items, {known.too_short[name]} of them too short to match"
            for name, count in sorted(known.items.items())
        }

    def _in_a_row(self, ids: Ids) -> Match | None:
        """Find `ngram_words` words of an item in a row; more of them where two signs make a word."""
        length, known = self._config.ngram_words, self.passages
        looked_at: dict[int, int] = {}
        for here, there in zip(*_lists(self._ngrams.hits(*runs(ids, length))), strict=True):
            is_inside = here < looked_at.get(here - there, 0)
            if is_inside or not np.array_equal(ids[here : here + length], known.ids[there : there + length]):
                continue
            row = _extended(ids, here, known.ids, there)
            looked_at[here - there] = here + len(row)
            # Tables of figures share rows with many a page.
            subject = [word for word in set(row) if known.is_telling[word] and not known.vocabulary[word].isdigit()]
            if known.sizes[row].sum() >= length and known.sizes[subject].sum() >= self._config.min_telling_words:
                return self._match(there, f"{len(row)} words in a row: {self._shown(row)}")
        return None

    def _nearly_whole(self, ids: Ids) -> Match | None:
        """Find `min_overlap` of an item's words in order, around a place where one of its seeds stands."""
        seen: set[tuple[int, int]] = set()
        here, there = self._seeds.hits(*runs(ids, SEED_WORDS))
        passages = self.passages.at(there)
        starts = here - (there - self.passages.starts[passages])
        for seed, passage, start in zip(*_lists((there, passages, starts)), strict=True):
            if (passage, start) in seen:
                continue
            seen.add((passage, start))
            item = self.passages.words_of(passage)
            shared = self._shared(item, ids, start)
            if shared:
                return self._match(seed, f"{shared} of its {len(item)} words in order: {self._shown(item)}")
        return None

    def _part_of_item(self, ids: Ids) -> Match | None:
        """Find the item that holds `min_overlap` of all the words, in order."""
        here, there = self._every_run.hits(*runs(ids, SEED_WORDS))
        passages = self.passages.at(there)
        # A run that stands twice in a passage counts once.
        shared = Counter(passage for _, passage in set(zip(*_lists((here, passages)), strict=True)))
        whole = ids.tolist()
        for passage, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:MAX_COMPARED]:
            of_it = passages == passage
            offsets = Counter(_lists((there[of_it] - self.passages.starts[passage] - here[of_it],))[0])
            start = min(offsets, key=lambda offset: (-offsets[offset], offset))
            item = np.array(self.passages.words_of(passage), np.int64)
            count = self._shared(whole, item, start)
            if count:
                held = f"{count} of the {len(whole)} words here stand in it in order: {self._shown(item.tolist())}"
                return self._match(int(self.passages.starts[passage]), held)
        return None

    def _shared(self, part: list[int], whole: Ids, start: int) -> int:
        """Return how many words of `part` stand in order in `whole` around `start`; 0 where they are too few.

        Too few of all, or of those that tell what it is about: a question may be worded like another one.
        """
        is_short = self.passages.sizes[part].sum() < self._config.ngram_words
        slack = SHORT_SLACK if is_short else len(part) // 2
        window: list[int] = whole[max(0, start - slack) : start + len(part) + slack].tolist()
        needed = self._needed(len(part), all_but_one=is_short)
        # In any order first, which is quicker to say and seldom enough.
        if sum(map(set(window).__contains__, part)) < needed:
            return 0
        count = shared_in_order(part, window)
        if count < needed:
            return 0
        told = self.passages.is_telling
        subject = [word for word in part if told[word]]
        needed = len(subject) if is_short else min(self._needed(len(subject)), len(subject) - 1)
        return count if shared_in_order(subject, [word for word in window if told[word]]) >= needed else 0

    def _needed(self, count: int, *, all_but_one: bool = False) -> int:
        """Return how many of some words must be there; with `all_but_one` no fewer than that."""
        # The epsilon keeps 0.56 * 25 = 14.000000000000002 from asking for one word more than it is.
        needed = math.ceil(self._config.min_overlap * count - 1e-9)
        return max(needed, count - 1) if all_but_one else needed

    def _match(self, place: int, evidence: str) -> Match:
        (passage,) = self.passages.at(np.array([place])).tolist()
        set_name, item = self.passages.labels[passage]
        return Match(set_name, item, evidence)

    def _shown(self, ids: Sequence[int]) -> str:
        shown = " ".join(self.passages.vocabulary[word] for word in ids[:SHOWN_WORDS])
        return shown + (" …" if len(ids) > SHOWN_WORDS else "")


def shared_in_order(one: Sequence[int], other: Sequence[int]) -> int:
    """Return the length of the longest common subsequence; 0 equals nothing.

    One addition for each word of `other`: the rows of the table are bits of a number (Hyyrö, Bit-Parallel LCS-length
    Computation Revisited, 2004).
    """
    places: dict[int, int] = {}
    for place, word in enumerate(one):
        if word:
            places[word] = places.get(word, 0) | 1 << place
    everything = (1 << len(one)) - 1
    free = everything
    for word in other:
        if hits := free & places.get(word, 0):
            free = (free + hits) | (free - hits)
    return len(one) - (free & everything).bit_count()


def _extended(ids: Ids, here: int, known: Ids, there: int) -> list[int]:
    """Return the equal words from two places on. The first hit of a run is its beginning, as hits come in order."""
    length = 0
    while here + length < len(ids) and ids[here + length] == known[there + length] != 0:
        length += 1
    found: list[int] = ids[here : here + length].tolist()
    return found


def _lists(arrays: Iterable[Ids]) -> list[list[int]]:
    return [array.tolist() for array in arrays]
