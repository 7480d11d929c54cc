"""One HTTP response as a browser would read it: status, headers, and the body with its encodings undone.

Archives keep responses in every state: as sent, with some encodings undone and the headers left as they were, cut
short. So a coding that a header names and the body does not have is passed over, and what is cut says so.
"""

import re
from dataclasses import dataclass

from tasks.core.errors import DataError
from tasks.extract.http_codings import unchunked, undone
from tasks.extract.records import Fault

MAX_HEADERS = 500
MAX_CODINGS = 5  # curl's bound on a chain of encodings, each of which may be a bomb
_STATUS_LINE = re.compile(rb"[\r\n]{0,64}HTTP/\d{1,2}(?:\.\d{1,2})?[ \t]+(\d{3})\b[^\n]*(?:\n|\Z)", re.IGNORECASE)
_NO_CODINGS = {"", "identity", "none", "binary", "8bit", "7bit", "utf-8", "chunked"}

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """`fault` says that the body is not all of what the server sent."""

    status: int
    headers: Headers
    body: bytes
    fault: Fault | None = None


def is_http_response(block: bytes, media_type: str | None, target_uri: str | None) -> bool:
    """Tell whether the block of a response is HTTP: by what its record says it is, else by its first line."""
    if media_type and media_type.lower().startswith("application/http"):
        return True
    if _STATUS_LINE.match(block):
        return True
    return (target_uri or "").lower().startswith(("http:", "https:"))


def http_response(block: bytes, *, max_bytes: int) -> HttpResponse:
    """Read the response in `block`; a body without a status line (HTTP/0.9) has status 200 and no headers.

    Interim responses (1xx) before the final one are passed over. Raises DataError `record_too_large` for a body
    that decodes to more than `max_bytes`, and `undecodable`.
    """
    status, headers, begin = _response_head(block, 0)
    while 100 <= status < 200 and _STATUS_LINE.match(block, begin):
        status, headers, begin = _response_head(block, begin)
    body, fault = _decoded(headers, block[begin:], max_bytes)
    return HttpResponse(status, headers, body, fault)


def _response_head(block: bytes, begin: int) -> tuple[int, Headers, int]:
    line = _STATUS_LINE.match(block, begin)
    if line is None:
        return 200, (), begin
    first = line.end()
    if block[first : first + 2] == b"\r\n":
        return int(line[1]), (), first + 2
    if block[first : first + 1] == b"\n":
        return int(line[1]), (), first + 1
    end = block.find(b"\n\r\n", first)
    size = end + 3
    bare = block.find(b"\n\n", first, end if end >= 0 else len(block))
    if bare >= 0:
        end, size = bare, bare + 2
    if end < 0:  # cut in its headers
        end = size = len(block)
    return int(line[1]), _headers(block[first:end]), size


def _headers(raw: bytes) -> Headers:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    found: list[tuple[str, str]] = []
    for line in text.split("\n"):
        if line[:1] in (" ", "\t") and found:  # a folded line goes on with the one before
            name, value = found[-1]
            found[-1] = (name, f"{value} {line.strip()}")
        elif len(found) < MAX_HEADERS:
            name, colon, value = line.partition(":")
            if colon and name.strip():
                found.append((name.strip(), value.strip()))
    return tuple(found)


def _codings(headers: Headers, name: str) -> list[str]:
    values = [value for key, value in headers if key.lower() == name]
    return [word.strip().lower() for value in values for word in value.split(",")]


def _decoded(headers: Headers, body: bytes, max_bytes: int) -> tuple[bytes, Fault | None]:
    """Undo the transfer encodings, then the content encodings, each from the last one applied to the first."""
    fault: Fault | None = None
    if not body:
        return body, None
    transfer = _codings(headers, "transfer-encoding")
    if "chunked" in transfer:
        body, is_whole = unchunked(body)
        if not is_whole:
            fault = ("truncated_record", f"the chunked body ends early or is broken after {len(body)} bytes")
    codings = [*reversed(transfer), *reversed(_codings(headers, "content-encoding"))]
    codings = [coding for coding in codings if coding not in _NO_CODINGS]
    if len(codings) > MAX_CODINGS:
        raise DataError("undecodable", f"HTTP body: {len(codings)} encodings, more than {MAX_CODINGS}")
    for coding in codings:
        if not body:
            break
        body, is_whole = undone(coding, body, max_bytes)
        if not is_whole and fault is None:
            fault = ("truncated_record", f"the {coding} body ends early or is broken after {len(body)} bytes")
    if len(body) > max_bytes:
        raise DataError("record_too_large", f"the body is longer than max_record_bytes {max_bytes}")
    return body, fault
