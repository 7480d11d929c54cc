"""What a reader of the corpus yields: a SourceRecord for a page, a RejectedRecord for bytes that are no page.

One pair of classes for every source kind, so that nothing behind the readers asks where a page came from.
"""

from dataclasses import dataclass

Locator = dict[str, int]
# Reason and detail, as for tasks.core.errors.DataError.
Fault = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a record lies in its file and what names it there.

    `locator` says which bytes the record is, in the form of its kind: WARC, WET and ARC `offset` and `length` of
    the member as compressed, and `inner_offset` and `inner_length` in the member as inflated where that does not
    hold the record alone; jsonl `offset` and `length` of the line in the decompressed stream; Parquet `row_group`
    and `row`. `record_sha256` is of the bytes it names (as inflated where it has an inner part; a jsonl line
    without its line end; a Parquet row as canonical JSON), computed by us.
    """

    locator: Locator
    offset: int
    length: int
    record_sha256: str
    record_name: str | None = None  # WARC-Record-ID, or the id column of a text kind
    target_uri: str | None = None
    record_at: str | None = None  # ISO 8601 in UTC
    claimed_digest: str | None = None  # what the source says the payload's digest is, not checked

    @property
    def uri(self) -> str | None:
        """The page's address, as the source gives it."""
        return self.target_uri

    @property
    def digest(self) -> str:
        """The sha256 of the record's bytes."""
        return self.record_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord(_Place):
    """One page. `payload` is the body with content and transfer encodings undone, or the UTF-8 text of a text kind.

    `fault` is set where the payload could be read but is not, or may not be, all of the page as its server sent
    it: cut by the crawler, chunks missing, a checksum that does not match. A stage rejects such a page with
    `DataError(*fault)`.
    """

    payload: bytes
    status: int = 200
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()  # HTTP headers as received, cleaned; () for text kinds
    title: str | None = None  # where the source itself gives one (jsonl, Parquet)
    date: str | None = None
    is_text: bool = False  # the payload is plain text already, no HTML
    fault: Fault | None = None

    def header(self, name: str) -> str | None:
        """Return the first HTTP header of that name, whatever its case."""
        return next(iter(self.header_values(name)), None)

    def header_values(self, name: str) -> list[str]:
        """Return every HTTP header of that name, whatever its case, in the order received."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRecord(_Place):
    """Bytes of the file that are no usable page, and why."""

    reason: str
    detail: str
