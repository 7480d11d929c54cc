"""The language that a text is in, and what its language says about how it is written."""

from functools import cache

from py3langid.langid import LanguageIdentifier

from tasks.core.text.language_model import load_identifier

# A capital letter says nothing of a word there.
_ALL_NOUNS_CAPITALISED = {"de", "lb", "nds"}


@cache
def _identifier() -> LanguageIdentifier:
    """Load the model once per process, and not at import: it takes most of a second."""
    return load_identifier()


def identify(text: str) -> tuple[str, float]:
    """Return the most likely language of `text` as (ISO 639-1 code, probability)."""
    language, probability = _identifier().classify(text)
    return str(language), float(probability)


def ranked(text: str) -> list[tuple[str, float]]:
    """Return all known languages as (ISO 639-1 code, probability), the most likely one first."""
    return [(str(language), float(probability)) for language, probability in _identifier().rank(text)]


def primary(code: str | None) -> str:
    """Return the ISO 639-1 part of a language code in small letters, "" for None: "de" of "de-AT"."""
    return (code or "").partition("-")[0].lower()


def capitalises_nouns(code: str | None) -> bool:
    """Say whether every noun has a capital letter in a language, and not names alone."""
    return primary(code) in _ALL_NOUNS_CAPITALISED
