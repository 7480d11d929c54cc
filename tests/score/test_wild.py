"""The parser against some 500 judgements as models of many kinds write them; see wild.txt."""

from pathlib import Path

import pytest

from tasks.score.parse import Reason, Score, parse, parse_score

FILE = Path(__file__).parent / "wild.txt"
# Of the texts with one stated score: the share that must be read right, and that may be read wrong (issue 3).
LEAST_RIGHT, MOST_WRONG = 0.95, 0.005


def cases() -> list[tuple[str, str]]:
    """The judgements of the file: (what a person reads, text)."""
    found: list[tuple[str, list[str]]] = []
    for line in FILE.read_text(encoding="utf-8").split("\n"):
        if line.startswith("@@ "):
            found.append((line[3:], []))
        elif found:
            found[-1][1].append(line)
    return [(expected, "\n".join(lines)) for expected, lines in found]


CASES = cases()
STATED = [(int(expected), text) for expected, text in CASES if expected != "none"]
NONE = [text for expected, text in CASES if expected == "none"]


def test_the_file_is_wide_enough() -> None:
    """A rate over a handful of texts would say nothing."""
    assert len({text for _, text in STATED}) > 400
    assert len(set(NONE)) > 90
    assert {score for score, _ in STATED} == {1, 2, 3, 4, 5}


def test_nearly_all_stated_scores_are_read_right() -> None:
    """The figure to reach, on texts that were partly written after the parser."""
    refused = [text for score, text in STATED if parse_score(text) is None]
    wrong = [(score, text) for score, text in STATED if parse_score(text) not in (score, None)]
    right = len(STATED) - len(refused) - len(wrong)
    assert right / len(STATED) > LEAST_RIGHT, refused
    assert len(wrong) / len(STATED) < MOST_WRONG, wrong


@pytest.mark.parametrize("text", NONE)
def test_where_a_person_reads_no_score_there_is_none(text: str) -> None:
    """No guess: halves, ranges, two scores, other scales, quoted rubrics, texts about something else."""
    assert isinstance(parse(text), Reason)


OPENINGS = (
    "The answer is complete and clear, with 3 good examples. ",
    "It names 12 tools in 4 groups; 2 of them are out of date.\n\n",
    "**Strengths:**\n1. Clear\n2. Complete\n\n**Weaknesses:**\n1. Long\n\n",
    "The user wanted 5 ideas. The answer gives 3 of them in detail and the other 2 in brief.\n",
    "It is not a 5 because an example is missing.\n",
    "Level 3 requires the basics; level 4 requires the assistant's voice.\n",
    "Using the 5-point rubric, I looked at each level. It clearly exceeds level 3.\n\n",
    "Clarity: 5/5\nDepth: 3/5\nTone: 4/5\n\n",
    'The page says: "Rated 4.7/5 by 300 users" and was published on 3/4/2019. ',
)
FORMS = ("Score: {}", "**Score:** {}/5", "I would give it a {}.", "Therefore, the score is {}.", "\\boxed{{{}}}")
ENDINGS = ("", " It could be shorter.", "\n\nThe answer has 3 parts and 2 examples.", "\n(1 = worst, 5 = best)")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("opening", OPENINGS)
def test_other_numbers_around_it_do_not_count(opening: str, form: str) -> None:
    """A statement is read the same whatever numbers the reasoning holds."""
    for ending in ENDINGS:
        for score in range(1, 6):
            found = parse(opening + form.format(score) + ending)
            assert isinstance(found, Score), (ending, found)
            assert found.value == score
