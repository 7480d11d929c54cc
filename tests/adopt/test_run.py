"""The document taken as the response."""

from tasks.adopt.run import run
from tasks.core.base import Config
from tasks.core.records import SCORED
from tests.clean.made_shard import make_runtime, make_shard, rows_of
from tests.llm.answering import document


def test_the_response_is_the_document() -> None:
    """Word for word, under the id of the draft, with nothing behind it that a model wrote or a rule measured."""
    rt = make_runtime()
    rows = [{**document(n), "instruction": f"How {n}?", "draft_pair_id": f"draft-{n}", "score": 5.0} for n in range(3)]
    kept, rejected = rows_of(rt, run(make_shard(rt, rows, SCORED, "curate"), Config(), rt))
    assert rejected == []
    assert [(row["pair_id"], row["response"]) for row in kept] == [(f"draft-{n}", rows[n]["text"]) for n in range(3)]
    assert {(row["response_generation_id"], row["grounding"]) for row in kept} == {(None, None)}
    assert [row["score"] for row in kept] == [5.0] * 3


def test_it_records_nothing_new() -> None:
    """The pair and the decision that kept it are the draft's."""
    rt = make_runtime()
    run(make_shard(rt, [{**document(1), "draft_pair_id": "draft"}], SCORED, "curate"), Config(), rt)
    assert not {"pair", "decision", "generation"} & set(rt.lineage.tables)
