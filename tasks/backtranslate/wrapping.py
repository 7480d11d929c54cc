"""Takes off, layer by layer, what a chat model puts around the request that it was asked for.

A layer goes where it can be nothing else. What may be the request's own stays ("Sure, I can buy bread. But how do I
bake it?"): the next stage rejects what still talks about a request, and a row lost is better than a request spoilt.
"""

import re

_FITTING = (
    r"(?:possible|likely|probable|plausible|suitable|fitting|potential|appropriate|corresponding|reconstructed|"
    r"suggested|natural|concise|good|best|most|single)"
)
_WHOSE = rf"(?:(?:user|person)(?:['’]s)?|{_FITTING})"
_COURTESY = r"(?:sure(?:\s+thing)?|certainly|absolutely|of\s+course|definitely|gladly|no\s+problem)"
# "Here is a possible question that a person might have asked:". Of a prompt or query only with a word that says whose:
# "Here is the query: SELECT …" is what somebody asks about.
_INTRODUCTION = re.compile(
    rf"""(?P<mark>\*\*|__)?(?:(?:{_COURTESY}|okay|ok)\b[\s!.,:;–—-]*)?
    (?:here(?:\s+is|['’]s)|this\s+is|below\s+is)\s+(?:the|an?|one|your)\s+
    (?:(?:{_WHOSE}\s+)+(?:question|instruction|request|prompt|query)|question|instruction|request)
    (?:\s+or\s+(?:question|instruction|request))?
    (?:,?\s+(?:that|which|to\s+which|for\s+which|as|in\s+the\s+words|based\s+on|for\s+(?:the|this)|someone|one|
        (?:a|the)\s+(?:user|person))\b[^:\n]{{0,160}}?)?
    (?(mark)(?:\s*:\s*(?P=mark)|(?P=mark)\s*:)|\s*:)\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_COURTESIES = (
    # A lower-case word behind the mark may belong to a name: "Sure! deodorant".
    re.compile(rf"(?i:{_COURTESY})\s*!+\s+(?=[^a-z\s])"),
    re.compile(rf"(?i:{_COURTESY})\s*[:.]+[ ]*\n+"),
    re.compile(r"(?i:certainly|absolutely|of\s+course|sure)\.\s+(?=[A-Z\"“*])"),
)
# "Question:", "**Instruction:**", "User:", or the word on a line of its own.
_LABEL = re.compile(
    rf"""(?P<mark>\*\*|__|[*_])?(?:(?:the|{_WHOSE})\s+)*
    (?:(?P<sure>question|instruction)|(?P<alone>request|prompt|query)|user|human|person|q)
    (?(mark)(?:\s*:\s*(?P=mark)|(?P=mark)\s*:|(?P=mark)[ ]*\n)
      |(?:\s*:|(?(sure)[ ]*\n|(?(alone)[ ]*\n|(?!)))))\s*""",
    re.IGNORECASE | re.VERBOSE,
)
# What a person writes: "User: Root …" is a request, "User: root is not allowed to log in" is an error message.
_ASKS = (
    r"(?:how|what|why|when|where|which|who|whom|whose|is|are|was|were|do|does|did|can|could|should|would|will|may|"
    r"please|explain|describe|write|give|tell|list|show|compare|help|create|suggest|recommend|i|i['’]m|my|"
    r"wie|was|warum|wann|wo|welche[rs]?|wer|comment|pourquoi|quels?|quelles?|où|quand|c[óo]mo|qu[ée]|cu[áa]l|"
    r"d[óo]nde|come|perch[ée]|quale)\b"
)
_REQUEST = re.compile(rf"[^\W\d_a-z]|(?i:{_ASKS})")
# The model went on to answer. An "A:" beside a "B:" is a choice.
_ANSWER = re.compile(r"^[^\w\n]*(?:assistant|answer|ai|bot|response)\s*:", re.IGNORECASE | re.MULTILINE)
_A = re.compile(r"^[^\w\n]*a\s*:", re.IGNORECASE | re.MULTILINE)
_B = re.compile(r"^[^\w\n]*b\s*[:.)]", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(r"#{1,6}\s+")
# "- 5 degrees" is a temperature, and "1. Mai" a date.
_ITEM = re.compile(rf"(?:1\)|[-*•])\s+(?=[^\s\d])|1\.\s+(?=[\"“'‘*_`]|(?i:{_ASKS}))")
_ANY_ITEM = re.compile(r"^[ \t]*(?:\d{1,2}[.)]|[-*•])\s|(?<=\s)2[.)]\s", re.MULTILINE)
_CLOSING = (
    r"[(*_]*(?:(?:i\s+)?hope\s+(?:that\s+)?(?:this|that|it)\s+helps(?:\s+you)?|let\s+me\s+know\s+if\s+you"
    r"(?:['’]d|\s+would)?\s+(?:need|want|like|have)\s+(?:anything\s+else|another|any)\b[^\n.!?]{0,60})[^\w?\"'”’»]*\Z"
)
_AFTER_QUESTION = re.compile(rf"(?<=[?\"”»*`])\s+{_CLOSING}", re.IGNORECASE)
_ON_ITS_LINE = re.compile(rf"\n[ \t]*{_CLOSING}", re.IGNORECASE)
_PAIRS = (
    ('"', '"'), ("'", "'"), ("“", "”"), ("„", "“"), ("‘", "’"), ("«", "»"), ("「", "」"), ("```", "```"), ("`", "`"),
    ("**", "**"), ("__", "__"), ("*", "*"), ("_", "_"), ("[INS]", "[/INS]"),
)  # fmt: skip


# More layers than this, and longer texts, are a model that runs in circles.
MAX_LAYERS = 20
MAX_CHARS = 20_000


def unwrap(text: str) -> str:
    """Return the request in `text` without thought, lead-in, label, list marker, quotation marks and closing words."""
    text, is_wrapped = text.strip(), False
    for _ in range(MAX_LAYERS):
        bare = _peel(text, is_wrapped)
        if bare == text:
            break
        text, is_wrapped = bare, True
    return text


def _peel(text: str, is_wrapped: bool) -> str:
    """Take one layer off `text`, if there is one; `is_wrapped` tells that one was taken off before."""
    if (bare := _thought(text)) is not None:
        return bare.strip()
    if len(text) > MAX_CHARS:
        return text
    for layer in (_heading, _introduction, _label, _item, _pair):
        if (bare := layer(text)) is not None:
            return bare.strip()
    closing = _AFTER_QUESTION.search(text) or (is_wrapped and _ON_ITS_LINE.search(text))
    return text[: closing.start()].strip() if closing else text


def _thought(text: str) -> str | None:
    """A thought goes; of one that never ends, all. Some servers leave its first tag out."""
    before, closing, after = text.partition("</think>")
    if before.startswith("<think>"):
        return after
    is_tag = closing and "<think>" not in before and (before.endswith("\n") or after.startswith("\n"))
    return after if is_tag else None


def _heading(text: str) -> str | None:
    match = _HEADING.match(text)
    return text[match.end() :] if match else None


def _introduction(text: str) -> str | None:
    """ "Sure! Here is the instruction:", with one request behind it."""
    if match := _INTRODUCTION.match(text):
        rest = text[match.end() :]
        if _is_answered(rest) or (_ANY_ITEM.match(rest) and len(_ANY_ITEM.findall(rest)) > 1):
            return None
        return rest
    found = next((match for pattern in _COURTESIES if (match := pattern.match(text))), None)
    return text[found.end() :] if found else None


def _label(text: str) -> str | None:
    match = _LABEL.match(text)
    rest = text[match.end() :] if match else ""
    if match is None or _is_answered(rest):
        return None
    return rest if match["sure"] or not rest or _REQUEST.match(rest) or _pair(rest) is not None else None


def _is_answered(rest: str) -> bool:
    return bool(_ANSWER.search(rest) or (_A.search(rest) and not _B.search(rest)))


def _item(text: str) -> str | None:
    """The marker of a list of one line."""
    match = _ITEM.match(text)
    if match is None or "\n" in text or _ANY_ITEM.search(text, match.end()):
        return None
    return text[match.end() :]


def _pair(text: str) -> str | None:
    """Marks that enclose the whole."""
    for opening, closing in _PAIRS:
        if len(text) > len(opening) + len(closing) and text.startswith(opening) and text.endswith(closing):
            inner = text[len(opening) : len(text) - len(closing)]
            if _is_whole(inner, opening, closing):
                return inner
    return None


def _is_whole(inner: str, opening: str, closing: str) -> bool:
    """Say whether marks around `inner` belong together: in `"A" or "B"` nothing encloses the whole."""
    if opening == closing == '"':
        first = inner.find(opening)
        return first < 0 or (inner.count(opening) % 2 == 0 and (first == 0 or inner[first - 1] in " \n(["))
    return opening not in inner and closing not in inner
