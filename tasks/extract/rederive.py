"""From the bytes of one record back to its text, for verification: the same steps as the stage took."""

from tasks.core.config import ExtractConfig
from tasks.core.errors import DataError
from tasks.core.ids import sha256_text
from tasks.extract.html import Page
from tasks.extract.page import page_of
from tasks.extract.readers import read_one
from tasks.extract.segments import segments


def rederive(record_bytes: bytes, config: ExtractConfig, text_sha256: str, *, kind: str = "warc") -> Page:
    """Return what the stage made of the bytes that `fetch` gives for one record of a source of this kind.

    Of a page that was cut into segments this is the one whose text has the digest `text_sha256`. Raises DataError
    with the stage's own reason when they are no usable page, and `segment_missing`.
    """
    page = page_of(read_one(record_bytes, kind, config.fields, max_record_bytes=config.max_record_bytes), config)
    if config.unit == "document":
        return page
    for segment in segments(page, config):
        if segment.fault is None and sha256_text(segment.page.text) == text_sha256:
            return segment.page
    raise DataError("segment_missing", f"no segment of the page has a text with the digest {text_sha256}")
