"""Band keys: the values that are stored for good, and the curve by which near texts share one."""

from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.dedup import minhash
from tasks.dedup.minhash import BANDS, ROWS, THRESHOLD, MinHash, fold
from tests.dedup.made_documents import prose


def shares(one: str, other: str) -> int:
    """How many bands two texts share."""
    signer = MinHash()
    return int((signer.band_keys(fold(one)) == signer.band_keys(fold(other))).sum())


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("The quick brown fox jumps over the lazy dog.", 18391402844048085375, 6961802961411987460),
        ("One", 6890475573111870083, 14570357194393246961),
        ("Ünïcödé wörds, “quoted” – and a dash; ひらがなと漢字 देवनागरी।", 11865511800350623815, 18245334990538825566),
    ],
)
def test_keys_are_the_same_for_good(text: str, first: int, last: int) -> None:
    """They lie in object stores and are compared for years: another value would end all comparison, silently."""
    keys = MinHash().band_keys(fold(text))
    assert len(keys) == BANDS
    assert (int(keys[0]), int(keys[-1])) == (first, last)


def test_keys_are_those_of_plain_integers() -> None:
    """The same, written out without arrays."""
    mask = 2**64 - 1
    words = fold("A text of some nine words, as it happens.").replace(",", "").replace(".", "").split()
    hashes = [int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") for word in words]
    places, columns = minhash._odd_constants("place of a word", 5), minhash._odd_constants("row of a band", 8)
    factors = [one % 2**32 for one in minhash._odd_constants("factor", 112)]
    terms = [one >> 32 for one in minhash._odd_constants("term", 112)]
    grams = [
        minhash._mix(sum(one * place for one, place in zip(hashes[start:], places, strict=False)) & mask) >> 32
        for start in range(len(words) - 4)
    ]
    lowest = [min((a * gram + b) % 2**32 for gram in grams) for a, b in zip(factors, terms, strict=True)]
    keys = [minhash._mix(sum(lowest[8 * band + row] * columns[row] for row in range(8)) & mask) for band in range(14)]
    assert MinHash().band_keys(fold("A text of some nine words, as it happens.")).tolist() == keys


@pytest.mark.parametrize("similarity", [0.5, 0.6, 0.7, THRESHOLD, 0.8, 0.9])
def test_pairs_are_found_with_the_chance_of_the_curve(similarity: float) -> None:
    """1 - (1 - s^8)^14 for sets of 5-grams of a known Jaccard similarity, within four standard errors."""
    source, pairs, size = np.random.default_rng(7), 1_500, 300
    shared = round(2 * size * similarity / (1 + similarity))
    found = agreed = 0
    for _ in range(pairs):
        grams = source.integers(0, 2**32, 2 * size - shared, dtype=np.uint32)
        same = minhash._smallest(grams[:size]) == minhash._smallest(grams[size - shared :])
        found += bool(same.reshape(BANDS, ROWS).all(axis=1).any())
        agreed += int(same.sum())
    true = shared / (2 * size - shared)
    chance = 1 - (1 - true**ROWS) ** BANDS
    assert found / pairs == pytest.approx(chance, abs=4 * (chance * (1 - chance) / pairs) ** 0.5 + 1e-3)
    assert agreed / pairs / BANDS / ROWS == pytest.approx(true, abs=0.01)


def test_the_threshold_is_where_one_band_is_expected() -> None:
    """The number in the documentation."""
    assert round(THRESHOLD, 3) == 0.719
    assert round(BANDS * THRESHOLD**ROWS, 9) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The cat sat on the mat today", "the CAT, sat -- on the mat: today!"),
        ("Straße und Weg am Fluss entlang", "STRASSE UND WEG AM FLUSS ENTLANG"),
        ("a “quoted” word and five more of them", 'a "quoted" word and five more of them'),
        ("ﬁve ﬁne ﬁsh in the sea", "five fine fish in the sea"),
        ("one two three", "one\ttwo\n\nthree"),
    ],
)
def test_case_punctuation_and_white_space_do_not_count(one: str, other: str) -> None:
    """The 5-grams are of words alone; words are cut alike in ASCII and beyond."""
    assert shares(one, other) == BANDS


@given(st.text(alphabet="ab ,.é“”–—…漢字ひ\u0e01।\ud800\U0001f600\x00", max_size=40))
def test_few_and_many_signs_are_cut_alike(text: str) -> None:
    """Replaced one by one or all at once, the words are the same."""
    others = {one for one in text if ord(one) > 127}
    many = others | {chr(0x1000 + number) for number in range(20)}
    assert minhash._without_signs(text, others).split() == minhash._without_signs(text, many).split()


def test_the_order_of_words_counts() -> None:
    """The same words turned round have no 5-gram in common."""
    words = prose(4, 30)
    assert shares(" ".join(words), " ".join(words[::-1])) == 0


def test_short_texts_are_near_only_when_they_are_the_same() -> None:
    """Fewer than five words are one shingle."""
    assert shares("too short here", "too short here") == BANDS
    assert shares("too short here", "too short there") == 0


def test_scripts_without_spaces_have_a_word_for_each_character() -> None:
    """A long Japanese text with one character changed is near; as one long word it would not be."""
    signs = [chr(0x4E00 + 37 * number % 20_000) for number in range(200)]
    other = [*signs]
    other[100] = "一"
    assert shares("".join(signs), "".join(other)) > 0


@pytest.mark.parametrize("text", ["", "  \n", "... --- !!!", "“”"])
def test_a_text_without_words_has_no_bands(text: str) -> None:
    """Else all of them would be near one another."""
    assert len(MinHash().band_keys(fold(text))) == 0


@pytest.mark.parametrize(
    "text", ["\x00 \x01 nul", "\ud800 lone \udfff surrogates here too", "x" * 100_000, "a " * 9_000]
)
def test_hostile_text_has_keys(text: str) -> None:
    """Nothing that a page may hold is refused."""
    assert len(MinHash().band_keys(fold(text))) == BANDS


def test_long_texts_are_hashed_in_blocks_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the words that are remembered change nothing, however few."""
    text = fold(" ".join(prose(8, 5_000)))
    whole = MinHash().band_keys(text)
    monkeypatch.setattr(minhash, "_BLOCK", 7)
    monkeypatch.setattr(minhash, "_MAX_WORDS", 3)
    signer = MinHash()
    for _ in range(2):
        assert (signer.band_keys(text) == whole).all()
