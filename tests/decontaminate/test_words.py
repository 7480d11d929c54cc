"""Words that copying a text leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.decontaminate.telling import telling
from tasks.decontaminate.words import compounds, size_of, words

TEXT = "Don't stop: the well-known method needs 1,250 loaves."
WORDS = ["dont", "stop", "the", "well", "known", "method", "needs", "1250", "loaves"]


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "DON\u2019T STOP \u2013 the **well-known** _method_ needs 1250 loaves!",
        "> Don't stop: the\n> well-known method\n>\n> needs 1 250 loaves.",
        "* Don't stop:\n* the well-known method needs\n* 1\u202f250 loaves.",
        "1. Don't stop: the\n2. well-known method\n3. needs 1.250 loaves.",
        "Don&rsquo;t stop: the <b>well-known</b><br/>method needs 1,250&nbsp;loaves.",
        "Don&amp;#39;t stop: the well&#x2010;known method needs 1_250 loaves.",
        "Don't stop: the well-known meth\u00adod needs 1,250 lo\u00ad\n  aves.",
        "\ufeffDo\u200bn't stop: the well\u2011known me\u200dthod needs 1'250 loaves.",
        "Don't stop: the [well-known](https://pages.example/a_b) method needs 1,250 loaves.",
        "Don't stop:\\n the well-known method\\tneeds 1,250 loaves.",
        "(a) Don't stop: 1) the well-known method (2) needs 1,250 loaves.",
        "\uff24\uff4f\uff4e't stop: the well-known m\u00e9thod needs 1,250 loaves.",
    ],
)
def test_dress_is_taken_off(text: str) -> None:
    """Whatever a page does to a text, the words stay the same."""
    assert words(text) == WORDS


def test_hyphenation_is_undone_where_the_word_is_known() -> None:
    """A hyphen at a line's end may be the word's own: the known word decides."""
    assert words("a lock-\nkeeper", {"lockkeeper"}) == ["lockkeeper"]
    assert words("a lock-\n> keeper", {"lockkeeper"}) == ["lockkeeper"]
    assert words("a lock-  \r\n  keeper") == ["lock", "keeper"]
    assert words("2-\n4 and -\nso") == ["2", "4", "and", "so"]


def test_single_letters_and_labels_are_no_words() -> None:
    """Articles, variables and the labels of choices come and go; a digit is a figure."""
    assert words("A) x is 7  B) y is 9") == ["is", "7", "is", "9"]
    assert words("1) one\n2) two\n 13. thirteen") == ["one", "two", "thirteen"]
    assert words("in 2. place f(3) holds") == ["in", "2", "place", "holds"]


def test_scripts_without_spaces_are_taken_sign_by_sign() -> None:
    """Two signs count as a word, more or less; vowel signs stay with their letters elsewhere."""
    assert words("东京 とは何") == ["东", "京", "と", "は", "何"]
    assert [size_of(word) for word in ("东", "ก", "tea", "चाय")] == [0.5, 0.5, 1.0, 1.0]
    assert words("चाय की पत्तियाँ।") == ["चाय", "की", "पत्तियाँ"]
    assert words("Тёплый день и вечер") == words("теплый ДЕНЬ вечер")


def test_compounds_are_told() -> None:
    """With a hyphen of any kind, and not where the hyphen is a dash."""
    assert compounds("Double\u2011entry e-mail \u2013 state-of-the-art - 3-4") == {
        "double-entry",
        "e-mail",
        "state-of-the-art",
    }


def test_words_that_tell() -> None:
    """What a question is about, not how it is put; figures and signs of other scripts tell as well."""
    assert [telling(word) for word in ("which", "write", "dam", "beaver", "7", "1990", "竹")] == [0, 0, 0, 1, 1, 1, 0.5]


@given(st.text(max_size=300))
def test_any_text_has_words(text: str) -> None:
    """Lone surrogates, marks without letters, private signs: a list comes back, and the same one each time."""
    found = words(text)
    assert found == words(text)
    assert all(found)


@pytest.mark.parametrize(
    "text", ["a" * 300_000, "-\n" * 100_000, "<a" * 100_000, "\u00ad " * 100_000, "1,000" * 60_000]
)
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    """No pattern goes over the same signs again and again: this would not end within the test's time limit."""
    assert isinstance(words(text), list)
    assert isinstance(compounds(text), set)
