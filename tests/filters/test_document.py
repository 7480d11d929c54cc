"""What the rules see of a text: its prose and its language."""

from tasks.filters.document import DocumentText
from tests.filters.texts import GERMAN, GOOD, TECHNICAL


def test_code_blocks_are_left_out_of_the_prose() -> None:
    """Listings do not count as prose, the sentences around them do."""
    prose = DocumentText(TECHNICAL).prose
    assert "enumerate" not in prose.text
    assert "Ada" not in prose.text
    assert "closes the file when the block is left" in prose.text
    assert any(line.startswith("- Use the mode") for line in prose.lines)


def test_fenced_code_is_left_out_whatever_it_looks_like() -> None:
    """A fence says what it is; one that is never closed reaches to the end."""
    text = "First a sentence.\n\n```\nplain words in a fence\n```\n\nThen another."
    assert DocumentText(text).prose.lines == ["First a sentence.", "Then another."]
    assert DocumentText("A sentence.\n```\nwords").prose.lines == ["A sentence."]


def test_text_without_code_is_its_own_prose() -> None:
    """So that figures of both are computed once."""
    document = DocumentText(GOOD)
    assert document.prose is document.whole


def test_the_odd_line_of_a_listing_is_code_too() -> None:
    """A block that is code by half is left out whole; a sentence with one line of code in it is not."""
    assert DocumentText("x = load(1);\nsome output here\ny = load(2);").prose.lines == []
    assert DocumentText("Load it like this\nx = load(1);\nand then go on\nas before.").prose.lines == [
        "Load it like this",
        "and then go on",
        "as before.",
    ]


def test_the_language_is_that_of_the_whole_text() -> None:
    """An English first paragraph does not make a long German text English, nor does a table make it another one."""
    assert DocumentText(GOOD[:200] + "\n\n" + GERMAN * 4).language[0] == "de"
    table = "\n".join(f"{hour}.03 | {hour}.07 | {hour}.11 | {hour}.15" for hour in range(40))
    assert DocumentText(GOOD[:300] + "\n\n" + table).language[0] == "en"


def test_the_language_is_not_looked_for_unasked() -> None:
    """It is the dearest figure."""
    document = DocumentText(GERMAN)
    assert document.known_language is None
    assert document.language[0] == document.known_language == "de"
