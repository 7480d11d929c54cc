"""Readers' comments make up too much of the page: the answer would be an article and what strangers said of it."""

import re

from tasks.core.filter_rules_pages import CommentThread
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_AGO = r"(?:\d+|an?) (?:second|minute|hour|day|week|month|year)s? ago"
_ANY = re.compile(
    r"(?P<reply>(?:reply|reply to .{2,40}|report(?: comment)?|like|upvote|downvote)(?:\W+\d+)?\W*$)"
    r"|(?P<head>[\w .'@-]{2,40} (?:says|said|wrote|writes|commented|replied)(?:\W.{0,50})?:?\W*$"
    rf"|[\w .'@-]{{0,40}}\W{{0,4}}\b{_AGO}(?:\W+(?:reply|like|edited|permalink|share)){{0,3}}\W*$"
    r"|.{0,50}\bat \d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?(?:\W+(?:reply|permalink|said))?\W*$"
    r"|(?:anonymous(?: (?:user|coward))?|guest)\W*$)"
    r"|(?P<section>(?:(?:\d+|all|reader|recent|top|user) (?:comments?|responses|replies|thoughts)"
    r"|comments?(?: section)?"
    r"|responses|discussion|leave a (?:comment|reply)|join the (?:conversation|discussion)|\d+ thoughts? on\b.{0,80})"
    r"\s*(?:\(\d+\)|:)?\W*$)"
)
# Comments have at least two of these kinds of words, one of them about comments.
_FRAME = ("comment", "repl", "response", "discussion", "conversation", "thoughts on", "upvote", "report")
_HEAD_WORDS = (
    "says",
    "said",
    "wrote",
    "writes",
    "commented",
    "replied",
    " ago",
    "anonymous",
    "guest",
    " at 1",
    " at 2",
)


def _fault(document: DocumentText, params: CommentThread) -> str | None:
    lower = document.lower
    if not any(word in lower for word in _FRAME) or not any(word in lower for word in (*_HEAD_WORDS, "reply")):
        return None
    labels = document.whole.labels
    places: dict[str, list[int]] = {"section": [], "head": [], "reply": []}
    for place, label in enumerate(labels):
        if found := _ANY.match(label):
            places[str(found.lastgroup)].append(place)
    comments = max(len(places["head"]), len(places["reply"]))
    document.note("comments", comments)
    # Heads alone may be those of an interview.
    if comments < params.min_comments or not (places["section"] or (places["head"] and places["reply"])):
        return None
    first = document.lower.find(labels[min(places["head"] + places["reply"])])
    share = 1 - first / len(document.lower)
    document.note("comment_ratio", share)
    return f"{comments} comments are {share:.0%} of the text" if share >= params.min_comment_ratio else None


RULE = plain(CommentThread, _fault)
