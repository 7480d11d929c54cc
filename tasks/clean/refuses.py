"""The backward model declined to write an instruction."""

import re

from tasks.clean.rule import Case, Rule

_AI = r"an?\s+(?:ai|artificial\s+intelligence|(?:large\s+)?language\s+model)\b"
_DO = r"(?:help\s+(?:with|you)|assist|comply|fulfil|fulfill|provide|create|generate|produce|determine|answer|write)\b"
_KIND = r"(?:question|instruction|request|prompt|query)"
_REFUSES = re.compile(
    rf"""\A\W*(?:
        (?:i['’]m|i\s+am|we['’]re)\s+(?:\w+\s+)?sorry,?\s+(?:but\s+)?(?:i|as\s+an\s+ai)\s*(?:['’]m|am|can|cannot|do|was|an?)\b
      | (?:sorry|apologies|i\s+apologi[sz]e),?\s+(?:but\s+)?i\s*(?:['’]m|am|can|cannot)\b
      | as\s+{_AI}
      | (?:i['’]m|i\s+am)\s+(?:just\s+)?{_AI}
      | (?:unfortunately,\s+)?i\s+(?:cannot|can\s+not|can['’]t|won['’]t|will\s+not)\s+{_DO}
      | (?:unfortunately,\s+)?(?:i['’]m|i\s+am)\s+(?:unable|not\s+able)\s+to\s+{_DO}
      | i\s+do(?:\s+not|n['’]t)\s+feel\s+comfortable\b
      | (?:unfortunately,\s+)?there\s+(?:is|was)\s+(?:no|not\s+an?)\s+(?:\w+\s+)?{_KIND}\b
      | no\s+(?:\w+\s+)?{_KIND}\s+(?:can|could|was|is)\b
      | (?:unfortunately,\s+)?it\s+is\s+(?:not\s+possible|impossible|difficult|hard)\s+to\s+
        (?:determine|tell|derive|create|generate|infer|say)\s+(?:\w+\s+){{0,3}}(?:{_KIND}|was\s+asked)\b
      | (?:unfortunately,\s+)?(?:i\s+do(?:\s+not|n['’]t)\s+have|there\s+is(?:\s+not|n['’]t))\s+enough\s+
        (?:context|information|content|text)\b
    )
    | \bas\s+{_AI}(?:\s+model)?,?\s+i\s+(?:can|cannot|am|do|don)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def _fault(case: Case) -> str | None:
    found = _REFUSES.search(case.instruction)
    return f"declines: {' '.join(found[0].split())}" if found else None


RULE = Rule("instruction_refuses", _fault)
