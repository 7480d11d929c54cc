"""The place of a word in its list is the number that it means."""

from tasks.core.text.names import DAYS_AND_MONTHS, NAME_WORD
from tasks.core.text.number_words import COUNTS, ORDINALS


def test_words_stand_at_their_numbers() -> None:
    """From nought, and from the first."""
    assert (COUNTS[0], COUNTS[12], COUNTS[19], len(COUNTS)) == ("zero", "twelve", "nineteen", 20)
    assert (ORDINALS[0], ORDINALS[11], ORDINALS[20], len(ORDINALS)) == ("first", "twelfth", "twenty-first", 21)


def test_days_and_months_are_whole() -> None:
    """Seven and twelve."""
    assert len(DAYS_AND_MONTHS) == 19


def test_a_name_is_one_word_with_its_parts() -> None:
    """Hyphens, apostrophes and ampersands join; digits and underscores do not belong to names."""
    assert NAME_WORD.findall("Jean-Luc O’Neil, AT&T and C3PO_x") == [
        "Jean-Luc",
        "O’Neil",
        "AT&T",
        "and",
        "C",
        "PO",
        "x",
    ]
