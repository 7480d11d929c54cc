"""Evaluation sets in the files that people have."""

import csv
import gzip
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.core.decontaminate_config import EvaluationSet
from tasks.core.errors import ConfigError
from tasks.decontaminate.items import items
from tests.decontaminate.made_sets import jsonl, set_of

ROWS: list[dict[str, Any]] = [
    {"question": "Which gas rises?", "choices": ["Helium", "Radon"], "answer": 0},
    {"question": "Which stone floats?", "choices": ["Pumice", "Slate"], "answer": 1},
]
TEXTS = [("Which gas rises?", "Helium", "Radon"), ("Which stone floats?", "Pumice", "Slate")]


def texts_of(data: bytes, uri: str, **fields: Any) -> list[tuple[str, ...]]:
    return [item.texts for item in items(data, set_of(uri, **fields))]


def parquet(rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def table(rows: list[list[str]], delimiter: str = ",") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode()


@pytest.mark.parametrize(
    ("uri", "data"),
    [
        ("a/b.jsonl", jsonl(ROWS)),
        ("b.JSONL.gz", gzip.compress(jsonl(ROWS[:1])) + gzip.compress(jsonl(ROWS[1:]))),
        ("b.jsonl.zst", pa.Codec("zstd").compress(jsonl(ROWS), asbytes=True)),
        ("b.json", json.dumps(ROWS).encode()),
        ("b.json", json.dumps({"canary": "x", "examples": ROWS}).encode()),
        ("s3://bucket/b.parquet", parquet(ROWS)),
    ],
)
def test_every_format_gives_the_same_items(uri: str, data: bytes) -> None:
    """The format is told by the file's name, and the compression by its bytes."""
    assert texts_of(data, uri) == TEXTS


def test_tables_with_and_without_a_header() -> None:
    """Columns by name, whatever its case, or by number."""
    rows = [["Which gas, if any, rises?", "Helium"], ["Which stone\nfloats?", "Pumice"]]
    wanted = [("Which gas, if any, rises?",), ("Which stone\nfloats?",)]
    assert texts_of(table([["Question", "Answer"], *rows]), "a.csv") == wanted
    assert texts_of(table([["Question", "Answer"], *rows], "\t"), "a.tsv") == wanted
    assert texts_of(table(rows), "a.csv", fields=["0", "1"]) == [tuple(row) for row in rows]


def test_plain_texts() -> None:
    """A line is an item; where there are blank lines, a paragraph is."""
    assert texts_of(b"one\ntwo\r\n", "a.txt") == [("one",), ("two",)]
    assert texts_of(b"one\nand a half\r\n\r\ntwo\n", "a.txt") == [("one\nand a half",), ("two",)]


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ({"dataset": "d", "instruction": "Bake.", "output": "Done.", "generator": "g"}, ("Bake.",)),
        ({"question_id": 81, "category": "c", "turns": ["One.", "Two."], "reference": ["r"]}, ("One.", "Two.")),
        ({"key": 1, "prompt": "Write.", "instruction_id_list": ["x:y"], "kwargs": [{}]}, ("Write.",)),
        ({"task_id": "T/0", "prompt": "def f():", "canonical_solution": "return", "test": "assert"}, ("def f():",)),
        ({"id": "a", "question": {"stem": "Why?", "choices": [{"text": "So.", "label": "A"}]}}, ("Why?", "So.", "A")),
        ({"ctx": "A man", "endings": ["runs.", "sits."], "label": "1"}, ("A man", "runs.", "sits.")),
        ("a text", ("a text",)),
    ],
)
def test_known_layouts(value: Any, texts: tuple[str, ...]) -> None:
    """The side that is asked, without answers, in the layouts of well-known sets."""
    assert texts_of(json.dumps(value).encode(), "a.jsonl") == [texts]


def test_fields_can_be_named() -> None:
    """In the order given, with what is nested in them; numbers are texts, truth values are not."""
    value = {"q": "Why?", "meta": {"hints": ["h1", None, True, 7]}, "answer": "So."}
    assert texts_of(jsonl([value]), "a.jsonl", fields=["answer", "META"]) == [("So.", "h1", "7")]


def test_items_are_named_by_their_identifier_or_their_place() -> None:
    """Which is what a reject tells."""
    values = [{"prompt": "a"}, {"prompt": "b", "task_id": "Made/7"}, {"prompt": "c", "key": 12}, {"other": "d"}]
    found = items(jsonl(values), set_of(name="made_set"))
    assert [(item.set_name, item.name) for item in found] == [
        ("made_set", "1"),
        ("made_set", "Made/7"),
        ("made_set", "12"),
        ("made_set", "4"),
    ]
    assert found[3].texts == ()


@pytest.mark.parametrize(
    ("uri", "data", "message"),
    [
        ("a.jsonl", b'{"prompt": "a"}\n{"prompt": \n', "evaluation set made: a.jsonl is no jsonl .line 2"),
        ("a.json", b'{"a": 1}', "no list in it"),
        ("a.json", b"[" * 100_000, "is no json"),
        ("a.parquet", b"PAR1", "is no parquet"),
        ("a.jsonl", b"\x1f\x8b\x08 broken", "is no jsonl"),
        ("a.jsonl", b"", "has 0 items"),
        ("a.jsonl", b'{"frage": "Warum?", "antwort": "Darum."}', "none has text in any of .*there are antwort, frage"),
    ],
)
def test_a_set_that_cannot_be_read_stops_the_run(uri: str, data: bytes, message: str) -> None:
    """With the name of the set, and what is there instead."""
    with pytest.raises(ConfigError, match=message):
        items(data, set_of(uri))


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb is no evaluation set."""
    monkeypatch.setattr("tasks.decontaminate.items.MAX_BYTES", 1_000)
    with pytest.raises(ConfigError, match="unpacks to more than 1000 bytes"):
        items(gzip.compress(b" " * 100_000), set_of())


def test_a_name_that_tells_no_format_needs_one() -> None:
    """It is part of the digest, and the file's name is not, so it is settled when the specification is read."""
    with pytest.raises(ValueError, match=r"format: 's3://bucket/questions' does not tell it"):
        set_of("s3://bucket/questions")
    named = set_of("s3://bucket/questions", format="jsonl")
    assert named.sha256 == set_of("elsewhere.jsonl").sha256
    assert named.sha256 != set_of("elsewhere.csv").sha256
    assert EvaluationSet.model_validate(named.model_dump()) == named


def test_a_set_without_a_file_is_told_so() -> None:
    """And not that the format is missing."""
    with pytest.raises(ValueError, match=r"(?s)file\n.*Field required.*uri\n"):
        EvaluationSet.model_validate({"name": "made", "uri": "made.jsonl"})
