"""The page's address holds strings that the user does not take. RefinedWeb (Penedo et al. 2023, arXiv 2306.01116),
appendix G.1: some strings reject anywhere, some as a word, some only two together; that is a list for each.
"""

import re
from functools import partial

from tasks.core.filter_rules_lists import BlockedUrlSubstrings
from tasks.filters.document import DocumentText
from tasks.filters.rule import Means, Question, Rule, entries_of


def _fault(
    entries: list[str], pattern: re.Pattern[str], params: BlockedUrlSubstrings, document: DocumentText
) -> str | None:
    url = document.url if params.case_sensitive else document.url.lower()
    for sign in params.ignore_chars:
        url = url.replace(sign, "")
    if not any(entry in url for entry in entries):
        return None
    found = pattern.findall(url)
    if len(found) < params.min_matches:
        return None
    return ", ".join(map(repr, found[:5]))


def _prepare(params: BlockedUrlSubstrings, means: Means) -> Question:
    given = entries_of(params, means)
    # The longest first: matches do not overlap.
    entries = sorted({entry if params.case_sensitive else entry.lower() for entry in given}, key=len, reverse=True)
    pattern = "|".join(map(re.escape, entries))
    if params.whole_words:
        pattern = rf"(?<!\w)(?:{pattern})(?!\w)"
    return partial(_fault, entries, re.compile(pattern), params)


RULE = Rule(BlockedUrlSubstrings, _prepare)
