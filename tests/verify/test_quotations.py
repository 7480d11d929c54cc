"""What a response puts between quotation marks must stand in the document, give or take its marks."""

import pytest

from tasks.verify.new_quotations import new_quotations
from tasks.verify.rule import Case

DOCUMENT = (
    "The mayor said that the bridge won't be closed, not even for a single day, while it is repaired. It is well-known "
    "that people, cars and trams use it.\nHe read The Old Man and the Sea. “Nobody has to walk around,” he added."
)


def found(response: str, instruction: str = "What did the mayor say?") -> tuple[str, ...]:
    return new_quotations(Case(response, DOCUMENT, instruction, "en"))


@pytest.mark.parametrize(
    "response",
    [
        'He said the bridge "won\'t be closed, not even for a single day".',
        "He said the bridge “won’t be closed – not even for a single day”.",
        "He said the bridge ‘won’t be closed, not even for a single day’.",
        "He said the bridge 'won't be closed, not even for a single day'.",
        "He said it is «WELL KNOWN that people, cars and trams use it».",
        '"Nobody has to walk around", he said.',
        '"Nobody has to walk\naround", he said.',
        'He said the bridge "won\'t be closed … while it is repaired".',
        'He said the bridge "won\'t be closed ... while it is repaired ..."',
        'He said that "[the crossing] won\'t be closed [...] for a single day".',
        'He read "The Old Man and the Sea".',
        'It is a "bridge", a so-called "grand project".',
        'The board is 5" by 7" and 2" thick, and has 12" more at the other end.',
        "The dogs' bowls and the cats' toys; rock 'n' roll, '90s music and the workers' rights.",
        "It's the mayor's, and he's sure they're right.",
        'Run `print("no such words here at all")`, or:\n```\nsay("no such words here either")\n```',
        'An opening mark " that nobody closes, and no other one.',
        'What did the mayor say? asks the question "What did the mayor say?"',
    ],
)
def test_a_held_quotation_passes(response: str) -> None:
    """Case, spaces, punctuation, omissions and insertions aside, the words are the document's."""
    assert found(response) == ()


@pytest.mark.parametrize(
    ("response", "quotation"),
    [
        ('"We are proud of this bridge," said the mayor.', "We are proud of this bridge,"),
        ("“We are proud of this bridge,” said the mayor.", "We are proud of this bridge,"),
        ("‘We’re proud of this bridge,’ said the mayor.", "We’re proud of this bridge,"),
        ("'We're proud of this bridge,' said the mayor.", "We're proud of this bridge,"),
        ("„Wir sind stolz darauf“, sagte er.", "Wir sind stolz darauf"),
        ("‚Wir sind stolz darauf‘, sagte er.", "Wir sind stolz darauf"),
        ("»Wir sind stolz darauf«, sagte er.", "Wir sind stolz darauf"),
        ("«Nous en sommes fiers», dit-il.", "Nous en sommes fiers"),
        ('He said it "won\'t be closed … ever again".', "won't be closed … ever again"),
        ('He said it "will be closed, for a single day".', "will be closed, for a single day"),
        ('First (“we are so proud”), then "nobody has to walk around".', "we are so proud"),
        ('Un"closed here.\n\nBut "we are so proud" there.', "we are so proud"),
    ],
)
def test_an_invented_quotation_is_found(response: str, quotation: str) -> None:
    """In whatever marks, three words and more that the document does not hold are reported as they are written."""
    assert found(response) == (quotation,)


def test_each_is_told_once() -> None:
    """The same words in other marks are one quotation."""
    assert found('"We are so proud." “We are so proud.” "We are so proud."') == ("We are so proud.",)


@pytest.mark.parametrize(
    "mark", [*"\"'“”‘’„‚«»", '"a ', "“a", "‘a ", "'a ", "'a'a", "‚a", "[", "…", "\n\n", '"a b c" ']
)
def test_a_megabyte_of_marks(mark: str) -> None:
    """Marks that nobody closes are no quotation and cost no more than other signs."""
    assert set(found(mark * (1_000_000 // len(mark)))) <= {"a b c"}
