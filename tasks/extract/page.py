"""One WARC record to one page: the checks on the response, then the main text."""

from tasks.core.config import ExtractConfig
from tasks.core.errors import DataError
from tasks.extract.html import Page, extract
from tasks.extract.warc import SourceRecord

_HTML_TYPES = {"text/html", "application/xhtml+xml"}
_SNIFF_BYTES = 1_024


def page_of(record: SourceRecord, config: ExtractConfig) -> Page:
    """Return the main text of a response, with its headings marked where it is to be cut into segments.

    Raises DataError: `http_error_status`, `not_html`, `text_too_long`, or what `html.extract` raises.
    """
    if not 200 <= record.status < 300:
        raise DataError("http_error_status", f"HTTP status {record.status}")
    if not _is_html(record):
        raise DataError("not_html", f"content type {record.content_type or 'not given, and no HTML at the beginning'}")
    page = extract(record.payload, content_type=record.content_type, with_headings=config.unit == "segments")
    if len(page.text) > config.max_text_chars:
        detail = f"{len(page.text)} characters, more than max_text_chars {config.max_text_chars}"
        raise DataError("text_too_long", detail)
    return page


def _is_html(record: SourceRecord) -> bool:
    if record.content_type:
        return record.content_type.partition(";")[0].strip().lower() in _HTML_TYPES
    head = record.payload[:_SNIFF_BYTES].lower()
    return b"<html" in head or b"<!doctype html" in head
