"""The instruction speaks of a text, article or author that the person who asks never showed (KUN's drop list).

English phrases only. What stands in double quotation marks or in code is mentioned, not used, and is left out.
"""

import re

from tasks.clean.rule import Case, Rule

_QUOTED = re.compile(r'"[^"\n]{1,200}"|“[^”\n]{1,200}”|`[^`\n]{1,200}`')

# "text" and "document" also begin names of other things: text editor, document type.
_NO_COMPOUND = (
    r"(?!['’]?\s*(?:file|files|box|field|editor|area|node|message|input|string|attribute|column|layer|tool|style|format|"
    r"type|size|body|root|object|model|head|element|outline|properties|store|database|library|management|of)\b)"
)
_TEXT = rf"(?:article|passage|excerpt|extract|text|document|essay|transcript|write-?up){_NO_COMPOUND}"
_PAGE = r"(?:web\s?page|blog\s+post|post|page|site|website|snippet|paragraph|story|report|guide|tutorial|piece|section)"
_GIVEN = r"(?:above|following|given|provided|preceding|attached|quoted|supplied|aforementioned|below)"
_INFORMATION = r"(?:information|details|facts|content|context|material|description|data|source|sources)"
_SAYS = (
    r"(?:says?|said|mentions?|mentioned|states?|stated|describes?|described|argues?|argued|claims?|claimed|suggests?|"
    r"suggested|recommends?|recommended|explains?|explained|discuss(?:es|ed)?|writes?|wrote|covers?|provides?|gives?|"
    r"points?\s+out|outlines?|presents?|lists?|compares?|refers?|means?|thinks?|believes?|uses?|makes?|tells?)"
)
_PATTERNS = [
    rf"\b(?:according\s+to|based\s+(?:up)?on|on\s+the\s+basis\s+of)\s+(?:the|this|that|these|your)\s+"
    rf"(?:{_GIVEN}\s+)?(?:{_TEXT}|{_PAGE}\b|author\b|writer\b|study\b|survey\b|paper\b|list\b|table\b)",
    rf"\b(?:in|from|within|throughout)\s+(?:the|this|that)\s+(?:{_GIVEN}\s+)?{_TEXT}",
    r"\bof\s+(?:the|this|that)\s+(?:article|passage|excerpt|blog\s+post)\b(?!\s+of\b)",
    rf"\b(?:this|these)\s+(?:{_GIVEN}\s+)?(?:{_TEXT}|(?:web\s?page|blog\s+post|snippet|essay|tutorial|guide)\b)",
    r"\bthis\s+(?:page|post|story|paragraph|report|recipe)\b(?!\s+(?:can|isn|is\s+not|could|cannot|doesn|has|was|won))",
    rf"\bthe\s+(?:{_GIVEN}\s+(?:{_TEXT}|{_PAGE}\b)|(?!following){_GIVEN}\s+{_INFORMATION}\b)",
    rf"\b(?:the|this|that)\s+(?:{_TEXT}|{_PAGE}|{_INFORMATION}|image|picture|photo|diagram|figure|chart|table|graph|"
    rf"screenshot)\s+(?:\w+\s+)?(?:above|below|provided|given)\b",
    rf"\bthe\s+(?:{_TEXT}|blog\s+post|author|writer|blogger)\s+(?:\w+ly\s+)?{_SAYS}\b",
    rf"\b(?:does|did|do|is|was|has|would)\s+(?:the|this)\s+(?:{_TEXT}|blog\s+post|author|writer|blogger)\b(?!\s+of\b)",
    r"\bthe\s+(?:author|writer|blogger)['’]s\b",
    rf"\b(?:based\s+(?:up)?on|using|given|from)\s+(?:the|this|these)\s+(?:above|following|{_GIVEN}\s+{_INFORMATION}|"
    rf"{_INFORMATION}\s+(?:that\s+(?:is|was|has\s+been)\s+)?(?:above|below|provided|given|supplied|here))\b",
    r"\b(?:summari[sz]e|paraphrase|rephrase|condense|shorten)\s+(?:the\s+following|the\s+above|this)\b",
    r"\b(?:mentioned|described|discussed|listed|stated|provided|given|shown|explained|outlined)\s+(?:above|below)\b",
    r"\bas\s+(?:mentioned|described|discussed|stated|explained|outlined)\s+(?:earlier|before|in\s+th(?:e|is))\b",
    r"\bthe\s+above\b(?!\s+ground)|\babove-mentioned\b|\baforementioned\b",
]
_REFERS = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)


def _fault(case: Case) -> str | None:
    found = _REFERS.search(_QUOTED.sub(" ", case.instruction))
    return f"speaks of a text nobody sees: {' '.join(found[0].split())}" if found else None


RULE = Rule("instruction_refers_to_text", _fault)
