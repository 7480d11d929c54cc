"""Texts that were made to hurt: each gets a verdict from every rule, and none of them takes long.

Nothing is timed. A pattern or a loop that is quadratic would take hours on so many characters, and the run's own
time limit would end it.
"""

import pytest

from tasks.core.filter_config import FilterConfig
from tasks.core.filter_presets import FILTER_PRESETS
from tasks.filters import Chain, check
from tasks.filters.document import DocumentText
from tasks.filters.rule import Means
from tasks.filters.rules import RULES
from tests.filters.texts import GOOD

MANY = 300_000
LISTS = {"blocked_words", "blocked_domains", "blocked_urls", "blocked_url_substrings"}
TEXTS = {
    "one letter": "a" * MANY,
    "one word": "a " * (MANY // 2),
    "one line": "a\n" * (MANY // 2),
    "line ends": "\n" * MANY,
    "spaces": " " * MANY,
    "space and text": "a" + " " * MANY + "a",
    "full stops": "." * MANY,
    "spaced stops": ". " * (MANY // 2),
    "brackets": "(" * MANY,
    "nested": "((a)" * (MANY // 4),
    "curly": "{};" * (MANY // 3),
    "digits": "1" * MANY,
    "grouped digits": "1234 " * (MANY // 5),
    "dates": "1 may 2020 " * (MANY // 11),
    "prices": "$1,000 " * (MANY // 7),
    "tags": "<a " * (MANY // 3),
    "links": "[a](b" * (MANY // 5),
    "half links": "[" * MANY,
    "schemes": "http://" * (MANY // 7),
    "addresses": "a@b." * (MANY // 4),
    "bars": "| " * (MANY // 2),
    "fences": "```\n" * (MANY // 4),
    "equals": "a=" * (MANY // 2),
    "hashes": "#" * MANY,
    "quotes": "\"'”" * (MANY // 3),
    "NUL": "\x00" * MANY,
    "lone surrogates": "\ud800" * 100_000 + "words and \udfff more",
    "right to left": "שלום עולם " * 100_000,
    "Chinese": "没有空格的文字。" * 100_000,
    "combining": "e" + "\u0301" * MANY,
    "cookies": "we use cookies and " * 50_000,
    "commenters": "a says\n" * 150_000,
    "repeated prose": GOOD * 1_000,
    "counted": "\n".join(f"line {n} of the many lines" for n in range(40_000)),
    "posted by": "posted by " * 100_000,
    "page": "page " * 200_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_rule_has_a_verdict(name: str) -> None:
    """Also those that an earlier rule of a preset would have spared it."""
    means = Means(("en",), lambda file: [])
    document = DocumentText(TEXTS[name], url="https://a.example/" + "a" * 10_000)
    for rule in RULES.values():
        if rule.name == "plugin":
            continue
        params = rule.params.model_validate({"entries": ["a b", "zz"]} if rule.name in LISTS else {})
        fault = rule.prepare(params, means)(document)
        assert fault is None or fault
        if fault:
            fault.encode("utf-8")
            assert len(fault) < 2_000


@pytest.mark.parametrize("preset", FILTER_PRESETS)
def test_every_preset_has_a_verdict(preset: str) -> None:
    """And a reason for each text that is none."""
    chain = Chain(FilterConfig.model_validate({"preset": preset}))
    for name in ("one letter", "spaces", "NUL", "lone surrogates", "curly", "line ends"):
        verdict = chain.check(TEXTS[name])
        assert verdict.reason and verdict.detail, name


@pytest.mark.parametrize("text", ["", " ", "\n\n", "…", "\x00", "\ud800", "a"])
def test_next_to_nothing_is_too_short(text: str) -> None:
    """The first rule says so, and no figure divides by zero."""
    assert check(text).reason == "too_short"
