"""Pairs are judged; the judgement, its score and the histogram agree."""

from typing import Any

from tasks.core.config import ScoreConfig
from tasks.core.ids import content_id
from tasks.core.records import INSTRUCTION
from tasks.core.runtime import Runtime
from tasks.llm.request import Request
from tasks.score.run import METRIC, draft_pair_id, run
from tasks.storage.manifest import open_shard
from tests.clean.made_shard import make_shard, rows_of
from tests.llm.answering import MODEL, Model, document, runtime

CONFIG = ScoreConfig.model_validate({"model": MODEL, "seed": 5})
SAID = {
    0: "Clear and complete.\nScore: 5",
    1: "It reads like a page.\nScore: 3",
    2: "I would rather not say.",
    3: "Score: 5",
    4: "Score: 9",
}


def pair(number: int) -> dict[str, Any]:
    return {
        **document(number),
        "instruction_generation_id": content_id("generation", number),
        "instruction": f"How do I brew tea number {number}?",
    }


def judge(request: Request) -> Any:
    return next(said for number, said in SAID.items() if f"tea number {number}?" in request.text)


def judged(rt: Runtime | None = None, count: int = 5) -> tuple[Runtime, Any]:
    rt = rt or runtime(Model(judge))
    return rt, run(make_shard(rt, [pair(number) for number in range(count)], INSTRUCTION, "clean"), CONFIG, rt)


def test_every_pair_gets_a_score_or_a_reason() -> None:
    """A judgement without a score is never a score of its own."""
    rt, ref = judged()
    kept, rejected = rows_of(rt, ref)
    assert [(row["instruction"][-2:-1], row["score"]) for row in kept] == [("0", 5), ("1", 3), ("3", 5)]
    assert [(row["instruction"][-2:-1], row["reason"]) for row in rejected] == [
        ("2", "score_missing"),
        ("4", "score_out_of_range"),
    ]
    for row in kept:
        assert row["draft_pair_id"] == content_id("pair", row["document_id"], row["instruction_generation_id"], None)


def test_both_halves_of_the_pair_are_judged() -> None:
    """The judge sees the instruction and the document."""
    model = Model(judge)
    judged(runtime(model), count=1)
    assert pair(0)["instruction"] in model.asked[0].text
    assert pair(0)["text"] in model.asked[0].text


def test_the_manifest_holds_the_histogram() -> None:
    """For the card and the quality gate: scores by value, and judgements without one."""
    rt, ref = judged()
    assert open_shard(rt.objects, ref).facts == {"scores": {"3": 1, "5": 2}, "unparseable": 2}


def test_scores_are_recorded_with_their_judgement() -> None:
    """Every judged pair is a pair; a score names the generation it was read from."""
    rt, ref = judged()
    kept, rejected = rows_of(rt, ref)
    tables = rt.lineage.tables
    assert {row["pair_id"] for row in tables["pair"]} == {draft_pair_id(row) for row in kept + rejected}
    assert all(row["response_id"] is None for row in tables["pair"])
    assert {(row["pair_id"], row["value"], row["generation_id"]) for row in tables["score"]} == {
        (row["draft_pair_id"], float(row["score"]), row["score_generation_id"]) for row in kept
    }
    assert {row["metric"] for row in tables["score"]} == {METRIC}
    links = {row["generation_id"]: row["instruction_id"] for row in tables["generation_input"]}
    assert all(links[row["score_generation_id"]] == row["instruction_generation_id"] for row in kept)


def test_the_score_of_a_pair_has_one_id() -> None:
    """A second try records the same, and a found commit asks nobody."""
    rt, ref = judged()
    scores = list(rt.lineage.tables["score"])
    rt.objects.delete(ref.key)
    again = runtime(Model(judge), objects=rt.objects, lineage=rt.lineage, run_id="run-2")
    assert judged(again) == (again, ref)
    assert rt.lineage.tables["score"] == scores
    assert judged(again)[1] == ref
