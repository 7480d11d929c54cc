"""The language model that is read row by row says what the library says that holds all of it."""

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from tasks.core.text.language_model import load_identifier

TEXTS = (
    "The rose is pruned in late winter, just above a bud that points outward.",
    "Die Rose wird im späten Winter geschnitten, kurz über einem Auge, das nach außen zeigt.",
    "Le rosier se taille à la fin de l'hiver, juste au-dessus d'un œil tourné vers l'extérieur.",
    "バラは冬の終わりに、外側を向いた芽のすぐ上で剪定します。",
    "ALL OF THIS IS IN CAPITALS",
    "\ud83d lone surrogate",
    "1234 5678",
    "\x00",
    "",
)


@pytest.fixture(scope="module")
def identifier() -> LanguageIdentifier:
    """Return a model of which nothing has been read."""
    return load_identifier()


def test_the_verdicts_are_those_of_the_library(identifier: LanguageIdentifier) -> None:
    """Every language has the same probability, to the last digit."""
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    for text in TEXTS:
        assert identifier.classify(text) == whole.classify(text)
        assert identifier.rank(text) == whole.rank(text)


def test_only_what_a_text_needs_is_held() -> None:
    """A text of a line does not bring the model of all languages into memory."""
    identifier = load_identifier()
    identifier.classify(TEXTS[0])
    assert 0 < len(identifier.tk_nextmove) <= len(TEXTS[0].encode())
    assert 0 < len(identifier.nb_ptc) <= len(TEXTS[0])
