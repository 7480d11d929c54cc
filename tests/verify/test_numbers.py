"""Numbers that mean the same are the same, and what merely counts is no number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.verify.numbers import known_numbers, stated_numbers


def new(response: str, document: str) -> list[str]:
    """Return the response's numbers that the document does not hold."""
    known = known_numbers(document)
    return [number.text for number in stated_numbers(response) if not number.is_known(known)]


@pytest.mark.parametrize(
    ("response", "document"),
    [
        ("It takes 3 hours.", "It takes three hours."),
        ("It takes three hours.", "It takes 3 hours."),
        ("It costs $1,000.", "It costs 1000 dollars."),
        ("It costs 1000 dollars.", "It costs 1,000 dollars."),
        ("It costs 1,000,000 dollars.", "It costs 1000000 dollars."),
        ("There are 1 000 of them.", "There are 1000 of them."),
        ("There are 1\u202f000 of them.", "There are 1,000 of them."),
        ("About 1.5 million people.", "About 1,500,000 people."),
        ("About 1,500,000 people.", "About 1.5 million people."),
        ("Some 5k runners.", "Some 5000 runners."),
        ("Add 3.50 euros.", "Add 3.5 euros."),
        ("Add 3,5 euros.", "Add 3.5 euros."),
        ("Press Ctrl and 05.", "Press Ctrl and 5."),
        ("Use Python 3.11.", "Use Python 3.11.2."),
        ("Twenty-five guests came.", "25 guests came."),
        ("25 guests came.", "Twenty-five guests came."),
        ("Two hundred and five guests came.", "205 guests came."),
        ("The 3rd floor.", "The third floor."),
        ("Take 12 eggs.", "Take a dozen eggs."),
        ("Heat it to 180°C.", "Heat it to 180 degrees."),
        ("Take 1½ cups.", "Take 1 1/2 cups."),
        ("Take ½ cup.", "Take 1/2 cup."),
        ("It weighs 5kg.", "It weighs 5 kg."),
        ("From 10:30 on.", "Doors open at 10:30."),
        ("A room of 12m².", "A room of 12 m2."),
        ("On 2020-05-12.", "On 12 May 2020, in the 5th month."),
        ("Between 1990 and 1995.", "1990-1995"),
        ("100 percent", "100%"),
        ("Made with v1.8.7.", "Made with v1.8.7."),
    ],
)
def test_same_number_written_otherwise(response: str, document: str) -> None:
    """A number that the document writes in another way is known."""
    assert new(response, document) == []


@pytest.mark.parametrize(
    "response",
    [
        "1. Take the lid off.\n2. Stir.\n3) Wait.",
        "(1) Take the lid off.\n(2) Stir.",
        "**1.** Take the lid off.\n- 2. Stir.",
        "## 1. The lid\n### 2) The spoon",
        "Step 1: take the lid off.\nStep 2: stir. Go back to step 1.",
        "Tip 4: stir.",
        "One of them is enough; these three steps and two tools will do.",
        "Take vitamin B12 with H2O, and listen to an MP3 on x86_64.",
        "No number at all.",
    ],
)
def test_counting_is_no_number(response: str) -> None:
    """Ordinals of a list, small counting words and digits inside names are not figures that could be invented."""
    assert list(stated_numbers(response)) == []


@pytest.mark.parametrize(
    ("response", "found"),
    [
        ("It takes 4 hours.", ["4"]),
        ("It takes four hours.", ["four"]),
        ("It takes thirty of them.", ["thirty"]),
        ("It costs $2,500, or 2,500 each.", ["2,500", "2,500"]),
        ("About 3.5 million people.", ["3.5 million"]),
        ("Founded in 1987, closed in 2004.", ["1987", "2004"]),
        ("Some 73% of users.", ["73"]),
        ("3.5 cups at the start of a line", ["3.5"]),
        ("Use Python 3.12.1.", ["3.12.1"]),
        ("Nothing but 3 hours and 10 of 1000.", []),
    ],
)
def test_numbers_that_the_document_lacks(response: str, found: list[str]) -> None:
    """A number that the document does not hold is reported as it is written."""
    assert new(response, "It takes 3 hours, 10 of 1000 times, and 1.5 million of something in Python 3.12.") == found


def test_a_scale_is_part_of_the_number() -> None:
    """1.5 million is not known from a text that speaks of 1.5 only, nor of 1.5 billion."""
    assert new("1.5 million", "1.5 of them") == ["1.5 million"]
    assert new("1.5 million", "1.5 billion of them") == ["1.5 million"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_has_numbers_or_none(response: str, document: str) -> None:
    """No text can break the reading of numbers, and a text knows all of its own."""
    new(response, document)
    assert new(response, response) == []


@given(st.text(alphabet="0123456789.,½² \n-/vkmMilion hundred and two", max_size=120))
def test_a_text_knows_its_own_numbers(text: str) -> None:
    """However digits, points, fractions and scales are strung together, they are found again."""
    assert new(text, text) == []


def test_long_strings_of_digits_and_words() -> None:
    """A hundred thousand digits, or the word hundred as often, is read like anything else."""
    digits = "9" * 100_000
    assert new(digits, digits) == []
    assert new(f"{digits} million", "none") == [f"{digits} million"]
    assert new("hundred " * 50_000, "none")
