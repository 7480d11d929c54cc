"""A name is known again in its forms, and an invented one is not."""

import pytest

from tasks.verify.new_names import new_names
from tasks.verify.rule import Case


def found(response: str, document: str) -> tuple[str, ...]:
    return new_names(Case(response, document, "", "en"))


@pytest.mark.parametrize(
    ("document", "response"),
    [
        ("The WHO said so.", "It is the advice of the World Health Organization."),
        ("The FBI came.", "An agent of the Federal Bureau of Investigation came."),
        ("The E.U. pays.", "The money is from the European Union."),
        ("The World Health Organization said so.", "It is the advice of the WHO."),
        ("They live in the United States.", "They live in the US and in the U.S."),
        ("It was made in Italy.", "An Italian built it, as the Italians say."),
        ("It was made in France.", "It is a French thing, and the French like it."),
        ("The Russians came from China.", "They came from Russia; it was Chinese."),
        ("Polish bread", "It is from Poland."),
        ("Europe and Brazil", "It is a European and a Brazilian dish."),
        ("Obama spoke.", "It was President Obama who spoke, with the Vice President at his side."),
        ("The Jones family", "It is the Joneses' house, and Jones's dog."),
        ("In Nora Weber's house", "We saw Weber there, and Nora's dog."),
        ("my mother-in-law", "We met Mother-in-Law there."),
        ("She lives in Berlin. Paris is far.", "We love Paris and Berlin."),
        ("iphone and GitHub", "Use an iPhone or an IPHONE with Github."),
        ("", "Bread is old. Rye is older! Is it? Yes: It is. (So they say.) “Well,” he said."),
        ("", "1. Take flour.\n2) Take water.\n- Knead well.\n* Bake.\n> Eat.\n| Flour | Water |"),
        ("", "It is IMPORTANT, NOT easy, and I do it on Monday in May."),
    ],
)
def test_known_forms(document: str, response: str) -> None:
    """Acronyms and their words, peoples and their countries, titles, plurals, possessives, first words of sentences."""
    assert found(response, document) == ()


@pytest.mark.parametrize(
    ("document", "response", "names"),
    [
        ("The WHO said so.", "It is the advice of the World Trade Organization.", ("World Trade Organization",)),
        ("Made in Italy.", "They say that Spain and Italy made it.", ("Spain",)),
        ("Victoria spoke.", "We heard that Victor spoke.", ("Victor",)),
        ("A bakery", "The head, Victor Lang, spoke. We like Lang. It is Victor Lang's.", ("Victor Lang",)),
        ("A bakery", "We asked the University of the Arts in Oslo.", ("University of the Arts", "Oslo")),
        ("Mark the spot.", "They said that Marks and Spencer did.", ("Spencer",)),
        ("nato in small letters: tomato", "It was NASA that came.", ("NASA",)),
    ],
)
def test_invented_names(document: str, response: str, names: tuple[str, ...]) -> None:
    """What merely resembles a known name is a name of its own, and each is told once, at its longest."""
    assert found(response, document) == names


def test_many_names_of_the_same_words() -> None:
    """Names that share their words are told apart without comparing all with all."""
    response = "It is " + ", then ".join(
        f"Alpha {chr(65 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}q" for n in range(9_000)
    )
    assert len(found(response, "")) == 9_000
