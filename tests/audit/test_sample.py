"""The sample of a release, drawn by the real PostgreSQL."""

import pytest

from tasks.audit.rederive import Release
from tasks.lineage.store import PostgresLineage
from tests.audit.made_release import SPEC
from tests.fakes.objects import MemoryObjects
from tests.lineage.chain import DATASET, add_chain, publish

pytestmark = pytest.mark.stack
ROWS = 6


@pytest.fixture
def release(lineage_store: PostgresLineage) -> Release:
    """A release of six rows, beside another one of the same rows."""
    chains = [add_chain(lineage_store, number) for number in range(ROWS)]
    publish(lineage_store, chains)
    publish(lineage_store, chains[::-1], version="2026.1.1")
    return Release(
        spec=SPEC.model_copy(update={"name": DATASET}),
        version="2026.1.1",
        objects=MemoryObjects(),
        lineage=lineage_store,
        open_source=lambda root: MemoryObjects(),
    )


def test_salt_chooses_the_rows(release: Release) -> None:
    """A salt always takes the same rows, and over many salts each row is taken."""
    taken = {f"run {number}": release.sample(2, f"run {number}") for number in range(20)}
    assert all(len(rows) == 2 for rows in taken.values())
    assert release.sample(2, "run 3") == taken["run 3"]
    assert len({row["pair_id"] for rows in taken.values() for row in rows}) == ROWS


def test_sampled_rows_are_whole_and_in_order(release: Release) -> None:
    """They are the rows that a verification of the release sees, in its order, and of no other release."""
    rows = release.sample(100, "any")
    assert rows == release.rows()
    assert [row["shard_row"] for row in rows] == list(range(ROWS))
    assert {row["shard_key"] for row in rows} == {"candidates/2026.1.1.parquet"}


def test_only_the_chosen_rows_are_loaded(
    release: Release, lineage_store: PostgresLineage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release of a million rows must not be in memory for the sake of twenty."""
    fetched: list[int] = []
    fetch = lineage_store.fetch

    def counted(query: str, **params: object) -> list[dict[str, object]]:
        rows = fetch(query, **params)
        fetched.append(len(rows))
        return rows

    monkeypatch.setattr(lineage_store, "fetch", counted)
    assert len(release.sample(2, "run")) == 2
    assert fetched == [2, 1, 1]


def test_lineage_gives_all_that_is_compared(release: Release) -> None:
    """The judge, the prompt and the policies of a row come from the view under the names that are looked for."""
    row = release.rows()[0]
    assert row["language"] == "en"
    (judgement,) = row["scores"]
    assert (judgement["judge"], judgement["prompt"], judgement["value"]) == ("tiny@r1", "score@1", 5)
    assert {(item["policy"], item["kept"]) for item in row["decisions"]} == {("curate", True), ("verify", True)}
    assert {"min_score": 5} in [item["policy_config"] for item in row["decisions"]]
