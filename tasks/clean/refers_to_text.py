"""The instruction speaks of a text, article or author that the person who asks never showed (KUN's drop list).

English phrases only. What stands in double quotation marks or in code is mentioned, not used, and is left out.
"""

import re

from tasks.clean.rule import Case, Rule

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
_CONTENT = rf"(?:{_TEXT}|(?:{_PAGE}|content|interview|news|speech|video|letter|review)\b)(?!\s+of\b)"
_SEEN = r"(?:picture|image|photo|photograph|video|clip|diagram|figure|screenshot)"
_TELLS = (
    r"(?:says?|means?|argues?|claims?|suggests?|recommends?|mentions?|describes?|explains?|conclude[sd]?|states?)\b"
)
# An order to the one who is asked, not a question about how one does such a thing.
_ORDER = r"(?:\A\W*|[.!?]\s+)(?:(?:please|can\s+you|could\s+you|would\s+you|first|then)\s+)*"
_PATTERNS = [
    rf"{_ORDER}(?:summari[sz]e|paraphrase|rephrase|rewrite|translate|outline|condense|shorten|proofread|analy[sz]e|read|"
    rf"review|explain|describe|check|correct|improve|edit|evaluate|look\s+(?:at|over))\s+(?:the|this|that|my)\s+"
    rf"(?:(?:attached|whole|entire|following|given)\s+)?(?:{_CONTENT}|(?:cv|resume|résumé)\b|{_SEEN}\b)",
    rf"{_ORDER}read\s+the\s+following\b",
    rf"{_ORDER}(?:open|visit|click(?:\s+on)?|follow)\s+(?:the|this)\s+(?:link|url|web\s?site|page)\b",
    rf"{_ORDER}give\s+(?:the|this)\s+(?:article|text|passage|story|paragraph)\s+a\s+title\b",
    rf"{_ORDER}(?:in|from)\s+(?:the|this)\s+(?:{_SEEN}|interview|podcast|story|report|speech|letter|news)\b",
    rf"\b(?:summary|gist|tone|takeaways?|main\s+(?:idea|argument|message|theme|topic|points?)|key\s+(?:ideas?|points?)|"
    rf"purpose)\s+(?:of|from|in)\s+(?:the|this)\s+{_CONTENT}",
    r"\b(?:according\s+to\s+(?:the|this)|of\s+this)\s+news\b",
    r"\bthe\s+linked\s+\w+|\b(?:my|the|this)\s+attached\s+\w+",
    rf"\b(?:what|who|which)\b[^.?!\n]{{0,40}}\b(?:shown|seen|visible|depicted|see)\s+(?:in|on)\s+(?:the|this)\s+{_SEEN}\b",
    rf"\bdo(?:es)?\s+(?:the|this)\s+{_SEEN}s?\s+(?:show|depict|tell)\b",
    rf"\b(?:as\s+per|per|using\s+only)\s+(?:the|this)\s+{_TEXT}",
    rf"\bthe\s+(?:speaker|narrator|interviewee|report|study|survey|story|interview|review)\s+{_TELLS}",
    r"\b(?:person|people|man|woman|company|product|place|event|method|process|case|book|recipe)s?\s+"
    r"(?:described|mentioned|discussed|featured)\W*\Z",
    r"\b(?:recipe|instructions|sentence|question|quotation)\s+above\b",
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
    found = _REFERS.search(case.unquoted)
    return f"speaks of a text nobody sees: {' '.join(found[0].split())}" if found else None


RULE = Rule("instruction_refers_to_text", _fault)
