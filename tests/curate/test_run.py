"""The stage that keeps the best pairs, and the decisions it leaves on record."""

import pytest

from tasks.core.config import CurateConfig
from tasks.core.ids import content_id
from tasks.core.records import SCORED
from tasks.core.refs import ShardRef
from tasks.core.runtime import Runtime
from tasks.curate.run import run
from tests.clean.made_shard import RUN_ID, config_of, make_runtime, make_shard, rows_of

CONFIG = config_of(CurateConfig)


def scored(rt: Runtime, *scores: float) -> ShardRef:
    """A shard of pairs with these scores, whose ids are pair-0, pair-1 and so on."""
    rows = [
        {
            "document_id": str(number),
            "draft_pair_id": f"pair-{number}",
            "score": score,
            "text": "Cut it.",
            "title": "Rose",
        }
        for number, score in enumerate(scores)
    ]
    return make_shard(rt, rows, SCORED, "score")


@pytest.mark.parametrize(("min_score", "kept_pairs"), [(5, [4]), (4, [3, 4]), (1, [0, 1, 2, 3, 4])])
def test_keeps_scores_from_the_threshold_on(min_score: int, kept_pairs: list[int]) -> None:
    """The threshold itself is kept, what lies below is rejected with both numbers."""
    rt = make_runtime()
    kept, dropped = rows_of(rt, run(scored(rt, 1, 2, 3, 4, 5), config_of(CurateConfig, min_score=min_score), rt))
    assert [row["draft_pair_id"] for row in kept] == [f"pair-{number}" for number in kept_pairs]
    assert {row["reason"] for row in dropped} <= {"score_below_threshold"}
    assert [row["detail"] for row in dropped] == [f"{row['score']:.0f} < {min_score}" for row in dropped]
    assert len(kept) + len(dropped) == 5


def test_every_pair_gets_a_decision() -> None:
    """Kept or not, each pair has one decision that names policy, reason and run."""
    rt = make_runtime()
    run(scored(rt, 5, 3), CONFIG, rt)
    policy = content_id("config", "curate", {"min_score": 5.0})
    common = {"config_id": policy, "generated_by": RUN_ID}
    assert rt.lineage.tables["decision"] == [  # type: ignore[attr-defined]
        {"pair_id": "pair-0", "score": 5.0, "kept": True, "reason": "score>=5", **common},
        {"pair_id": "pair-1", "score": 3.0, "kept": False, "reason": "score_below_threshold", **common},
    ]
    assert rt.lineage.tables["config"] == [  # type: ignore[attr-defined]
        {"config_id": policy, "kind": "curate", "body": {"min_score": 5.0}}
    ]


def test_the_policy_is_on_record_before_its_decisions() -> None:
    """A decision points to its configuration, so that one comes first."""
    rt = make_runtime()
    run(scored(rt, 5), CONFIG, rt)
    tables = list(rt.lineage.tables)  # type: ignore[attr-defined]
    assert tables.index("config") < tables.index("decision") < tables.index("snapshot")


def test_a_second_run_decides_nothing_again() -> None:
    """The commit of the first run is found, and no decision is added."""
    rt = make_runtime()
    shard = scored(rt, 5, 3)
    first = run(shard, CONFIG, rt)
    assert run(shard, CONFIG, rt) == first
    assert len(rt.lineage.tables["decision"]) == 2  # type: ignore[attr-defined]


def test_a_try_that_could_not_decide_commits_nothing() -> None:
    """Where the decisions cannot be written there is no commit either, and the next try starts over."""
    rt = make_runtime()
    shard = scored(rt, 5)
    insert = rt.lineage.insert

    def refuse(table: str, rows: object) -> int:
        if table == "decision":
            raise ConnectionError("lineage is away")
        return insert(table, rows)  # type: ignore[arg-type]

    rt.lineage.insert = refuse  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        run(shard, CONFIG, rt)
    assert not list(rt.objects.list("stages/curate/"))
    rt.lineage.insert = insert  # type: ignore[method-assign]
    assert run(shard, CONFIG, rt).row_count == 1


def test_an_empty_shard_stays_empty() -> None:
    """A shard without rows is committed, and nothing is decided."""
    rt = make_runtime()
    assert run(scored(rt), CONFIG, rt).row_count == 0
    assert "decision" not in rt.lineage.tables  # type: ignore[attr-defined]


def test_fractions_are_compared_as_they_are() -> None:
    """Expected values lie between the whole scores, and the threshold may too."""
    rt = make_runtime()
    kept, dropped = rows_of(rt, run(scored(rt, 4.4999, 4.5, 4.75), config_of(CurateConfig, min_score=4.5), rt))
    assert [row["score"] for row in kept] == [4.5, 4.75]
    assert [row["detail"] for row in dropped] == ["4.4999 < 4.5"]
    assert {row["reason"] for row in rt.lineage.tables["decision"]} == {  # type: ignore[attr-defined]
        "score>=4.5",
        "score_below_threshold",
    }


def test_a_long_shard_is_decided_in_parts() -> None:
    """Every pair of a shard that is not in memory at once has its decision."""
    rt = make_runtime()
    ref = run(scored(rt, *[5.0, 3.0] * 1_200), CONFIG, rt)
    assert ref.row_count == 1_200
    assert len(rt.lineage.tables["decision"]) == 2_400  # type: ignore[attr-defined]
