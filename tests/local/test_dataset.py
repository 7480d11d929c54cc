"""Giving WARC files to a dataset, waiting for its Dags, and finding what was published."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tasks.core.errors import ConfigError, RetriableError
from tasks.core.spec import DATASETS
from tasks.local import dataset
from tasks.local.dataset import published, put_sources, spec_of, wait_for_dags
from tasks.storage.shards import ShardWriter
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

KEY = "2026-10"


@pytest.fixture
def warc(tmp_path: Path) -> Path:
    path = tmp_path / "pages.warc.gz"
    path.write_bytes(b"WARC bytes")
    return path


def test_a_dataset_that_does_not_exist_names_those_that_do() -> None:
    """And says how to add one."""
    with pytest.raises(ConfigError, match="no dataset 'demmo'; there are demo, my_pages, web_instructions") as caught:
        spec_of("demmo")
    assert str(DATASETS / "demmo.yaml") in str(caught.value)
    assert spec_of("demo").name == "demo"


def test_files_land_where_the_specification_looks(warc: Path) -> None:
    """Once: the same file given again is not new."""
    objects: Any = MemoryObjects()
    spec = spec_of("my_pages")
    assert put_sources(objects, spec, KEY, [warc]) == 1
    assert objects.content == {f"sources/my_pages/{KEY}/pages.warc.gz": b"WARC bytes"}
    assert put_sources(objects, spec, KEY, [warc]) == 0
    assert put_sources(objects, spec, "2026-11", [warc]) == 1


@pytest.mark.parametrize("other", [b"WARC other", b"longer than before"])
def test_another_file_of_the_same_name_is_refused(warc: Path, other: bytes) -> None:
    """Of the same size or not: a record that was read never changes in place."""
    objects: Any = MemoryObjects()
    put_sources(objects, spec_of("my_pages"), KEY, [warc])
    warc.write_bytes(other)
    with pytest.raises(ConfigError, match="holds another file of this name"):
        put_sources(objects, spec_of("my_pages"), KEY, [warc])
    assert list(objects.content.values()) == [b"WARC bytes"]


def test_a_name_that_would_never_be_read_is_refused(tmp_path: Path) -> None:
    """The pattern of the specification is told."""
    path = tmp_path / "pages.zip"
    path.write_bytes(b"")
    with pytest.raises(ConfigError, match=r"does not match \{partition\}/\*\.warc\*"):
        put_sources(MemoryObjects(), spec_of("my_pages"), KEY, [path])  # type: ignore[arg-type]


def test_a_dataset_that_reads_elsewhere_is_refused(warc: Path) -> None:
    """Files are put into our bucket only."""
    spec = spec_of("my_pages")
    elsewhere = spec.model_copy(update={"source": spec.source.model_copy(update={"uri": "s3://other/x"})})
    with pytest.raises(ConfigError, match="reads s3://other/x"):
        put_sources(MemoryObjects(), elsewhere, KEY, [warc])  # type: ignore[arg-type]


class FakeAirflow:
    """Knows one more Dag with every look."""

    def __init__(self, errors: list[dict[str, str]] | None = None, known: int = 0) -> None:
        self.errors = errors or []
        self.known = known
        self.looks = 0

    def dags(self) -> list[dict[str, str]]:
        self.looks += 1
        names = [f"{family}__made" for family in dataset.FAMILIES]
        return [{"dag_id": name} for name in names[: self.known + self.looks]]

    def import_errors(self) -> list[dict[str, str]]:
        return self.errors


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []
    monkeypatch.setattr(dataset.time, "sleep", taken.append)
    return taken


def test_dags_are_waited_for(naps: list[float]) -> None:
    """Until the last of the three is there."""
    airflow = FakeAirflow()
    wait_for_dags(airflow, "made")  # type: ignore[arg-type]
    assert airflow.looks == 3 and len(naps) == 2


def test_a_dag_file_that_cannot_be_read_is_shown(naps: list[float]) -> None:
    """At once, with its trace."""
    airflow = FakeAirflow(
        [{"filename": "web_corpus.py", "stack_trace": "SyntaxError: no", "timestamp": "2999-01-01T00:00:00Z"}]
    )
    with pytest.raises(ConfigError, match=r"web_corpus\.py:\nSyntaxError: no"):
        wait_for_dags(airflow, "made")  # type: ignore[arg-type]


def test_patience_ends(naps: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """The Dags that are missing are named."""
    monkeypatch.setattr(dataset, "PARSE_SECONDS", -1.0)
    with pytest.raises(RetriableError, match="instruction_pairs__made"):
        wait_for_dags(FakeAirflow(), "made")  # type: ignore[arg-type]


def store(objects: MemoryObjects, key: str, ids: list[str]) -> None:
    with ShardWriter(pa.schema([("id", pa.string())])) as writer:
        for row_id in ids:
            writer.write({"id": row_id})
        writer.upload(objects, key)


def test_the_newest_published_release_is_found() -> None:
    """With the rows of all its shards, and of no other version."""
    objects = MemoryObjects({"releases/made/2026.10.1/README.md": b"card"})
    store(objects, "releases/made/2026.10.1/data/a.parquet", ["1", "2"])
    store(objects, "releases/made/2026.10.1/data/b.parquet", ["3"])
    store(objects, "releases/made/2026.10.10/data/a.parquet", ["x"])
    versions = [("2026.10.0", "published"), ("2026.10.1", "published"), ("2026.10.10", "staged")]
    lineage: Any = RecordingLineage(
        {"releases_of_partition": [{"version": version, "state": state, "row_count": 3} for version, state in versions]}
    )
    found = published(lineage, objects, "made", KEY)
    assert found is not None
    assert (found.version, found.row_count, found.folder) == ("2026.10.1", 3, "releases/made/2026.10.1")
    assert [row["id"] for row in found.rows] == ["1", "2", "3"]
    some = published(lineage, objects, "made", KEY, limit=2)
    assert some is not None
    assert ([row["id"] for row in some.rows], some.row_count) == (["1", "2"], 3)


@pytest.mark.parametrize(("limit", "ids"), [(0, []), (1, ["1"]), (3, ["1", "2", "3"]), (9, ["1", "2", "3", "4"])])
def test_no_more_rows_are_read_than_are_shown(limit: int, ids: list[str]) -> None:
    """How many there are is told all the same, and shards that are not needed are left alone."""
    objects = MemoryObjects()
    store(objects, "releases/made/1.0.0/data/a.parquet", ["1", "2"])
    store(objects, "releases/made/1.0.0/data/b.parquet", ["3"])
    store(objects, "releases/made/1.0.0/data/c.parquet", ["4"])
    row = {"version": "1.0.0", "state": "published", "row_count": 4}
    lineage: Any = RecordingLineage({"releases_of_partition": [row]})
    found = published(lineage, objects, "made", KEY, limit=limit)
    assert found is not None and found.row_count == 4
    assert [row["id"] for row in found.rows] == ids
    assert ("releases/made/1.0.0/data/c.parquet" in objects.gets) == (limit == 9)


def test_nothing_published_is_none() -> None:
    """A staged release is not published."""
    lineage: Any = RecordingLineage({"releases_of_partition": [{"version": "1.0.0", "state": "staged"}]})
    assert published(lineage, MemoryObjects(), "made", KEY) is None
