"""From the values of a JSON line or a Parquet row to a record: which field is the text, the address, the date."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from tasks.core.errors import DataError
from tasks.core.source_config import RecordFields
from tasks.extract.records import Locator, SourceRecord

# As for the headers of WARC records: PostgreSQL cannot index texts over 2,704 bytes.
MAX_VALUE_BYTES = 2_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_SHOWN_NAMES = 20


def record_of(
    values: Any, fields: RecordFields, *, locator: Locator, offset: int, length: int, sha256: str
) -> SourceRecord:
    """Return the record that `values` describe.

    Raises DataError: `not_an_object`, `no_text_field`, `text_not_a_string`, `nul_in_text` or `lone_surrogate`.
    """
    if not isinstance(values, Mapping):
        raise DataError("not_an_object", f"a {type(values).__name__} where an object with fields was expected")
    return SourceRecord(
        locator=locator,
        offset=offset,
        length=length,
        record_sha256=sha256,
        payload=_text(values, fields.text_field),
        target_uri=next((found for name in fields.url_field if (found := _address(lookup(values, name)))), None),
        record_name=next((found for name in fields.id_field if (found := _short(lookup(values, name)))), None),
        record_at=next((found for name in fields.fetched_field if (found := _moment(lookup(values, name)))), None),
        title=next((found for name in fields.title_field if (found := _short(lookup(values, name)))), None),
        date=next((found for name in fields.date_field if (found := _day(lookup(values, name)))), None),
        is_text=True,
    )


def lookup(values: Mapping[str, Any], name: str) -> Any:
    """Return the value under a name, or under a path of names with dots between; None where there is none."""
    if name in values:
        return values[name]
    first, dot, rest = name.partition(".")
    inner = values.get(first)
    return lookup(inner, rest) if dot and isinstance(inner, Mapping) else None


def _text(values: Mapping[str, Any], names: tuple[str, ...]) -> bytes:
    text = next((value for name in names if (value := lookup(values, name)) is not None), None)
    if text is None:
        there = ", ".join(_UNPRINTABLE.sub("", str(name))[:40] for name in list(values)[:_SHOWN_NAMES])
        raise DataError("no_text_field", f"none of {', '.join(names)} among the fields {there or '(none)'}")
    if not isinstance(text, str):
        raise DataError("text_not_a_string", f"the text is a {type(text).__name__}")
    if "\0" in text:
        raise DataError("nul_in_text", f"a NUL at character {text.index(chr(0))}")
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise DataError("lone_surrogate", f"half of a surrogate pair at character {error.start}") from None


def _short(value: Any) -> str | None:
    """Return a text or number without control characters, or None when nothing usable is left."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = _UNPRINTABLE.sub("", str(value)[: MAX_VALUE_BYTES + 1]).strip()
    return text if text and len(text.encode()) <= MAX_VALUE_BYTES else None


def _address(value: Any) -> str | None:
    text = _short(value) if isinstance(value, str) else None
    return text if text and _ADDRESS.match(text) else None


def _day(value: Any) -> str | None:
    try:
        return date.fromisoformat(value[:10]).isoformat() if isinstance(value, str) and value[4:5] == "-" else None
    except ValueError:
        return None


def _moment(value: Any) -> str | None:
    if _day(value) is None:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None
