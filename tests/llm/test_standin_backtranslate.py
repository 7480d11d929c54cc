"""Requests that the stand-in finds for documents: natural, grammatical, about the document."""

import re

import pytest

from tasks.llm.standin.backtranslate import NOTHING_FOUND, backtranslate
from tasks.llm.standin.choice import Choose
from tasks.llm.standin.grammar import first_person, in_use, invert, verb_phrase
from tasks.llm.standin.textparts import blocks_of
from tasks.llm.standin.titles import Usage, find_title
from tasks.llm.standin.topics import read_title
from tasks.llm.standin.verbs import base_of_gerund
from tests.llm.standin_texts import CODE, HINGE, WEB_PAGE


def requests_for(document: str) -> set[str]:
    return {backtranslate(document, Choose(document, seed=seed)) for seed in range(40)}


@pytest.mark.parametrize(
    ("gerund", "base"),
    [
        ("bleeding", "bleed"), ("making", "make"), ("running", "run"), ("using", "use"), ("tying", "tie"),
        ("installing", "install"), ("controlling", "control"), ("handling", "handle"), ("opening", "open"),
        ("configuring", "configure"), ("monitoring", "monitor"), ("debugging", "debug"), ("dyeing", "dye"),
        ("refurbishing", "refurbish"), ("grating", "grate"), ("frobbing", "frob"),
        ("morning", None), ("string", None), ("ring", None),
    ],
)  # fmt: skip
def test_gerunds_lead_back_to_verbs(gerund: str, base: str | None) -> None:
    """Known verbs come back exactly, unknown ones by the rules of spelling, nouns not at all."""
    assert base_of_gerund(gerund) == base


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("bleeding a radiator", "bleed a radiator"),
        ("sharpening kitchen knives", "sharpen kitchen knives"),
        ("cleaning and oiling a bike chain", "clean and oil a bike chain"),
        ("backing up a laptop with rsync", "back up a laptop with rsync"),
        ("setting the hostname and configuring the name service", "set the hostname and configure the name service"),
        ("parsing HTML", "parse HTML"),
        ("cooking time", None),
        ("sorting basics", None),
        ("floating point arithmetic", None),
        ("washing machine parts", None),
    ],
)
def test_verb_phrases_are_told_from_compounds(phrase: str, expected: str | None) -> None:
    """What can be done becomes a verb phrase, what is a thing stays one."""
    assert verb_phrase(phrase) == expected


@pytest.mark.parametrize(
    ("title", "kind", "text"),
    [
        ("How to sharpen a kitchen knife", "task", "sharpen a kitchen knife"),
        ("Bleeding a radiator", "task", "bleed a radiator"),
        ("Clean your bike chain", "task", "clean my bike chain"),
        ("Why leaves change colour", "question", "why do leaves change colour"),
        ("Why the sky is blue", "question", "why is the sky blue"),
        ("How a heat pump works", "question", "how does a heat pump work"),
        ("How bees make honey", "question", "how do bees make honey"),
        ("What is a heat pump", "question", "what is a heat pump"),
        ("Should you oil a hinge?", "question", "should I oil a hinge"),
        ("What the numbers on a bulb mean", "clause", "what the numbers on a bulb mean"),
        ("When to prune roses and how to do it", "should", "when should I prune roses, and how do I do it"),
        ("Butter or margarine", "compare", "butter"),
        ("The difference between tea and mate", "question", "what is the difference between tea and mate"),
        ("10 simple ways to save water", "ways", "ways"),
        ("A beginner's guide to composting", "thing", "composting"),
        ("An introduction to regular expressions", "overview", "regular expressions"),
        ("4.2. Tuning A Guitar By Ear", "task", "tune a guitar by ear"),
        ("Sourdough Starter | The Bread Pages", "thing", "sourdough starter"),
        ("The Python Tutorial: 4. More Control Flow Tools", "thing", "control flow tools"),
        ("Regular Expression HOWTO", "thing", "regular expression"),
        ("HOW TO DESCALE A KETTLE", "task", "descale a kettle"),
    ],
)  # fmt: skip
def test_titles_are_read(title: str, kind: str, text: str) -> None:
    """The forms in which pages name their matter lead to the right kind of request."""
    topic = read_title(title, Usage())
    assert topic is not None
    assert (topic.kind, topic.text) == (kind, text)


@pytest.mark.parametrize("title", ["About us", "Welcome to our home page", "Introduction", "Untitled", "!!!"])
def test_titles_that_say_nothing_are_passed_over(title: str) -> None:
    """Then the first sentences decide."""
    assert read_title(title, Usage()) is None


def test_case_follows_the_document() -> None:
    """Names that the document writes with a capital keep it, other words of a headline lose it."""
    document = (
        "Visiting Old Prague By Night Train\n\n"
        "Many people go to Prague by night train, and old houses in Prague are lit."
    )
    topic = read_title(blocks_of(document)[0].text, Usage.of(blocks_of(document)))
    assert topic is not None
    assert topic.text == "visit old Prague by night train"


def test_name_of_the_site_is_not_the_title() -> None:
    """A first line of which the document does not speak gives way to the headline below it."""
    document = (
        "Oak & Anvil\n\nHow to sharpen a scythe\n\n"
        "A scythe is sharpened with a whetstone. A sharp scythe cuts wet grass."
    )
    blocks = blocks_of(document)
    assert find_title(blocks, Usage.of(blocks)) == "How to sharpen a scythe"


def test_first_person_and_inversion() -> None:
    """Titles that address the reader are turned round to the person who asks."""
    assert first_person("keep your bike when you are away, and what it tells you") == (
        "keep my bike when I am away, and what it tells me"
    )
    assert invert("cats purr", "why") is None
    assert invert("the tide rises", "why") == "why does the tide rise"


def test_articles_follow_the_document() -> None:
    """A singular noun gets the article, or the plural, that the document uses."""
    document = (
        "A heat pump moves heat. It is said that a heat pump is quiet.\n\n"
        "Regular expressions are terse, and regular expressions match."
    )
    usage = Usage.of(blocks_of(document))
    assert in_use("heat pump", usage) == ("a heat pump", "singular")
    assert in_use("regular expression", usage) == ("regular expressions", "plural")


def test_how_to_gets_requests_of_a_person() -> None:
    """All forms ask for the task, some for the mistakes that the document warns of."""
    made = requests_for(HINGE)
    assert all("fix a squeaking door hinge" in request for request in made)
    assert any("mistakes should I avoid" in request for request in made)
    assert {"How do I fix a squeaking door hinge?"} <= made


def test_recipe_is_asked_for_as_one() -> None:
    """Ingredients make a recipe of a noun."""
    document = "Lemon cake\n\nIngredients\n\n- 200 g flour\n- 3 eggs\n\nMethod\n\n1. Mix it all.\n2. Bake it."
    assert "Can you give me a recipe for lemon cake?" in requests_for(document)


def test_library_page_is_asked_for_by_what_it_does() -> None:
    """A module's page leads to a question about Python, in words and not in headings."""
    document = (
        "bisect — Array bisection algorithm\n\nSource code: Lib/bisect.py\n\nThis module keeps a list in sorted order. "
        "The module is called bisect because Python uses a bisection algorithm in it."
    )
    assert "What does Python's bisect module do, and how do I use it?" in requests_for(document)
    verb = document.replace("Array bisection algorithm", "Search sorted lists")
    assert "How do I search sorted lists in Python?" in requests_for(verb)


def test_document_without_title_is_read_by_its_sentences() -> None:
    """A definition or a purpose in the first sentences names the topic."""
    defined = "A theodolite is an instrument for measuring angles. It has a telescope that turns about two axes."
    assert all("theodolite" in request for request in requests_for(defined))
    purpose = "To prune a hedge, you need shears. Cut the sides first and the top last, always away from the body."
    assert all("prune a hedge" in request for request in requests_for(purpose))


@pytest.mark.parametrize("document", [HINGE, WEB_PAGE, CODE], ids=["hinge", "page", "code"])
def test_requests_are_sentences_and_never_speak_of_the_document(document: str) -> None:
    """A capital at the front, a mark at the end, no word about a text or an article."""
    for request in requests_for(document):
        assert re.match(r"[A-Z]", request)
        assert re.search(r"[.?]$", request)
        assert not re.search(r"\b(?:text|article|document|page|passage)\b|  |\?\?|\?,", request)


def test_mess_gets_an_honest_request() -> None:
    """Where nothing can be found, nothing is made up."""
    assert backtranslate("%% ## 12 ;; \n\n== ==", Choose("x")) == NOTHING_FOUND
