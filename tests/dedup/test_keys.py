"""The sixteen keys of a document, and which addresses are one page."""

import pytest

from tasks.dedup.keys import NEAR, NO_KEY, SLOTS, TEXT, URL, Signer, kinds_of, text_form, url_form
from tasks.dedup.minhash import fold


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Some  text\n here", "some text here", True),
        ("ﬁne", "FINE", True),
        ("Straße", "STRASSE", True),
        ("a b", "ab", False),
        ("Stop.", "Stop", False),
        ("café", "cafe", False),
    ],
)
def test_what_counts_as_the_same_text(one: str, other: str, same: bool) -> None:
    """Case, white space and compatibility forms do not make a difference; punctuation and accents do."""
    assert (text_form(fold(one)) == text_form(fold(other))) is same


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a?x=1&y=2",
        "HTTPS://EXAMPLE.ORG/a?x=1&y=2",
        "https://example.org:443/a?x=1&y=2",
        "http://example.org:80/a?x=1&y=2#top",
        "http://example.org./a?utm_source=n&x=1&utm_medium=&y=2&fbclid=Z",
        "  http://example.org/a?x=1&&y=2&UTM_Campaign=3&gclid  ",
    ],
)
def test_addresses_of_one_page(url: str) -> None:
    """Scheme, case of the host, default port, fragment and tracking parameters make no difference."""
    assert url_form(url) == "//example.org/a?x=1&y=2"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/A?x=1&y=2",
        "http://example.org:8080/a?x=1&y=2",
        "http://www.example.org/a?x=1&y=2",
        "http://example.org/a?y=2&x=1",
        "http://example.org/a",
        "http://example.org/a?x=1&y=2#!/other",
        "http://me@example.org/a?x=1&y=2",
        "http://example.org/a?x=1&y=2&utmost=3",
        "https://example.org:80/a?x=1&y=2",
    ],
)
def test_addresses_of_other_pages(url: str) -> None:
    """Case of the path, other ports, hosts and parameters do, and so does a fragment that a script reads."""
    assert url_form(url) not in ("", "//example.org/a?x=1&y=2")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "mailto:a@example.org",
        "urn:uuid:1",
        "http://",
        "file:///etc",
        "http://:80/",
        "http:///path",
        "http://me@/",
    ],
)
def test_what_is_no_address_of_a_page(url: str) -> None:
    """Has no key: documents without an address are not duplicates of one another."""
    assert url_form(url) == ""
    assert Signer().keys("text", url)[URL] == NO_KEY


def test_internet_addresses_and_empty_paths() -> None:
    """A host may be in brackets, and no path is the root."""
    assert url_form("http://[2001:DB8::1]:80") == "//[2001:db8::1]/"
    assert url_form("http://[2001:db8::1]:81/x") == "//[2001:db8::1]:81/x"
    assert url_form("http://[2001:db8::1]/x") == "//[2001:db8::1]/x"


@pytest.mark.parametrize("url", ["http://[bad/", "http://a:b:c/", "http://a b/", "http://é.example/ü?ß", "http://a:٣/"])
def test_odd_addresses_are_taken_as_they_are(url: str) -> None:
    """Whatever a crawler has fetched: equal ones are equal, and nothing is raised."""
    assert url_form(url) == url.removeprefix("http:")


def test_each_key_says_what_it_is_of() -> None:
    """Its low four bits are its slot, so equal digests of different things are different keys."""
    keys = Signer().keys("Some text of more than five words.", "https://example.org/")
    assert [int(key) % 16 for key in keys] == list(range(SLOTS))
    assert kinds_of(keys).tolist() == [TEXT, URL, *([NEAR] * 14)]
    assert len({*keys.tolist()}) == SLOTS


def test_a_document_without_words_and_address_has_the_key_of_its_text() -> None:
    """And no other."""
    keys = Signer().keys("...", None)
    assert [int(key) for key in keys[1:]] == [NO_KEY] * 15
    assert keys[TEXT] != NO_KEY


def test_keys_of_text_and_address_are_the_same_for_good() -> None:
    """They are stored, as the bands are."""
    keys = Signer().keys("Some text.", "https://example.org/page")
    assert (int(keys[TEXT]), int(keys[URL])) == (6804022143637246672, 17497241389808591249)


def test_a_lone_surrogate_has_a_key() -> None:
    """In the text and in the address."""
    assert (Signer().keys("\ud800", "http://example.org/\udcff")[:2] != NO_KEY).all()
