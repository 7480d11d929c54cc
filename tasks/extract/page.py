"""One record to one page: the checks on the response, then the main text. All of it is what `verify` repeats."""

from collections import Counter

from tasks.core.config import ExtractConfig
from tasks.core.errors import DataError
from tasks.extract import opt_out
from tasks.extract.edits import edit_page
from tasks.extract.html import MAX_TITLE_CHARS, Page, extract
from tasks.extract.opt_out_lists import NO_LISTS, OptOutLists
from tasks.extract.records import SourceRecord
from tasks.extract.text import normalise, one_line

# How a text that came as text was brought into our form; raise it when text.normalise gives another one.
TEXT_EXTRACTOR = "plain@1"
_HTML_TYPES = {"text/html", "application/xhtml+xml"}
_SNIFF_BYTES = 1_024


def page_of(
    record: SourceRecord,
    config: ExtractConfig,
    *,
    lists: OptOutLists = NO_LISTS,
    facts: Counter[str] | None = None,
) -> Page:
    """Return the main text of a record, with its headings marked where it is to be cut into segments.

    `lists` are the user's opt-out lists; what `edits.apply` counts is added to `facts`. Raises DataError: the record's
    own fault, an opt-out, `http_error_status`, `not_html`, `text_too_long`, `empty_text`, or what `html.extract` and
    `edits.apply` raise.
    """
    if record.fault is not None:
        raise DataError(*record.fault)
    if opted_out := opt_out.fault(record, config.opt_out, lists):
        raise opted_out
    page = edit_page(_text_page(record) if record.is_text else _html_page(record, config), config, facts)
    if len(page.text) > config.max_text_chars:
        detail = f"{len(page.text)} characters, more than max_text_chars {config.max_text_chars}"
        raise DataError("text_too_long", detail)
    return page


def _html_page(record: SourceRecord, config: ExtractConfig) -> Page:
    if not 200 <= record.status < 300:
        raise DataError("http_error_status", f"HTTP status {record.status}")
    if not _is_html(record):
        raise DataError("not_html", f"content type {record.content_type or 'not given, and no HTML at the beginning'}")
    return extract(
        record.payload,
        content_type=record.content_type,
        url=record.target_uri,
        form=config.form,
        title_first=config.title == "first",
        with_headings=config.unit == "segments",
    )


def _text_page(record: SourceRecord) -> Page:
    """Return the text of a record that is text already; its title and date are the source's."""
    text = normalise(record.payload.decode("utf-8", "replace"))
    if not text:
        raise DataError("empty_text", "the record has no text")
    title = one_line(record.title or "", max_chars=MAX_TITLE_CHARS) or None
    return Page(text=text, title=title, charset="utf-8", extractor=TEXT_EXTRACTOR, date=record.date)


def _is_html(record: SourceRecord) -> bool:
    if record.content_type:
        return record.content_type.partition(";")[0].strip().lower() in _HTML_TYPES
    head = record.payload[:_SNIFF_BYTES].lower()
    return b"<html" in head or b"<!doctype html" in head
