"""Block lists: words, hosts and addresses that the user does not take."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tasks.core.errors import ConfigError
from tasks.core.filter_config import FilterConfig
from tasks.filters import Chain, check
from tasks.filters.addresses import host_of, without_scheme
from tests.filters.texts import with_sentence


def kept(rule: str, params: dict[str, Any], text: str = "", url: str | None = None) -> bool:
    return Chain(FilterConfig.model_validate({"rules": [{rule: params}]})).check(text, url=url).kept


@pytest.mark.parametrize(
    ("params", "text", "wanted"),
    [
        ({"entries": ["swamp"]}, "The SWAMP is deep.", False),
        ({"entries": ["swamp"]}, "The swamps are deep.", True),
        ({"entries": ["swamp"], "whole_words": False}, "The swamps are deep.", False),
        ({"entries": ["Swamp"], "case_sensitive": True}, "The swamp is deep.", True),
        ({"entries": ["cold swamp"]}, "A cold,\nswamp lies there.", False),
        ({"entries": ["cold swamp"]}, "A cold deep swamp.", True),
        ({"entries": ["swamp", "bog"], "min_matches": 2}, "The swamp and the moor.", True),
        ({"entries": ["swamp", "bog"], "min_matches": 2}, "The swamp and the bog.", False),
        ({"entries": ["swamp"], "min_matches": 2}, "One swamp, two swamps, a swamp.", False),
        ({"entries": ["沼"], "whole_words": False}, "深い沼がある。", False),
        ({"entries": ["{"], "whole_words": False}, "a { b", False),
        ({"entries": ["a.c"], "whole_words": False}, "abc", True),
    ],
)
def test_words(params: dict[str, Any], text: str, wanted: bool) -> None:
    """Whole words and phrases by default, in any case; anywhere where a script has no spaces."""
    assert kept("blocked_words", params, text) is wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://swamp.example/a?b=c", False),
        ("http://www.swamp.example", False),
        ("https://deep.in.the.swamp.example:8080/", False),
        ("SWAMP.EXAMPLE/a", False),
        ("https://user:word@swamp.example./", False),
        ("https://notswamp.example/", True),
        ("https://swamp.example.org/", True),
        ("https://moor.example/?from=swamp.example", True),
        ("https://moor.example/@swamp.example", True),
        ("https://xn--mr-fka.example/", False),
        ("https://mör.example/", False),
        ("https://[::1]/", True),
        ("https://" + "." * 5_000, True),
        ("", True),
        (None, True),
    ],
)
def test_domains(url: str | None, wanted: bool) -> None:
    """A listed host and all below it, however the address is written."""
    assert kept("blocked_domains", {"entries": ["swamp.example", "https://mör.example/x"]}, url=url) is wanted


def test_single_hosts() -> None:
    """Without what is below them, but for the www that both names share."""
    params = {"entries": ["bad.swamp.example"], "subdomains": False}
    assert not kept("blocked_domains", params, url="https://bad.swamp.example/x")
    assert not kept("blocked_domains", params, url="https://www.bad.swamp.example/x")
    assert kept("blocked_domains", params, url="https://very.bad.swamp.example/x")
    assert kept("blocked_domains", params, url="https://swamp.example/x")


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://swamp.example/deep/end", False),
        ("http://SWAMP.example/deep/end/", False),
        ("swamp.example/deep/end#top", False),
        ("https://swamp.example/deep", True),
        ("https://swamp.example/deep/end/of/it", True),
        ("https://swamp.example/Deep/end", True),
        ("", True),
    ],
)
def test_urls(url: str, wanted: bool) -> None:
    """The same address, whatever its scheme; paths may differ by case."""
    assert kept("blocked_urls", {"entries": ["http://swamp.example/deep/end"]}, url=url) is wanted


@pytest.mark.parametrize(
    ("params", "url", "wanted"),
    [
        ({"entries": ["swamp"]}, "https://a.example/Swamps", False),
        ({"entries": ["Swamp"], "case_sensitive": True}, "https://a.example/swamps", True),
        ({"entries": ["swamp"], "whole_words": True}, "https://a.example/swamps", True),
        ({"entries": ["swamp"], "whole_words": True}, "https://a.example/the-swamp/", False),
        ({"entries": ["swamp"]}, "https://swa-mp.example/", True),
        ({"entries": ["swamp"], "ignore_chars": "-."}, "https://swa-mp.example/", False),
        ({"entries": ["bog", "moor"], "min_matches": 2}, "https://bog.example/", True),
        ({"entries": ["bog", "moor"], "min_matches": 2}, "https://bog.example/moor", False),
        ({"entries": ["bogland", "land"], "min_matches": 2}, "https://bogland.example/", True),
        ({"entries": ["a.b"]}, "https://aXb.example/", True),
    ],
)
def test_strings_in_urls(params: dict[str, Any], url: str, wanted: bool) -> None:
    """Matches do not overlap, and a dot is a dot."""
    assert kept("blocked_url_substrings", params, url=url) is wanted


@pytest.mark.parametrize("url", ["://", "http://", "//", "?", "@", ":", "http://a:b:c", "http://[", "\ud800", "\x00"])
def test_what_is_no_address_has_no_host_that_hurts(url: str) -> None:
    """Addresses come from the web, and some are none."""
    assert isinstance(host_of(url), str)
    assert isinstance(without_scheme(url), str)


def test_a_list_may_be_a_file(tmp_path: Path) -> None:
    """Its entries come beside those of the specification; comments and blank lines are none."""
    path = tmp_path / "words.txt"
    path.write_text("# wet places\nswamp\n\nbog # and its kin\n")
    config = FilterConfig.model_validate(
        {"rules": [{"blocked_words": {"entries": ["moor"], "file": {"uri": str(path)}, "code": "wet_words"}}]}
    )
    assert [check(f"A {word}.", config=config).reason for word in ("swamp", "bog", "moor", "wet", "kin")] == [
        "wet_words",
        "wet_words",
        "wet_words",
        None,
        None,
    ]


def test_a_file_is_what_its_digest_says(tmp_path: Path) -> None:
    """Another content, a missing file and a store that is not at hand are mistakes in the specification."""
    path = tmp_path / "words.txt"
    path.write_text("swamp\n")
    digest = hashlib.sha256(b"swamp\n").hexdigest()
    for uri, sha256, message in (
        (str(path), "0" * 64, "something else"),
        (str(tmp_path / "none.txt"), None, "cannot be read"),
        ("s3://lists/words.txt", None, "not on this machine"),
    ):
        rules = [{"blocked_words": {"file": {"uri": uri, "content_sha256": sha256}}}]
        with pytest.raises(ConfigError, match=message):
            Chain(FilterConfig.model_validate({"rules": rules}))
    rules = [{"blocked_words": {"file": {"uri": f"file://{path}", "content_sha256": digest}}}]
    assert not Chain(FilterConfig.model_validate({"rules": rules})).check("A swamp.").kept


def test_our_sample_lists_are_off_and_load() -> None:
    """They show the form; no preset asks them."""
    folder = Path(__file__).parents[2] / "tasks" / "filters" / "lists"
    names = {
        "adult_words.txt": "blocked_words",
        "spam_words.txt": "blocked_words",
        "blocked_domains.txt": "blocked_domains",
    }
    assert {path.name for path in folder.iterdir()} == set(names)
    for name, rule in names.items():
        params = {"file": {"uri": f"tasks/filters/lists/{name}"}}
        assert kept(rule, params, with_sentence("It is."), url="https://orchard.example/")
