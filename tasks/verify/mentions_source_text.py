"""The response speaks of the draft, article or author that the reader never saw."""

import re

from tasks.core.config import VerifyConfig
from tasks.core.text.quoting import without_quotes
from tasks.verify.grounding import Grounding
from tasks.verify.rule import Case, Rule, first_of

_TEXT = r"(?:article|passage|excerpt|text|document|draft|blog\s+post|post|transcript|write-?up)"
_SAYS = (
    r"(?:says?|mentions?|states?|describes?|argues?|claims?|suggests?|recommends?|explains?|notes?|discuss(?:es)?|"
    r"provides?|points?\s+out|outlines?|highlights?|emphasi[sz]es|concludes?|does(?:\s+not|n['’]t)\s+(?:say|mention|state))"
)
# Nobody but a rewriter that forgot its part writes these.
_ALWAYS = re.compile(
    rf"""\b(?:according\s+to|based\s+on|as\s+\w+\s+in|mentioned\s+in|described\s+in|stated\s+in|provided\s+in|given\s+in)\s+
        (?:the|this|your)\s+(?:(?:provided|given|original|above)\s+)?{_TEXT}\b(?!\s+(?:of|type|format)\b)
      | \b(?:the|this)\s+(?:provided|given|original|above|source|preceding)\s+{_TEXT}\b
      | \bthe\s+{_TEXT}\s+(?:above|below|provided|given)\b | \b(?:text|passage)\s+above\b
      | \bthe\s+{_TEXT}\s+(?:also\s+|further\s+)?{_SAYS}\b
      | \b(?:in\s+)?this\s+(?:article|blog\s+post|post|passage|excerpt)\b(?!\s+of\b)
      | \bthe\s+(?:author|writer|blogger)(?:\s+(?:also\s+)?{_SAYS}\b|['’]s\s+(?:opinion|view|experience|words|blog)\b)
      | \b(?:draft\s+response|response\s+draft|original\s+draft)\b
      | \bthe\s+(?:information|details)\s+(?:provided|given)\s+(?:above|here|in)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# An answer about writing or law may use these words as the document does; otherwise they betray the source.
_UNLESS_IN_DOCUMENT = re.compile(r"\bthe\s+(?:draft|article|passage|excerpt|blog\s+post)\b(?!\s+of\b)", re.IGNORECASE)


def source_mentions(case: Case) -> tuple[str, ...]:
    """Return the mentions of a source as they are written, each once."""
    text = without_quotes(case.response)
    found = [_shown(match) for match in _ALWAYS.finditer(text)]
    spoken_of = _spaced(f"{case.document} {case.instruction}").lower()
    found += [_shown(match) for match in _UNLESS_IN_DOCUMENT.finditer(text) if _shown(match).lower() not in spoken_of]
    return tuple(dict.fromkeys(found))


def _shown(match: re.Match[str]) -> str:
    return _spaced(match[0])


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    return first_of(figures.source_mentions)


RULE = Rule("mentions_source_text", _fault)
