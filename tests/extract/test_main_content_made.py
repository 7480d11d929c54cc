"""Made pages of many layouts: the text that is found, against the text that should be."""

from collections.abc import Callable
from statistics import mean

import pytest

from tasks.extract.html import extract
from tests.extract.made import layouts_blogs, layouts_more, layouts_news, layouts_pieces
from tests.extract.made.layouts import LAYOUTS
from tests.extract.made.measure import f1, precision_recall
from tests.extract.made.strip import without_meaning, without_names
from tests.extract.made.words import SENTENCES, Words

assert layouts_blogs and layouts_more and layouts_news and layouts_pieces  # they fill LAYOUTS
SEEDS = range(3)
# The least of any layout in English, but for what cannot be told: numbers of list items, which no gold text has,
# and a column of short notes, without a box for each, beside an article in a table.
LEAST_F1 = 0.95
LEAST_F1_OF = {"recipe": 0.85, "old_column": 0.75}


def measured(name: str, lang: str, strip: Callable[[str], str] = str) -> float:
    found = []
    for seed in SEEDS:
        html, gold = LAYOUTS[name](Words(seed, lang))
        found.append(precision_recall(gold, extract(strip(html).encode()).text))
    return f1(mean(p for p, _ in found), mean(r for _, r in found))


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_each_layout_is_read_nearly_whole_and_nearly_clean(name: str) -> None:
    """News, blogs, documentation, recipes, forums, old tables and the others, one by one."""
    assert measured(name, "en") >= LEAST_F1_OF.get(name, LEAST_F1)


@pytest.mark.parametrize("lang", sorted(set(SENTENCES) - {"ja"}))
def test_other_languages_are_read_as_well(lang: str) -> None:
    """Nothing in the measure of a paragraph is English."""
    assert mean(measured(name, lang) for name in LAYOUTS) >= 0.98


@pytest.mark.parametrize(
    ("strip", "least"),
    [
        (without_names, 0.94),
        (without_meaning, 0.97),
        (lambda html: without_meaning(without_names(html)), 0.93),
    ],
)
def test_form_alone_tells_most(strip: Callable[[str], str], least: float) -> None:
    """The same pages without class, id and role, with divisions for every element that says what it is, and both."""
    assert mean(measured(name, "en", strip) for name in LAYOUTS) >= least


def test_a_script_without_spaces_is_read_as_well() -> None:
    """A line of Japanese is one word to the measure, so that small differences weigh more."""
    assert mean(measured(name, "ja") for name in LAYOUTS) >= 0.93


def test_the_same_page_gives_the_same_text() -> None:
    """Twice, and whatever was read in between."""
    html, _ = LAYOUTS["news"](Words(1))
    first = extract(html.encode())
    extract(LAYOUTS["wiki"](Words(2))[0].encode())
    assert extract(html.encode()) == first
    assert (first.date, first.title) == ("2026-03-14", Words(1).title())
