"""Rows in the text format of PostgreSQL's COPY (the manual's page on COPY, "Text Format")."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from tasks.core.errors import DataError
from tasks.core.ids import canonical_json

NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def encode_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    """Return `rows` as COPY text in UTF-8; a column that a row lacks is NULL, dictionaries and lists become JSON.

    Raises DataError for what PostgreSQL cannot hold: NUL characters, lone surrogates, NaN in JSON.
    """
    return b"".join(_line(row, columns) for row in rows)


def _line(row: Mapping[str, Any], columns: Sequence[str]) -> bytes:
    line = "\t".join(_field(row.get(name), name) for name in columns) + "\n"
    try:
        return line.encode()
    except UnicodeEncodeError as error:
        raise DataError("lone_surrogate", f"a value of row {_shown(row)} is no Unicode text: {error.reason}") from error


def _field(value: Any, column: str) -> str:
    match value:
        case None:
            return NULL
        case bool():
            return "t" if value else "f"
        case str():
            text = value
        case int() | float() | UUID():
            text = str(value)
        case date():
            text = value.isoformat()
        case Mapping() | list() | tuple():
            text = _json(value, column)
        case _:
            raise TypeError(f"column {column}: a {type(value).__name__} cannot be stored")
    if "\x00" in text:
        raise DataError("nul_character", f"column {column} holds a NUL, which PostgreSQL refuses: {text[:80]!r}")
    return text.translate(_ESCAPES)


def _json(value: Any, column: str) -> str:
    try:
        return canonical_json(value)
    except ValueError as error:
        raise DataError("not_json", f"column {column}: {error}") from error


def _shown(row: Mapping[str, Any]) -> str:
    return repr(next(iter(row.values()), None))
