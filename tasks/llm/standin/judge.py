"""(instruction, candidate answer) -> a judgement: two or three sentences of reasons, then "Score: N"."""

import re
from dataclasses import dataclass

from tasks.llm.standin.choice import Choose
from tasks.llm.standin.furniture import is_about_itself, is_first_person, is_furniture, is_invitation, is_menu
from tasks.llm.standin.textparts import STOP_WORDS, Block, blocks_of, content_words, sentences_of

_PROMOTION = re.compile(
    r"\b(?:buy (?:now|today|yours)|order (?:now|today|yours)|free (?:shipping|delivery|returns|trial|quote)"
    r"|add to (?:cart|basket|bag)|best prices?|\d+ ?% off|discount|special offer|limited (?:time|offer|edition)"
    r"|satisfaction guaranteed|money-?back|our (?:products?|customers?|team|company|services?|experts|range|store"
    r"|showroom)|we (?:offer|deliver|guarantee|pride)|call us|contact us|in stock|customer reviews?|sale\b|voucher"
    r"|per month)",
)
_FORUM = re.compile(
    r"^(?:re: |posted by|joined:?|originally posted|quote:|.{1,30} (?:wrote|writes|said|says|replied)(?::?$|(?: on"
    r"|:) .*\d:\d\d)|reply\b|likes?:?\s*\d|#\d+$|posts:? \d|member$|moderator$)|\bthanks in advance\b"
    r"|\b(?:in reply to|last edited by)\b",
    re.M,
)
_NUMBER = re.compile(r"^\(?(\d{1,3})[.)]\s")
_CUT_OFF = re.compile(r"(?:\.\.\.|…|\[[^\]]*\]|read more|continue reading)\W*$|[a-z,–-]$", re.I)
_SERIES = re.compile(
    r"\bpart (?:\d+|two|three)\b|\b(?:first|previous|last|next|second) (?:part|instalment|series|episode|post)\b"
    r"|\bas (?:we|i) (?:said|explained|saw)\b"
)
# What requests are made of, whatever they are about.
_ASKING = frozenset(
    content_words(
        "explain understand overview main points cover please example show tell step good way help module work want"
        " would like trying list"
    )
)

_FEWEST_STOP_WORDS = 0.2
# Of the first content words of running text, how many must differ: all but about one in fifty pages of the Python
# tutorial, how-tos and FAQ and of the Debian handbook pass. No sample page was used to choose it.
_LOOKED_AT = 150
_FEWEST_TOLD = 60
_FEWEST_DISTINCT = 0.49
_SHORT_WORDS = 90
_LONG_CHARS = 9_000
_MANY_SIGNATURES = 6


@dataclass(frozen=True)
class _Finding:
    """One thing that counts against an answer: how it is said, and the most that the answer can still get."""

    reason: str
    at_most: int
    weight: float = 0.0


def judge(instruction: str, answer: str, choose: Choose) -> str:
    """Return a judgement in the form that the rubric asks for."""
    findings = _findings(instruction, answer)
    weight = sum(finding.weight for finding in findings)
    score = min([5 if weight < 1 else 4 if weight < 3 else 3, *(finding.at_most for finding in findings)])
    against = [finding.reason for finding in sorted(findings, key=lambda finding: (finding.at_most, -finding.weight))][
        :2
    ]
    return f"{_reasons(score, against, choose)}\n\nScore: {score}"


def _findings(instruction: str, answer: str) -> list[_Finding]:
    blocks = blocks_of(answer)
    paragraphs = [block for block in blocks if block.kind == "paragraph"]
    sentences = [
        sentence
        for block in blocks
        if block.kind in ("paragraph", "list")
        for line in block.lines
        for sentence in sentences_of(line)
    ]
    count = max(1, len(sentences))
    found: list[_Finding] = []

    low = answer.lower()
    wanted = set(content_words(instruction)) - _ASKING
    known = set(content_words(answer))
    if not wanted or len(wanted & known) / len(wanted) < 0.4:
        found.append(_Finding("it hardly speaks of what was asked", 2))
    found += _foreign_matter(low, blocks)
    found += _incomplete(low, blocks, paragraphs)

    personal = sum(map(is_first_person, sentences)) / count
    if personal >= 0.35:
        found.append(_Finding("another person tells of their own life", 1))
    elif personal >= 0.08:
        found.append(_Finding("the author's own experience and opinion shine through", 3))
    elif personal:
        found.append(_Finding("the author speaks of themselves in places", 5, 0.6))

    itself = sum(map(is_about_itself, sentences))
    if (itself >= 3 and itself / count > 0.12) or (itself >= 2 and itself / count > 0.2):
        found.append(_Finding("it keeps speaking of its own pages and sections, like a piece cut from a web site", 3))
    elif itself:
        found.append(
            _Finding("it refers to parts of a page that the user does not see", 5, min(2.0, 0.3 + 12 * itself / count))
        )
    if count >= 6 and len(set(sentences)) / count < 0.6:
        found.append(_Finding("it repeats itself", 1))
    told = content_words(" ".join(block.text for block in blocks if block.kind in ("paragraph", "list")))[:_LOOKED_AT]
    if len(told) >= _FEWEST_TOLD and len(set(told)) / len(told) < _FEWEST_DISTINCT:
        found.append(_Finding("it turns round the same few words where the user wanted substance", 2))
    if len(answer) > _LONG_CHARS:
        found.append(_Finding("it is longer than the request needs", 5, 0.5 * len(answer) / _LONG_CHARS))
    if sum(len(block.lines) for block in blocks if block.kind == "signature") >= _MANY_SIGNATURES:
        found.append(_Finding("it lists a reference instead of leading the user through the matter", 5, 0.5))
    if len(paragraphs) >= 3 and len(answer.split()) / count > 34:
        found.append(_Finding("its sentences are long", 5, 0.6))
    if len(answer) > 3_500 and len(blocks) < 5:
        found.append(_Finding("it has little structure", 5, 1.0))
    return found


def _foreign_matter(low: str, blocks: list[Block]) -> list[_Finding]:
    lines = [line for block in blocks for line in block.lines]
    words = max(1, len(low.split()))
    found: list[_Finding] = []
    promotion = len(_PROMOTION.findall(low))
    if promotion >= 3 and promotion / words > 0.008:
        found.append(_Finding("it advertises", 1))
    elif promotion >= 2:
        found.append(_Finding("it has a touch of advertising", 5, 0.6))
    if len(_FORUM.findall(low)) >= 3:
        found.append(_Finding("several people talk as in a forum", 1))
    menu = sum(
        len(line)
        for block in blocks
        if block.kind in ("short", "list") and is_menu(block.lines)
        for line in block.lines
    )
    if menu > 0.3 * len(low):
        found.append(_Finding("it is mostly menus and links", 1))
    invitations = sum(
        is_invitation(sentence)
        for block in blocks
        if block.kind in ("paragraph", "list")
        for sentence in sentences_of(block.text)
    )
    furniture = sum(map(is_furniture, lines))
    if invitations >= 2:
        found.append(_Finding("it invites the reader to subscribe, share or comment, as a web page does", 3))
    elif invitations or furniture:
        found.append(
            _Finding(
                "some furniture of a web page is left in it",
                5,
                min(2.0, (2 * furniture + 6 * invitations) / max(4, len(lines))),
            )
        )
    return found


def _incomplete(low: str, blocks: list[Block], paragraphs: list[Block]) -> list[_Finding]:
    found: list[_Finding] = []
    if len(low.split()) < _SHORT_WORDS:
        found.append(_Finding("it only touches the matter", 2))
    numbers = (match for block in blocks if block.kind == "list" and (match := _NUMBER.match(block.lines[0])))
    first = next(numbers, None)
    if first and int(first[1]) > 1:
        found.append(_Finding("its list begins in the middle", 1))
    if paragraphs and _CUT_OFF.search(paragraphs[-1].text):
        found.append(_Finding("it breaks off", 1))
    if len(_SERIES.findall(low)) >= 2:
        found.append(_Finding("it leans on other parts of a series", 1))
    running = [word for block in paragraphs for word in block.text.lower().split()]
    if running and sum(word in STOP_WORDS for word in running) / len(running) < _FEWEST_STOP_WORDS:
        found.append(_Finding("it is made of key words and not of sentences", 1))
    fragments = sum(block.kind in ("heading", "short", "code") and len(block.lines) == 1 for block in blocks)
    if fragments >= 12 and fragments > 1.5 * len(paragraphs):
        found.append(_Finding("a table or a figure has fallen apart in it", 3))
    if not paragraphs:
        found.append(_Finding("it has no running text that explains anything", 2))
    return found


_FOR = {
    5: (
        "The answer takes up the request at once and carries it through in a sensible order.",
        "The answer gives exactly what was asked for, clearly and step after step.",
        "The request is met directly, with concrete detail and nothing beside the point.",
    ),
    4: (
        "The answer meets the request, is complete in itself and easy to follow.",
        "The user gets a clear and self-contained answer.",
    ),
    3: (
        "The answer helps and covers the basics of the request.",
        "What was asked is covered, and the answer stands on its own.",
    ),
    2: (
        "The answer touches the request without really giving what was asked for.",
        "The answer stays at some distance from the request.",
    ),
    1: (
        "The answer cannot serve as an example of a reply to this request.",
        "As a reply to this request the answer is not usable.",
    ),
}

_PRAISE = (
    "Every part of it serves the question, and it shows knowledge of the subject.",
    "It is well organised, and there is nothing to take away.",
)


def _reasons(score: int, against: list[str], choose: Choose) -> str:
    opening = choose("for", _FOR[score])
    if not against:
        return f"{opening} {choose('praise', _PRAISE)}"
    if score == 5:
        return f"{opening} It counts only slightly against it that {against[0]}."
    return f"{opening} Against it counts that {' and that '.join(against)}."
