"""A text as the words that copying it leaves alone: whatever a page does to it, they stay the same.

Case, accents, punctuation, Markdown, tags, entities, quotation marks, invisible signs, labels of choices and the marks
that group digits all go; hyphenation at line ends is undone. Single letters go as well: they are articles, variables
and the labels of choices. The same is done to both sides, so it matters little where a rule is rough.
"""

import html
import re
import unicodedata
from collections.abc import Container

# Scripts without spaces: Thai, Lao, Burmese, Khmer, kana, Han. Each sign is taken for a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED_SIGN = re.compile(f"[{_UNSPACED}]")
# Stands where a line ended in a hyphen: a sign of the private use area, which separates words otherwise.
_BROKEN = "\ue000"
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]{{2,}}|[0-9]|{_BROKEN}")
# The scripts of India write vowels as signs that `\w` does not take for letters. The pattern above is twice as fast.
_INDIC = re.compile("[\u0900-\u0dff]")
_WORD_OR_INDIC = re.compile(f"[{_UNSPACED}]|(?:[^\\W_{_UNSPACED}]|[\u0900-\u0963\u0966-\u0df3]){{2,}}|[0-9]|{_BROKEN}")
# Accents, the points of Hebrew and Arabic, the voicing of kana.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u3099\u309a]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LINE_START = r"[ \t>|#*]*"
_SOFT_HYPHEN = re.compile(rf"\u00ad(?:[ \t]*\r?\n{_LINE_START})?")
# Each of these begins with a sign that is rare, which is what its speed depends on.
_HYPHEN_AT_LINE_END = re.compile(rf"-(?<=[^\W\d_]-)[ \t]*\r?\n{_LINE_START}(?=[^\W\d_])")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_ESCAPED = re.compile(r"\\[nrt]")
_ESCAPED_SIGN = re.compile(r"\\u([0-9a-fA-F]{4})")
_LINK_TARGET = re.compile(r"\]\([^()\s]{1,500}\)")
_NUMBER_OF_LINE = re.compile(r"\n[^\w\n]{0,40}[0-9]{1,3}[.):](?=\s)")
_NUMBER_OF_CHOICE = re.compile(r"[0-9](?<!\w.)[0-9]?\)(?=\s)")
_GROUPED_DIGITS = re.compile(r"([0-9])[,._ ](?=[0-9]{3}(?![0-9]))")
_COMPOUND = re.compile(r"\b[^\W\d_]++(?:-[^\W\d_]++)+")
_APOSTROPHES = "'`\u2018\u2019\u02bc"
_ASCII_APOSTROPHES = "'`"


def words(text: str, known: Container[str] = ()) -> list[str]:
    """Return the words of `text`. What a hyphen at a line's end cut in two is one word where `known` has it."""
    text = _plain(text)
    pattern = _WORD if text.isascii() or not _INDIC.search(text) else _WORD_OR_INDIC
    found: list[str] = pattern.findall(text.casefold())
    return _mended(found, known) if _BROKEN in text else found


def compounds(text: str) -> set[str]:
    """Return the words of `text` that a hyphen joins, in small letters: "double-entry". Pages write them in one too."""
    return set(_COMPOUND.findall(_plain(text).casefold()))


def size_of(word: str) -> float:
    """Return what a word counts for: half of one for a sign of a script that needs two or so for a word."""
    return 0.5 if _UNSPACED_SIGN.match(word) else 1.0


def _plain(text: str) -> str:
    """Return `text` without its dress. Each step is skipped where the text has nothing of the kind, as most have."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "\\" in text:
        text = _ESCAPED.sub(" ", _ESCAPED_SIGN.sub(lambda code: chr(int(code[1], 16)), text))
    if "](" in text:
        text = _LINK_TARGET.sub("] ", text)
    if text.isascii():
        apostrophes = _ASCII_APOSTROPHES
    else:
        apostrophes = _APOSTROPHES
        text = _INVISIBLE.sub("", _SOFT_HYPHEN.sub("", text.replace(_BROKEN, " ")))
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).replace("\u2010", "-")
    for sign in apostrophes:
        text = text.replace(sign, "")
    text = _HYPHEN_AT_LINE_END.sub(_BROKEN, text)
    text = _NUMBER_OF_LINE.sub("\n", f"\n{text}")
    text = _NUMBER_OF_CHOICE.sub(" ", text)
    return _GROUPED_DIGITS.sub(r"\1", text)


def _mended(found: list[str], known: Container[str]) -> list[str]:
    mended: list[str] = []
    is_broken = False
    for word in found:
        if word == _BROKEN:
            is_broken = True
        elif is_broken and mended and mended[-1] + word in known:
            mended[-1] += word
            is_broken = False
        else:
            mended.append(word)
            is_broken = False
    return mended
