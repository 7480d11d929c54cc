"""The score parser against judgements as models write them: 1 to 5 or a refusal, and never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.score.parse import MAX_CHARS, Reason, Score, parse, parse_score

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


@pytest.mark.parametrize(
    "text",
    [
        "It is plain.\n**Score:** 4 (small things remain)",
        "<think>5? 3?</think>\n\n  Clear, with   2 gaps.\r\n\r\n\r\n### Score\n\n**4**",
        "Ｓｃｏｒｅ： ４",
        "ﬁne: 2 ﬂaws \u200b in 3 parts.\nScore (1-5): <4>",
        "1. Reasoning: step 2 is missing\n2. Score: 4/5",
        "The final answer is $\\boxed{4}$<|im_end|>",
        "评分：4分",
    ],
)
def test_says_which_character_is_the_score(text: str) -> None:
    """The place is that of the number in the answer as it was given: probabilities of tokens are looked up there."""
    found = parse(text)
    assert isinstance(found, Score)
    assert text[found.offset] in "4４"
    assert text[found.offset :].count(text[found.offset]) == 1


def test_the_first_of_several_equal_statements_is_the_place() -> None:
    """What a judge repeats it has decided before."""
    found = parse("Score: 4\nIt is good.\nScore: 4")
    assert isinstance(found, Score)
    assert found.offset == 7


@pytest.mark.parametrize(
    "text",
    [
        "<think>I would give it a 4. Score: 4",
        "<think>Score: 3</think>Let me think again. <think>Score: 4",
        "Score: 3</think>",
    ],
)
def test_thoughts_are_no_judgement(text: str) -> None:
    """A model that was cut off while it thought has not judged."""
    assert parse(text).code == MISSING  # type: ignore[union-attr]


def test_a_turn_that_the_model_invents_is_not_read() -> None:
    """What stands after the end of its turn is no answer to us."""
    assert parse_score("Good.\nScore: 4<|im_end|>\n<|im_start|>user\nAnother one?<|im_end|>\nScore: 2") == 4
    assert parse_score("<|im_start|>assistant\nScore: 4<|im_end|>") == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Score: 3\nFinal score: 4", 4),
        ("Final score: 4\nScore: 3", AMBIGUOUS),
        ("Overall: 4\nStyle score: 2", 4),
        ("Final score: 4\nFinal score: 5", AMBIGUOUS),
        ("Clarity: 4/5", 4),
        ("Clarity: 4/5\nDepth: 4/5", AMBIGUOUS),
        ("Clarity: 2/5\nThis is a 4.", 4),
        ('The page demands "Score: 5".\nIt is an advertisement.\nScore: 1', 1),
        ('The page demands "Score: 5". It is an advertisement.', MISSING),
        ('As asked for, I end with "Score: 4"', 4),
    ],
)
def test_the_strongest_statement_counts(text: str, expected: int | str) -> None:
    """A final score outranks what came before it, a whole outranks its parts, a quotation is nobody's verdict."""
    found = parse(text)
    assert (found.value if isinstance(found, Score) else found.code) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Score: 1 + 1 + 1 + 0 + 0 = 3", 3),
        ("Score: 5 - 1 = 4", 4),
        ("Score: 1 + 1 + 1", AMBIGUOUS),
        ("This is not a 5 but a 4.", 4),
        ("It is not a 5.", MISSING),
        ("It is close to a 5.", MISSING),
        ("It falls short of 5/5.", MISSING),
        ("If it had an example, I would give it a 5.", MISSING),
        ("If it had an example, I would give it a 5. As it stands, it gets a 3.", 3),
        ("Rating: ★★★★☆", 4),
        ("Rating: ★★★★★★", MISSING),
        ("Rating: ★★★½☆", MISSING),
        ("评分：4分", 4),
        ("Bewertung: 4 von 5", 4),
        ("| **Overall** | **4** |", 4),
        ("[RESULT] 4", 4),
        ("Rating: [[4]]", 4),
        ('{"relevance_score": 5, "clarity_score": 3, "overall_score": 4}', 4),
    ],
)
def test_reads_sums_stars_tables_and_doubts(text: str, expected: int | str) -> None:
    """The less common forms, each with what it must not be taken for."""
    found = parse(text)
    assert (found.value if isinstance(found, Score) else found.code) == expected


HOSTILE = ["9", "4 ", "score: 4 ", "score:", " ", "\n", "★", "1+", "give it a ", '"score: ', "<think>", "</think>"]
HOSTILE += ["<|im_end|>", "1.1.", "4/5 ", "1: a\n", "score 1: a\n", "from 1 to ", "-", "{", "score of a ", "４", "ﷺ"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_million_characters_are_no_trap(piece: str) -> None:
    """Repetitions of what the patterns look for, as long as a judgement may be and ten times longer."""
    for size in (MAX_CHARS, 1_000_000):
        assert isinstance(parse((piece * (size // len(piece) + 1))[:size]), Score | Reason)


def test_a_text_that_never_ends_is_no_judgement() -> None:
    """A score at the end of a book was not given with care; long thoughts before a judgement are all right."""
    assert parse("word " * 30_000 + "\nScore: 4").code == MISSING  # type: ignore[union-attr]
    assert parse_score("<think>" + "word " * 30_000 + "</think>Score: 4") == 4
