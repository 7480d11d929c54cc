"""The score parser against judgements as models write them: 1 to 5 or a refusal, and never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.score.parse import Reason, Score, parse, parse_score

MISSING, RANGE, AMBIGUOUS = "score_missing", "score_out_of_range", "score_ambiguous"

RUBRIC = """1: Not usable, as parts of it are missing.
2: It deals with the request, though not head-on.
3: It helps, yet reads like a web page.
4: It is complete and clear; small things remain.
5: An exemplary answer of an assistant.
"""

CASES = [
    # the form that the prompt asks for, and what models make of it
    ("Score: 4", 4),
    ("score: 1", 1),
    ("SCORE: 5", 5),
    ("Score:3", 3),
    ("Score : 2", 2),
    ("Score：4", 4),
    ("Score = 4", 4),
    ("Score: 4.", 4),
    ("Score: 4.0", 4),
    ("Score: 4.00", 4),
    ("Score: 4/5", 4),
    ("Score: 4 / 5", 4),
    ("Score: 4 out of 5", 4),
    ("Score: 4 (out of 5)", 4),
    ("Score: four", 4),
    ("Score: Four out of five", 4),
    ("Score: <4>", 4),
    ("Score: [4]", 4),
    ("Score: (4)", 4),
    ("Score: $\\boxed{4}$", 4),
    ("Score: 4 - small things remain.", 4),
    ("**Score:** 4.0", 4),
    ("**Score**: **4**", 4),
    ("**Score: 4**", 4),
    ("**Score:** **4**/5", 4),
    ("__Score:__ 4", 4),
    ("### Score\n4", 4),
    ("## Final score\n\n**4**", 4),
    ('{"reason": "clear and complete", "score": 4}', 4),
    ("<score>4</score>", 4),
    ("final_score: 4", 4),
    ("Score 4", 4),
    ("Score - 4", 4),
    ("Rating: 4", 4),
    ("Overall rating: 2/5", 2),
    ("Grade: 3", 3),
    ("Score (1-5): 4", 4),
    ("Score (out of 5): 4", 4),
    ("Score on a scale of 1 to 5: 4", 4),
    ("Score: 5 stars", 5),
    ("The answer is clear and to the point.\nScore: 4", 4),
    ("Score: 4\n\nThe answer is clear and to the point, with 3 examples.", 4),
    ("Score: 4\nIt gives 12 steps in 2 parts.\nScore: 4", 4),
    ("It covers all five points and names 3 sources from 2019.\n\nScore: 2", 2),
    ("It earns most of what the 5-point scale offers.\nScore: 4", 4),
    ("On a scale from 1 to 5 this is good work.\nScore: 4", 4),
    ("Score: 4\r\n", 4),
    ("Sc\x00ore: 4", 4),
    ("<think>Score: 2? Or Score: 3?</think>\nIt is plain.\nScore: 4", 4),
    # verdicts in prose
    ("4/5", 4),
    ("4 out of 5", 4),
    ("4 out of 5 points", 4),
    ("This is worth 4 out of 5 stars.", 4),
    ("I would give it a 4", 4),
    ("I would give it a 4 instead of a 5.", 4),
    ("I'd give this answer a score of 3 because it reads like a blog.", 3),
    ("I rate this response a 2.", 2),
    ("I am inclined to give it a 4.", 4),
    ("That is why the answer deserves a 5.", 5),
    ("My rating is 4.", 4),
    ("The overall score I would give is 4.", 4),
    ("Score: I would give it a 4.", 4),
    ("It is helpful but reads like a web page, so I go with a 3.", 3),
    ("Complete and clear: this is a 4.", 4),
    ("A score of 5 would require more depth. This is a solid 4.", 4),
    # a number alone, first or last
    ("4", 4),
    ("**4**", 4),
    ("4.", 4),
    (" 4 \n", 4),
    ("4\n\nThe answer is clear and complete.", 4),
    ("The answer is clear and complete.\n\n4", 4),
    ("five", 5),
    # words about the scale and about other rows of it
    ("A 5 needs an exemplary answer; this falls short of a 5.\nScore: 4", 4),
    ("I cannot give it a 5, as an example is missing.\nScore: 4", 4),
    ("To get a 5 it would have to name its limits.\nScore: 3", 3),
    ("Score: 5 means that every sentence earns its place, which is not so here.\nScore: 3", 3),
    (RUBRIC + "\nThis one reads like a web page.\nScore: 3", 3),
    ("Score 1: not usable\nScore 2: not head-on\nScore 5: exemplary\n\nScore: 2", 2),
    ("- **4:** complete and clear\n- **5:** exemplary\n\nScore: 4", 4),
    ("1. It is clear.\n2. It is short.\n3. It has no examples.\nScore: 3", 3),
    ("Clarity score: 5\nCompleteness score: 3\nOverall score: 4", 4),
    # beyond the scale
    ("Score: 0", RANGE),
    ("Score: 6", RANGE),
    ("Score: 10", RANGE),
    ("Score: 91", RANGE),
    ("Score: 10502", RANGE),
    ("Score: 1,000", RANGE),
    ("Score: -3", RANGE),
    ("Score: 4.5", RANGE),
    ("Score: 4,5", RANGE),
    ("Score: 3.5/5", RANGE),
    ("Score: 4½", RANGE),
    ("Score: 4+", RANGE),
    ("Score: 4%", RANGE),
    ("Score: 80%", RANGE),
    ("Score: 8/10", RANGE),
    ("Score: 4/10", RANGE),
    ("Score: 4 out of 10", RANGE),
    ("Score: ten", RANGE),
    ("Rating: 7", RANGE),
    ("I would give it a 9", RANGE),
    ("10", RANGE),
    ("-3", RANGE),
    ("9" * 5_000, RANGE),
    # two scores
    ("Score: 3\nOn second thoughts it is exemplary.\nScore: 5", AMBIGUOUS),
    ("Score: 3. It could be better, but I would give it a 5.", AMBIGUOUS),
    ("I would put it between 3 and 4", AMBIGUOUS),
    ("Score: between 3 and 4", AMBIGUOUS),
    ("Score: 3-4", AMBIGUOUS),
    ("Score: 3 – 4", AMBIGUOUS),
    ("Score: 3 or 4", AMBIGUOUS),
    ("Score: 3 to 4", AMBIGUOUS),
    ("Score: 3, 4", AMBIGUOUS),
    ("Score: four or five", AMBIGUOUS),
    ("Score: 4 and a half", AMBIGUOUS),
    ("I'd give it a 3 or a 4.", AMBIGUOUS),
    ("4/5\n\nAll in all 3/5.", AMBIGUOUS),
    ("Score: 4\nScore: 10", AMBIGUOUS),
    ("4\n\nThe answer is clear.\n\n2", AMBIGUOUS),
    ("Clarity score: 5\nCompleteness score: 3", AMBIGUOUS),
    # none
    ("", MISSING),
    ("   \n", MISSING),
    ("The answer is clear and complete.", MISSING),
    ("Score:", MISSING),
    ("Score: N/A", MISSING),
    ("Score: <number>", MISSING),
    ("Score: unknown, as 3 sources disagree.", MISSING),
    (RUBRIC, MISSING),
    ("5: An exemplary answer of an assistant.", MISSING),
    ("5 - An exemplary answer.", MISSING),
    ("The scale runs from 1 to 5.", MISSING),
    ("This follows the 5-point scale.", MISSING),
    ("It answers 3 out of 5 required questions.", MISSING),
    ("I cannot give it a 5.", MISSING),
    ("A score of 5 would require an example.", MISSING),
    ("It lists 4 tools and 2 steps.", MISSING),
    ("It gives 4 examples and gives it 3 headings.", MISSING),
    ("The reader is told 3 times to wait.\n\nSee section 2", MISSING),
    ("There are problems.\n3\nThere are more.", MISSING),
    ("The answer was scored 4th in its class.", MISSING),
    ("Published on 4/5/2019.", MISSING),
    ("4 things are good about it: it is short.", MISSING),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_reads_a_judgement(text: str, expected: int | str) -> None:
    """Each judgement gives the number that a person would read, or the reason why nobody could."""
    found = parse(text)
    assert (found.value if isinstance(found, Score) else found.code) == expected


def test_says_where_the_score_stood() -> None:
    """A person who doubts a score is shown the words it was read from."""
    found = parse("It is plain and complete.\n**Score:** 4 (small things remain)")
    assert isinstance(found, Score)
    assert "score: 4" in found.where


def test_refusal_shows_what_was_wrong() -> None:
    """The detail of a refusal quotes the statements that disagree."""
    found = parse("Score: 3\n\nScore: 5")
    assert isinstance(found, Reason)
    assert "score: 3" in found.detail
    assert "score: 5" in found.detail


def test_thin_wrapper() -> None:
    """The short form gives the number or nothing."""
    assert parse_score("Score: 5") == 5
    assert parse_score("Score: 50") is None


@given(st.text(max_size=300))
def test_any_text_gives_a_score_or_a_reason(text: str) -> None:
    """No answer of a model can break the parser, and no number beyond the scale gets through."""
    found = parse(text)
    assert isinstance(found, Reason) or 1 <= found.value <= 5


@given(
    st.integers(0, 200), st.sampled_from(["Score: {}", "**Score:** {}", "I would give it a {}.", "{}/5", "Rating: {}"])
)
def test_only_the_whole_number_counts(number: int, form: str) -> None:
    """A number is read whole in every form: 10 is never 1, and 54 is never 5."""
    assert parse_score("It is plain.\n" + form.format(number)) == (number if 1 <= number <= 5 else None)


@given(st.text(alphabet="Score: 45/\n*-.,<>()", max_size=400))
def test_texts_made_of_our_own_signs(text: str) -> None:
    """Texts that are full of score-like signs give a score or a reason as well."""
    assert isinstance(parse(text), Score | Reason)
