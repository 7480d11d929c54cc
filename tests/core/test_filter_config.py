"""The list of filter rules: as a preset, as changes of one, or as a whole; and every mistake told by its key."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from tasks.core.config import FilterConfig
from tasks.core.errors import ConfigError
from tasks.core.filter_presets import FILTER_PRESETS
from tasks.core.filter_rules import RuleParams, rule_name
from tasks.core.filter_rules_papers import TooShort
from tasks.core.spec import json_schema, load_spec
from tests.core.test_config import SPEC


def config(**given: Any) -> FilterConfig:
    return FilterConfig.model_validate(given)


def names(found: FilterConfig) -> list[str]:
    return [rule.NAME for rule in found.rules]


@pytest.mark.parametrize("preset", FILTER_PRESETS)
def test_a_preset_is_a_list_of_rules(preset: str) -> None:
    """In its order, with every parameter written out."""
    found = config(preset=preset)
    assert names(found) == [rule_name(entry) for entry in FILTER_PRESETS[preset]]
    assert config(rules=found.model_dump(mode="json")["rules"]).sha256 == found.sha256


def test_the_papers_numbers() -> None:
    """Spot checks of the defaults against the papers."""
    gopher = {rule.NAME: rule.model_dump()[rule.NAME] for rule in config(preset="gopher").rules}
    assert (gopher["gopher_word_count"]["min_words"], gopher["gopher_word_count"]["max_words"]) == (50, 100_000)
    assert [gopher["too_frequent_ngram"][f"top_{n}_gram"] for n in (2, 3, 4)] == [0.20, 0.18, 0.16]
    assert [gopher["too_many_duplicate_ngrams"][f"dup_{n}_gram"] for n in range(5, 11)] == [
        *(0.15, 0.14, 0.13),
        *(0.12, 0.11, 0.10),
    ]
    assert {rule["of"] for rule in gopher.values() if "of" in rule} == {"text"}
    fineweb = {rule.NAME: rule for rule in config(preset="fineweb").rules}
    assert set(gopher) < set(fineweb)
    assert fineweb["fineweb_line_punctuation"].body() == {
        "fineweb_line_punctuation": {"line_punct_thr": 0.12, "line_punct_exclude_zero": False}
    }
    assert fineweb["c4_too_few_sentences"].body()["c4_too_few_sentences"]["terminal_punctuation"] is False


def test_rules_replace_the_preset() -> None:
    """A name alone has the default parameters; null stands for none."""
    found = config(rules=["c4_curly_bracket", {"too_short": {"min_chars": 7}}, {"too_long": None}])
    assert names(found) == ["c4_curly_bracket", "too_short", "too_long"]
    assert found.rules[1] == TooShort(min_chars=7)
    assert config(rules=[]).rules == ()


def test_changes_set_leave_out_and_add() -> None:
    """Parameters that are not named keep the preset's value, and what is new comes last."""
    found = config(
        change={"too_many_repeated_lines": {"max_line_fraction": 0.9}, "promotional": False, "c4_curly_bracket": True}
    )
    before = names(config())
    assert names(found) == [name for name in before if name != "promotional"] + ["c4_curly_bracket"]
    repeated = next(rule for rule in found.rules if rule.NAME == "too_many_repeated_lines").body()
    assert repeated["too_many_repeated_lines"]["max_line_fraction"] == 0.9
    assert repeated["too_many_repeated_lines"]["of"] == "prose"


def test_what_is_recorded_is_the_whole_list() -> None:
    """The same rules have one digest, however they were written, and read back they are the same value."""
    changed = config(change={"too_short": {"min_chars": 7}})
    dumped = changed.model_dump(mode="json")
    assert dumped["change"] is None
    assert FilterConfig.model_validate(dumped) == changed
    assert config(preset="c4", rules=dumped["rules"]).sha256 == changed.sha256
    assert changed.sha256 != config().sha256
    assert changed.body()["rules"][0] == {"too_short": {"min_chars": 7}}
    assert set(changed.body()) == {"languages", "rules"}


def test_the_order_of_rules_counts() -> None:
    """Another order gives other reasons."""
    assert config(rules=["too_short", "too_long"]).sha256 != config(rules=["too_long", "too_short"]).sha256


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rules": ["too_shirt"]}, r"filters.rules.0: names no rule, .*; there are .*too_short"),
        ({"rules": [3]}, r"filters.rules.0: names no rule"),
        ({"rules": [{"too_short": {}, "too_long": {}}]}, r"filters.rules.0: names no rule"),
        (
            {"rules": ["too_short", {"too_long": {"max": 3}}]},
            r"filters.rules.1.too_long: unknown parameter 'max'; .*max_chars",
        ),
        (
            {"rules": [{"too_short": {"min_chars": -1}}]},
            r"filters.rules.0.too_short.min_chars: .*greater than or equal to 0",
        ),
        ({"rules": [{"too_short": 5}]}, r"filters.rules.0.too_short: .*takes a mapping of parameters: min_chars"),
        ({"rules": [{"too_many_symbols": {"of": "code"}}]}, r"too_many_symbols.of: .*'text' or 'prose'"),
        ({"rules": ["too_short", "too_short"]}, r"filters: rules: too_short is there twice"),
        ({"rules": ["blocked_words"]}, r"filters.rules.0.blocked_words: .*`entries`, or a `file`"),
        ({"rules": [{"plugin": {"name": "too_short", "version": "1"}}]}, r"plugin.name: 'too_short' is a rule of ours"),
        ({"rules": [{"plugin": {"name": "rm -rf", "version": "1"}}]}, r"plugin.name: .*pattern"),
        ({"change": {"too_shirt": True}}, r"filters: change: no rule 'too_shirt'; there are .*too_short"),
        ({"change": {"c4_curly_bracket": False}}, r"filters: change.c4_curly_bracket: the preset does not have it"),
        ({"change": {"too_short": {"max": 3}}}, r"filters: change.too_short: unknown parameter 'max'; .*min_chars"),
        ({"change": {"too_short": {"min_chars": -1}}}, r"filters: change.too_short.min_chars: .*or equal to 0"),
        ({"change": {"blocked_words": True}}, r"filters: change.blocked_words: .*`entries`, or a `file`"),
        ({"change": {"too_short": "yes"}}, r"filters: change.too_short: takes false, true or a mapping"),
        ({"change": {"too_long": False}, "rules": ["too_short"]}, r"filters: change: is for the rules of a preset"),
        ({"change": ["too_long"]}, r"filters.change: .*dictionary"),
        ({"rules": [{"blocked_url_substrings": {"entries": ["x", " "]}}]}, r"blocked_url_substrings.entries.1: "),
        ({"languages": ["english"]}, r"filters.languages.0: .*pattern"),
        ({"languages": []}, r"filters.languages: .*at least 1"),
        ({"preset": "golpher"}, r"filters.preset: .*'gopher'"),
        (
            {"min_chars": 600},
            r"filters.min_chars: unknown key; allowed here: change, languages, max_reject_rate, preset",
        ),
    ],
)
def test_mistakes_are_told_by_their_key(tmp_path: Path, given: dict[str, Any], message: str) -> None:
    """With what is allowed there, when the file is read and not when a month of work is done."""
    path = tmp_path / f"{SPEC['name']}.yaml"
    path.write_text(yaml.safe_dump({**SPEC, "filters": given}))
    with pytest.raises(ConfigError, match=message):
        load_spec(path)


def test_two_block_lists_tell_their_reasons_apart() -> None:
    """By a code of their own."""
    lists = [{"blocked_words": {"entries": ["a"]}}, {"blocked_words": {"entries": ["b"], "code": "spam_words"}}]
    assert [rule.reason for rule in config(rules=lists).rules] == ["blocked_words", "spam_words"]
    with pytest.raises(ValidationError, match="blocked_words is there twice"):
        config(rules=[lists[0], lists[0]])


def test_the_digest_of_a_list_is_part_of_the_key() -> None:
    """The place of the file is not, its content is."""

    def digest(uri: str, sha256: str) -> str:
        return config(rules=[{"blocked_words": {"file": {"uri": uri, "content_sha256": sha256 * 64}}}]).sha256

    assert digest("a.txt", "0") == digest("b.txt", "0") != digest("a.txt", "1")


def test_editors_know_every_rule_and_parameter() -> None:
    """The schema takes a name alone where the rule has a default for everything, and the form with parameters."""
    schema = json_schema()
    options = schema["$defs"]["FilterConfig"]["properties"]["rules"]["items"]
    text = str(options) + str(schema["$defs"])
    for name, rule in RuleParams.CLASSES.items():
        assert f"'{name}'" in text
        assert all(f"'{field}'" in text for field in rule.model_fields)
    assert "{'const': 'too_short'" in text
    assert "{'const': 'plugin'" not in text
