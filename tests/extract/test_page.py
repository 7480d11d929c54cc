"""From a record to a page, and back again for verification."""

import pytest

from tasks.core.config import ExtractConfig
from tasks.core.errors import DataError
from tasks.extract.page import page_of
from tasks.extract.rederive import rederive
from tasks.extract.warc import read_one
from tests.extract.warc_bytes import http, member

CONFIG = ExtractConfig()


def reason(block: bytes, config: ExtractConfig = CONFIG) -> str:
    with pytest.raises(DataError) as caught:
        page_of(read_one(member(block)), config)
    return caught.value.reason


@pytest.mark.parametrize("status", [301, 404, 500, 199])
def test_only_successful_responses_are_pages(status: int) -> None:
    """Error pages and redirects are rejected, however much text they carry."""
    assert reason(http(status=status)) == "http_error_status"


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "text/plain", "text/html-sandboxed"])
def test_other_content_types_are_rejected(kind: str) -> None:
    """Only HTML is read as HTML."""
    assert reason(http(headers=f"Content-Type: {kind}\r\n")) == "not_html"


@pytest.mark.parametrize("kind", ["text/html", "TEXT/HTML; charset=utf-8", "application/xhtml+xml"])
def test_html_content_types_are_taken(kind: str) -> None:
    """Parameters and case of the content type do not matter."""
    assert "Hello, reader" in page_of(read_one(member(http(headers=f"Content-Type: {kind}\r\n"))), CONFIG).text


def test_without_a_content_type_the_body_decides() -> None:
    """A page that begins like HTML is taken, anything else is not."""
    assert page_of(read_one(member(http(headers=""))), CONFIG).text
    assert reason(http(b"just words", headers="")) == "not_html"


def test_a_text_over_the_limit_is_rejected() -> None:
    """Text longer than the configuration allows has its own reason."""
    config = ExtractConfig(max_text_chars=1_000)
    assert reason(http(b"<p>" + b"word " * 500), config) == "text_too_long"


def test_rederive_gives_the_text_of_the_stage() -> None:
    """The bytes of one member give the same page as reading the file did."""
    raw = member(http(b"<title>T</title><p>Some text.</p>"))
    assert rederive(raw, CONFIG, "") == page_of(read_one(raw), CONFIG)
    assert rederive(raw, CONFIG, "").text == "Some text."


def test_rederive_raises_for_changed_bytes() -> None:
    """A damaged member is a reason, not a wrong text."""
    raw = bytearray(member())
    raw[len(raw) // 2] ^= 0xFF
    with pytest.raises(DataError):
        rederive(bytes(raw), CONFIG, "")
