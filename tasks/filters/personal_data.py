"""Somebody's address, number or account is in the text. What is said of it never repeats it.

Extraction replaces or rejects personal data (`extract.personal_data`), so the presets do not ask this rule. It is for
those who keep the data there and reject some kinds here.
"""

from tasks.core.filter_rules_pages import PersonalData
from tasks.core.text.personal_data import find
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain


def _fault(document: DocumentText, params: PersonalData) -> str | None:
    found = find(document.text, kinds=params.kinds, careful=params.careful)
    document.note("personal_data", len(found))
    return f"{found[0].kind} at character {found[0].start}" if found else None


RULE = plain(PersonalData, _fault)
