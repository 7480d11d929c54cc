"""A page that lists other pages: tag archives, search results, link lists, navigation (method.md, 5.1)."""

import re

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText, ends_sentence, is_list_item
from tasks.filters.rule import Rule

_MORE = re.compile(
    r"^\W*(?:read|view|see|show|load|continue|learn|find out|keep) (?:more|all|reading)\b.{0,60}$"
    r"|(?:\.\.\.|…|\[…\]|\]) *(?:read more|continue reading|more)\W{0,3}$"
    r"|^\W*(?:(?:older|newer|previous|next) (?:posts?|entries|articles|page)|leave a comment)\W*$"
    r"|^\W*(?:\d+ comments?|permalink)\W*$",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    rf"^\W*(?:(?:posted|published|updated) (?:on|by)\b.{{0,60}}|(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
    rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}"
    rf"|\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}})(?:\W+(?:by|in|at|\d).{{0,60}})?)\W*$",
    re.IGNORECASE,
)
_ARCHIVE = re.compile(
    r"^\W*(?:(?:posts|articles|entries|stories|items) (?:tagged|filed|categori[sz]ed|about|in|by|from)\b.{0,60}"
    r"|(?:tag|category|author|monthly|daily)s? archives?\b.{0,60}|archives? (?:for|of)\b.{0,60}"
    r"|(?:browsing|viewing|browse) (?:all |posts |the )?(?:in |by )?(?:tag|categor|archive|post|article).{0,60}"
    r"|(?:tag|category|topic|label): .{1,60}|(?:search )?results (?:for|\d).{0,60}|showing \d+.{0,60}"
    r"|page \d+ of \d+)$",
    re.IGNORECASE | re.MULTILINE,
)
_URL_OF_LISTING = re.compile(
    r"/(?:tags?|categor(?:y|ies)|archives?|author|search|sitemap|page/\d+)(?:/|$|\?)", re.IGNORECASE
)

MIN_LINES = 8
# Lines that could stand in a menu: short, and no sentence. FineWeb calls lines under 30 characters short; titles of
# articles run to twice that.
MAX_LABEL_CHARS = 60
MAX_LABEL_SHARE = 0.8
MAX_LABEL_CHARACTER_SHARE = 0.5
# Dates and "read more" lines: each marks one entry of an archive.
MIN_MARKS = 3
MIN_MARK_SHARE = 0.1


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    lines = document.prose_lines
    more = sum(1 for line in lines if _MORE.search(line))
    marks = more + sum(1 for line in lines if _DATE.match(line))
    headed = bool(_ARCHIVE.search(document.prose[:500]) or _URL_OF_LISTING.search(document.url))
    # Dates alone may be those of a chronicle.
    if marks >= MIN_MARKS and (headed or (more and marks >= MIN_MARK_SHARE * len(lines))):
        return f"{marks} dates and read-more links in {len(lines)} lines"
    if len(lines) < MIN_LINES:
        return None
    labels = [line for line in lines if len(line) <= MAX_LABEL_CHARS and not ends_sentence(line)]
    share = len(labels) / len(lines)
    character_share = sum(map(len, labels)) / (len(document.text) or 1)
    if share >= MAX_LABEL_SHARE and character_share >= MAX_LABEL_CHARACTER_SHARE and not _is_recipe_like(labels):
        return f"{len(labels)} of {len(lines)} lines are labels"
    return None


def _is_recipe_like(labels: list[str]) -> bool:
    """Say whether most labels are marked as list items: lists of things are content, menus rarely keep their marks."""
    return sum(map(is_list_item, labels)) > len(labels) / 2


RULE = Rule("listing_page", _fault)
