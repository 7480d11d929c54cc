"""The response greets, announces itself, offers more help or speaks as an AI: chat habits, not the answer."""

import re

from tasks.core.config import VerifyConfig
from tasks.verify.grounding import Grounding
from tasks.verify.rule import Case, Rule, first_of
from tasks.verify.words import without_quotes

# Closing offers are looked for at the end only: a letter in the middle of an answer may hold one.
END_CHARS = 400
_OPENING = re.compile(
    r"""\A\W*(?:
        (?:sure(?:\s+thing)?|certainly|absolutely|of\s+course|definitely|gladly|no\s+problem)
        (?:\s*! | \s*[,.:;–—-]?\s+(?:here|i\s|i['’]|let\s+me|let['’]s|below|happy|glad))
      | (?:certainly|absolutely|gladly)\s*[,.]
      | (?:great|good|excellent|interesting)\s+question\b
      | (?:i['’]d\s+be|i['’]m|i\s+am|i\s+would\s+be)\s+(?:happy|glad|delighted)\s+to\s+help\b
      | (?:happy|glad)\s+to\s+help\b
      | thank(?:s|\s+you)\s+for\s+(?:asking|your\s+question|reaching\s+out)\b
      | here(?:\s+is|\s+are|['’]s)\s+(?:the|an?|my|your)\s+(?:[\w-]+\s+){0,3}
        (?:answer|response|rewrite|version|draft|rewritten|reply)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = re.compile(
    r"""\bi\s+hope\s+(?:that\s+)?(?:this|these|it|that)\s+(?:\w+\s+){0,2}(?:helps?|helpful|useful|answers|clarifies)\b
      | \bhope\s+(?:this|that|it)\s+helps\b
      | \blet\s+me\s+know\s+(?:if|whether|what|how)\b
      | \b(?:please\s+)?(?:feel\s+free|do(?:n['’]t|\s+not)\s+hesitate)\s+to\s+(?:ask|reach\s+out|let\s+me)\b
      | \bif\s+you\s+have\s+(?:any\s+)?(?:other|further|more|additional)\s+questions\b
      | \bis\s+there\s+anything\s+else\s+(?:i|you)\b
      | \bwould\s+you\s+like\s+me\s+to\b
      | \bi['’]?(?:m|\s+am)\s+here\s+to\s+help\b""",
    re.IGNORECASE | re.VERBOSE,
)
_AS_AN_AI = re.compile(
    r"\bas\s+an?\s+(?:ai|artificial\s+intelligence|(?:large\s+)?language\s+model)(?:\s+(?:language\s+)?(?:model|assistant))?,?"
    r"\s+(?:i\b|my\b|it['’]s\s+(?:not|im))"
    r"|\bas\s+an\s+ai\s+(?:language\s+)?(?:model|assistant)\b"
    r"|\bi(?:['’]m|\s+am)\s+(?:just\s+|only\s+)?an\s+ai\b",
    re.IGNORECASE,
)


def wrapper_phrases(case: Case) -> tuple[str, ...]:
    """Return the wrapper phrases as they are written."""
    text = without_quotes(case.response).strip()
    found = [_OPENING.search(text), _CLOSING.search(text[-END_CHARS:]), _AS_AN_AI.search(text)]
    return tuple(" ".join(match[0].split()) for match in found if match)


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    return first_of(figures.wrapper_phrases)


RULE = Rule("wrapper_phrase", _fault)
