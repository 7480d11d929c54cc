"""The forms in which a name is known again: its root, the people of a country, its acronym. And what is no name."""

import re

from tasks.core.text.names import DAYS_AND_MONTHS

# Longer words in capitals are emphasis.
MAX_ACRONYM = 6
_ACRONYM = re.compile(rf"(?<![^\W_])(?:[A-Z]{{2,{MAX_ACRONYM}}}|(?:[A-Z]\.){{2,{MAX_ACRONYM}}})(?![^\W_])")
# Capitalised words that follow one another, with the small words within a name.
_CAPITALS = re.compile(
    r"[^\W\d_a-z][^\W\d_]*(?:[ \u00a0-](?:(?:of|for|and|on|in|the|de|to)[ ]){0,2}[^\W\d_a-z][^\W\d_]*){1,7}"
)
_MIN_ROOT = 4
_ENDINGS = ("ians", "ian", "eans", "ean", "ans", "an", "ese", "ish", "ic", "ia", "ies", "y", "i", "a", "e", "s")
# Peoples and languages that share too little with the name of the country.
_IRREGULAR = {
    "french": "france", "spanish": "spain", "spaniard": "spain", "greek": "greece", "dutch": "netherlands",
    "british": "britain", "english": "england", "welsh": "wales", "danish": "denmark", "dane": "denmark",
    "polish": "poland", "irish": "ireland", "scottish": "scotland", "scot": "scotland", "swiss": "switzerland",
    "turkish": "turkey", "finnish": "finland", "swede": "sweden", "roman": "rome", "parisian": "paris",
    "norwegian": "norway", "portuguese": "portugal", "thai": "thailand", "venetian": "venice", "viennese": "vienna",
}  # fmt: skip
# Capitalised anywhere without naming anybody: days, months, the words of emphasis and of structure.
_COMMON = """
    i i'm i'll i've i'd mondays tuesdays wednesdays thursdays fridays saturdays sundays
    christmas easter mr mrs ms dr prof ok okay tv ai pc id faq diy url pdf am pm ad bc bce ce vs etc
    english latin internet web earth sun moon god step tip note part chapter figure table option method example
    day week section important warning caution remember and or not all only never always do don't must no yes if
    the a an to of in on for with as at by from is are be it this that these those you your we our they their he she
    my me us him her his its what why how when where who which while so but then than also more most
    president vice minister prime chancellor king queen prince princess emperor sir lady lord saint captain colonel
    general major professor doctor director chief executive officer ceo cfo cto chairman chairwoman chair senator
    governor mayor judge justice bishop pope
"""
COMMON = DAYS_AND_MONTHS | frozenset(_COMMON.split())


def is_of_a_people(word: str) -> bool:
    """Say whether `word` looks like what is made of a country's name: Italian, Japanese, Polish."""
    word = bare(word).removesuffix("s")
    return word in _IRREGULAR or word.endswith(("an", "ese", "ish", "ic", "i"))


def root(word: str) -> str:
    """Return what a name shares with the words made of it: "ital" of Italy, Italian and Italians."""
    word = bare(word)
    word = _IRREGULAR.get(word.removesuffix("s"), word)
    shorter = True
    while shorter:
        shorter = False
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _MIN_ROOT:
                word, shorter = word[: -len(ending)], True
                break
    return word


def bare(word: str) -> str:
    """Return `word` in small letters, without the ending of the genitive."""
    return word.casefold().replace("’", "'").removesuffix("'s")


def acronyms_in(text: str) -> set[str]:
    """Return the acronyms of `text` in small letters, without points."""
    return {found.replace(".", "").casefold() for found in _ACRONYM.findall(text)}


def spelled_out(text: str, acronyms: set[str]) -> set[int]:
    """Return where the words begin that spell out one of `acronyms`, as in "World Health Organization" for WHO."""
    if not acronyms:
        return set()
    found: set[int] = set()
    for match in _CAPITALS.finditer(text):
        words = [word for word in re.finditer(r"[^\W\d_]+", match[0]) if word[0][0].isupper()]
        initials = "".join(word[0][0] for word in words).casefold()
        for start in range(len(words) - 1):
            if initials[start:] in acronyms:
                found.update(match.start() + word.start() for word in words[start:])
                break
    return found
