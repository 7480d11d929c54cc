"""The answer talks about the instruction instead of being it, or goes on to answer it.

Small backward models introduce what they were asked for, label it, or tell what "the user" wanted.
"""

import re

from tasks.clean.rule import Case, Rule

_KIND = r"(?:question|instruction|request|prompt|query)"
_FITTING = (
    r"(?:suitable|possible|likely|fitting|good|appropriate|potential|plausible|probable|corresponding|single|best)"
)
_META = re.compile(
    rf"""\A\W*(?:
        here(?:\s+is|\s+are|['’]s)\s+(?:the|an?|one|my|your|some)\s+(?:\w+\s+){{0,2}}{_KIND}s?\b
      | (?:sure|certainly|absolutely|of\s+course)\s*[!.,:]
      | (?:the|an?)\s+(?:user|person|human)\s+(?:\w+ly\s+)?
        (?:asked|asks|wants?|wanted|is\s+asking|was\s+asking|might|would|could|may|has\s+asked|who)\b
      | (?:instruction|question|request|prompt|query|task|user|human|person|assistant|answer|response|output|q|a)\s*:
      | (?:possible|likely|suggested|suitable|user|generated|original|example|best|potential)\s+{_KIND}\s*:
      | i\s+would\s+(?:have\s+)?ask(?:ed)?\s*[:"“]
      | i\s*(?:can|will|['’]ll)\s+(?:tell|show|explain|walk|guide|help)\s+(?:to\s+)?you\b
    )
    | \b(?:this|the)\s+(?:response|answer|text|passage|document|article)\s+
      (?:(?:would\s+)?answers?|address(?:es)?|responds?\s+to|is\s+an?\s+(?:answer|response|reply))\b
    | \bthe\s+{_KIND}\s+(?:for|to|behind)\s+(?:this|the)\s+(?:response|answer|text|passage|document)\b
    | \b(?:an?|the)\s+(?:most\s+)?{_FITTING}\s+{_KIND}\s+
      (?:(?:that\s+\w+\s+)?(?:would|could|might|may)\b|is\s*:|here\b|for\s+this\b)
    | \bthe\s+{_KIND}\s+(?:is|was|would\s+be|might\s+be|could\s+be)\s*[:"“]
    | \b(?:what|which)\s+the\s+user\s+(?:asked|wanted|typed)\b | \bthe\s+user\s+(?:asked|is\s+asking)\b
    | \b(?:generate|write|create|formulate)\s+(?:an?|the|one)\s+(?:\w+\s+)?{_KIND}\s+
      (?:(?:that|which)\s+(?:this|the)\s+\w+\s+(?:answers|would)|(?:for|to)\s+which\b)
    | \bback-?translat(?:e|ed|es|ing|ion)\s+(?:the|an?|this)\s+(?:response|answer|instruction|text)\b
    | \bhope\s+(?:this|that|it)\s+helps\b
    | \[/?(?:DOC|INS|RES)\]
    | ^\W*(?:answer|response|output|assistant)\s*:""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)


def _fault(case: Case) -> str | None:
    found = _META.search(case.instruction)
    return f"talks about the request: {' '.join(found[0].split())}" if found else None


RULE = Rule("instruction_meta", _fault)
