"""Several unrelated items on one page: a blog's front page, a digest of news. No instruction asks for them."""

import re

from tasks.core.filter_rules_pages import SeveralItems
from tasks.filters.document import DocumentText
from tasks.filters.page_marks import BYLINE, DATE, ITEM_END, POSTED, is_more
from tasks.filters.rule import plain

# "LONDON (Reuters) - ", "BERLIN, March 3 - ": how news agencies begin.
_NEWSWIRE = re.compile(r"[A-Z][A-Z .'-]{2,30}(?:, [A-Z][\w. ]{2,20})? ?(?:\([A-Z][\w /.]{1,20}\))? ?(?:-|–|—) [A-Z]")

_POSTED_CHARS = 20


def _fault(document: DocumentText, params: SeveralItems) -> str | None:
    labels = document.prose.labels
    dated = [label for label in labels if DATE.match(label)]
    posted = sum(1 for line in document.prose.lines if POSTED.match(line[:_POSTED_CHARS].lower()))
    counts = {
        "datelines": len(dated),
        "bylines": sum(1 for label in labels if BYLINE.match(label)) - sum(1 for label in dated if BYLINE.match(label)),
        "read-more links": sum(map(is_more, labels)),
        "links to comments": sum(1 for label in labels if ITEM_END.match(label)),
        "agency lines": sum(1 for line in document.prose.lines if _NEWSWIRE.match(line)),
    }
    items = max(posted, *counts.values())
    document.note("items", items)
    if items < params.min_items or len(document.text) / items > params.max_chars_between:
        return None
    kinds = [name for name, count in counts.items() if count >= params.min_items - 1]
    # Dates alone are those of a chronicle or of a change log, bylines alone those of a bibliography.
    if len(kinds) < 2 and max(counts["agency lines"], posted) < params.min_items:
        return None
    return f"{items} items: {', '.join(f'{counts[name]} {name}' for name in kinds) or 'posted one after the other'}"


RULE = plain(SeveralItems, _fault)
