"""The rules from papers, each at both sides of its bound."""

from typing import Any

import pytest

from tasks.core.filter_config import FilterConfig
from tasks.filters import Chain, Verdict
from tests.filters.texts import GERMAN, GOOD, with_sentence

SENTENCES = (
    "The mill stands by the river. It was built in stone. A wheel turns below. Its door is red. Nobody lives there."
)


def judged(rule: str, params: dict[str, Any], text: str, **config: Any) -> Verdict:
    return Chain(FilterConfig.model_validate({"rules": [{rule: params}], **config})).check(text)


CASES: list[tuple[str, dict[str, Any], str, bool]] = [
    ("too_short", {"min_chars": 5}, "four", False),
    ("too_short", {"min_chars": 5}, "fives", True),
    ("too_long", {"max_chars": 5}, "fives", True),
    ("too_long", {"max_chars": 5}, "sixsix", False),
    ("gopher_word_count", {"min_words": 3, "max_words": 4}, "one two", False),
    ("gopher_word_count", {"min_words": 3, "max_words": 4}, "one two\nthree", True),
    ("gopher_word_count", {"min_words": 3, "max_words": 4}, "one two three four five", False),
    ("gopher_word_count", {"min_words": 3, "max_words": 4}, "one two three four", True),
    ("gopher_word_count", {}, "word " * 49, False),
    ("gopher_word_count", {}, "word " * 50, True),
    ("bad_mean_word_length", {}, "to be or no", False),
    ("bad_mean_word_length", {}, "one two six", True),
    ("bad_mean_word_length", {}, "abcdefghij", True),
    ("bad_mean_word_length", {}, "extraordinarily incomprehensible", False),
    ("bad_mean_word_length", {"min_mean_word_length": 0}, "", False),
    ("too_many_symbols", {}, "nine words and one hash sign in this sentence #here", True),
    ("too_many_symbols", {}, "eight words and a hash sign in #here", False),
    ("too_many_symbols", {}, "well ... I never ... thought ... so", False),
    ("too_many_symbols", {}, "well… I never… thought… so", False),
    ("too_many_symbols", {"max_symbol_to_word_ratio": 0.3}, "#one two three four…", True),
    ("too_many_symbols", {"max_symbol_to_word_ratio": 0.3, "combined": True}, "#one two three four…", False),
    ("too_many_symbols", {}, "# Heading\n\n## Another one\n\nText.", False),
    ("too_many_symbols", {"of": "prose"}, "# Heading\n\n## Another one\n\nText.", True),
    ("too_many_symbols", {}, "  ", False),
    ("too_many_list_lines", {}, "\n".join(["• item"] * 9 + ["end"]), True),
    ("too_many_list_lines", {}, "\n".join(["-item"] * 10), False),
    ("too_many_list_lines", {}, "\n".join(["1. item"] * 10), True),
    ("too_many_list_lines", {"numbered": True}, "\n".join(["1. item"] * 10), False),
    ("too_many_list_lines", {"numbered": True}, "\n".join(["-item"] * 10), True),
    ("too_many_list_lines", {"sentences": False}, "\n".join(["- It is one."] * 10), True),
    ("too_many_ellipsis_lines", {"max_ellipsis_lines_ratio": 0.5}, "cut...\nwhole.", True),
    ("too_many_ellipsis_lines", {"max_ellipsis_lines_ratio": 0.4}, "cut…\nwhole.", False),
    ("too_many_ellipsis_lines", {"max_ellipsis_lines_ratio": 0.4}, "cut. . .\nwhole.", False),
    ("too_many_ellipsis_lines", {"max_ellipsis_lines_ratio": 0}, "not cut... here\nwhole.", True),
    ("too_many_ellipsis_lines", {"min_lines": 2}, "cut...", True),
    ("too_few_alphabetic_words", {}, "four words and 5", False),
    ("too_few_alphabetic_words", {}, "five words and then 6", True),
    ("too_few_alphabetic_words", {}, "w0rd x2 3y 4.z été", True),
    ("too_few_alphabetic_words", {}, "| one | two | three |", True),
    ("too_few_alphabetic_words", {}, "", False),
    ("too_few_stop_words", {}, "apples pears and plums of gold", True),
    ("too_few_stop_words", {}, 'And. "Of"', True),
    ("too_few_stop_words", {"language": None}, "then band often", False),
    ("too_few_stop_words", {"language": None}, "the.and.that", False),
    ("too_few_stop_words", {"min_stop_words": 3, "language": None}, "the best of the rest", False),
    ("too_few_stop_words", {"min_stop_words": 3, "distinct": False, "language": None}, "the best of the rest", True),
    ("too_few_stop_words", {}, GERMAN, True),
    ("too_few_stop_words", {"language": "de", "stop_words": ["und", "die"]}, GERMAN, True),
    ("too_many_repeated_lines", {}, "a line\nanother\na third\na line", False),
    ("too_many_repeated_lines", {}, "a\n" + "\n".join(f"line number {n}" for n in range(3)) + "\na", True),
    ("too_many_repeated_lines", {"max_line_fraction": 0.5}, "same\nsame\nother text here", True),
    ("too_many_repeated_lines", {"max_line_fraction": 0.5, "count_first": True}, "same\nsame\nother text", False),
    ("too_many_repeated_lines", {}, " \n ", False),
    ("too_many_repeated_paragraphs", {}, "one\ntwo\n\nthree\n\none\ntwo", False),
    ("too_many_repeated_paragraphs", {}, "one\n\ntwo\n\nthree three three\n\nfour four four\n\none", True),
    ("too_frequent_ngram", {}, "the mill the mill the mill the mill by the river", False),
    ("too_frequent_ngram", {"top_2_gram": 1, "top_3_gram": 1, "top_4_gram": 1}, "a b a b a b", True),
    ("too_frequent_ngram", {}, GOOD, True),
    ("too_many_duplicate_ngrams", {}, (SENTENCES + " ") * 2, False),
    ("too_many_duplicate_ngrams", {}, SENTENCES, True),
    ("c4_curly_bracket", {}, "if (x) {", False),
    ("c4_curly_bracket", {}, "{", False),
    ("c4_curly_bracket", {}, "if (x) [", True),
    ("c4_lorem_ipsum", {}, "They call it Lorem Ipsum.", False),
    ("c4_lorem_ipsum", {}, "lorem ipsum", False),
    ("c4_lorem_ipsum", {}, "They call it blind text.", True),
    ("c4_javascript", {}, "Some text.\nTurn on JavaScript.", False),
    ("c4_javascript", {"max_line_ratio": 0.5}, "Some text.\nTurn on JavaScript.", True),
    ("c4_too_few_sentences", {}, SENTENCES, True),
    ("c4_too_few_sentences", {}, "The mill stands by the river. It was built in stone.", False),
    ("c4_too_few_sentences", {}, SENTENCES.replace(". ", "\n"), False),
    ("c4_too_few_sentences", {"terminal_punctuation": False}, SENTENCES.replace(". ", "\n"), True),
    ("c4_too_few_sentences", {"min_sentences": 2}, "Yes.\nNo.\nIt may well be.", False),
    ("c4_too_few_sentences", {"min_sentences": 2, "min_words_per_line": 1}, "Yes.\nNo.", True),
    ("c4_terminal_punctuation", {"max_lines_without_ratio": 0.5}, "One line\nEnds here.", True),
    ("c4_terminal_punctuation", {"max_lines_without_ratio": 0.4}, "One line\nEnds here.", False),
    ("c4_terminal_punctuation", {"max_lines_without_ratio": 0.4}, "Not an end...\nEnds here.", False),
    ("c4_terminal_punctuation", {"max_lines_without_ratio": 0.0}, "“Really?”\nEnds here!", True),
    ("mc4_long_lines", {}, "\n".join(["x" * 200] * 3), True),
    ("mc4_long_lines", {}, "\n".join(["x" * 200] * 2 + ["x" * 199]), False),
    ("fineweb_line_punctuation", {}, "\n".join(["Ends."] + ["does not"] * 7), True),
    ("fineweb_line_punctuation", {}, "\n".join(["Ends."] + ["does not"] * 8), False),
    ("fineweb_line_punctuation", {}, "終わり。\n始まり", True),
    ("fineweb_line_punctuation", {"line_punct_thr": 0.5}, "Ends.\ndoes not", True),
    ("fineweb_line_punctuation", {}, "no\nno", False),
    ("fineweb_line_punctuation", {"line_punct_exclude_zero": True}, "no\nno", True),
    ("fineweb_line_punctuation", {}, "", False),
    ("fineweb_short_lines", {}, "\n".join(["x" * 31] + ["x" * 30] * 2), True),
    ("fineweb_short_lines", {}, "\n".join(["x" * 31] + ["x" * 30] * 3), False),
    ("fineweb_short_lines", {"short_line_thr": 0.5}, "x" * 31 + "\nx", True),
    ("fineweb_short_lines", {}, "", False),
    ("fineweb_char_duplicates", {}, "a\n" + "x" * 198 + "\na", True),
    ("fineweb_char_duplicates", {}, "a\n" + "x" * 90 + "\na", False),
    ("fineweb_new_lines", {}, "one two three four five six seven\neight\nnine\nten", True),
    ("fineweb_new_lines", {}, "one two three four five six\nseven\neight\nnine", False),
]


@pytest.mark.parametrize(("rule", "params", "text", "kept"), CASES)
def test_a_rule_at_its_bound(rule: str, params: dict[str, Any], text: str, kept: bool) -> None:
    """What lies on the bound passes, what lies beyond it has the rule's name for a reason, and says why."""
    verdict = judged(rule, params, text)
    assert (verdict.kept, verdict.reason) == (kept, None if kept else rule), verdict
    assert bool(verdict.detail) != kept


@pytest.mark.parametrize(
    ("text", "languages", "kept"),
    [
        (GOOD, ["en"], True),
        (GERMAN, ["en"], False),
        (GERMAN, ["en", "de"], True),
        ("12 34 56 78 90 " * 40, ["en"], False),
    ],
)
def test_the_languages_are_those_of_the_dataset(text: str, languages: list[str], kept: bool) -> None:
    """Any of them passes; what is no language at all does not."""
    assert judged("wrong_language", {}, text, languages=languages).kept is kept


def test_a_language_must_be_likely_enough() -> None:
    """The bound is the rule's parameter."""
    mixed = GOOD[:300] + GERMAN[:300]
    probability = judged("wrong_language", {"min_probability": 0}, mixed, languages=["en", "de"]).figures[
        "language_probability"
    ]
    assert judged("wrong_language", {"min_probability": probability}, mixed, languages=["en", "de"]).kept
    if probability < 1:
        assert not judged("wrong_language", {"min_probability": 1}, mixed, languages=["en", "de"]).kept


@pytest.mark.parametrize("preset", ["gopher", "c4", "fineweb"])
def test_prose_passes_the_presets_of_the_papers(preset: str) -> None:
    """They are made to keep it; each line is a paragraph, as extractors write them."""
    text = "\n".join(" ".join(paragraph.split()) for paragraph in (GOOD + with_sentence("It is.")).split("\n\n")[1:4])
    verdict = Chain(FilterConfig.model_validate({"preset": preset})).check(text)
    assert verdict.kept, verdict


@pytest.mark.parametrize(
    ("preset", "text", "reason"),
    [
        ("gopher", "Too few words, and the stop words that it has do not help it.", "gopher_word_count"),
        ("c4", GOOD + "{", "c4_curly_bracket"),
        ("fineweb", GOOD + "They say that the old tree is old. " * 12, "too_frequent_ngram"),
        (
            "fineweb",
            GOOD.replace("\n\n", " ").replace("\n", " ") + "\n" + "\n".join(f"{letter}." for letter in "abcdefghijklm"),
            "fineweb_short_lines",
        ),
    ],
)
def test_presets_reject_what_their_papers_do(preset: str, text: str, reason: str) -> None:
    """The rules of a preset are asked in its order."""
    assert Chain(FilterConfig.model_validate({"preset": preset})).check(text).reason == reason
