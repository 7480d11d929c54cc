"""A page that lists other pages: tag archives, link lists, navigation."""

import re

from tasks.core.filter_rules_pages import ListingPage
from tasks.filters.code_lines import ends_sentence, is_list_item, is_table_row
from tasks.filters.document import DocumentText
from tasks.filters.page_marks import DATE, is_more
from tasks.filters.rule import plain

_ARCHIVE = re.compile(
    r"^\W*(?:(?:posts|articles|entries|stories|items) (?:tagged|filed|categori[sz]ed|about|in|by|from)\b.{0,60}"
    r"|(?:tag|category|author|monthly|daily)s? archives?\b.{0,60}|archives? (?:for|of)\b.{0,60}"
    r"|(?:you are )?(?:currently )?(?:browsing|viewing|browse) (?:all |posts |the )?(?:in |by )?"
    r"(?:tag|categor|archive|post|article).{0,60}"
    r"|(?:tag|category|topic|label): .{1,60}|(?:search )?results (?:for|\d).{0,60}|showing \d+.{0,60}"
    r"|page \d+ of \d+)$",
    re.IGNORECASE | re.MULTILINE,
)
_URL_OF_LISTING = re.compile(
    r"/(?:tags?|categor(?:y|ies)|archives?|author|search|sitemap|page/\d+)(?:/|$|\?)", re.IGNORECASE
)
_TOP_CHARS = 500
_CUT = ("[…]", "[...]", "(…)", "(...)")


def _fault(document: DocumentText, params: ListingPage) -> str | None:
    lines = document.prose.lines
    labels = document.prose.labels
    # "[…]" is how blogs cut the text of an entry, with a link to the rest that the extractor left out.
    more = sum(map(is_more, labels)) + sum(line.endswith(_CUT) for line in lines)
    marks = more + sum(1 for label in labels if DATE.match(label))
    document.note("listing_marks", marks)
    # Dates alone may be those of a chronicle.
    if marks >= params.min_marks:
        headed = _ARCHIVE.search(document.prose.text[:_TOP_CHARS]) or _URL_OF_LISTING.search(document.url)
        if headed or (more and marks >= params.min_mark_ratio * len(lines)):
            return f"{marks} dates, cut entries and read-more links in {len(lines)} lines"
    if len(lines) < params.min_lines:
        return None
    short = [line for line in lines if len(line) <= params.max_label_chars]
    titles = [line for line in short if not (ends_sentence(line) or is_table_row(line))]
    share = document.note("label_ratio", len(titles) / len(lines))
    if share < params.max_label_ratio or sum(map(is_list_item, titles)) > len(titles) / 2:
        return None  # lists of things are content, and keep their marks; menus rarely do
    character_share = document.note("label_character_ratio", sum(map(len, titles)) / (len(document.text) or 1))
    return (
        f"{len(titles)} of {len(lines)} lines are labels"
        if character_share >= params.max_label_character_ratio
        else None
    )


RULE = plain(ListingPage, _fault)
