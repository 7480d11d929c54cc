"""Made pages of many layouts: the text that is found, against the text that should be."""

from statistics import mean

import pytest

from tasks.extract.html import extract
from tests.extract.made import layouts_more
from tests.extract.made.layouts import LAYOUTS
from tests.extract.made.measure import f1, precision_recall
from tests.extract.made.words import SENTENCES, Words

assert layouts_more  # fills LAYOUTS
SEEDS = range(3)
# The least of any layout in English; numbers of list items, which no gold text has, cost recipes the rest.
LEAST_F1 = 0.95


def measured(name: str, lang: str) -> float:
    found = []
    for seed in SEEDS:
        html, gold = LAYOUTS[name](Words(seed, lang))
        found.append(precision_recall(gold, extract(html.encode()).text))
    return f1(mean(p for p, _ in found), mean(r for _, r in found))


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_each_layout_is_read_nearly_whole_and_nearly_clean(name: str) -> None:
    """News, blogs, documentation, recipes, forums, old tables and the others, one by one."""
    assert measured(name, "en") >= (0.85 if name == "recipe" else LEAST_F1)


@pytest.mark.parametrize("lang", sorted(set(SENTENCES) - {"ja"}))
def test_other_languages_are_read_as_well(lang: str) -> None:
    """Nothing in the measure of a paragraph is English."""
    assert mean(measured(name, lang) for name in LAYOUTS) >= 0.98


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
