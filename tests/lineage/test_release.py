"""Publishing, `latest`, rollback and takedown: what moves a pointer and what may not."""

import uuid
from datetime import timedelta

import pytest

from tasks.core.errors import FatalError
from tasks.core.ids import content_id, sha256_text
from tasks.lineage.store import PostgresLineage
from tests.lineage.chain import (
    DATASET,
    STARTED,
    SUITE,
    add_chain,
    add_run,
    add_snapshot,
    publish,
    quality_rows,
    stage_release,
)

pytestmark = pytest.mark.stack
VERSION = "2026.1.0"
LATER = STARTED + timedelta(hours=1)


@pytest.fixture
def staged(lineage_store: PostgresLineage) -> tuple[str, str]:
    """A staged release, never checked: the ids of its snapshot and of a run."""
    run_id = add_run(lineage_store)
    snapshot_id = add_snapshot(lineage_store, run_id)
    stage_release(lineage_store, snapshot_id)
    return snapshot_id, run_id


def try_publish(store: PostgresLineage, suite: str = SUITE) -> int:
    """Try to publish the release; return the number of rows that moved."""
    return store.execute("publish_release", dataset=DATASET, version=VERSION, suite_sha256=suite)


def state(store: PostgresLineage) -> str:
    """Return the state of the release."""
    return str(store.fetch("release_by_version", dataset=DATASET, version=VERSION)[0]["state"])


def test_nothing_is_published_unchecked(lineage_store: PostgresLineage, staged: tuple[str, str]) -> None:
    """Without a quality run nothing moves."""
    assert try_publish(lineage_store) == 0
    assert state(lineage_store) == "staged"
    assert lineage_store.fetch("latest_release", dataset=DATASET) == []


def test_incomplete_run_does_not_count(lineage_store: PostgresLineage, staged: tuple[str, str]) -> None:
    """A run that lacks checks publishes nothing, and does not take back what a complete one said."""
    lineage_store.insert_all(quality_rows(*staged, at=STARTED, complete=False, checks=1))
    assert try_publish(lineage_store) == 0
    lineage_store.insert_all(quality_rows(*staged, at=STARTED))
    lineage_store.insert_all(quality_rows(*staged, at=LATER, complete=False, checks=1))
    assert try_publish(lineage_store) == 1


def test_last_complete_run_decides(lineage_store: PostgresLineage, staged: tuple[str, str]) -> None:
    """A failure blocks, also after a success; a success after an old failure publishes, once."""
    lineage_store.insert_all(quality_rows(*staged, at=STARTED))
    lineage_store.insert_all(quality_rows(*staged, at=LATER, failed=True))
    assert try_publish(lineage_store) == 0
    assert lineage_store.fetch("passed_quality_run", snapshot_id=staged[0], suite_sha256=SUITE) == []
    lineage_store.insert_all(quality_rows(*staged, at=LATER + timedelta(hours=1)))
    assert len(lineage_store.fetch("passed_quality_run", snapshot_id=staged[0], suite_sha256=SUITE)) == 1
    assert try_publish(lineage_store) == 1
    assert try_publish(lineage_store) == 0
    assert state(lineage_store) == "published"
    runs = lineage_store.fetch("quality_of_snapshot", snapshot_id=staged[0], suite_sha256=SUITE)
    assert [(run["success"], len(run["failed"])) for run in runs] == [(True, 0), (False, 1), (True, 0)]


def test_another_suite_or_snapshot_does_not_count(lineage_store: PostgresLineage, staged: tuple[str, str]) -> None:
    """Only a run of the given suite over this release's snapshot publishes it."""
    other = add_snapshot(lineage_store, staged[1], name="other")
    lineage_store.insert_all(quality_rows(other, staged[1], at=STARTED))
    assert try_publish(lineage_store) == 0
    lineage_store.insert_all(quality_rows(*staged, at=STARTED))
    assert try_publish(lineage_store, sha256_text("another suite")) == 0
    assert try_publish(lineage_store) == 1


@pytest.mark.parametrize(("checks", "lie"), [(1, False), (2, True)])
def test_quality_run_cannot_lie(
    lineage_store: PostgresLineage, staged: tuple[str, str], checks: int, lie: bool
) -> None:
    """A run that is called complete without its checks, or good with a failed critical one, is refused whole."""
    (_, [run]), rows = quality_rows(*staged, at=STARTED, failed=lie, checks=checks)
    with pytest.raises(FatalError, match="is called complete"):
        lineage_store.insert_all([("quality_run", [{**run, "success": True}]), rows])
    assert lineage_store.fetch("quality_of_snapshot", snapshot_id=staged[0], suite_sha256=SUITE) == []


def test_same_rows_are_one_release(lineage_store: PostgresLineage, staged: tuple[str, str]) -> None:
    """Staging again inserts nothing; the same snapshot under another version is a conflict."""
    stage_release(lineage_store, staged[0])
    with pytest.raises(FatalError, match=r"\(dataset, snapshot_id\)"):
        stage_release(lineage_store, staged[0], version="2026.1.1")
    assert [row["version"] for row in releases(lineage_store)] == [VERSION]


def releases(store: PostgresLineage) -> list[dict[str, object]]:
    """Return the releases of the partition."""
    return store.fetch("releases_of_partition", dataset=DATASET, partition_key="2026-01")


def latest(store: PostgresLineage) -> str | None:
    """Return the latest version."""
    return next((row["version"] for row in store.fetch("latest_release", dataset=DATASET)), None)


def test_latest_is_the_highest_version_unless_pinned(lineage_store: PostgresLineage) -> None:
    """Versions count as numbers; a pin holds until it is lifted; a withdrawn release is never the latest."""
    chain = add_chain(lineage_store)
    for version in ("2026.1.9", "2026.1.10", "2026.1.2"):
        publish(lineage_store, [chain], version=version)
    assert latest(lineage_store) == "2026.1.10"
    assert [row["version"] for row in releases(lineage_store)] == ["2026.1.2", "2026.1.9", "2026.1.10"]
    (before,) = lineage_store.fetch("previous_release", dataset=DATASET, version="2026.1.10")
    assert (before["version"], before["row_count"]) == ("2026.1.9", 1)

    pin = {"dataset": DATASET, "reason": "rollback"}
    assert lineage_store.execute("pin_release", version="2026.1.2", **pin) == 1
    assert latest(lineage_store) == "2026.1.2"
    publish(lineage_store, [chain], version="2026.1.11")
    assert latest(lineage_store) == "2026.1.2"
    lineage_store.execute("withdraw_release", dataset=DATASET, version="2026.1.2")
    assert latest(lineage_store) is None
    assert lineage_store.execute("pin_release", version="2026.1.2", **pin) == 0
    assert lineage_store.execute("pin_release", version=None, **pin) == 1
    assert latest(lineage_store) == "2026.1.11"
    lineage_store.execute("withdraw_release", dataset=DATASET, version="2026.1.11")
    assert latest(lineage_store) == "2026.1.10"


def test_latest_follows_the_partition_first(lineage_store: PostgresLineage) -> None:
    """A refresh of an old partition does not become the latest, whatever its version."""
    run_id = add_run(lineage_store)
    for partition_key, version in (("2026-02", "2026.2.0"), ("2026-01", "2026.10.7")):
        snapshot_id = add_snapshot(lineage_store, run_id, name=version)
        stage_release(lineage_store, snapshot_id, version=version, partition_key=partition_key)
        lineage_store.insert_all(quality_rows(snapshot_id, run_id, at=STARTED))
        lineage_store.execute("publish_release", dataset=DATASET, version=version, suite_sha256=SUITE)
    assert latest(lineage_store) == "2026.2.0"


def test_takedown_covers(lineage_store: PostgresLineage) -> None:
    """A takedown covers a document by page, by domain and its subdomains, by text or by id, and nothing else."""
    chain = add_chain(lineage_store)
    snapshot_id = publish(lineage_store, [chain])
    covering = {
        ("domain", "ferns.example"),
        ("domain", "EXAMPLE"),
        ("url", "https://Ferns.example:443/0?a=1"),
        ("text_sha256", sha256_text("text 0")),
        ("document", chain.document_id),
    }
    others = {
        ("domain", "erns.example"),
        ("domain", "www.ferns.example"),
        ("domain", "_erns.example"),
        ("url", "https://Ferns.example:443/0"),
        ("text_sha256", sha256_text("text 1")),
        ("document", str(uuid.uuid4())),
        ("document", "no id"),
    }
    rows = [
        {
            "takedown_id": content_id("takedown", *item),
            "kind": item[0],
            "value": item[1],
            "reason": "x",
            "requested_at": STARTED,
        }
        for item in covering | others
    ]
    assert lineage_store.insert("takedown", rows) == len(covering | others)
    found = lineage_store.fetch("taken_down_examples", snapshot_id=snapshot_id)
    assert {(item["kind"], item["value"]) for item in found} == covering
    assert {item["pair_id"] for item in found} == {chain.pair_id}
    assert {(item["kind"], item["value"]) for item in lineage_store.fetch("takedowns")} == covering | others


def test_usage_counts_each_request_once(lineage_store: PostgresLineage) -> None:
    """Tokens are summed by stage and model over the release's partition."""
    publish(lineage_store, [add_chain(lineage_store, number) for number in range(2)])
    usage = lineage_store.fetch("release_usage", dataset=DATASET, version=VERSION)
    assert [(row["stage"], row["model"], row["request_count"]) for row in usage] == [
        ("backtranslate", "tiny@r1", 2),
        ("rewrite", "tiny@r1", 2),
        ("score", "tiny@r1", 2),
    ]
    assert {(row["prompt_tokens"], row["output_tokens"]) for row in usage} == {(22, 10)}


def test_rows_of_a_release_in_order(lineage_store: PostgresLineage) -> None:
    """A release lists its rows in the order of its files."""
    chains = [add_chain(lineage_store, number) for number in range(3)]
    publish(lineage_store, chains)
    rows = lineage_store.fetch("examples_of_release", dataset=DATASET, version=VERSION)
    assert [row["pair_id"] for row in rows] == [chain.pair_id for chain in chains]
