"""Presets of the document filters: which rules, in which order, with which numbers. The first fault is the reason.

`gopher`, `c4` and `fineweb` have the rules and numbers of their papers (see filter_rules_papers.py); FineWeb asks
Gopher's rules first and C4's without the terminal punctuation, as its section 3 says. What a paper does to lines, not
to pages, is `extract.edits`; its lists of words and addresses are the user's own files. The papers' tools
for languages differ from ours, so `wrong_language` has their bounds for another tool: C4 asks for 0.99, FineWeb for
0.65, Gopher's paper gives none.

`backforth` asks what can be an answer: pages without any prose first, whose language cannot be told, then other kinds
of page that are none, then the quality of the prose. There the
papers' measures are taken of the prose, without lines of source code, or manuals would fail them.
"""

from typing import Any

_GOPHER_QUALITY: list[Any] = [
    "gopher_word_count",
    "bad_mean_word_length",
    "too_many_symbols",
    "too_many_list_lines",
    "too_many_ellipsis_lines",
    "too_few_alphabetic_words",
    "too_few_stop_words",
]

# Manuals say the same of one function after the other: with the paper's numbers 6 % of the pages of python3-doc,
# postgresql-doc and debian-handbook are rejected, with twice as much 1 %.
_TWICE: dict[str, Any] = {
    "dup_5_gram": 0.30,
    "dup_6_gram": 0.28,
    "dup_7_gram": 0.26,
    "dup_8_gram": 0.24,
    "dup_9_gram": 0.22,
    "dup_10_gram": 0.20,
}

FILTER_PRESETS: dict[str, list[Any]] = {
    "gopher": [
        "wrong_language",
        *_GOPHER_QUALITY,
        "too_many_repeated_lines",
        "too_many_repeated_paragraphs",
        "too_frequent_ngram",
        "too_many_duplicate_ngrams",
    ],
    "c4": [
        "c4_lorem_ipsum",
        "c4_curly_bracket",
        "c4_too_few_sentences",
        {"wrong_language": {"min_probability": 0.99}},
    ],
    "fineweb": [
        {"wrong_language": {"min_probability": 0.65}},
        "too_many_repeated_lines",
        "too_many_repeated_paragraphs",
        "too_frequent_ngram",
        "too_many_duplicate_ngrams",
        *_GOPHER_QUALITY,
        "c4_lorem_ipsum",
        "c4_curly_bracket",
        {"c4_too_few_sentences": {"terminal_punctuation": False}},
        "fineweb_line_punctuation",
        "fineweb_short_lines",
        "fineweb_char_duplicates",
        "fineweb_new_lines",
    ],
    "backforth": [
        "too_short",
        "too_long",
        "placeholder_text",
        "error_page",
        "cookie_wall",
        "login_wall",
        "machine_output",
        "calendar",
        "product_list",
        "link_density",
        "wrong_language",
        "forum_thread",
        "comment_thread",
        "listing_page",
        "search_results",
        "promotional",
        "several_items",
        "boilerplate",
        "too_long_word",
        {"too_many_repeated_lines": {"max_line_fraction": 0.4, "max_character_fraction": 0.3, "of": "prose"}},
        {"too_many_repeated_paragraphs": {"max_paragraph_fraction": 0.4, "max_character_fraction": 0.3, "of": "prose"}},
        {"too_many_list_lines": {"numbered": True, "sentences": False}},
        {"too_many_ellipsis_lines": {"min_lines": 3, "of": "prose"}},
        "cut_off",
        {"too_many_symbols": {"of": "prose"}},
        {"too_few_alphabetic_words": {"of": "prose"}},
        {"bad_mean_word_length": {"of": "prose"}},
        {"too_few_stop_words": {"of": "prose"}},
        {"too_frequent_ngram": {"of": "prose"}},
        {"too_many_duplicate_ngrams": _TWICE | {"of": "prose"}},
        "too_few_sentences",
    ],
}
