"""From the bytes of one record back to its text, for verification: the same steps as the stage took."""

from tasks.core.config import ExtractConfig
from tasks.extract.html import Page
from tasks.extract.page import page_of
from tasks.extract.warc import read_one


def rederive(record_bytes: bytes, config: ExtractConfig) -> Page:
    """Return the page that the stage made of these bytes of a WARC file, which must be one whole member.

    Raises DataError with the stage's own reason when they are no usable page.
    """
    return page_of(read_one(record_bytes, max_record_bytes=config.max_record_bytes), config)
