"""Languages are told from texts, and codes are read by their first part."""

import pytest

from tasks.core.text.language import capitalises_nouns, identify, primary, ranked

GERMAN = "Die Rose wird im späten Winter geschnitten, kurz über einem Auge, das nach außen zeigt."


def test_the_most_likely_language_is_the_first_of_all() -> None:
    """One verdict and the whole ranking agree, and probabilities are numbers of our own."""
    language, probability = identify(GERMAN)
    found = ranked(GERMAN)
    assert (language, pytest.approx(probability)) == found[0] and language == "de" and probability > 0.99
    assert type(probability) is type(found[0][1]) is float
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)


@pytest.mark.parametrize("text", ["", "\x00", "\ud83d", "1234", "x" * 100_000])
def test_any_text_has_a_verdict(text: str) -> None:
    """Nothing is raised for what is no language at all."""
    assert 0.0 <= identify(text)[1] <= 1.0


@pytest.mark.parametrize(("code", "first"), [("de", "de"), ("de-AT", "de"), ("EN-us", "en"), ("", ""), (None, "")])
def test_codes_are_read_by_their_first_part(code: str | None, first: str) -> None:
    """Country and case do not count."""
    assert primary(code) == first


def test_nouns_are_capitalised_in_german() -> None:
    """And not where capitals mean names."""
    assert capitalises_nouns("de-CH") and capitalises_nouns("lb")
    assert not capitalises_nouns("en") and not capitalises_nouns(None)
