"""Curated pairs get a response; a pair is recorded once it has one."""

from typing import Any

from tasks.core.config import RewriteConfig
from tasks.core.ids import content_id
from tasks.core.records import SCORED
from tasks.llm.request import Request
from tasks.rewrite.run import run
from tests.clean.made_shard import make_shard, rows_of
from tests.llm.answering import MODEL, Model, document, runtime

CONFIG = RewriteConfig.model_validate({"model": MODEL, "seed": 5, "max_attempts": 2})


def pair(number: int) -> dict[str, Any]:
    return {
        **document(number),
        "instruction_generation_id": content_id("generation", number),
        "instruction": f"How do I brew tea number {number}?",
        "draft_pair_id": content_id("pair", number),
        "score_generation_id": content_id("generation", "score", number),
        "score": 5,
    }


def rewrite(request: Request) -> Any:
    """Pair 1 gets its markers at the second attempt, pair 2 never."""
    is_marked = "number 2?" not in request.text and ("number 1?" not in request.text or request.attempt == 1)
    return f"[RES]Warm the pot first, attempt {request.attempt}.[/RES]" if is_marked else "Warm the pot first."


def test_every_pair_gets_a_response_or_a_reason() -> None:
    """The response stands between the markers, and the pair's id follows from what it is made of."""
    rt = runtime(Model(rewrite))
    ref = run(make_shard(rt, [pair(number) for number in range(4)], SCORED, "curate"), CONFIG, rt)
    kept, rejected = rows_of(rt, ref)
    assert [(row["document_id"], row["response"]) for row in kept] == [
        (pair(n)["document_id"], f"Warm the pot first, attempt {attempt}.") for n, attempt in ((0, 0), (1, 1), (3, 0))
    ]
    assert [(row["document_id"], row["reason"]) for row in rejected] == [
        (pair(2)["document_id"], "response_markers_missing")
    ]
    for row in kept:
        parts = row["document_id"], row["instruction_generation_id"], row["response_generation_id"]
        assert row["pair_id"] == content_id("pair", *parts)
        assert row["pair_id"] != row["draft_pair_id"]
    assert kept[0].items() >= pair(0).items()


def test_pairs_are_recorded_with_their_three_parts() -> None:
    """Only those that have a response; the generations of the others are kept all the same."""
    rt = runtime(Model(rewrite))
    ref = run(make_shard(rt, [pair(number) for number in range(4)], SCORED, "curate"), CONFIG, rt)
    kept, _ = rows_of(rt, ref)
    assert rt.lineage.tables["pair"] == [
        {
            "pair_id": row["pair_id"],
            "document_id": row["document_id"],
            "instruction_id": row["instruction_generation_id"],
            "response_id": row["response_generation_id"],
        }
        for row in kept
    ]
    assert len(rt.lineage.tables["generation"]) == 6, "four first attempts, two second ones"


def test_the_rewriter_sees_instruction_and_document() -> None:
    """Both, and each in its place."""
    model = Model(rewrite)
    rt = runtime(model)
    run(make_shard(rt, [pair(0)], SCORED, "curate"), CONFIG, rt)
    text = model.asked[0].text
    assert pair(0)["instruction"] in text and pair(0)["text"] in text


def test_nothing_curated_is_nothing_asked() -> None:
    """An empty shard is committed like any other."""
    model = Model(rewrite)
    rt = runtime(model)
    assert run(make_shard(rt, [], SCORED, "curate"), CONFIG, rt).row_count == 0
    assert model.asked == []
