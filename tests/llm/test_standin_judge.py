"""Judgements of the stand-in: the rubric's five degrees, each for a reason."""

import pytest

from tasks.llm.standin.choice import Choose
from tasks.llm.standin.judge import judge
from tests.llm.standin_texts import CODE, DIARY, HINGE, SHOP, WEB_PAGE

HOW = "How do I fix a squeaking door hinge?"


def score(instruction: str, document: str) -> int:
    last = judge(instruction, document, Choose(document)).splitlines()[-1]
    assert last.startswith("Score: ")
    return int(last.removeprefix("Score: "))


def test_clean_how_to_is_exemplary() -> None:
    """A direct, complete and orderly answer gets 5."""
    assert score(HOW, HINGE) == 5


def test_clean_explanation_with_code_is_exemplary() -> None:
    """Code does not count as a lack of running text."""
    assert score("How do I count words with a dictionary?", CODE) == 5


def test_answer_to_another_question_gets_two() -> None:
    """The same good text is worth little for a request that it does not answer."""
    assert score("How do mortgages with a variable interest rate work?", HINGE) == 2


@pytest.mark.parametrize(
    ("instruction", "document"),
    [
        ("What should I know about the Brightwash 900 pressure cleaner?", SHOP),
        ("What is a week without a phone like?", DIARY),
        (HOW, HINGE.replace("3 months.\n", "3 months and then the")),
        (HOW, HINGE.replace("1. Close the door, so that its weight rests in the frame.\n", "")),
    ],
    ids=["advertising", "diary", "broken off", "list from 2"],
)
def test_unusable_answers_get_one(instruction: str, document: str) -> None:
    """Advertising, another person's life and incomplete texts are no examples."""
    assert score(instruction, document) == 1


def test_voice_of_a_web_page_gets_three() -> None:
    """A helpful text that was written for a site and not for the user stays in the middle."""
    page = HINGE + "\nSubscribe to our newsletter for more. Let us know in the comments what helped.\n"
    assert score(HOW, page) == 3


def test_small_defects_cost_one_point() -> None:
    """A remark about the page itself keeps a good answer from the top."""
    assert score(HOW, HINGE.replace("Grease stays", "As described above, grease stays")) == 4


def test_fallen_table_gets_three() -> None:
    """Cells that lost their table are no orderly answer."""
    cells = "\n\n".join(f"Cell number {number}" for number in range(20))
    assert score(HOW, f"{HINGE}\n{cells}\n\nThat is the whole of it, and it should help with any squeaking hinge.") == 3


def test_shallow_note_gets_two() -> None:
    """One sentence touches the matter and no more."""
    assert score("What is grease?", "Grease is a thick oil that stays in a joint.") == 2


def test_reasons_come_before_the_score_and_name_the_fault() -> None:
    """The judgement says what counts against the answer, in two or three sentences."""
    text, _, last = judge("What is Rust on garden tools?", WEB_PAGE, Choose("x")).rpartition("\n\n")
    assert last.startswith("Score: ")
    assert 2 <= text.count(".") <= 3
    assert "Against it counts that" in text
