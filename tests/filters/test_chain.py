"""All rules of a specification, asked of one text."""

import pytest

from tasks.core.filter_config import FilterConfig
from tasks.core.filter_presets import FILTER_PRESETS
from tasks.core.filter_rules import RuleParams
from tasks.filters import Chain, check
from tasks.filters.rules import RULES
from tests.filters import test_rules_lists, test_rules_pages, test_rules_papers
from tests.filters.texts import GERMAN, GOOD, PRODUCT


def test_every_rule_of_the_specification_exists() -> None:
    """Parameters without a rule, or a rule without parameters, would be found when a month of work is done."""
    assert set(RULES) == set(RuleParams.CLASSES)
    for name, rule in RULES.items():
        assert rule.params.NAME == rule.name == name


def test_every_rule_has_a_text_that_it_rejects() -> None:
    """A rule that no text can fail would be no rule."""
    shown = {case[0] for case in test_rules_papers.CASES if not case[3]} | set(test_rules_pages.BAD)
    lists = {name for name in RULES if name.startswith("blocked_") and f'"{name}"' in _source(test_rules_lists)}
    assert set(RULES) - shown - lists == {"plugin", "wrong_language"}


def _source(module: object) -> str:
    with open(str(module.__file__), encoding="utf-8") as file:  # type: ignore[attr-defined]
        return file.read()


def test_the_first_rule_that_finds_a_fault_gives_the_reason() -> None:
    """In the order of the specification."""
    for rules in (["wrong_language", "too_short"], ["too_short", "wrong_language"]):
        config = FilterConfig.model_validate({"rules": rules})
        assert check("Kurz und auf Deutsch, das ist nicht zu übersehen.", config=config).reason == rules[0]
        assert check(PRODUCT, config=config).kept


def test_no_rules_keep_everything() -> None:
    """And the language is told all the same: the columns of a document are filled."""
    verdict = check(GERMAN, config=FilterConfig.model_validate({"rules": []}))
    assert (verdict.kept, verdict.language) == (True, "de")


def test_the_language_is_told_where_it_was_asked_for() -> None:
    """What is rejected before has none."""
    assert check(GERMAN).language == "de"
    assert check("Zu kurz.").language is None


def test_figures_of_a_verdict() -> None:
    """The numbers behind every rule that was asked, by name: of all rules for a kept document."""
    assert check("Two words.").figures == {"chars": 10, "words": 2, "lines": 1}
    figures = check(GOOD).figures
    assert figures["sentences"] == 10
    assert figures["mean_word_length"] == pytest.approx(4.03, abs=0.01)
    assert figures["dup_n_gram_at_most"] == 0
    assert {"label_ratio", "stop_words_at_least", "top_2_gram_at_most"} <= set(figures)


@pytest.mark.parametrize("preset", FILTER_PRESETS)
def test_presets_are_chosen_by_name(preset: str) -> None:
    """As in a specification."""
    given = Chain(FilterConfig.model_validate({"preset": preset}))
    assert check(GOOD * 2, preset=preset) == given.check(GOOD * 2)


def test_an_unknown_preset_is_refused() -> None:
    """The message lists those there are."""
    with pytest.raises(ValueError, match="gopher"):
        check(GOOD, preset="golpher")


def test_asking_twice_gives_the_same() -> None:
    """Nothing of one document is kept for the next one."""
    chain = Chain(FilterConfig.model_validate({}))
    first = chain.check(GOOD)
    assert chain.check(GERMAN).reason == "wrong_language"
    assert chain.check(GOOD) == first
