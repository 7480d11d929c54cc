"""Edits of the text: each does what it says, in the order of the specification, and leaves everything else."""

import subprocess
import sys
import textwrap
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tasks.core.errors import DataError
from tasks.core.extract_config import ExtractConfig
from tasks.extract.edits import _EDITS, apply, edit_page
from tasks.extract.headings import CLOSE, OPEN
from tasks.extract.html import Page

PERSONAL = "Write to jane@orchard.org, joe@orchard.org or call (212) 867-5309."


def config(*edits: dict[str, Any], **personal_data: Any) -> ExtractConfig:
    return ExtractConfig.model_validate({"edits": edits, "personal_data": personal_data})


def edited(text: str, edit: str, **params: Any) -> str:
    try:
        return apply(text, config({"edit": edit, **params})).text
    except DataError as error:
        return f"{error.reason}: nothing"


@pytest.mark.parametrize(
    ("edit", "params", "text", "expected"),
    [
        (
            "c4_lines",
            {},
            "Home\nThe tree is old.\nToo short.\nIt goes on and on...\nA line without an end",
            "The tree is old.",
        ),
        ("c4_lines", {"min_words_per_line": 2}, "Too short.\nShort.", "Too short."),
        (
            "c4_lines",
            {},
            'She said "it is old"\nIs it really old?\nIt is so old!',
            'She said "it is old"\nIs it really old?\nIt is so old!',
        ),
        (
            "c4_lines",
            {},
            "Please enable Javascript to read.\nThis site uses cookies for tracking.\nThis one is kept.",
            "This one is kept.",
        ),
        (
            "c4_lines",
            {"filter_javascript": False, "filter_policy": False},
            "Please use Javascript here.\nWe use cookies here.",
            "Please use Javascript here.\nWe use cookies here.",
        ),
        ("c4_lines", {"filter_no_terminal_punct": False}, "A line without an end\nHome", "A line without an end"),
        ("c4_lines", {"max_word_length": 10}, "One two threethreethree.\nOne two three.", "One two three."),
        ("c4_lines", {}, "It is old[1] and tall[citation needed].", "It is old and tall."),
        ("c4_lines", {"remove_citations": False}, "It is old[1] and tall.", "It is old[1] and tall."),
        ("remove_citations", {}, "[edit]It is old[134].\n[12]\nEnd.", "It is old.\nEnd."),
        (
            "remove_citations",
            {},
            "x[1] = y[2]\nfoo(a[1])\nprint(x[1]);\n[1] The note itself.",
            "x[1] = y[2]\nfoo(a[1])\nprint(x[1]);\n[1] The note itself.",
        ),
        ("substring_lines", {"banlist": ["cookie"]}, "We use Cookies.\nTrees grow.", "Trees grow."),
        (
            "substring_lines",
            {"banlist": ["cookie"], "case_sensitive": True},
            "We use Cookies.\nTrees grow.",
            "We use Cookies.\nTrees grow.",
        ),
        (
            "substring_lines",
            {"banlist": ["read more"], "location": "suffix"},
            "A tree. Read more \nRead more here.",
            "Read more here.",
        ),
        (
            "substring_lines",
            {"banlist": ["read more"], "location": "prefix"},
            "A tree. Read more\n Read more here.",
            "A tree. Read more",
        ),
        ("substring_lines", {"banlist": ["a.c"], "location": "whole"}, "a.c\nabc\na.c d", "abc\na.c d"),
        (
            "substring_lines",
            {"banlist": ["in cart"], "max_length": 3},
            "7 in cart\nYou have 7 in cart",
            "You have 7 in cart",
        ),
        (
            "substring_lines",
            {"banlist": ["in", "in cart"], "remove_substring_only": True},
            "You have 7 in cart now\nin cart\nEnd",
            "You have 7 now\nEnd",
        ),
        (
            "line_length",
            {"min_length": 2, "max_length": 3},
            "one\none two\n\none two three four\na b c",
            "one two\n\na b c",
        ),
        ("line_length", {"min_length": 2}, "one\none two three four", "one two three four"),
        ("punctuation_lines", {}, "It ends.\nIt does not\nIt goes on...", "It ends.\nIt goes on..."),
        ("punctuation_lines", {"remove_ellipses": True}, "It ends.\nIt goes on...\nOn…", "It ends."),
        ("uppercase_ratio_lines", {"max_ratio": 0.5}, "BUY NOW\nBuy now\nABcd", "Buy now\nABcd"),
        ("numeric_ratio_lines", {}, "12345\n1234a", "1234a"),
        ("numeric_ratio_lines", {"max_ratio": 0.5}, "123a\n12ab", "12ab"),
        (
            "counter_lines",
            {},
            "3 likes\n1.2K Views!\n 3,000 comments \nIt has 3 views\n3 trees",
            "It has 3 views\n3 trees",
        ),
        ("symbol_lines", {}, "-\n|\n* * *\n- a tree\n日本", "- a tree\n日本"),
        ("remove_urls", {}, "See https://orchard.org/a?b=c#d now.\nwww.orchard.org\nEnd.", "See now.\nEnd."),
        ("remove_urls", {}, "See (https://orchard.org/a).", "See ()."),
        (
            "remove_urls",
            {},
            "Ask orchard.org:80/x or 1.1.1.1 but not U.S.A., e.g. 3.14 or git@github.com:a/b.git",
            "Ask or but not U.S.A., e.g. 3.14 or git@github.com:a/b.git",
        ),
        ("within_page_dedup", {"granularity": "line"}, "A tree.\nB.\n a tree. \nC.", "A tree.\nB.\nC."),
        (
            "within_page_dedup",
            {"granularity": "line", "normalize": False},
            "A tree.\nA tree.\na tree.",
            "A tree.\na tree.",
        ),
        ("within_page_dedup", {}, "A.\nA.\n\nB.\n\na.\na.", "A.\nA.\n\nB."),
        ("max_newlines", {"max_consecutive": 1}, "A.\n\nB.\nC.", "A.\nB.\nC."),
    ],
)
def test_an_edit(edit: str, params: dict[str, Any], text: str, expected: str) -> None:
    """The lines or strings that its parameters describe go, the others stay as they are."""
    assert edited(text, edit, **params) == expected


def test_every_edit_of_the_specification_is_there() -> None:
    """A kind that a specification may name and that nothing does would fail in the middle of a run."""
    kinds = ExtractConfig.model_json_schema()["properties"]["edits"]["items"]["discriminator"]["mapping"]
    assert set(kinds) == set(_EDITS)


def test_edits_are_done_in_their_order() -> None:
    """Citations first leave a line of four words; the other way round it is too long and is dropped."""
    text = "It is a tree. [1]\nAnother one."
    citations, length = {"edit": "remove_citations"}, {"edit": "line_length", "max_length": 4}
    assert apply(text, config(citations, length)).text == "It is a tree.\nAnother one."
    last = apply(text, config(length, citations))
    assert (last.text, last.facts) == ("Another one.", {"edited:line_length": 1})


def test_a_text_of_which_nothing_is_left_is_rejected() -> None:
    """The reason names the edits, so that a user sees which of them were too strict."""
    with pytest.raises(DataError, match=r"edited_away: .*c4_lines"):
        apply("Home\nMenu", config({"edit": "c4_lines"}))


def test_lines_that_begin_a_segment_are_left() -> None:
    """A heading without a full stop would be dropped, and the text below it be taken for a part of another."""
    heading = f"{OPEN}2{CLOSE}Roots"
    text = f"Menu\n\n{heading}\n\nThe tree is old.\n\n{heading}\n\nMenu"
    assert edited(text, "c4_lines") == f"{heading}\n\nThe tree is old.\n\n{heading}"
    assert edited(text, "within_page_dedup").count(heading) == 2
    assert edited(text, "within_page_dedup", granularity="line").count(heading) == 2


@pytest.mark.parametrize(
    "edits",
    [
        [{"edit": "no_such_edit"}],
        [{"edit": "substring_lines"}],
        [{"edit": "substring_lines", "banlist": [""]}],
        [{"edit": "line_length", "min_words": 3}],
        [{"edit": "uppercase_ratio_lines", "max_ratio": 1.5}],
    ],
)
def test_a_wrong_edit_is_refused_before_any_work(edits: list[dict[str, Any]]) -> None:
    """Names and parameters are checked when the specification is read."""
    with pytest.raises(ValidationError):
        config(*edits)


def test_personal_data_becomes_typed_placeholders() -> None:
    """The default: what stood there can be seen, whose it was cannot."""
    done = apply(PERSONAL, config())
    assert done.text == "Write to [email address], [email address] or call [phone number]."
    assert done.facts == {"personal_data:email": 2, "personal_data:phone": 1}


def test_placeholders_of_the_specification() -> None:
    """Examples that nobody owns, texts of the user, and only the kinds that are named."""
    assert "email@example.com" in apply(PERSONAL, config(style="example")).text
    done = apply(PERSONAL, config(kinds=["email"], placeholders={"email": "EMAIL"}))
    assert done.text == "Write to EMAIL, EMAIL or call (212) 867-5309."


def test_examples_are_not_found_again() -> None:
    """A second go over a text with examples changes and counts nothing."""
    once = apply(PERSONAL + " 4539 1488 0343 6467, 93.184.216.34, DE75512108001245126199", config(style="example"))
    again = apply(once.text, config(style="example"))
    assert (again.text, again.facts) == (once.text, {})
    assert len(once.facts) == 5


def test_personal_data_can_reject_the_page() -> None:
    """The detail names kinds and counts, and repeats nothing."""
    with pytest.raises(DataError) as caught:
        apply(PERSONAL, config(action="reject"))
    assert (caught.value.reason, caught.value.detail) == ("personal_data", "2 email, 1 phone")
    assert apply("A tree.", config(action="reject")).text == "A tree."


def test_personal_data_can_be_kept() -> None:
    """Nothing is looked for."""
    assert apply(PERSONAL, config(action="keep")).text == PERSONAL


def test_the_title_of_a_page_holds_no_personal_data_either() -> None:
    """The title goes into prompts; it is not touched by edits of lines, and what was done is counted with the text."""
    facts: Counter[str] = Counter()
    page = Page(text=PERSONAL, title="JANE@ORCHARD.ORG", charset="utf-8", date="2024-01-31")
    done = edit_page(page, config({"edit": "uppercase_ratio_lines", "max_ratio": 0.3}), facts)
    assert (done.title, done.date, done.charset) == ("[email address]", "2024-01-31", "utf-8")
    assert facts == {"personal_data:email": 3, "personal_data:phone": 1}
    assert edit_page(Page(text="A.", title=None, charset="x"), config()).title is None


_LINES = [
    "It is old.",
    "It is old",
    " It is OLD. ",
    "",
    "Home",
    "3 likes",
    "12345",
    "-",
    "See www.a.org.",
    "Old[1]",
    "A cookie",
]


@pytest.mark.parametrize("edit", sorted(_EDITS))
@given(lines=st.lists(st.sampled_from(_LINES), max_size=9))
def test_an_edit_done_twice_changes_nothing(edit: str, lines: list[str]) -> None:
    """What an edit leaves is what it keeps."""
    params = {"banlist": ["cookie", "old"]} if edit == "substring_lines" else {}
    once = edited("\n".join(lines), edit, **params)
    if not once.startswith("edited_away"):
        assert edited(once, edit, **params) == once


def test_hostile_texts_take_linear_time() -> None:
    """A long run of anything ends well within a limit of CPU time that a quadratic search would break at once."""
    code = """
        import resource
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        from tests.extract.edits.test_edits import _EDITS, edited
        for unit in ("a", "1", ".", "[", "a.", "1.", "www.", "http://", "[1]", "a-", " ", "\\n", "a\\n", " \\n", ")",
                     "a(", "f(a["):
            for edit in _EDITS:
                params = {"banlist": ["aab", "1112"]} if edit == "substring_lines" else {}
                edited(unit * (300_000 // len(unit)), edit, **params)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
