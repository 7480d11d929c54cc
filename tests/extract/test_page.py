"""From a record to a page, and back again for verification."""

from typing import Any

import pytest

from tasks.core.config import ExtractConfig
from tasks.core.errors import DataError
from tasks.extract.page import TEXT_EXTRACTOR, page_of
from tasks.extract.records import SourceRecord
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
    assert rederive(raw, CONFIG, "").text == "T\n\nSome text."


def test_rederive_raises_for_changed_bytes() -> None:
    """A damaged member is a reason, not a wrong text."""
    raw = bytearray(member())
    raw[len(raw) // 2] ^= 0xFF
    with pytest.raises(DataError):
        rederive(bytes(raw), CONFIG, "")


def text_record(payload: bytes, **more: Any) -> SourceRecord:
    return SourceRecord(
        locator={"offset": 0, "length": 1},
        offset=0,
        length=1,
        record_sha256="0" * 64,
        payload=payload,
        is_text=True,
        **more,
    )


def test_a_text_stays_the_text_it_is() -> None:
    """Nothing is taken for markup; form, title and date are brought into ours."""
    page = page_of(
        text_record(b"1 < 2 <b>bold</b>\r\n\r\n\r\n\r\nEnd\xc2\xad.  ", title="A\n title", date="2026-01-02"), CONFIG
    )
    assert (page.text, page.title, page.date) == ("1 < 2 <b>bold</b>\n\nEnd.", "A title", "2026-01-02")
    assert (page.extractor, page.charset) == (TEXT_EXTRACTOR, "utf-8")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (text_record(b" \n\t"), "empty_text"),
        (text_record(b"word " * 300_000), "text_too_long"),
        (text_record(b"A page.", fault=("truncated_record", "the crawler cut it")), "truncated_record"),
    ],
)
def test_a_text_that_is_no_document_has_its_reason(record: SourceRecord, reason: str) -> None:
    """Empty, too long, or not all of it."""
    with pytest.raises(DataError) as caught:
        page_of(record, CONFIG)
    assert caught.value.reason == reason
