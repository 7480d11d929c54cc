"""Dates of events, grids of days, timetables."""

import re

from tasks.core.filter_rules_pages import Calendar
from tasks.filters.code_lines import ends_sentence
from tasks.filters.document import DocumentText
from tasks.filters.page_marks import DAY, MONTH
from tasks.filters.rule import plain

# Patterns are for lines as `Passage.labels` gives them.
_TIME = r"\d{1,2}[:.]\d\d(?: ?[ap]m)?"
_DATED = re.compile(
    rf"(?:{DAY}\b[\s,|]{{0,4}}){{4,8}}$"  # the head of a grid
    r"|(?:\d{1,2}[\s|]{1,4}){3,7}\d{0,2}$|(?:[1-9]|[12]\d|3[01])$"  # its rows and cells
    rf"|(?:{DAY}\b,? ?(?:the )?)?(?:{MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b|\d{{1,2}}(?:st|nd|rd|th)? {MONTH}(?!\w))"
    r"(?:,? \d{4})?.{0,70}$"
    rf"|\d{{4}}-\d\d-\d\d\b.{{0,60}}$|{DAY}\b\W{{1,3}}\d{{1,2}}\b.{{0,60}}$"
    rf"|(?:{_TIME}[\s|,–-]{{1,5}}){{2,30}}(?:{_TIME})?$"  # a timetable
    rf"|{_TIME}\b(?: ?[-–] ?{_TIME})?.{{0,60}}$|\d{{1,2}} ?[ap]m\b.{{0,60}}$"
)


def _fault(document: DocumentText, params: Calendar) -> str | None:
    lines = document.whole.lines
    if len(lines) < params.min_lines:
        return None
    dated = sum(1 for label in document.whole.labels if _DATED.match(label) and not ends_sentence(label))
    share = document.note("date_line_ratio", dated / len(lines))
    return f"{dated} of {len(lines)} lines are dates and times" if share > params.max_date_line_ratio else None


RULE = plain(Calendar, _fault)
