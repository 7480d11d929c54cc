"""Dates that mean the same are the same, and what is no date is none."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.verify.dates import known_dates, stated_dates, without_dates


def new(response: str, document: str) -> list[str]:
    """Return the response's dates that the document does not hold."""
    known = known_dates(document)
    return [date.text for date in stated_dates(response) if not date.is_known(known)]


SAME = [
    "3 March 2019",
    "March 3, 2019",
    "the 3rd of March, 2019",
    "March 3rd 2019",
    "Mar. 3, 2019",
    "3 Mar 2019",
    "3-Mar-2019",
    "2019-03-03",
    "2019/3/3",
    "2019-03-03T10:15:00Z",
    "3/3/2019",
    "03.03.2019",
    "3/3/19",
    "MARCH 3, 2019",
    "3. März 2019",
    "3 mars 2019",
    "3 de marzo de 2019",
    "٣ March ٢٠١٩",
]


@pytest.mark.parametrize("response", SAME)
@pytest.mark.parametrize("document", SAME)
def test_one_day_in_every_form(response: str, document: str) -> None:
    """However the one writes the day, the other knows it; and one date is found, not its pieces."""
    assert new(f"It began on {response}.", f"It began ({document}), they say.") == []
    assert len(stated_dates(f"It began on {response}.")) == 1


@pytest.mark.parametrize(
    ("response", "document"),
    [
        ("in March 2019", "on 3 March 2019"),
        ("on 3 March", "on 3 March 2019"),
        ("in March", "on 2019-03-03"),
        ("in the 2010s", "on 2019-03-03"),
        ("in the 21st century", "on 2019-03-03"),
        ("in the 20th century", "in the 1990s"),
        ("in the 1990s", "in 1994"),
        ("in the 1990s", "in the nineties"),
        ("in the '90s", "in the 1990s"),
        ("in the nineties", "in 1994"),
        ("in the 1800s", "in the 19th century"),
        ("in the nineteenth century", "in 1850"),
        ("in the nineteenth century", "in the 19th-century house"),
        ("in the 18th and 19th centuries", "in the eighteenth century and in the nineteenth century"),
        ("in the 5th century BC", "in the fifth century BC"),
        ("on 12/03/2019", "on 3 December 2019"),
        ("on 12/03/2019", "on 12 March 2019"),
        ("on 12/03/2019", "on 12/03/19"),
        ("on March 3, 2019", "News of 2019. The house burned on March 3."),
        ("in March 2019", "Of the year 2019: in March the house burned."),
        ("on 16 June 2020", "on 15-16 June 2020"),
        ("from June 15 to 17, 2020", "15 June 2020 to 17 June 2020"),
        ("on May 3", "3rd of May"),
    ],
)
def test_part_of_a_known_date_is_known(response: str, document: str) -> None:
    """A partial date that a fuller one contains adds nothing, nor does a day put together with its year."""
    assert stated_dates(response)
    assert new(response, document) == []


@pytest.mark.parametrize(
    ("response", "document", "found"),
    [
        ("on 3 March 2019", "in March 2019", ["3 March 2019"]),
        ("on 3 March 2019", "on 4 March 2019", ["3 March 2019"]),
        ("on 3 March 2019", "on 3 March 2018", ["3 March 2019"]),
        ("on 2019-03-04", "on 2019-04-03", ["2019-03-04"]),
        ("in April 2019", "on 3 March 2019", ["April 2019"]),
        ("in April", "in March", ["April"]),
        ("on 3 March", "on 3 May", ["3 March"]),
        ("in the 1980s", "in 1994", ["1980s"]),
        ("in the eighties", "in the 1990s", ["the eighties"]),
        ("in the 18th century", "in 1850", ["18th century"]),
        ("in the 5th century BC", "in the 5th century", ["5th century BC"]),
        ("on 12/03/2019", "on 11/03/2019", ["12/03/2019"]),
        ("on 3 March 2019 and on 5 May 2020", "nothing", ["3 March 2019", "5 May 2020"]),
    ],
)
def test_dates_that_the_document_lacks(response: str, document: str, found: list[str]) -> None:
    """A fuller date, another day, another month or another century is new, and reported as it is written."""
    assert new(response, document) == found


@pytest.mark.parametrize(
    "text",
    [
        "You may 3 times march 5 miles, and it may 12 work.",
        "May I? March on! The Mars rover; an august man; sept and dec.",
        "Open 24/7, at 10:30, in 1/2 or 3/4 of the cases, 99/99/2019.",
        "Version 3.11.2, address 192.168.1.20, part no. 12-34-56789.",
        "In 1987 there were 2000 people of 45 in their 60s.",
        "He decided to jan the second may.",
        "The third house, the second time, the 1st of them.",
    ],
)
def test_no_date(text: str) -> None:
    """Verbs, fractions, versions and bare years are left alone."""
    assert stated_dates(text) == []


def test_dates_are_blanked_out_in_place() -> None:
    """What is left keeps its position, so that numbers are not counted twice."""
    text = "On 3 March 2019, 7 of 12 came; in the 1990s 5 did."
    bare = without_dates(text)
    assert len(bare) == len(text)
    assert bare.split() == ["On", ",", "7", "of", "12", "came;", "in", "the", "5", "did."]


def test_dates_do_not_overlap() -> None:
    """A longer reading wins over the shorter ones that begin with it."""
    found = stated_dates("3 March 2019 March 2019 2019-03-03 and 3 March")
    assert [date.text for date in found] == ["3 March 2019", "March 2019", "2019-03-03", "3 March"]
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.text(alphabet="0123456789-/., MarchmyJune'sthe centur19th\n", max_size=80))
def test_a_text_knows_its_own_dates(text: str) -> None:
    """However digits and names of months are strung together, they are found again."""
    assert new(text, text) == []


@pytest.mark.parametrize(
    "junk", ["3 March ", "1.", "1/", "12-", "9", "may ", "the ", "March 3, ", "century ", "\x00", "٣"]
)
def test_a_megabyte_of_pieces(junk: str) -> None:
    """Pieces of dates without an end are read to the end."""
    text = junk * (1_000_000 // len(junk))
    assert new(text, text) == []
    assert len(without_dates(text)) == len(text)
