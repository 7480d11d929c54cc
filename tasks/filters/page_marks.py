"""Lines that pages carry around their text: dates, bylines, read-more links. English, as on most of the web.

All patterns are for lines as `Passage.labels` gives them: short, in small letters, no signs before the first word.
"""

import re

MORE = re.compile(
    r"(?:read|view|see|show|load|continue|learn|find out|keep) (?:more|all|reading)\b.{0,60}$"
    r"|(?:older|newer|previous|next) (?:posts?|entries|articles|page)\W*$"
)
# What stands below an item of a blog.
ITEM_END = re.compile(r"(?:(?:\d+|no) comments?(?: yet)?|leave a comment|permalink)\W*$")
_MORE_AT_END = re.compile(r"(?:\.\.\.|…|\[…\]|\]) {0,3}(?:read more|continue reading|more)\W{0,3}$")
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?"
_DATES = (
    rf"{MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? {MONTH},? \d{{4}}"
    r"|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
)
DATE = re.compile(
    r"(?:posted|published|updated) (?:on|by)\b.{0,60}$"
    rf"|(?:{DAY},? )?(?:{_DATES})(?:\W+(?:by|in|at|\d).{{0,60}})?\W*$"
)
POSTED = re.compile(r"(?:posted|published) (?:on|by)\b")
BYLINE = re.compile(
    r"(?:posted|published|written|submitted) (?:by|in|on|under)\b.{0,80}$"
    r"|by [\w.'-]+ [\w.'-]+(?: [\w.'-]+)?(?:\W.{0,30})?(?<![.:])$"
    r"|(?:filed under|categor(?:y|ies)|tags?|tagged(?: with)?|labels?|topics?)\s?:.{1,80}$|filed under .{1,60}$"
    r"|(?:comments?|responses)\s?(?:\(\d+\)|off|are closed)\W*$|share this.{0,30}$"
)


def is_more(label: str) -> bool:
    """Say whether a label leads on to another page."""
    return bool(
        MORE.match(label) or (label.rstrip("» >.").endswith(("more", "reading")) and _MORE_AT_END.search(label))
    )
