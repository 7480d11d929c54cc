"""Whose pages are left out: lists of the user, and what pages say of themselves."""

import subprocess
import sys
import textwrap
from typing import Any

import pytest

from tasks.core.errors import ConfigError
from tasks.core.ids import sha256_bytes
from tasks.core.list_file import ListFile
from tasks.core.policy_config import OptOutConfig
from tasks.extract.opt_out import HEAD_BYTES, fault
from tasks.extract.opt_out_lists import NO_LISTS, OptOutLists, address_of, host_of, load_lists
from tasks.extract.records import SourceRecord
from tests.fakes.objects import MemoryObjects

CONFIG = OptOutConfig.model_validate({})


def record(html: str | bytes = b"", *, url: str | None = "https://orchard.org/x", **fields: Any) -> SourceRecord:
    payload = html.encode() if isinstance(html, str) else html
    return SourceRecord(
        locator={}, offset=0, length=1, record_sha256="0" * 64, payload=payload, target_uri=url, **fields
    )


def reason(of: SourceRecord, config: OptOutConfig = CONFIG, lists: OptOutLists = NO_LISTS) -> str | None:
    found = fault(of, config, lists)
    return found.reason if found else None


def opted_out(domains: str = "", urls: str = "") -> OptOutLists:
    """The lists of a configuration with these two files."""
    objects = MemoryObjects()
    files = []
    for text in (domains, urls):
        sha256 = sha256_bytes(text.encode())
        objects.put(f"lists/{sha256}", text.encode())
        files.append((ListFile(uri="/l/list.txt", content_sha256=sha256),))
    return load_lists(OptOutConfig.model_validate({"domains": files[0], "urls": files[1]}), objects)


@pytest.mark.parametrize(
    ("html", "signal"),
    [
        ('<meta name="robots" content="noai">', "noai"),
        ("<META CONTENT='index, NOAI' NAME=Robots/>", "noai"),
        ("<meta name=robots content=noimageai>", "noimageai"),
        ('<meta name="robots" content="noimageai, noai">', "noai"),
        ('<meta name="GPTBot" content="noai">', "noai"),
        ('<meta name="googlebot" content="index; noai">', "noai"),
        ('<meta name="Google-Extended" content="noai">', "noai"),
        ('<meta name="r&#111;bots" content="no&#97;i">', "noai"),
        ('<meta property="a" content="x > y"><meta data-x=\'"\' name="robots" content="noai">', "noai"),
        ('<meta\n\tname = "robots"\n\tcontent = "noai"\n/>', "noai"),
        ('<meta name="robots" content="index"><meta name="robots" content="noai">', "noai"),
        ("<script>write('<meta name=\"x')</script><meta name=robots content=noai>", "noai"),
        ('</head><body><meta name="robots" content="noai">', "noai"),
        ('<meta name="tdm-reservation" content="1">', "tdm_reservation"),
        ("<meta content=1 name=TDM-Reservation>", "tdm_reservation"),
    ],
)
def test_a_page_says_so_in_a_meta_element(html: str, signal: str) -> None:
    """Order, quotes, case, character references and neighbours of the attributes make no difference."""
    page = f"<html><head><title>T</title>{html}</head><body>Text.</body>"
    assert reason(record(page)) == f"opted_out_{signal}"
    assert reason(record(page.encode("utf-16"))) == f"opted_out_{signal}"


@pytest.mark.parametrize(
    "html",
    [
        "",
        '<meta name="robots" content="index, follow">',
        '<meta name="robots" content="noindex">',
        '<meta name="description" content="noai, noimageai and robots">',
        '<meta name="keywords" content="noai, bot">',
        '<meta property="robots" content="noai">',
        '<meta name="robots" content="noairlines">',
        '<!-- <meta name="robots" content="noai"> --><meta name="author" content="A">',
        "<script>\"<meta name='robots' content='noai'>\"</script>",
        '<title><meta name="robots" content="noai"></title>',
        '<meta name="tdm-reservation" content="0">',
        '<meta name="tdm-policy" content="https://orchard.org/p">',
        '<metaname="robots" content="noai">',
        "<p>&lt;meta name=robots content=noai&gt;</p>",
    ],
)
def test_other_pages_are_taken(html: str) -> None:
    """Comments, scripts, descriptions and other directives are no wish to be left out."""
    assert reason(record(f"<html><head>{html}</head><body>Text.</body>")) is None


@pytest.mark.parametrize(
    ("name", "value", "signal"),
    [
        ("X-Robots-Tag", "noai", "noai"),
        ("x-robots-tag", "googlebot: noai, nofollow", "noai"),
        ("X-ROBOTS-TAG", "unavailable_after: 25 Jun 2010 15:00:00 PST, NoImageAI", "noimageai"),
        ("X-Robots-Tag", "noindex", None),
        ("TDM-Reservation", " 1 ", "tdm_reservation"),
        ("tdm-reservation", "0", None),
        ("Content-Usage", "train-ai=n", "content_usage"),
        ("Content-Usage", "search=y, train-ai=?0", "content_usage"),
        ("Content-Usage", "train-ai=y", None),
        ("Content-Signal", "search=yes,ai-train=no", "content_usage"),
        ("Content-Signal", "search=no, ai-train=yes", None),
        ("X-Noai", "noai", None),
    ],
)
def test_a_server_says_so_in_a_header(name: str, value: str, signal: str | None) -> None:
    """Headers are read whatever their case, for any agent, and only for what they say."""
    expected = f"opted_out_{signal}" if signal else None
    assert reason(record("<p>Text.</p>", headers=(("Server", "x"), (name, value)))) == expected


def test_the_policy_of_a_reservation_is_noted() -> None:
    """Where rights are reserved, whoever wants to ask for them finds the address in the detail."""
    of = record(headers=(("tdm-reservation", "1"), ("tdm-policy", "https://orchard.org/tdm.json")))
    found = fault(of, CONFIG)
    assert found is not None
    assert "https://orchard.org/tdm.json" in found.detail


def test_the_specification_says_which_signals_are_honoured() -> None:
    """A signal that is not named is not looked at, and noindex is one that can be."""
    page = record('<meta name="robots" content="noindex, noai">')
    assert reason(page, OptOutConfig.model_validate({"signals": ["noindex"]})) == "opted_out_noindex"
    assert reason(page, OptOutConfig.model_validate({"signals": []})) is None


def test_plain_text_has_no_markup() -> None:
    """A text that shows how to opt out does not; its headers and its address still count."""
    page = '<meta name="robots" content="noai">'
    assert reason(record(page, is_text=True)) is None
    assert reason(record(page, is_text=True), lists=opted_out("orchard.org")) == "opted_out_domain"


@pytest.mark.parametrize(
    ("entry", "url", "listed"),
    [
        ("orchard.org", "https://orchard.org/x", True),
        ("orchard.org", "http://www.ORCHARD.org.:8080/x", True),
        ("*.orchard.org", "https://a.b.orchard.org", True),
        (".orchard.org", "https://user:pw@orchard.org/?q", True),
        ("ORCHARD.ORG.", "https://orchard.org#x", True),
        ("https://orchard.org/page", "https://orchard.org/other", True),
        ("co.uk", "https://orchard.co.uk/", True),
        ("bücher.example", "https://xn--bcher-kva.example/", True),
        ("xn--bcher-kva.example", "https://www.BÜCHER.example/", True),
        ("127.0.0.1", "http://127.0.0.1:80/x", True),
        ("orchard.org", "https://myorchard.org/", False),
        ("orchard.org", "https://orchard.org.evil.net/", False),
        ("orchard.org", "https://evil.net/orchard.org", False),
        ("orchard.org", "https://orchard.org@evil.net/", False),
        ("www.orchard.org", "https://orchard.org/", False),
        ("orchard.org", "urn:orchard.org", False),
        ("orchard.org", None, False),
        ("orchard.org", "", False),
    ],
)
def test_a_listed_domain_covers_its_subdomains(entry: str, url: str | None, listed: bool) -> None:
    """Case, port, user, the last full stop and the form of an international name make no difference."""
    assert (reason(record(url=url), lists=opted_out(domains=entry)) == "opted_out_domain") is listed


@pytest.mark.parametrize(
    ("entry", "url", "listed"),
    [
        ("https://orchard.org/a", "http://ORCHARD.org:80/a#part", True),
        ("orchard.org/a", "https://orchard.org/a", True),
        ("https://orchard.org", "https://orchard.org/", True),
        ("https://orchard.org/%7Ejane/a%20b", "https://orchard.org/~jane/a b", True),
        ("https://orchard.org/a?x=1", "https://orchard.org/a?x=1", True),
        ("https://orchard.org/blog/*", "https://orchard.org/blog/2024/x?y", True),
        ("https://orchard.org/*", "https://orchard.org/", True),
        ("https://orchard.org/a", "https://orchard.org/a/", False),
        ("https://orchard.org/a", "https://orchard.org/a?x=1", False),
        ("https://orchard.org/A", "https://orchard.org/a", False),
        ("https://orchard.org/a", "https://orchard.org:8080/a", False),
        ("https://orchard.org/blog/*", "https://orchard.org/blogs/x", False),
        ("https://orchard.org/a", "https://www.orchard.org/a", False),
    ],
)
def test_a_listed_address_is_found_however_it_is_written(entry: str, url: str, listed: bool) -> None:
    """Scheme, fragment and the way of escaping make no difference; path and query do."""
    assert (reason(record(url=url), lists=opted_out(urls=entry)) == "opted_out_url") is listed


@pytest.mark.parametrize("entry", ["two words", "https://", "a@b.org x", "*", "https:// /"])
def test_an_entry_that_is_no_domain_stops_the_run(entry: str) -> None:
    """An entry that is passed over in silence would be a wish not heard."""
    with pytest.raises(ConfigError, match=r"list\.txt"):
        opted_out(domains=f"orchard.org\n{entry}\n")


@pytest.mark.parametrize("entry", ["two words", "https://", "/path", "#x y"])
def test_an_entry_that_is_no_address_stops_the_run(entry: str) -> None:
    """The same for addresses; a comment is none."""
    if entry.startswith("#"):
        assert opted_out(urls=entry) == NO_LISTS
        return
    with pytest.raises(ConfigError, match=r"list\.txt"):
        opted_out(urls=entry)


@pytest.mark.parametrize(
    "url",
    [
        "http://" + "a." * 5_000,
        "http://[",
        "http://\ud800/\udcff%ff",
        "//" * 50_000,
        "http://a/" * 9_000,
        "\x00",
        "ü" * 99,
    ],
)
def test_odd_addresses_are_compared_without_failing(url: str) -> None:
    """Addresses come from the web and may be anything."""
    lists = opted_out("orchard.org", "https://orchard.org/*")
    assert reason(record(url=url), lists=lists) is None
    assert isinstance(host_of(url), str)
    assert address_of(url) is None or isinstance(address_of(url), str)


def test_hostile_heads_take_linear_time() -> None:
    """What is never closed is not tried again and again: a process with a limit of CPU time ends well."""
    code = """
        import resource
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        from tests.extract.test_opt_out import record, reason
        for unit in ('<meta "', '<meta name="robots" content="', "<!--", "<script", "<script>", "<meta name=bot>",
                     "<meta name=robots ", "<meta a='b' ", "<style><!--", "<meta =bot>", "&#111;", "<meta name='&"):
            assert reason(record("<meta name=bot>" + unit * (1_000_000 // len(unit)))) is None
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_only_the_beginning_of_a_page_is_searched() -> None:
    """A signal behind hundreds of kilobytes is nobody's, and the search must end somewhere."""
    late = "x" * HEAD_BYTES + '<meta name="robots" content="noai">'
    assert reason(record(late)) is None
