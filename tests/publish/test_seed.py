"""Seed pairs are published beside the rows, and a bad file is named by its line."""

import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tasks.core.errors import ConfigError
from tasks.publish import assemble
from tasks.publish.candidate import RELEASE, load_candidate
from tasks.publish.card import render_card
from tasks.publish.seed import read_seed
from tasks.quality.run import run as check
from tasks.storage.objects import open_source
from tests.publish.made_pairs import make_row, make_runtime, make_snapshot, make_spec

PAIRS = [
    {"instruction": "Why is the sky blue?", "response": "Air scatters blue light most."},
    {"instruction": "Say it in German.", "response": "Der Himmel ist blau.", "source": "ignored"},
]


@pytest.fixture
def seed_file(tmp_path: Path) -> Path:
    path = tmp_path / "seed.jsonl"
    path.write_text("\n".join(json.dumps(pair) for pair in PAIRS) + "\n\n", encoding="utf-8")
    return path


def spec_of(path: Path, **release: Any) -> Any:
    return make_spec(release={"title": "t", "licence": "other", "seed_pairs": str(path), **release})


def runtime() -> Any:
    rt = make_runtime()
    rt.source_store = lambda root: open_source(root, None)  # type: ignore[arg-type]
    return rt


def made(spec: Any, rt: Any) -> tuple[Any, Any]:
    ref = assemble.run(make_snapshot(rt.objects, [[make_row(1), make_row(2)]], spec), spec, rt)
    return ref, load_candidate(rt.objects, ref)


@pytest.mark.parametrize("tags", [True, False])
def test_seed_pairs_lie_beside_in_the_same_form(seed_file: Path, tags: bool) -> None:
    """The columns of the rows, with their own tag; nothing that a pipeline would know is claimed of them."""
    spec, rt = spec_of(seed_file, tags=tags), runtime()
    ref, manifest = made(spec, rt)
    folder = ref.key.rpartition("/")[0]
    table = pq.read_table(io.BytesIO(rt.objects.get(f"{folder}/seed.parquet")))
    assert table.schema.equals(RELEASE)
    end = f"\n\n{spec.release.seed_tag}" if tags else ""
    for row, pair in zip(table.to_pylist(), PAIRS, strict=True):
        assert [part["content"] for part in row["messages"]] == [pair["instruction"] + end, pair["response"]]
        assert {name for name, value in row.items() if value is not None} == {"id", "messages"}
    (told,) = [file for file in manifest.files if file.path == "seed.parquet"]
    assert (told.row_count, manifest.row_count, manifest.seed.row_count) == (2, 2, 2)


def test_they_are_no_rows_of_the_release(seed_file: Path) -> None:
    """They are not recorded as examples, and the gate does not count them."""
    spec, rt = spec_of(seed_file), runtime()
    ref, _ = made(spec, rt)
    assert len(rt.lineage.tables["example"]) == 2
    assert check(ref, spec, rt).success


def test_the_card_counts_them(seed_file: Path) -> None:
    """With the digest of the file and the name of the split."""
    spec, rt = spec_of(seed_file, tags=True), runtime()
    _, manifest = made(spec, rt)
    card = render_card(manifest, "2026.10.0")
    assert "2 seed pairs, in `seed.parquet` (split `seed`)" in card and manifest.seed.sha256 in card
    assert "path: seed.parquet" in card and spec.release.seed_tag in card and spec.release.data_tag in card
    assert "2 in = 2" not in card


def test_another_seed_file_is_another_candidate(seed_file: Path) -> None:
    """Its content counts, the place where it lies does not."""
    rt = runtime()
    first, _ = made(spec_of(seed_file), rt)
    moved = seed_file.with_name("moved.jsonl")
    moved.write_bytes(seed_file.read_bytes())
    assert made(spec_of(moved), rt)[0] == first
    moved.write_text(json.dumps(PAIRS[0]))
    assert made(spec_of(moved), rt)[0].key != first.key


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2: is no JSON"),
        ("[1]", "line 2: must be an object"),
        ('"text"', "line 2: must be an object"),
        ('{"instruction": "x"}', "line 2: response is missing, or is no text"),
        ('{"instruction": " ", "response": "x"}', "line 2: instruction is missing, or is no text"),
        ('{"instruction": 5, "response": "x"}', "line 2: instruction is missing"),
        ('{"instruction": "\\ud800", "response": "x"}', "line 2: instruction holds half of a character"),
        (json.dumps(PAIRS[0]), "line 2: repeats line 1"),
        ("[" * 100_000, "line 2: is no JSON"),
    ],
)
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: str, told: str) -> None:
    """File and line, before anything is written."""
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(PAIRS[0]) + "\n" + line + "\n")
    with pytest.raises(ConfigError) as caught:
        read_seed(spec_of(path).release, runtime())
    assert told in str(caught.value) and str(path) in str(caught.value)


@pytest.mark.parametrize(("data", "told"), [(b"", "holds no pair"), (b"\n \n", "holds no pair"), (b"\xff", "no UTF-8")])
def test_a_file_that_is_no_seed(tmp_path: Path, data: bytes, told: str) -> None:
    """Empty, or not text."""
    path = tmp_path / "bad.jsonl"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=told):
        read_seed(spec_of(path).release, runtime())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It is named."""
    with pytest.raises(ConfigError, match="there is no such file"):
        read_seed(spec_of(tmp_path / "none.jsonl").release, runtime())
    assert read_seed(make_spec().release, runtime()) is None
