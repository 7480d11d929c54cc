"""What is found of items that pages hold in another form, and what is found where there is none."""

import pytest

from tasks.decontaminate.index import Index
from tests.decontaminate.made_sets import all_items, config_of
from tests.decontaminate.planting import EDITED, FORMAL, LABELS
from tests.decontaminate.recall import Found, measure, pages, plain_matcher, variants


@pytest.fixture(scope="module")
def found() -> dict[str, Found]:
    return measure()


@pytest.fixture(scope="module")
def index() -> Index:
    return Index((item for item, _ in all_items()), config_of())


def test_there_are_items_of_every_kind(index: Index) -> None:
    """Sixty and more, half of them shorter than a 13-gram or nearly so, and all of them can be looked for."""
    lengths = sorted(len(text.split()) for item, _ in all_items() for text in item.texts[:1])
    assert len(lengths) > 60
    assert sum(length < 13 for length in lengths) >= 20
    assert sum(length > 25 for length in lengths) >= 15
    assert not any(index.passages.too_short.values())


@pytest.mark.parametrize("variant", [*FORMAL, *LABELS])
def test_form_hides_no_item(found: dict[str, Found], variant: str) -> None:
    """Line wraps, markup, quoting, entities, white space, labels: every item is found, by its own name."""
    assert [f"{item.set_name} {item.name}" for item in found[variant].missed] == []


def test_an_inserted_word_hides_no_item(found: dict[str, Found]) -> None:
    """Not even in a short one."""
    assert found["a word inserted"].recall == 1.0


@pytest.mark.parametrize("variant", EDITED)
def test_an_edited_word_hides_no_long_item(found: dict[str, Found], variant: str) -> None:
    """What is missed is shorter than 13 words and lost a word that tells what it asks for."""
    assert found[variant].recall > 0.75
    assert all(len(item.texts[0].split()) <= 14 for item in found[variant].missed)


def test_recall_over_all_variants(found: dict[str, Found]) -> None:
    """The aim is 0.95; a plain match of 13 words finds little more than half."""
    total = sum(line.planted for line in found.values())
    assert sum(line.ours for line in found.values()) / total > 0.97
    assert sum(line.plain for line in found.values()) / total < 0.6


def test_what_a_plain_match_finds_is_found() -> None:
    """Thirteen words in a row are enough for us as well."""
    known = [item for item, _ in all_items()]
    plain, index = plain_matcher(known), Index(known, config_of())
    texts = [text for _, _, text in variants()]
    by_it = [text for text in texts if plain(text)]
    assert len(by_it) > 500
    assert [text for text in by_it if index.find(text) is None] == []


def test_nothing_is_found_in_pages_without_items(index: Index) -> None:
    """Neither in a page as a whole, nor in a paragraph of it taken for an instruction."""
    texts = pages()
    assert len(texts) > 80
    assert [str(match) for text in texts if (match := index.find(text))] == []
    paragraphs = [paragraph for text in texts for paragraph in text.split("\n")]
    assert [str(match) for text in paragraphs if (match := index.find_either_way(text))] == []


def test_sister_questions_are_no_items(index: Index) -> None:
    """A question like an item's, but about something else, is another question."""
    others = (
        "How do badgers keep their setts watertight?",
        "What makes rye bread taste sweet?",
        "Which spices belong in a Hungarian goulash?",
        "Name five poisonous mushrooms found in beech forests.",
        "Describe the plumage of a female pheasant.",
        "Which knot shortens a rope that must not be cut?",
        "Write a SQL query that lists every customer whose order was shipped more than twice since 1990.",
        "Which gas do green plants release in sunlight?",
    )
    assert [str(match) for text in others if (match := index.find_either_way(text))] == []
