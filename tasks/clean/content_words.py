"""The words of a request that say what it is about, and whether a document speaks of them.

Generous on purpose: a paraphrase must find its words again. Endings are cut, a longer word counts for a shorter one
that it begins with, numbers count in digits and in words, an acronym counts for its words and they for it.
"""

import re
from bisect import bisect_left

from tasks.core.text.number_words import COUNTS
from tasks.core.text.words import words

# What requests are made of, whatever they are about, beside the words that every text holds.
_ASKING = """
    how what why when where which who whom whose whether explain describe write give tell list show compare help please
    discuss summarise summarize outline define provide create make generate name recommend suggest explore walk teach
    know need want like would could should can will may might must question answer example examples detail detailed
    details step steps guide overview introduction introduce explanation description summary tips advice way ways best
    good better main key important different difference differences similarities work works working use used uses using
    do does did doing done get getting got become understand understanding learn learning mean means meaning thing
    things kind kinds type types sort sorts part parts basics basic simple simply brief briefly short clear clearly
    beginner beginners someone something anyone anything people person everything else try trying point points choose
    choosing go going come suit suits case cases speak speaks afterwards look looking mind wonder wondering interested
    curious questions determine several various many much term terms
"""
_STOP = """
    a about above after again against all also am an and any are aren't as at be because been before being below
    between both but by cannot didn't don't down during each either etc every few for from further had has have
    having he her here hers herself him himself his i i'd i'll i'm i've if in into is isn't it it's its itself just
    let's me more most much my myself neither no nor not of off often on once one only or other our ours out over own
    per really same she so some still such than that that's the their theirs them then there these they they're this
    those through to together too under until up upon us very via was we were what's while with within without yet you
    you'd you'll you're you've your yours yourself
"""
COMMON = frozenset((_ASKING + _STOP).split())
# A request counts to a dozen in words.
_DIGIT_OF = {word: str(value) for value, word in enumerate(COUNTS[:13])}
_SUFFIXES = """
    ations ation ions ion ments ment ingly ings ing edly iest ies ied ier ers est ed es er or ly al s e y
"""
_ENDINGS = tuple(_SUFFIXES.split())  # the longer ones first
_MIN_STEM = 3
# A stem this long may be the beginning of a longer word: "photosynth" of "photosynthesise".
_MIN_BEGINNING = 4
# Scripts without spaces: what looks like a word is a sentence there.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


_ACRONYM = re.compile(r"(?<![^\W_])[A-Z]{2,6}(?![^\W_])")


def content_words(text: str) -> list[str]:
    """Return the words of `text` that carry its subject, each once, in small letters; numbers are kept."""
    found = (word.removesuffix("'s") for word in words(text) if not _UNSPACED.search(word))
    return list(dict.fromkeys(word for word in found if word not in COMMON and (len(word) > 1 or word.isdigit())))


def acronyms(text: str) -> set[str]:
    """Return the words of two to six capitals, in small letters."""
    return {word.lower() for word in _ACRONYM.findall(text)}


class Vocabulary:
    """All words of a document, to be asked for one that means the same."""

    def __init__(self, document_words: list[str]) -> None:
        self._words = set(document_words)
        self._stems = sorted({stem(word) for word in self._words})
        self._initials = "".join(word[0] for word in document_words)

    def speaks_of(self, word: str) -> bool:
        """Say whether the document holds `word` or a form of it."""
        word = _DIGIT_OF.get(word, word)
        if word in self._words or any(_DIGIT_OF.get(known) == word for known in self._words & _DIGIT_OF.keys()):
            return True
        short = stem(word)
        at = bisect_left(self._stems, short)
        if at < len(self._stems) and self._stems[at] == short:
            return True
        return len(short) >= _MIN_BEGINNING and at < len(self._stems) and self._stems[at].startswith(short)

    def holds_beginning(self, beginnings: tuple[str, ...]) -> bool:
        """Say whether a word of the document begins with one of `beginnings`."""
        return any(word.startswith(beginnings) for word in self._words)

    def spells_out(self, acronym: str) -> bool:
        """Say whether neighbouring words of the document begin with the letters of `acronym`, one each."""
        return acronym in self._initials


def stem(word: str) -> str:
    """Return `word` without its commonest English endings: "pruning", "prunes" and "pruned" are one."""
    if word.isdigit():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            word = word[: -len(ending)]
            break
    word = word[:-1] if len(word) > _MIN_STEM and word.endswith("e") else word
    # "stopped" is "stop": the doubled letter goes with the ending.
    return word[:-1] if len(word) > _MIN_STEM and word[-1] == word[-2] and word[-1] not in "ls" else word
