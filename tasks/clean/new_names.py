"""The instruction speaks of people, places or products that the document does not name: its premise has drifted away.

The paper's own example asks about Russia and Eastern Europe where the text speaks of the Soviet Union, Hungary and
Vienna (arXiv 2408.04614, Table 9). One name that is missing may be what the person calls the matter ("in Python", of
a page of code), so it takes two. Verification lets a response name what the instruction names: this is the guard.
"""

import re

from tasks.clean.content_words import COMMON, acronyms
from tasks.clean.rule import Case, Rule
from tasks.core.text.language import capitalises_nouns
from tasks.core.text.names import DAYS_AND_MONTHS, NAME_WORD

# As many unknown names are let pass as verification lets a response have.
MAX_NEW_NAMES = 1
_STARTS = re.compile(r"(?:^|[.!?:;…\"“”„‘(\[*_>•/-]|[.!?]['’)\]])\s*$")
# Capitalised without naming anybody or anything that could be missing.
_COMMON_CAPITALS = """
    i mr mrs ms dr prof english ai pc id ok tv faq pdf url diy internet
"""
_NO_NAME = COMMON | DAYS_AND_MONTHS | frozenset(_COMMON_CAPITALS.split())
# An instruction most of whose longer words are capitalised is a title: its capitals say nothing.
_TITLE_SHARE = 0.75
# Words that share so many letters at their beginning are forms of one: Russia and Russian, Italy and Italian.
_SHARED_LETTERS = 4


def _fault(case: Case) -> str | None:
    if capitalises_nouns(case.language):
        return None
    text = case.unquoted
    longer = [word for word in NAME_WORD.findall(text) if len(word) > 3]
    if len(longer) > 1 and sum(word[0].isupper() for word in longer) >= _TITLE_SHARE * len(longer):
        return None
    names = _names(text)
    if len(names) <= MAX_NEW_NAMES:
        return None
    missing = [name for name in names if not _is_named(name, case)]
    return f"not in the document: {', '.join(missing[:10])}" if len(missing) > MAX_NEW_NAMES else None


def _names(text: str) -> list[str]:
    """Return the runs of capitalised words that no sentence begins with, each once."""
    names: list[str] = []
    end = -1
    for match in NAME_WORD.finditer(text):
        word = match[0]
        starts = bool(_STARTS.search(text[max(0, match.start() - 20) : match.start()]))
        if starts or len(word) < 2 or not word[0].isupper() or word.casefold() in _NO_NAME:
            continue
        if names and end >= 0 and not text[end : match.start()].strip():
            names[-1] = f"{names[-1]} {word}"
        else:
            names.append(word)
        end = match.end()
    return list(dict.fromkeys(names))


def _is_named(name: str, case: Case) -> bool:
    """Say whether the document holds one of the words of `name`, a form of it, or what it is short for."""
    document = case.vocabulary
    parts = [
        part for part in re.split(r"[-'’& ]", name.casefold().replace("’s", "").replace("'s", "")) if len(part) > 1
    ]
    if any(document.speaks_of(part) for part in parts) or any(document.spells_out(a) for a in acronyms(name)):
        return True
    initials = "".join(part[0] for part in parts)
    if len(initials) > 1 and initials in acronyms(case.told):
        return True
    beginnings = tuple({part[:_SHARED_LETTERS] for part in parts if len(part) > _SHARED_LETTERS})
    return bool(beginnings) and document.holds_beginning(beginnings)


RULE = Rule("instruction_new_names", _fault)
