"""Reads the pages of a WARC or ARC file: a SourceRecord for each HTTP response, a RejectedRecord for each stretch of
bytes that cannot be used, a count of everything else. Broken input never raises and never ends the file.
"""

import hashlib
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

from tasks.core.errors import DataError
from tasks.extract.archive import CHUNK_BYTES
from tasks.extract.framing import HEAD_BYTES, WARC, Head
from tasks.extract.http_body import Headers, HttpResponse, http_response, is_http_response
from tasks.extract.member_stream import Stream
from tasks.extract.member_walk import Member
from tasks.extract.members import archive_of, members
from tasks.extract.records import Locator, RejectedRecord, SourceRecord
from tasks.extract.window import Source, Window, open_window

# Header values longer than this are taken for damage; PostgreSQL cannot index texts over 2,704 bytes.
MAX_VALUE_BYTES = 2_000
MAX_RECORD_BYTES = 16_000_000
RESPONSE = "response"
_OTHER_TYPES = {"warcinfo", "resource", "request", "metadata", "revisit", "conversion", "continuation"}  # ISO 28500
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def read(
    source: Source,
    *,
    max_record_bytes: int = MAX_RECORD_BYTES,
    skipped: Counter[str] | None = None,
    start: int = 0,
    end: int | None = None,
    types: Collection[str] = (RESPONSE,),
) -> Iterator[SourceRecord | RejectedRecord]:
    """Yield the pages of a WARC (0.17 to 1.1) or ARC file, gzip, zstd or plain, and a RejectedRecord for each fault.

    `source` is a path, a `file://` address or a binary file; what it holds is told from its bytes, not its name.
    `types` are the WARC types that are pages: `response` is an HTTP response, `conversion` is text (WET), of any
    other the block is the payload. Records of the remaining types are counted in `skipped`. A record or a body over
    `max_record_bytes` is rejected without holding it in memory.

    `start` and `end` make a piece of the file: over all pieces each record is read exactly once, in the one where
    its member begins; the cut falls on the first row of sound members at or after the offset. A piece reads the
    file's first bytes (its kind, and the dictionary of a zstd file) and goes on behind `end` to the end of a member
    and 128 KiB further, more only where members there are broken: give the whole file or a file object that
    fetches what is read. Plain files can be cut too, but a whole WARC stored within a plain record may be taken for
    records of the file: read those in one piece. A file compressed as one member is read by its first piece.

    Raises OSError where the file cannot be read.
    """
    counts: Counter[str] = Counter() if skipped is None else skipped
    with open_window(source) as window:
        for member in members(window, max_bytes=max_record_bytes, start=start, end=end):
            outcome = _read_member(window, member, max_record_bytes, types)
            if isinstance(outcome, str):
                counts[outcome] += 1
            else:
                yield outcome


def read_one(data: bytes, *, max_record_bytes: int = 1 << 30, types: Collection[str] = (RESPONSE,)) -> SourceRecord:
    """Return the page in the bytes of a single record, as `read` found it; its offset is 0.

    `data` is the member as compressed, or the record as `record_bytes` gives it. Raises DataError with the reason
    when the bytes are not one whole page.
    """
    window = Window(io.BytesIO(data))
    found = list(members(window, max_bytes=max_record_bytes, is_one=True))
    if len(found) != 1:
        raise DataError("broken_record", f"{len(found)} records where one was expected, in {len(data)} bytes")
    outcome = _read_member(window, found[0], max_record_bytes, types)
    if isinstance(outcome, str):
        raise DataError("not_html", f"the record is a {outcome}, not a {' or '.join(sorted(types))}")
    if isinstance(outcome, RejectedRecord):
        raise DataError(outcome.reason, outcome.detail)
    return outcome


def record_bytes(source: Source, locator: Locator, *, max_record_bytes: int = MAX_RECORD_BYTES) -> bytes:
    """Return the bytes that a locator names, whose sha256 is the record's: for `read_one`, and to keep the source.

    They are a range of the file; where the locator has an inner part they are a range of what the members from
    there on inflate to, which is inflated again. Raises DataError `record_missing` when the file no longer has it.
    """
    if "inner_offset" not in locator:
        with open_window(source, block_bytes=1) as window:
            data = window.at(locator["offset"], locator["length"])
        if len(data) < locator["length"]:
            raise DataError("record_missing", f"the file ends before {locator}")
        return data
    with open_window(source) as window:
        archive = archive_of(window, max_bytes=max_record_bytes)
        if isinstance(archive, str) or not archive.is_member(locator["offset"]):
            raise DataError("record_missing", f"no member begins at {locator}")
        stream = Stream(archive, locator["offset"])
        if locator["inner_offset"]:
            stream.cut(locator["inner_offset"])
        if locator["inner_length"] <= max_record_bytes and stream.reach(locator["inner_length"]):
            return stream.cut(locator["inner_length"]).data
        raise DataError("record_missing", f"the member ends before {locator}")


def _read_member(
    window: Window, member: Member, max_bytes: int, types: Collection[str]
) -> SourceRecord | RejectedRecord | str:
    """Return a record, or the name under which the member is skipped."""
    head = member.head or _salvaged_head(member.data)
    kind = head.fields.get("warc-type", "").lower() if head else ""
    if head and kind not in types:
        if kind in _OTHER_TYPES:
            return kind
        # Of a member that is cut early nobody can say what it was: it counts as a page that was lost.
        if not member.problem:
            return "unknown_type"
    if not member.problem and not member.data.strip(b"\r\n"):
        return "empty_member"
    place: Locator = {"offset": member.offset, "length": member.length}
    locator = place
    if member.inner is not None:
        locator = {**place, "inner_offset": member.inner[0], "inner_length": member.inner[1]}
    sha256 = member.sha256 if member.inner is not None else _sha256_range(window, member.offset, member.length)
    where: dict[str, Any] = {"locator": locator, **place, "record_sha256": sha256}
    try:
        if head:
            where |= _header_fields(head)
        if member.problem or head is None:
            raise DataError(member.problem or "broken_record", member.detail)
        if not where["target_uri"] and len(head.fields.get("warc-target-uri", "")) > MAX_VALUE_BYTES // 4:
            raise DataError("broken_record", f"no usable WARC-Target-URI: over {MAX_VALUE_BYTES} bytes")
        return _page(head, member, kind, where, max_bytes)
    except DataError as error:
        return RejectedRecord(**where, reason=error.reason, detail=_UNPRINTABLE.sub("", error.detail))


def _page(head: Head, member: Member, kind: str, where: dict[str, Any], max_bytes: int) -> SourceRecord | str:
    block = member.data[head.size : member.end]
    fault = member.fault
    if fault is None and (cut := _clean(head.fields.get("warc-truncated"))):
        fault = ("truncated_record", f"the crawler cut the body: WARC-Truncated {cut}")
    media_type = _clean(head.fields.get("content-type"))
    if kind != RESPONSE:
        if kind == "conversion":
            return SourceRecord(**where, payload=_utf8(block), content_type="text/plain", is_text=True, fault=fault)
        return SourceRecord(**where, payload=block, content_type=media_type, fault=fault)
    if not is_http_response(block, media_type, where["target_uri"]):
        return "response_not_http"
    response = http_response(block, max_bytes=max_bytes)
    headers = _clean_headers(response)
    return SourceRecord(
        **where,
        payload=response.body,
        status=response.status,
        content_type=next((value for name, value in headers if name.lower() == "content-type"), None),
        headers=headers,
        fault=fault or response.fault,
    )


def _salvaged_head(data: bytes) -> Head | None:
    """Return what can be read of the header of a record that is no whole one."""
    if not WARC.begins(data):
        return None
    return WARC.head(data) or WARC.head(data[:HEAD_BYTES].rpartition(b"\n")[0] + b"\n\r\n")


def _sha256_range(window: Window, offset: int, length: int) -> str:
    digest = hashlib.sha256()
    while length > 0 and (piece := window.at(offset, min(length, CHUNK_BYTES))):
        digest.update(piece)
        offset += len(piece)
        length -= len(piece)
    return digest.hexdigest()


def _header_fields(head: Head) -> dict[str, str | None]:
    fields = head.fields
    return {
        "record_name": _clean(fields.get("warc-record-id")),
        "target_uri": _clean(fields.get("warc-target-uri", "").strip("<>")),  # some writers put it in angle brackets
        "record_at": _utc(fields.get("warc-date")),
        "claimed_digest": _clean(fields.get("warc-payload-digest")),
    }


def _clean_headers(response: HttpResponse) -> Headers:
    cleaned = ((_clean(name), _clean(value)) for name, value in response.headers)
    return tuple((name, value) for name, value in cleaned if name and value)


def _clean(value: str | None) -> str | None:
    """Return a header value without control characters and lone surrogates, or None when nothing usable is left."""
    if not value:
        return None
    text = value if value.isprintable() else _UNPRINTABLE.sub("", value)
    text = text.strip()
    return text if text and (len(text) * 4 <= MAX_VALUE_BYTES or len(text.encode()) <= MAX_VALUE_BYTES) else None


def _utf8(data: bytes) -> bytes:
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode(errors="replace").encode()
    return data


def _utc(value: str | None) -> str | None:
    try:
        moment = datetime.fromisoformat((value or "").strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None
