"""The instruction is in another language than the document, and clearly so.

Short texts and code are often taken for rare languages (py3langid gives "pandas merge vs join" to Nigerian Pidgin,
with 0.14), so only a confident verdict counts; measured on short English, German, French and Spanish questions.
"""

import re

from tasks.clean.rule import Case, Rule
from tasks.core.text.language import primary, ranked

MIN_CHARS = 20
# Another language must have at least this probability, and the document's own at most that one.
MIN_OTHER = 0.7
MAX_OWN = 0.05
_CODE = re.compile(r"[`{}<>=;|\\]|\w\(|\w\.\w|\w_\w|::|://")


def _fault(case: Case) -> str | None:
    own = primary(case.language)
    if not own or len(case.instruction.strip()) < MIN_CHARS or _CODE.search(case.instruction):
        return None
    found = ranked(case.instruction)
    probabilities = dict(found)
    other, probability = found[0]
    if own in probabilities and other != own and probability >= MIN_OTHER and probabilities[own] <= MAX_OWN:
        return f"{other} with probability {probability:.2f}, the document is {own}"
    return None


RULE = Rule("instruction_wrong_language", _fault)
