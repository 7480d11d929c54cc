"""Figures of a text."""

import pytest

from tasks.filters.passage import Passage, sentence_count


def test_lines_and_paragraphs_are_without_blanks() -> None:
    """Blank lines part paragraphs, with or without spaces in them."""
    passage = Passage("  a\n\n \nb\nc  \n\n\n")
    assert passage.lines == ["a", "b", "c"]
    assert passage.paragraphs == ["a", "b\nc"]
    assert Passage("a\nb").paragraphs == ["a\nb"]
    assert Passage(" \n").paragraphs == []


def test_plain_words_lose_the_punctuation_around_them() -> None:
    """And their capitals, but nothing inside them."""
    passage = Passage('"Well," said O’Brien: e.g. 3.14 -- (again)')
    assert passage.plain_words == ["well", "said", "o’brien", "e.g", "3.14", "again"]
    assert passage.plain_characters == len("wellsaido’briene.g3.14again")
    assert passage.plain_counts["again"] == 1


def test_labels_are_short_lines_without_signs_before_them() -> None:
    """Bullets and bars say nothing of what a button says."""
    assert Passage("» Read More\n" + "x" * 161 + "\n| Reply |").labels == ["read more", "reply |"]


def test_full_stops_are_counted_once_for_each_sentence() -> None:
    """Abbreviations inside a word and numbers do not end a sentence; several marks end one."""
    assert Passage("Version 3.11 is out. Is it? Yes!! See docs.python.org today.").full_stop_count == 4
    assert Passage("... !!! ?").full_stop_count == 0


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("No full stop at all", 1),
        ("One. Two! Three? Four", 4),
        ("Mr. Brown met Dr. Gray at 9.30 in St. Ives.", 1),
        ("It costs e.g. 5 pounds. That is dear.", 2),
        ("“Wait.” He waited.", 2),
        ("end. no capital follows", 1),
    ],
)
def test_sentences_of_a_line(line: str, count: int) -> None:
    """The end of the line ends one; abbreviations do not."""
    assert sentence_count(line) == count
