"""Reads the pages of a WARC file: a SourceRecord for each HTTP response, a RejectedRecord for each stretch of
bytes that cannot be used, a count of everything else. Broken input never raises and never ends the file.
"""

import hashlib
import io
import mmap
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from tasks.core.errors import DataError
from tasks.extract.members import CHUNK_BYTES, WARC_MAGIC, Buffer, Member, members

# Header values longer than this are taken for damage; PostgreSQL cannot index texts over 2,704 bytes.
MAX_VALUE_BYTES = 2_000
_OTHER_TYPES = {"warcinfo", "resource", "request", "metadata", "revisit", "conversion", "continuation"}  # ISO 28500
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """Where a record lies and what its header says. Offset and length are of the bytes in the file, as compressed."""

    offset: int
    length: int
    record_sha256: str
    record_name: str | None = None  # WARC-Record-ID
    target_uri: str | None = None
    record_at: str | None = None  # WARC-Date, as ISO 8601 in UTC
    claimed_digest: str | None = None  # WARC-Payload-Digest, not checked


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord(_Record):
    """One HTTP response. `payload` is its body, content and transfer encodings undone."""

    status: int
    content_type: str | None
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRecord(_Record):
    """Bytes of the file that are no usable response."""

    reason: str
    detail: str


def read(
    path_or_file: str | os.PathLike[str] | BinaryIO, *, max_record_bytes: int, skipped: Counter[str] | None = None
) -> Iterator[SourceRecord | RejectedRecord]:
    """Yield the HTTP responses of a WARC file, gzip or plain, and a RejectedRecord for each fault.

    Records of other types are counted in `skipped` by type. A record or a body over `max_record_bytes` is
    rejected without holding it in memory.
    """
    counts: Counter[str] = Counter() if skipped is None else skipped
    with _as_buffer(path_or_file) as raw:
        for member in members(raw, max_bytes=max_record_bytes):
            outcome = _read_member(raw, member, max_record_bytes)
            if isinstance(outcome, str):
                counts[outcome] += 1
            else:
                yield outcome


def read_one(data: bytes, *, max_record_bytes: int = 1 << 30) -> SourceRecord:
    """Return the response in the bytes of a single member, as `read` found it; its offset is 0.

    Raises DataError with the reason when the bytes are not one whole HTTP response.
    """
    found = list(members(data, max_bytes=max_record_bytes))
    if len(found) != 1:
        raise DataError("broken_record", f"{len(found)} records where one was expected, in {len(data)} bytes")
    outcome = _read_member(data, found[0], max_record_bytes)
    if isinstance(outcome, str):
        raise DataError("not_html", f"the record is a {outcome}, not a response")
    if isinstance(outcome, RejectedRecord):
        raise DataError(outcome.reason, outcome.detail)
    return outcome


@contextmanager
def _as_buffer(path_or_file: str | os.PathLike[str] | BinaryIO) -> Iterator[Buffer]:
    """Map the file into memory, where it can be searched and sliced; a stream is copied to a temporary file first."""
    if not isinstance(path_or_file, str | os.PathLike):
        with tempfile.NamedTemporaryFile(prefix="backforth-", suffix=".warc") as copy:
            shutil.copyfileobj(path_or_file, copy)
            copy.flush()
            with _as_buffer(copy.name) as raw:
                yield raw
        return
    with open(path_or_file, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:  # mmap refuses an empty file
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
            yield raw


def _read_member(raw: Buffer, member: Member, max_bytes: int) -> SourceRecord | RejectedRecord | str:
    """Return a record, or the name under which the member is skipped."""
    sha256 = _sha256_range(raw, member.offset, member.length)
    where: dict[str, Any] = {"offset": member.offset, "length": member.length, "record_sha256": sha256}
    header: dict[str, Any] = {}
    try:
        record = _parse_header(member.data)
        if record is not None:
            header = _header_fields(record)
            if record.record_type != WarcRecordType.response:
                name = (record.headers.get("WARC-Type") or "").lower()
                if name in _OTHER_TYPES:
                    return name
            # Of a member that is cut early nobody can say what it was: it counts as a page that was lost.
            if not member.problem:
                if record.record_type != WarcRecordType.response:
                    return "unknown_type"
                if not record.is_http:
                    return "response_not_http"
        if member.problem:
            raise DataError(member.problem, member.detail)
        if not member.data:
            return "empty_member"
        if record is None:
            raise DataError("not_a_warc", f"the member holds something else: {member.data[:16]!r}")
        _check_whole(record, member.data)
        if not header["target_uri"]:
            raise DataError("broken_record", "no usable WARC-Target-URI")
        status, content_type, payload = _http_response(member.data, max_bytes)
    except DataError as error:
        return RejectedRecord(**where, **header, reason=error.reason, detail=_UNPRINTABLE.sub("", error.detail))
    return SourceRecord(**where, **header, status=status, content_type=content_type, payload=payload)


def _sha256_range(raw: Buffer, offset: int, length: int) -> str:
    digest = hashlib.sha256()
    for start in range(offset, offset + length, CHUNK_BYTES):
        digest.update(raw[start : min(start + CHUNK_BYTES, offset + length)])
    return digest.hexdigest()


def _parse_header(data: bytes) -> WarcRecord | None:
    """Return the record whose header `data` begins with, or None when there is none.

    The iterator is used and not WarcRecord.from_bytes: the latter allocates what Content-Length asks for and
    aborts the process when that is absurd (fastwarc 2.0.1).
    """
    if not data.startswith(WARC_MAGIC):
        return None
    try:
        return next(iter(ArchiveIterator(io.BytesIO(data), parse_http=False)), None)
    except OSError as error:
        raise DataError("broken_record", f"WARC header: {error}") from None


def _header_fields(record: WarcRecord) -> dict[str, str | None]:
    target_uri = _clean(record.headers.get("WARC-Target-URI"))
    return {
        "record_name": _clean(record.headers.get("WARC-Record-ID")),
        "target_uri": target_uri.strip("<>") if target_uri else None,  # some writers put it in angle brackets
        "record_at": _utc(record.headers.get("WARC-Date")),
        "claimed_digest": _clean(record.headers.get("WARC-Payload-Digest")),
    }


def _check_whole(record: WarcRecord, data: bytes) -> None:
    """Raise DataError unless the member holds this record, all of it, and nothing else."""
    header_end = data.find(b"\r\n\r\n") + 4
    end = header_end + max(record.content_length, 0)
    if header_end < 4:
        raise DataError("broken_record", "the WARC header has no end")
    if end > len(data):
        detail = f"Content-Length is {record.content_length}, but {len(data) - header_end} bytes follow"
        raise DataError("truncated_record", detail)
    if data[end:].strip(b"\r\n"):
        detail = f"{len(data) - end} bytes follow the record in its gzip member; each record needs a member of its own"
        raise DataError("broken_record", detail)
    if cut := _clean(record.headers.get("WARC-Truncated")):
        raise DataError("truncated_record", f"the crawler cut the body: WARC-Truncated {cut}")


def _http_response(data: bytes, max_bytes: int) -> tuple[int, str | None, bytes]:
    """Return (status, content type, body) of the HTTP response in a record."""
    try:
        status, content_type, body = _http_body(data, max_bytes, "all")
    except OSError as error:
        # Some crawlers store the body decoded and leave the header that says it is encoded.
        try:
            status, content_type, body = _http_body(data, max_bytes, "none")
        except OSError:
            raise DataError("broken_record", f"HTTP: {error}") from None
        if not body.lstrip().startswith(b"<"):
            raise DataError("undecodable", f"HTTP body: {error}") from None
    if len(body) > max_bytes:
        raise DataError("record_too_large", f"the body decodes to more than max_record_bytes {max_bytes}")
    return status, content_type, body


def _http_body(data: bytes, max_bytes: int, encodings: str) -> tuple[int, str | None, bytes]:
    record = _parse_header(data)
    if record is None or record.reader is None:
        raise DataError("broken_record", "no record body")
    record.parse_http(auto_decode=encodings)  # type: ignore[arg-type]
    headers = record.http_headers
    if headers is None or headers.status_code is None:
        raise DataError("broken_record", "the body does not begin with an HTTP status line")
    body = bytearray()
    while len(body) <= max_bytes and (piece := record.reader.read(max_bytes + 1 - len(body))):
        body += piece
    return headers.status_code, _clean(headers.get("Content-Type")), bytes(body)


def _clean(value: str | None) -> str | None:
    """Return a header value without control characters and lone surrogates, or None when nothing usable is left."""
    text = _UNPRINTABLE.sub("", value or "").strip()
    return text if text and len(text.encode()) <= MAX_VALUE_BYTES else None


def _utc(value: str | None) -> str | None:
    try:
        moment = datetime.fromisoformat((value or "").strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None
