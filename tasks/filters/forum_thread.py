"""A conversation: several posts by different people, with the furniture of a forum around them."""

import re

from tasks.core.filter_rules_pages import ForumThread
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

# Each pattern is one sign; a thread shows several kinds of them, many times.
_SIGNS = (
    r"(?:originally )?posted (?:by|on|at)\b.{0,80}$",
    r"(?:reply|quote|report(?: post)?|like|up ?vote|multi-?quote|share|thanks)"
    r"(?:[\s|·,/]+(?:reply|quote|report|like|share|edit))*\W*$",
    r"(?:join(?:ed)?(?: date)?|member since|registered)\b\s*:?\s.{0,20}\d{4}\b.{0,40}$",
    r"(?:total )?(?:posts|messages|reputation|karma|likes received)\s*:\s*[\d,.]+\W*$",
    r"(?:(?:senior|junior|new|active|super|full) member|moderator|newbie|administrator)\W*$",
    r"(?:re: .{3,80}|post #?\d+(?: of \d+)?|#?\d{1,4}|last edited by .{0,60})\W*$",
    r"(?:\d+ (?:replies|views)|reply to (?:this )?(?:topic|thread|post)|log ?in to reply|topic starter"
    r"|page \d+ of \d+)\b"
    r".{0,30}$",
)
_WROTE = re.compile(r"[\w .@-]{2,40} (?:wrote|said|writes|replied|answered|asked)\s?(?:\(.{0,40}\)|on .{0,40})?:")
_SIGN = re.compile("|".join(f"({sign})" for sign in _SIGNS))


def _fault(document: DocumentText, params: ForumThread) -> str | None:
    lines = document.whole.lines
    labels = document.whole.labels
    found = [match.lastindex for match in map(_SIGN.match, labels) if match]
    wrote = sum(1 for label in labels if ":" in label and _WROTE.match(label))
    total, kinds = len(found) + wrote, len(set(found)) + bool(wrote)
    document.note("forum_sign_ratio", total / (len(lines) or 1))
    if total >= params.min_signs and kinds >= params.min_kinds and total >= params.min_sign_ratio * len(lines):
        return f"{total} lines of {kinds} kinds that only forums have, in {len(lines)} lines"
    return None


RULE = plain(ForumThread, _fault)
