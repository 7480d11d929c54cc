"""Lines of code, list items, table rows and sentences told apart."""

import pytest

from tasks.filters.code_lines import ends_sentence, has_bullet, is_list_item, is_table_row, looks_like_code


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


def test_a_bullet_needs_no_space() -> None:
    """As the papers count them; a number is no bullet."""
    assert [has_bullet(line) for line in ("•a", "  ●●b", "-c", "*d", "e", "1. f")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_rows_of_tables_are_no_code() -> None:
    """With and without outer bars, whatever signs their cells hold; a pipe in a command is no table."""
    for row in ("| a | b |", "x = 1 | y += 2 | z", "box_ops | << (box, box)"):
        assert is_table_row(row) and not looks_like_code(row)
    assert looks_like_code("$ ls -l | wc -l")


@pytest.mark.parametrize(
    "line", ["(" * 300_000, "a=" + "b" * 300_000 + " c d e", "f(" + "x)" * 150_000, "[;" * 150_000]
)
def test_endless_lines_take_no_endless_time(line: str) -> None:
    """A pattern that backtracks would not come back from these within the life of the test run."""
    assert isinstance(looks_like_code(line), bool)
