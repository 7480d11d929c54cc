"""The page's address is one that the user does not take."""

from functools import partial

from tasks.core.filter_rules_lists import BlockedUrls
from tasks.filters.addresses import without_scheme
from tasks.filters.document import DocumentText
from tasks.filters.rule import Means, Question, Rule, entries_of


def _fault(urls: frozenset[str], document: DocumentText) -> str | None:
    url = without_scheme(document.url)
    return f"{url[:200]!r} is listed" if url and url in urls else None


def _prepare(params: BlockedUrls, means: Means) -> Question:
    return partial(_fault, frozenset(without_scheme(entry) for entry in entries_of(params, means)))


RULE = Rule(BlockedUrls, _prepare)
