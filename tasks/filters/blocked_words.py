"""The text holds words that the user does not take, such as adult words and spam. C4 (Raffel et al. 2019, arXiv
1910.10683), section 2.2, drops a page for one such word.

Where a script has no spaces between words, set `whole_words: false`.
"""

import re
from collections import Counter
from functools import partial

from tasks.core.filter_rules_lists import BlockedWords
from tasks.filters.document import DocumentText
from tasks.filters.rule import Means, Question, Rule, entries_of

_WORD = re.compile(r"\w+")


def _fault_in_words(phrases: dict[str, list[str]], params: BlockedWords, document: DocumentText) -> str | None:
    words = _WORD.findall(document.text if params.case_sensitive else document.lower)
    found: Counter[str] = Counter()
    text = ""
    for word, count in Counter(words).items():
        for phrase in phrases.get(word, ()):
            if phrase != word:
                text = text or f" {' '.join(words)} "
                count = text.count(f" {phrase} ")
            found[phrase] += count
    return _told(found, params)


def _fault_anywhere(entries: list[str], params: BlockedWords, document: DocumentText) -> str | None:
    text = document.text if params.case_sensitive else document.lower
    return _told(Counter({entry: text.count(entry) for entry in entries if entry in text}), params)


def _told(found: Counter[str], params: BlockedWords) -> str | None:
    if found.total() < params.min_matches:
        return None
    return ", ".join(f"{word!r} {count} times" for word, count in sorted(found.items())[:5] if count)


def _prepare(params: BlockedWords, means: Means) -> Question:
    entries = {entry if params.case_sensitive else entry.lower() for entry in entries_of(params, means)}
    if not params.whole_words:
        return partial(_fault_anywhere, sorted(entries), params)
    # By their first word, so that a long list costs no more than the words of the text.
    phrases: dict[str, list[str]] = {}
    for entry in sorted(entries):
        words = _WORD.findall(entry)
        if words:
            phrases.setdefault(words[0], []).append(" ".join(words))
    return partial(_fault_in_words, phrases, params)


RULE = Rule(BlockedWords, _prepare)
