"""Rules of other installed packages."""

from pathlib import Path
from typing import Any

import pytest

from tasks.core.errors import ConfigError, FatalError
from tasks.core.filter_config import FilterConfig
from tasks.filters import Chain

MODULE = """
def rare(*, word, at_most=0):
    if at_most < 0:
        raise ValueError("at_most is negative")
    def ask(text, url):
        count = text.count(word)
        return f"{count} times {word} at {url}" if count > at_most else None
    return ask

def wrong():
    return lambda text, url: 5
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is installed: its metadata and its module are on the path."""
    (tmp_path / "house_rules_made_up.py").write_text(MODULE)
    info = tmp_path / "house_rules_made_up-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house-rules-made-up\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(
        "[backforth.filters]\nrare_word = house_rules_made_up:rare\nwrong = house_rules_made_up:wrong\n"
        "gone = house_rules_made_up:gone\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


def chain(name: str, *, version: str = "1.2", **params: Any) -> Chain:
    plugin = {"name": name, "version": version, "params": params}
    return Chain(FilterConfig.model_validate({"rules": [{"plugin": plugin}]}))


def test_a_plugin_is_asked_like_any_rule(package: None) -> None:
    """Its name is the reason code, its words are the detail, and its parameters come from the specification."""
    verdict = chain("rare_word", word="swamp", at_most=1).check("a swamp, a swamp", url="https://a.example/")
    assert (verdict.reason, verdict.detail) == ("rare_word", "2 times swamp at https://a.example/")
    assert chain("rare_word", word="swamp", at_most=2).check("a swamp, a swamp").kept


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("unknown", {}, "no plugin 'unknown'.*rare_word"),
        ("rare_word", {"version": "1.3", "word": "x"}, "version 1.2 is installed.*1.3"),
        ("rare_word", {}, "word"),
        ("rare_word", {"word": "x", "surprise": 1}, "surprise"),
        ("rare_word", {"word": "x", "at_most": -1}, "negative"),
        ("gone", {}, "gone"),
    ],
)
def test_a_plugin_that_cannot_be_made_stops_before_any_work(
    package: None, name: str, params: dict[str, Any], message: str
) -> None:
    """The message says what is installed, or what the package said."""
    with pytest.raises(ConfigError, match=message):
        chain(name, **params)


def test_a_plugin_that_answers_nonsense_is_told_on(package: None) -> None:
    """A number is no reason: the package is broken, and no record is to blame."""
    with pytest.raises(FatalError, match="wrong returned a int"):
        chain("wrong").check("text")


def test_the_version_of_a_plugin_is_part_of_the_key() -> None:
    """Other code gives other rows."""
    digests = {
        FilterConfig.model_validate({"rules": [{"plugin": {"name": "rare_word", "version": version}}]}).sha256
        for version in ("1.2", "1.3")
    }
    assert len(digests) == 2
