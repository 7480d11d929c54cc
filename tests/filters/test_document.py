"""What the rules see of a text."""

import pytest

from tasks.filters.document import DocumentText, ends_sentence, is_list_item, looks_like_code
from tests.filters.texts import TECHNICAL


@pytest.mark.parametrize(
    "line",
    [
        ">>> print(1)",
        "$ ls -l",
        "import os",
        "from tasks.core import ids",
        "def run(shard):",
        "    return value",
        "x = compute(y)",
        "if (a > b) {",
        "}",
        "SELECT id FROM run",
        "#include <stdio.h>",
        "bisect.insort(a, x, lo=0)",
        "<div class='x'>",
        "total += price * count;",
    ],
)
def test_code_is_recognised(line: str) -> None:
    """Prompts, statements, signatures and markup are code."""
    assert looks_like_code(line)


@pytest.mark.parametrize(
    "line",
    [
        "Begin in late winter, when the frost is over.",
        "What you need",
        "- 500 g flour (strong)",
        "1. Mix the flour with the water and the salt",
        "Call print() to see the value, then go on.",
        "Note: the oven must be hot (about 230 °C).",
        "The price was $25, or 22 € at the time.",
    ],
)
def test_prose_is_not_taken_for_code(line: str) -> None:
    """Sentences, headings and list items are prose, also with the odd symbol."""
    assert not looks_like_code(line)


def test_code_blocks_are_left_out_of_the_prose() -> None:
    """Listings do not count as prose, the sentences around them do."""
    prose = DocumentText(TECHNICAL).prose
    assert "enumerate" not in prose
    assert "Ada" not in prose
    assert "closes the file when the block is left" in prose
    assert "- Use the mode" in prose


@pytest.mark.parametrize(
    ("line", "is_item"),
    [("- a", True), ("• a", True), ("12. a", True), ("a) b", True), ("-a", False), ("2024 a", False)],
)
def test_list_items(line: str, is_item: bool) -> None:
    """Bullets, numbers and letters begin an item, words do not."""
    assert is_list_item(line) is is_item


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("So it is.", True),
        ("“Is it?”", True),
        ("(It is.)", True),
        ("终于。", True),
        ("So it is", False),
        ("like,", False),
    ],
)
def test_sentence_ends(line: str, ends: bool) -> None:
    """Full stops count in any script and behind quotes."""
    assert ends_sentence(line) is ends


def test_sentences_are_counted_once_each() -> None:
    """Abbreviations inside a word and numbers do not end a sentence; ellipses and several marks end one."""
    assert DocumentText("Version 3.11 is out. Is it? Yes!! See docs.python.org today.").sentence_count == 4


def test_the_odd_line_of_a_listing_is_code_too() -> None:
    """A block that is code by half is left out whole; a sentence with one line of code in it is not."""
    assert DocumentText("x = load(1);\nsome output here\ny = load(2);").prose == ""
    assert DocumentText("Load it like this\nx = load(1);\nand then go on\nas before.").prose_lines == [
        "Load it like this",
        "and then go on",
        "as before.",
    ]
