"""Markup that was made to cost time or memory, and markup that only looks so."""

from contextlib import suppress

import pytest

from tasks.core.errors import DataError
from tasks.extract.html import extract
from tasks.extract.tree import FEW_TAGS, MAX_ATTRIBUTES, MAX_TAGS, parse

MANY = FEW_TAGS + 1
WORDS = "Enough words for a line of prose that any extractor would take for one, and a few more of them."


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * MANY,
        "<DIV>text</z>" * MANY,
        "<table><tr><td>" * MANY,
        "<ul><li>" * MANY,
        "<x>" * MANY + "</y>" * MANY,
        "<br>" * (MAX_TAGS + 1),
        "<p " + " ".join(f"a{n}=1" for n in range(MAX_ATTRIBUTES)) + ">text",
        "<p " + " ".join(f"a{n}='>'" for n in range(MAX_ATTRIBUTES)) + ">text",
        "<p>" + "".join(f"<b id={n}>" for n in range(1_000)) + "</p>" + "<p>x</p>" * 1_000,
        "<p>" + "".join(f'<font a=">{n}">' for n in range(1_000)) + "</p>" + "<p>x</p>" * 1_000,
        "<p title='<script>'>" + "<div>" * MANY,
    ],
    ids=str.split("deep closed tables lists unknown tags attributes quoted reopened reopened-quoted no-script"),
)
def test_it_is_refused_before_it_is_parsed(markup: str) -> None:
    """Each of these takes the parser time that grows with the square of its length."""
    with pytest.raises(DataError, match="hostile_markup"):
        parse(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>text" * MANY,
        "<li>text" * MANY,
        "text<br>" * MANY,
        "<p>text</p>" * MANY,
        "<tr><td>x" * MANY,
        f"<script>{'if (a <b && c) f(d , e); ' * 1_000}</script><p>{WORDS}</p>",
        f"<!-- {'<b a=1 ' * 5_000} --><p>{WORDS}</p>",
        "<p>" + "<font size=2>x" * 1_000,
        "<b class=a>x</b> " * MANY,
        "".join(f"<font id={number}>x</FONT>" for number in range(1_000)),
    ],
    ids=[
        "p",
        "li",
        "br",
        "closed",
        "cells",
        "script",
        "comment",
        "equal formatting",
        "closed formatting",
        "closed kinds",
    ],
)
def test_large_and_sloppy_pages_are_parsed(markup: str) -> None:
    """End tags that HTML lets one omit, scripts full of signs, and old formatting are no attack."""
    assert parse(markup).body.text().strip() or "<tr>" in markup


def test_deep_nesting_of_few_tags_is_refused_too() -> None:
    """A page of a few thousand tags is parsed, and refused on the walk."""
    with pytest.raises(DataError, match="hostile_markup"):
        extract(("<section>" * 300 + WORDS).encode())


@pytest.mark.parametrize("opening", ["<script>", "<a b='", "<textarea>", "<!--", "<script a='", "<", '<p a="'])
def test_the_look_itself_reads_each_character_a_few_times_at_most(opening: str) -> None:
    """A thousand of what never ends is read as quickly as one: this test would take minutes otherwise."""
    with suppress(DataError):
        parse(opening * 60_000)
