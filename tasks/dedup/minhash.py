"""MinHash: texts that share most of their word 5-grams share, with a known chance, one of fourteen band keys.

112 hash functions each keep the smallest value over the 5-grams of a text; two texts agree in one of them with the
chance s, the Jaccard similarity of their sets of 5-grams (Broder 1997). The 112 values are cut into 14 bands of 8, and
texts are near when all 8 values of a band agree: with the chance 1 - (1 - s^8)^14. These are the numbers of FineWeb
(Penedo et al., arXiv 2406.17557, 3.4).

    s       0.50  0.60  0.70  0.719  0.75  0.80  0.85   0.90
    chance  0.05  0.21  0.56  0.65   0.77  0.92  0.988  0.9996

The curve is steepest near the similarity at which one band in fourteen is expected to agree, 14 s^8 = 1, that is
s = (1/14)^(1/8) = 0.719: the threshold. Half of the pairs are found at 0.69.

The keys are stored for good and compared between runs, machines and years. Everything here is a function of the text
alone, in integer arithmetic modulo 2^64: no `hash()`, no floating point, no random generator of a library.
"""

import re
import unicodedata
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

BANDS = 14
ROWS = 8
WORDS = 5
THRESHOLD = (1 / BANDS) ** (1 / ROWS)

Keys = NDArray[np.uint64]

# About 100 MB of words at most; a shard of hostile pages without a repeated word must not fill the memory.
_MAX_WORDS = 500_000
# 5-grams that are hashed at once: 112 values of 4 bytes for each, which stay in the cache of a core.
_BLOCK = 1_024
_MASK = 0xFFFF_FFFF_FFFF_FFFF

# What stands between words: ASCII and Latin-1 signs, general and CJK punctuation, the stops of Arabic and Devanagari.
# All else belongs to words, so that the vowel signs of Indic scripts do not cut them. Scripts that are written without
# spaces (Thai, Lao, Burmese, Khmer, kana, Han) give one word for each character.
_ALL_ASCII = bytes(range(128))
_FEW = 16
_SIGNS = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
_OTHER_SIGNS = re.compile(
    "[\x80-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\u060c\u061b\u061f\u0964\u0965\u1680\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f]+"
)
_SPACELESS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)


def fold(text: str) -> str:
    """Return `text` in the form in which texts are compared: compatibility forms and case do not count.

    Both are stable for every character that Unicode has assigned, so later versions of Python give the same.
    """
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def _mix(value: int) -> int:
    """Scramble 64 bits: the last step of SplitMix64 (Steele, Lea and Flood 2014)."""
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def _odd_constants(name: str, count: int) -> list[int]:
    """Return `count` fixed odd numbers of 64 bits for the purpose `name`."""
    start = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
    return [_mix((start + (number + 1) * 0x9E3779B97F4A7C15) & _MASK) | 1 for number in range(count)]


_PLACES = np.array(_odd_constants("place of a word", WORDS), dtype=np.uint64)
_FACTORS = np.array([n & 0xFFFFFFFF for n in _odd_constants("factor", BANDS * ROWS)], dtype=np.uint32)[:, None]
_TERMS = np.array([n >> 32 for n in _odd_constants("term", BANDS * ROWS)], dtype=np.uint32)[:, None]
_COLUMNS = np.array(_odd_constants("row of a band", ROWS), dtype=np.uint64)


def _mixed(values: Keys) -> Keys:
    """`_mix` for an array."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


class _WordHashes(dict[bytes, int]):
    """Word in UTF-8 -> 64 bits of its digest; computed once for each word."""

    def __missing__(self, word: bytes) -> int:
        value = int.from_bytes(blake2b(word, digest_size=8).digest(), "little")
        self[word] = value
        return value


class MinHash:
    """Makes band keys; keeps the hashes of the words it has seen, which changes the speed and nothing else."""

    def __init__(self) -> None:
        self._hashes = _WordHashes()

    def band_keys(self, folded: str) -> Keys:
        """Return the 14 band keys of a text as `fold` returns it; none for a text without words.

        A text of fewer than five words has one shingle, all its words.
        """
        words = _words(folded)
        if not words:
            return np.empty(0, dtype=np.uint64)
        if len(self._hashes) > _MAX_WORDS:
            self._hashes.clear()
        hashes = np.fromiter(map(self._hashes.__getitem__, words), dtype=np.uint64, count=len(words))
        shingles = _shingles(hashes)
        smallest = _smallest(shingles[:_BLOCK])
        for start in range(_BLOCK, len(shingles), _BLOCK):
            np.minimum(smallest, _smallest(shingles[start : start + _BLOCK]), out=smallest)
        bands = smallest.reshape(BANDS, ROWS).astype(np.uint64)
        return _mixed((bands * _COLUMNS).sum(axis=1, dtype=np.uint64))


def _words(folded: str) -> list[bytes]:
    data = folded.encode("utf-8", "surrogatepass")
    if not folded.isascii():
        others = set(data.translate(None, _ALL_ASCII).decode("utf-8", "surrogatepass"))
        data = _without_signs(folded, others).encode("utf-8", "surrogatepass")
    return data.translate(_SIGNS).split()


def _without_signs(folded: str, others: set[str]) -> str:
    """Return a text with a space for each sign beyond ASCII, and spaces around characters that are words.

    `others` are its characters beyond ASCII. In most European texts they are few, and replaced faster one by one.
    """
    if len(others) > _FEW:
        return _SPACELESS.sub(r" \1 ", _OTHER_SIGNS.sub(" ", folded))
    for one in others:
        if _OTHER_SIGNS.match(one):
            folded = folded.replace(one, " ")
        elif _SPACELESS.match(one):
            folded = folded.replace(one, f" {one} ")
    return folded


def _shingles(hashes: Keys) -> NDArray[np.uint32]:
    """Return 32 bits for each run of five words, or for all words where they are fewer."""
    width = min(WORDS, len(hashes))
    count = len(hashes) - width + 1
    total = hashes[:count] * _PLACES[0]
    for place in range(1, width):
        total += hashes[place : place + count] * _PLACES[place]
    return (_mixed(total) >> np.uint64(32)).astype(np.uint32)


def _smallest(shingles: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the smallest value of each of the 112 functions a x + b modulo 2^32, a odd."""
    values = _FACTORS * shingles
    values += _TERMS
    smallest: NDArray[np.uint32] = values.min(axis=1)
    return smallest
