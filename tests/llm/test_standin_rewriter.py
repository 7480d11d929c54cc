"""Responses of the stand-in: the draft's own words, without what belongs to a web page."""

import re

import pytest

from tasks.llm.standin.condense import LONGEST_ANSWER_CHARS
from tasks.llm.standin.rewriter import rewrite
from tests.llm.standin_texts import CODE, DIARY, HINGE, SHOP, WEB_PAGE

DRAFTS = {"hinge": HINGE, "page": WEB_PAGE, "shop": SHOP, "diary": DIARY, "code": CODE}
LONG = "How to sort\n\n" + "\n\n".join(
    f"Rule number {number}\n\nCards of kind {number} go to the left of the others. They are laid down face up. "
    f"Whoever holds card {number} begins the round and takes the stack. The stack is then turned around."
    for number in range(1, 90)
)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def trigrams(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + 3]) for at in range(len(found) - 2)}


@pytest.mark.parametrize("name", DRAFTS)
def test_response_is_grounded_in_the_draft(name: str) -> None:
    """Length, copied word runs, numbers and names stay within what a verifier allows, by a wide margin."""
    draft = DRAFTS[name]
    response = rewrite(draft, "How do I do it?")
    assert 0.15 <= len(response) / len(draft) <= 1.6
    assert len(trigrams(response) & trigrams(draft)) / len(trigrams(response)) > 0.9
    assert set(re.findall(r"\d+", response)) <= set(re.findall(r"\d+", draft))
    assert set(re.findall(r"\b[A-Z]\w+", response)) <= set(re.findall(r"\b[A-Z]\w+", draft))


def test_web_furniture_is_left_out() -> None:
    """Menus, by-lines, dates, invitations, asides and remarks about the article are gone, the matter is not."""
    response = rewrite(WEB_PAGE, "How do I remove rust from garden tools?")
    for gone in ("Home", "Log in", "Mara", "2025", "article", "newsletter", "comment", "Facebook", "I always", "**"):
        assert gone not in response
    for kept in ("Vinegar dissolves rust within a night", "linseed oil", "dry it at once"):
        assert kept in response


def test_steps_and_headings_stay_in_order() -> None:
    """A list keeps its items as they are, below its heading."""
    response = rewrite(HINGE * 2, "How do I fix a squeaking door hinge?")
    assert "1. Close the door, so that its weight rests in the frame.\n2. Tap the pin out" in response
    assert response.index("**What you need**") < response.index("- white grease") < response.index("**The steps**")
    assert "How to fix" not in response.splitlines()[0]


def test_code_stays_as_it_is() -> None:
    """Lines of code keep their indentation and are fenced."""
    response = rewrite(CODE, "How do I count words?")
    assert "```\n>>> counts = {}\n>>> for word in" in response
    assert "...     counts[word] = counts.get(word, 0) + 1\n" in response
    assert "{'a': 2, 'b': 1}\n```" in response


def test_tables_become_tables() -> None:
    """Cells that a page held in columns stay in columns."""
    response = rewrite(
        "Sizes of screws come in two systems that do not mix.\n\nName\t\tSize\nsmall\t\t3 mm\n", "Sizes?"
    )
    assert response.endswith("| Name | Size |\n| --- | --- |\n| small | 3 mm |")


def test_answer_comes_first() -> None:
    """The sentence that answers the question moves up when it can stand alone."""
    draft = (
        "Many houses are old.\n\nTheir pipes were laid long ago. Nobody thinks of them.\n\n"
        "A pressure valve is a device that keeps the water pressure in a boiler below a safe limit. Old ones stick."
    )
    assert rewrite(draft, "What does a pressure valve in a boiler do?").startswith("A pressure valve is a device")


def test_long_drafts_keep_the_beginning_of_every_part() -> None:
    """An answer has the length of an answer, and no part is lost to the parts before it."""
    response = rewrite(LONG, "How do I sort?")
    assert len(response) < LONGEST_ANSWER_CHARS * 1.2
    assert "Cards of kind 1 go" in response
    assert "Cards of kind 85 go" in response


def test_sentence_that_leans_on_a_dropped_one_goes_with_it() -> None:
    """A remark about the page takes its continuation with it."""
    draft = (
        "Salt draws water out of cabbage. This chapter explains brine. It also covers crocks. "
        "Brine must cover the cabbage."
    )
    assert rewrite(draft, "How?") == "Salt draws water out of cabbage. Brine must cover the cabbage."


def test_nothing_but_furniture_still_gives_an_answer() -> None:
    """The server answers even where nothing is left to say."""
    assert rewrite("Home\nAbout\nLog in\n", "What?") != ""
    assert rewrite("", "What?") == ""
