"""A conversation: several posts by different people, with the furniture of a forum around them."""

import re

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText
from tasks.filters.rule import Rule

# Each pattern is one sign; a thread shows several kinds of them, many times.
_SIGNS = (
    re.compile(r"^\W*(?:originally )?posted (?:by|on|at)\b.{0,80}$", re.IGNORECASE),
    re.compile(
        r"^\W*[\w .@-]{2,40} (?:wrote|said|writes|replied|answered|asked)\s?(?:\(.{0,40}\)|on .{0,40})?:", re.IGNORECASE
    ),
    re.compile(
        r"^\W*(?:reply|quote|report(?: post)?|like|up ?vote|multi-?quote|share|thanks)"
        r"(?:[\s|·,/]+(?:reply|quote|report|like|share|edit))*\W*$",
        re.IGNORECASE,
    ),
    re.compile(r"^\W*(?:join(?:ed)?(?: date)?|member since|registered)\b\s*:?\s.{0,20}\d{4}\b.{0,40}$", re.IGNORECASE),
    re.compile(r"^\W*(?:total )?(?:posts|messages|reputation|karma|likes received)\s*:\s*[\d,.]+\W*$", re.IGNORECASE),
    re.compile(
        r"^\W*(?:(?:senior|junior|new|active|super|full) member|moderator|newbie|administrator)\W*$", re.IGNORECASE
    ),
    re.compile(r"^\W*(?:re: .{3,80}|post #?\d+(?: of \d+)?|#\d{1,4}|last edited by .{0,60})\W*$", re.IGNORECASE),
    re.compile(
        r"^\W*(?:\d+ (?:replies|views)|reply to (?:this )?(?:topic|thread|post)|log ?in to reply|topic starter"
        r"|page \d+ of \d+)\b.{0,30}$",
        re.IGNORECASE,
    ),
)
MIN_SIGNS = 4
MIN_KINDS = 2
# A long article may quote a thread; a thread has a sign every few lines.
MIN_SIGN_SHARE = 0.08


def _fault(document: DocumentText, config: FilterConfig) -> str | None:
    counts = [sum(1 for line in document.lines if sign.match(line)) for sign in _SIGNS]
    total, kinds = sum(counts), sum(1 for count in counts if count)
    if total >= MIN_SIGNS and kinds >= MIN_KINDS and total >= MIN_SIGN_SHARE * len(document.lines):
        return f"{total} lines of {kinds} kinds that only forums have, in {len(document.lines)} lines"
    return None


RULE = Rule("forum_thread", _fault)
