"""The instruction holds its own answer: a long run of the document's words, or a sentence of it and little else.

A title or a question that the page itself asks may well be what a person types, so short ones pass.
"""

import re

from tasks.clean.rule import Case, Rule
from tasks.core.text.words import longest_shared_run

# Share of the instruction's words that one run of the document makes up before the instruction is a copy.
MOSTLY = 0.8
# Words of the longest heading that is let pass as a request.
MAX_TITLE_WORDS = 12
MAX_TITLE_CHARS = 200
_ASKS = re.compile(
    r"\W*(?:how|what|why|when|where|which|who|whom|whose|is|are|was|were|do|does|did|can|could|should|would|will|"
    r"please|explain|describe|write|give|tell|list|show|compare|help)\b|.*\?\s*$",
    re.IGNORECASE | re.DOTALL,
)


def _fault(case: Case) -> str | None:
    run = longest_shared_run(case.words, case.document_words)
    if len(run) > case.config.max_copied_words:
        return f"{len(run)} words in a row stand in the document: {' '.join(run[:12])} …"
    if len(run) >= MOSTLY * len(case.words) and not _may_be_a_title(case):
        return f"{len(run)} of {len(case.words)} words are one run of the document: {' '.join(run[:12])}"
    return None


def _may_be_a_title(case: Case) -> bool:
    if _ASKS.match(case.instruction):
        return True
    is_short = len(case.words) <= MAX_TITLE_WORDS and len(case.instruction) <= MAX_TITLE_CHARS
    return is_short and not case.instruction.rstrip().endswith((".", "!", ";", ","))


RULE = Rule("instruction_copies_response", _fault)
