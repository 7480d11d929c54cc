"""Numbers written as English words."""

import re

from tasks.core.text.number_words import COUNTS, ORDINALS

_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
# Those that a text uses beside figures.
_ORDINALS = ORDINALS[:12]
SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}

_SIMPLE = {
    **{word: value for value, word in enumerate(COUNTS)},
    **{word: 10 * value for value, word in enumerate(_TENS.split(), 2)},
}
_SINGLES = {**_SIMPLE, **SCALES, **{word: value for value, word in enumerate(_ORDINALS, 1)}, "dozen": 12}

_WORD = "|".join([*sorted(_SIMPLE, key=len, reverse=True), *SCALES])

# Nine words are enough for any number that is spelled out; "hundred" a thousand times over is none.
PATTERN = rf"\b(?:{_WORD})\b(?:(?:[ -]|(?<=hundred) and |(?<=thousand) and )(?:{_WORD})\b){{0,8}}"


def value_of(text: str) -> int:
    """Return the value of a phrase that PATTERN matched: "two hundred and five" is 205."""
    total = current = 0
    for word in re.split(r"[ -]", text):
        if word in _SIMPLE:
            current += _SIMPLE[word]
        elif word == "hundred":
            current = max(1, current) * 100
        elif word in SCALES:
            total, current = total + max(1, current) * SCALES[word], 0
    return total + current


def every_value_in(text: str) -> set[int]:
    """Return the value of each number word on its own, ordinals and dozens included; `text` is in small letters."""
    return {_SINGLES[word] for word in re.findall(r"[a-z]+", text) if word in _SINGLES}
