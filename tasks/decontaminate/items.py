"""Reads the items of an evaluation set from the user's file.

| format | an item is |
|---|---|
| jsonl | a line: an object, or a text |
| json | an element of the list, or of the first list in the object (`examples`, `data`, …) |
| csv, tsv | a row; the first row names the fields, unless the specification numbers them |
| txt | a paragraph where there are blank lines, else a line |
| parquet | a row |

Its texts are those of the fields that the specification names, or of those in `KNOWN_FIELDS`, with what is nested in
them: the turns of a conversation, the choices of a question.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.core.decontaminate_config import EvaluationSet
from tasks.core.errors import ConfigError

# What evaluation sets ask in: AlpacaEval `instruction`; IFEval, HumanEval and BigCodeBench `prompt`; MT-bench `turns`,
# in its older files `turn_1` and `turn_2`; MMLU, ARC and CommonsenseQA `question` with `choices`; GSM8K and TruthfulQA
# `question`; MMLU-Pro `question` with `options`; MATH `problem`; MBPP `text`; BIG-Bench Hard and Super-NI `input`;
# HellaSwag `ctx` with `endings`; PIQA `goal`; WinoGrande `sentence`; Arena-Hard and MixEval `turns` and `prompt`.
# Reference answers and passages to read are not among them: a specification names those it wants looked for.
KNOWN_FIELDS = (
    *("instruction", "prompt", "turns", "turn_1", "turn_2", "question", "problem", "query", "goal", "ctx", "sentence"),
    *("text", "input", "choices", "options", "endings"),
)
KNOWN_NAMES = ("id", "task_id", "question_id", "unique_id", "key", "qid", "uid")
# More than any set of texts; a file that unpacks to more is no evaluation set.
MAX_BYTES = 1 << 30
_CODECS: dict[bytes, Literal["gzip", "zstd"]] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Item:
    """One item: the set it is of, what it is called there, and its texts in order."""

    set_name: str
    name: str
    texts: tuple[str, ...]


def items(data: bytes, source: EvaluationSet) -> list[Item]:
    """Return the items of a set in the order of its file.

    An item's name is its identifier where it has one, else its place, counted from 1. Raises ConfigError naming the
    set when `data` is not what `source.format` says, or no item has any of the fields.
    """
    try:
        read = [(_name(value), tuple(_texts(value, source.fields)), value) for value in _values(data, source)]
    except (ValueError, RecursionError, csv.Error, pa.ArrowException, OSError) as error:
        raise ConfigError(f"evaluation set {source.name}: {source.file.uri} is no {source.format} ({error})") from error
    if not any(texts for _, texts, _ in read):
        there = sorted({str(name) for _, _, value in read[:1_000] if isinstance(value, dict) for name in value})
        raise ConfigError(
            f"evaluation set {source.name}: {source.file.uri} has {len(read)} items, and none has text in any of "
            f"{', '.join(source.fields or KNOWN_FIELDS)}; there are {', '.join(there[:30]) or 'no fields'}; "
            "name the right ones under fields"
        )
    return [Item(source.name, name or str(place), texts) for place, (name, texts, _) in enumerate(read, start=1)]


def _values(data: bytes, source: EvaluationSet) -> Iterable[Any]:
    return _READERS[source.format](_unpacked(data), source)


def _unpacked(data: bytes) -> bytes:
    codec = next((name for magic, name in _CODECS.items() if data.startswith(magic)), None)
    if codec is None:
        return data
    with pa.CompressedInputStream(pa.BufferReader(data), codec) as stream:
        plain = bytes(stream.read(MAX_BYTES + 1))
    if len(plain) > MAX_BYTES:
        raise ValueError(f"it unpacks to more than {MAX_BYTES} bytes")
    return plain


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace")


def _jsonl(data: bytes, source: EvaluationSet) -> Iterator[Any]:
    # Not splitlines: a text may hold U+2028 as it is.
    for number, line in enumerate(_text(data).split("\n"), start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from error


def _json(data: bytes, source: EvaluationSet) -> Iterable[Any]:
    value = json.loads(_text(data))
    if isinstance(value, dict):
        value = next((item for item in value.values() if isinstance(item, list)), None)
    if not isinstance(value, list):
        raise ValueError("there is no list in it")
    return value


def _table(data: bytes, source: EvaluationSet) -> Iterator[Any]:
    csv.field_size_limit(MAX_BYTES)
    file = io.StringIO(_text(data).replace("\0", ""), newline="")
    rows = csv.reader(file, delimiter="\t" if source.format == "tsv" else ",")
    is_numbered = bool(source.fields) and all(name.isdecimal() for name in source.fields)
    header = None if is_numbered else next(rows, None)
    for row in rows:
        if row:
            yield dict(zip(header or map(str, range(len(row))), row, strict=False))


def _lines(data: bytes, source: EvaluationSet) -> list[str]:
    text = _text(data).replace("\r\n", "\n").strip()
    parts = _PARAGRAPH.split(text) if _PARAGRAPH.search(text) else text.split("\n")
    return [part for part in parts if part.strip()]


def _parquet(data: bytes, source: EvaluationSet) -> Iterator[Any]:
    for batch in pq.ParquetFile(pa.BufferReader(data)).iter_batches(batch_size=1_000):
        yield from batch.to_pylist()


_READERS = {"jsonl": _jsonl, "json": _json, "csv": _table, "tsv": _table, "txt": _lines, "parquet": _parquet}


def _texts(value: Any, fields: tuple[str, ...]) -> Iterator[str]:
    """Yield the texts of the wanted fields, in the order in which they are wanted."""
    if not isinstance(value, dict):
        yield from _flat(value)
        return
    named = {str(name).lower(): item for name, item in value.items()}
    for name in fields or KNOWN_FIELDS:
        yield from _flat(named.get(name.lower()))


def _flat(value: Any) -> Iterator[str]:
    """Yield the texts and numbers in a value, however deep; truth values and empty texts are none."""
    match value:
        case str() if value.strip():
            yield value
        case bool() | None:
            return
        case int() | float():
            yield str(value)
        case dict():
            for item in value.values():
                yield from _flat(item)
        case list() | tuple():
            for item in value:
                yield from _flat(item)


def _name(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    found = next((value[name] for name in KNOWN_NAMES if isinstance(value.get(name), str | int)), "")
    return str(found)[:100]
