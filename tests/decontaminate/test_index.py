"""Which texts hold which items."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.decontaminate import index
from tasks.decontaminate.index import _extended, shared_in_order
from tasks.decontaminate.postings import MAX_REPEATS, Postings, runs
from tests.decontaminate.made_sets import index_of

LONG = (
    "A ferry crosses the strait every forty minutes from dawn until the lighthouse is lit, and carries eleven cars "
    "each time; how many cars cross on the longest day of the year?"
)
SHORT = "Why do lighthouse keepers polish brass lamps?"


def test_a_match_tells_the_set_the_item_and_why() -> None:
    """Which is what the reject's detail says."""
    known = index_of(SHORT, LONG)
    assert str(known.find(f"Once more:\n{SHORT}\nNobody knows.")) == (
        "made item 1: 7 of its 7 words in order: why do lighthouse keepers polish brass lamps"
    )
    part = "the strait every forty minutes from dawn until the lighthouse is lit, and carries twelve cars"
    assert str(known.find(f"Here {part} or fewer.")) == (
        "made item 2: 14 words in a row: the strait every forty minutes from dawn until the lighthouse is lit and "
        "carries"
    )
    assert known.find("A page about ferries, lamps and lighthouse keepers.") is None


def test_fewer_words_in_a_row_are_not_enough() -> None:
    """Twelve of thirteen, where the rest of the item is missing."""
    twelve = "the strait every forty minutes from dawn until the lighthouse is lit"
    assert len(twelve.split()) == 12
    assert index_of(LONG).find(twelve) is None
    assert index_of(LONG, ngram_words=12).find(twelve) is not None


def test_half_of_an_item_is_not_nearly_all_of_it() -> None:
    """Unless the specification says that it is."""
    words = LONG.split()
    pieces = [" ".join(words[start : start + 6]) for start in range(0, len(words), 8)]
    text = " by and by ".join(pieces)
    assert index_of(LONG).find(text) is None
    assert index_of(LONG, min_overlap=0.6).find(text) is not None


def test_words_of_an_item_scattered_over_a_page_are_no_item() -> None:
    """They must stand close together, and in order."""
    words = LONG.split()
    filler = " and then nothing of the kind was seen by anybody on that shore for another week "
    assert index_of(LONG).find(filler.join(words)) is None
    shuffled = random.Random(3).sample(words, len(words))
    assert index_of(LONG).find(" ".join(shuffled)) is None


@pytest.mark.parametrize(
    ("text", "is_item"),
    [
        ("Why do lighthouse keepers polish their brass lamps?", True),
        ("Why lighthouse keepers polish brass lamps", True),
        ("Why do lighthouse keepers polish brass doors?", False),
        ("Why do lighthouse keepers clean brass lamps?", False),
        ("Lighthouse keepers polish brass lamps. Why do they?", False),
        ("why do lighthouse visitors and their keepers all polish brass lamps", False),
    ],
)
def test_a_short_item_keeps_what_it_asks_about(text: str, is_item: bool) -> None:
    """Of its small words one may be missing; with another noun it would be another question."""
    assert (index_of(SHORT).find(f"They said: {text} And so on.") is not None) == is_item


def test_short_and_general_items_are_counted() -> None:
    """They are not looked for, since half the web holds them, and the summary says how many there are."""
    known = index_of("What is the capital of France?", "Explain.", "Which of the following is true?", SHORT)
    assert known.summary() == {"made": "4 items, 3 of them too short to match"}
    assert known.find("What is the capital of France? Which of the following is true? Explain.") is None
    assert index_of("What is the capital of France?", min_item_words=4, min_telling_words=2).find(
        "Well, what is the capital of France?"
    )


def test_choices_make_a_short_question_long_enough() -> None:
    """By themselves they are no item: many pages list the same four cities."""
    known = index_of(("Which is largest?", "Lisbon harbour", "Porto bridge", "Braga chapel", "Faro lagoon"))
    assert known.find("Which is largest? A) Lisbon harbour B) Porto bridge C) Braga chapel D) Faro lagoon")
    known = index_of(
        ("Which Portuguese harbour town is largest?", "Lisbon", "Porto", "Braga", "Faro", "Tavira", "Beja")
    )
    assert known.find("Lisbon, Porto, Braga, Faro, Tavira and Beja") is None


def test_a_long_second_turn_counts_by_itself() -> None:
    """And a short one does not."""
    known = index_of((SHORT, LONG), (LONG.replace("ferry", "barge"), "Now shorten the ballad to nine lines."))
    assert str(known.find(LONG)).startswith("made item 1: ")
    assert known.find("Now shorten the ballad to nine lines.") is None


def test_what_many_items_share_is_none_of_them() -> None:
    """The wording of a test (a condition on the form, an introduction) stands in many instructions."""
    frame = "Finish the whole response with a postscript that starts with the letters and holds no comma at all"
    subjects = ("beavers", "canals", "violins", "basalt", "saffron", "pigeons")
    known = index_of(*(f"Tell a bedtime story about {subject} and sailors. {frame}." for subject in subjects))
    assert known.find(f"Compare two recipes for rhubarb crumble. {frame}.") is None
    assert str(known.find(f"Tell a bedtime story about canals and sailors. {frame}.")).startswith("made item 2: ")


def test_rows_of_figures_are_no_item() -> None:
    """Tables of noughts and ones, or the numbers from one on, stand on many pages."""
    figures = " ".join(str(number) for number in range(10, 40))
    known = index_of(f"Here is a table of tides at Marrowby pier: {figures}. At which hour is the water highest?")
    assert known.find(f"Rows: {figures}") is None


def test_signs_count_for_half() -> None:
    """Thirteen signs of Chinese are six or seven words: a phrase, and not a question."""
    item = "为什么竹子在开花以后常常成片死亡，农民怎样预防由此造成的损失？"
    known = index_of(item)
    assert known.find(f"他说：{item}") is not None
    assert known.find(item[:14]) is None
    assert known.find(item[:28]) is not None


def test_a_compound_is_found_in_one_word_and_in_two() -> None:
    """With the hyphen, without it, and cut at it."""
    known = index_of("Who keeps the double-entry ledger of the herring fleet?")
    for compound in ("double-entry", "double entry", "doubleentry", "double-\nentry", "Doubleentry"):
        assert known.find(f"Who keeps the {compound} ledger of the herring fleet?"), compound


def test_an_instruction_may_be_a_part_of_an_item() -> None:
    """In a document that is no matter; an instruction would ask what the test asks."""
    known = index_of(f"You are a ferryman. {LONG} Answer in one line, and show how you counted the crossings.")
    part = "How many cars cross the strait on the longest day of the year?"
    assert known.find(part) is None
    asked = "Eleven cars each time: how many cars cross on the longest day?"
    assert known.find(asked) is None
    assert str(known.find_either_way(asked)).startswith("made item 1: 12 of the 12 words here stand in it")
    assert known.find_either_way("How many trains cross on the longest day?") is None
    assert known.find_either_way("the longest day of the year") is None


def test_a_long_item_is_looked_for_in_pieces() -> None:
    """Any thirteen of its words in a row are found, at the seams as well."""
    book = [f"chapter{number} verse{number % 17}" for number in range(1_500)]
    known = index_of(" ".join(book))
    assert max(len(known.passages.words_of(number)) for number in range(len(known.passages.starts))) <= 1_000
    words = " ".join(book).split()
    assert [start for start in range(len(words) - 12) if known.find(" ".join(words[start : start + 13])) is None] == []
    assert known.find(" ".join(words[500:512])) is None


def test_no_text_and_no_items() -> None:
    """Both are possible, and nothing is found."""
    assert index_of().find_either_way(LONG) is None
    assert index_of("").find_either_way("") is None
    assert index_of(SHORT).find_either_way("") is None


def test_a_page_that_repeats_a_run_is_looked_at_where_it_stands_first() -> None:
    """Time and memory stay in proportion to the page, whatever it repeats; other runs are looked at as ever."""
    known = np.array([7, 7, 0, 8, 9, 0], np.int64)
    text = np.array([7] * 100_000 + [8, 9], np.int64)
    here, there = Postings.of(*runs(known, 2)).hits(*runs(text, 2))
    assert here.tolist() == [*range(MAX_REPEATS), 100_000]
    assert there.tolist() == [0] * MAX_REPEATS + [3]
    page = "lighthouse keepers polish " * 50_000
    assert index_of(*(f"{SHORT} And {number}?" for number in range(200))).find(page) is None
    assert index_of(SHORT).find(page + SHORT) is not None


def test_a_long_run_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not again from each of its words, where it is no item after all."""
    calls: list[int] = []
    monkeypatch.setattr(index, "_extended", lambda *places: calls.append(places[1]) or _extended(*places))
    figures = [str(number) for number in range(1_000, 3_000)]
    known = index_of(f"At which hour is the water at Marrowby pier highest? {' '.join(figures)}")
    assert known.find(f"It: {' '.join(figures[:600])}") is None
    assert calls == [1]


def naive(one: list[int], other: list[int]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        row = [
            0,
            *(
                max(row[place] + 1 if word and word == theirs else 0, row[place + 1])
                for place, theirs in enumerate(other)
            ),
        ]
        for place in range(1, len(row)):
            row[place] = max(row[place], row[place - 1])
    return row[-1]


@given(st.lists(st.integers(0, 4), max_size=40), st.lists(st.integers(0, 4), max_size=40))
def test_words_in_order_are_counted_right(one: list[int], other: list[int]) -> None:
    """As the table of the textbook does, where 0 equals nothing."""
    assert shared_in_order(one, other) == naive(one, other)


@given(st.lists(st.integers(0, 5), max_size=60), st.lists(st.integers(0, 5), max_size=60), st.integers(1, 5))
def test_hits_are_the_equal_runs(known: list[int], text: list[int], length: int) -> None:
    """All of them, in the order of the text, and none with an unknown word."""
    hits = Postings.of(*runs(np.array(known, np.int64), length)).hits(*runs(np.array(text, np.int64), length))
    expected = [
        (here, there)
        for here in range(len(text) - length + 1)
        for there in range(len(known) - length + 1)
        if 0 not in text[here : here + length] and text[here : here + length] == known[there : there + length]
    ]
    assert list(zip(*(array.tolist() for array in hits), strict=True)) == expected
