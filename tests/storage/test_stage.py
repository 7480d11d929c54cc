"""One stage over one shard: committed once, complete or not at all."""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from tasks.core.config import CleanConfig, Config
from tasks.core.errors import DataError, FatalError
from tasks.core.refs import ShardRef
from tasks.core.runtime import Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.storage.manifest import open_shard
from tasks.storage.stage import commit_stage, config_id, run_stage, stage_prefix
from tests.clean.made_shard import RUN_ID, config_of, make_runtime, make_shard, rows_of

READS = pa.schema([("id", pa.int64()), ("text", pa.string())])
WRITES = pa.schema([*READS, ("length", pa.int64())])
STAGE = Stage("measure", 1, reads=READS, writes=WRITES)


def rows(count: int) -> list[dict[str, Any]]:
    return [{"id": number, "text": "x" * number} for number in range(count)]


def measure(given: Iterable[dict[str, Any]]) -> Iterator[Outcome]:
    """Rows with an odd id are rejected."""
    for row in given:
        yield Rejected(row, "odd", f"id {row['id']}") if row["id"] % 2 else {**row, "length": len(row["text"])}


def never(given: Iterable[dict[str, Any]]) -> Iterator[Outcome]:
    raise AssertionError("the work was done again")


@pytest.fixture
def rt() -> Runtime:
    return make_runtime()


@pytest.fixture
def shard(rt: Runtime) -> ShardRef:
    return make_shard(rt, rows(5), READS, "source")


def test_kept_and_rejected_rows_are_committed(rt: Runtime, shard: ShardRef) -> None:
    """Every row is in one of the two shards, rejects with reason and detail, and the manifest counts them."""
    ref = run_stage(STAGE, shard, CleanConfig(), rt, measure)
    kept, rejected = rows_of(rt, ref)
    assert kept == [{**row, "length": row["id"]} for row in rows(5)[::2]]
    assert rejected == [{**row, "reason": "odd", "detail": f"id {row['id']}"} for row in rows(5)[1::2]]
    manifest = open_shard(rt.objects, ref)
    assert (manifest.read_count, manifest.kept.row_count, manifest.reasons) == (5, 3, {"odd": 2})
    assert (manifest.stage, manifest.stage_version, manifest.config) == ("measure", 1, CleanConfig().body())
    assert manifest.inputs == [shard.model_dump()]
    assert (ref.row_count, ref.rejected_count) == (3, 2)


def test_the_manifest_is_written_last(rt: Runtime, shard: ShardRef) -> None:
    """It is the commit mark: a kill before it leaves nothing that is found again."""
    ref = run_stage(STAGE, shard, CleanConfig(), rt, measure)
    prefix = ref.key.removesuffix("/manifest.json")
    assert rt.objects.puts[-3:] == [f"{prefix}/kept.parquet", f"{prefix}/rejected.parquet", ref.key]


def test_a_commit_that_is_found_is_no_work(rt: Runtime, shard: ShardRef) -> None:
    """The second run writes no object, returns the same reference and says that it reused the rows."""
    ref = run_stage(STAGE, shard, CleanConfig(), rt, measure)
    again = make_runtime()
    again.objects = rt.objects
    puts = list(rt.objects.puts)
    assert run_stage(STAGE, shard, CleanConfig(max_reject_rate=0.9), again, never) == ref
    assert rt.objects.puts == puts
    assert again.metrics == {"reused": 5, "read": 5, "kept": 3, "rejected": 2, "rejected:odd": 2}
    assert rt.metrics == {"read": 5, "kept": 3, "rejected": 2, "rejected:odd": 2}


@pytest.mark.parametrize(
    "changed",
    [
        {"stage": Stage("measure", 2, reads=READS, writes=WRITES)},
        {"stage": Stage("other", 1, reads=READS, writes=WRITES)},
        {"config": CleanConfig(min_chars=13)},
        {"input_sha256": "1" * 64},
    ],
)
def test_where_output_lies_follows_from_what_it_is_made_of(changed: dict[str, Any]) -> None:
    """Stage, version, configuration and input each give another place; operational fields do not."""
    known: dict[str, Any] = {"stage": STAGE, "input_sha256": "0" * 64, "config": CleanConfig()}
    assert stage_prefix(**known) == stage_prefix(**{**known, "config": CleanConfig(max_reject_rate=0.5)})
    assert stage_prefix(**known) != stage_prefix(**{**known, **changed})


def test_the_same_input_gives_the_same_objects(shard: ShardRef, rt: Runtime) -> None:
    """On two hosts, byte for byte."""
    other = make_runtime()
    assert make_shard(other, rows(5), READS, "source") == shard
    assert run_stage(STAGE, shard, CleanConfig(), rt, measure) == run_stage(STAGE, shard, CleanConfig(), other, measure)
    assert rt.objects.content == other.objects.content


@pytest.mark.parametrize("count", [0, 3, 4, 6])
def test_rows_that_went_missing_are_fatal(rt: Runtime, shard: ShardRef, count: int) -> None:
    """A stage that loses or doubles a row commits nothing at all."""
    before = set(rt.objects.content)
    wrong = [{"id": 1}] * count
    with pytest.raises(FatalError, match=f"5 rows in, {count} outcomes"):
        run_stage(STAGE, shard, CleanConfig(), rt, lambda given: wrong)
    assert set(rt.objects.content) == before
    assert "snapshot" not in rt.lineage.tables


def test_an_error_in_the_middle_commits_nothing(rt: Runtime, shard: ShardRef) -> None:
    """Half a shard is no shard."""

    def broken(given: Iterable[dict[str, Any]]) -> Iterator[Outcome]:
        yield from list(measure(given))[:2]
        raise DataError("bad", "luck")

    before = set(rt.objects.content)
    with pytest.raises(DataError):
        run_stage(STAGE, shard, CleanConfig(), rt, broken)
    assert set(rt.objects.content) == before


@pytest.mark.parametrize(("bound", "is_fatal"), [(0.4, False), (0.39, True), (0.0, True), (1.0, False)])
def test_too_many_rejects_are_fatal(rt: Runtime, shard: ShardRef, bound: float, is_fatal: bool) -> None:
    """Two of five is 0.4, which a bound of 0.4 allows; the message names reasons and the field to change."""
    before = set(rt.objects.content)
    config = config_of(CleanConfig, max_reject_rate=bound)
    if not is_fatal:
        assert run_stage(STAGE, shard, config, rt, measure).rejected_count == 2
        return
    with pytest.raises(FatalError, match=r"2 of 5 rows rejected.*odd 2.*measure\.max_reject_rate"):
        run_stage(STAGE, shard, config, rt, measure)
    assert set(rt.objects.content) == before


def test_an_empty_shard_is_no_reject_rate(rt: Runtime) -> None:
    """Nothing of nothing is not too much."""
    empty = make_shard(rt, [], READS, "source")
    assert run_stage(STAGE, empty, CleanConfig(max_reject_rate=0.0), rt, measure).row_count == 0


def test_input_that_was_changed_after_its_commit_is_fatal(rt: Runtime, shard: ShardRef) -> None:
    """The reference holds the digest of the manifest."""
    make_shard(rt, rows(4), READS, "source")
    with pytest.raises(FatalError, match="changed after its commit"):
        run_stage(STAGE, shard, CleanConfig(), rt, measure)


def test_a_huge_detail_is_cut(rt: Runtime, shard: ShardRef) -> None:
    """A reject's detail is for people, whatever a web page put into it."""
    ref = run_stage(STAGE, shard, CleanConfig(), rt, lambda given: [Rejected(row, "odd", "x" * 10**6) for row in given])
    assert max(len(row["detail"]) for row in rows_of(rt, ref)[1]) == 2_000


def test_facts_are_taken_when_the_work_is_done(rt: Runtime) -> None:
    """A histogram is known only after the last row."""
    seen: list[int] = []

    def outcomes() -> Iterator[Outcome]:
        for row in rows(3):
            seen.append(row["id"])
            yield {**row, "length": 0}

    ref = commit_stage(
        STAGE,
        input_sha256="0" * 64,
        inputs=[],
        config=Config(),
        rt=rt,
        outcomes=outcomes,
        facts=lambda: {"n": len(seen)},
    )
    assert open_shard(rt.objects, ref).facts == {"n": 3}


@pytest.mark.parametrize("is_found", [False, True])
def test_each_try_is_recorded(rt: Runtime, shard: ShardRef, is_found: bool) -> None:
    """The configuration, what was read and what was made are in lineage, also for a commit that was found."""
    if is_found:
        run_stage(STAGE, shard, CleanConfig(), rt, measure)
        rt = Runtime(objects=rt.objects, lineage=make_runtime().lineage, run=rt.run)
    ref = run_stage(STAGE, shard, CleanConfig(), rt, never if is_found else measure)
    (config,) = rt.lineage.tables["config"]
    assert config == {
        "config_id": config_id("measure", CleanConfig()),
        "kind": "measure",
        "body": CleanConfig().body(),
    }
    (snapshot,) = rt.lineage.tables["snapshot"]
    assert (snapshot["manifest_uri"], snapshot["manifest_sha256"], snapshot["row_count"]) == (ref.key, ref.sha256, 3)
    assert (snapshot["partition_key"], snapshot["generated_by"]) == ("2026-10", RUN_ID)
    used = [params for _, name, params in rt.lineage.calls if name == "record_run_used"]
    assert used == [{"run_id": RUN_ID, "manifest_sha256": shard.sha256}]
