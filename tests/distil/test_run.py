"""Direct answers: asked once per instruction, without the document, and joined to the document's pair."""

from typing import Any

import pytest

from tasks.core.config import DistilConfig
from tasks.core.ids import content_id
from tasks.core.records import SCORED
from tasks.distil.run import run
from tasks.llm.request import Request
from tests.clean.made_shard import make_shard, rows_of
from tests.llm.answering import MODEL, Model, document, runtime

ANSWER = "Warm the pot first, then pour the water over the leaves and wait four minutes."


def scored(number: int, instruction: str) -> dict[str, Any]:
    return {
        **document(number),
        "instruction": instruction,
        "instruction_generation_id": content_id("instruction", number),
        "draft_pair_id": f"draft-{number}",
        "score": 5.0,
    }


def distilled(rows: list[dict[str, Any]], say: Any, **fields: Any) -> tuple[Any, Model, list[Any], list[Any]]:
    model = Model(say)
    rt = runtime(model)
    config = DistilConfig.model_validate({"model": MODEL, **fields})
    kept, rejected = rows_of(rt, run(make_shard(rt, rows, SCORED, "curate"), config, rt))
    return rt, model, kept, rejected


def test_the_document_is_in_no_request() -> None:
    """The model sees the instruction alone."""
    rows = [scored(1, "How do I brew tea?")]
    _, model, kept, _ = distilled(rows, lambda request: f"[RES]{ANSWER}[/RES]")
    (sent,) = model.texts()
    assert "How do I brew tea?" in sent and rows[0]["text"] not in sent
    assert kept[0]["response"] == ANSWER
    assert kept[0]["grounding"] is None and kept[0]["score"] == 5.0


def test_each_pair_has_its_own_id_and_inputs() -> None:
    """Two documents with the same instruction are asked once and are still two pairs."""
    rows = [scored(1, "How do I brew tea?"), scored(2, "How do I brew tea?")]
    rt, model, kept, _ = distilled(rows, lambda request: f"[RES]{ANSWER}[/RES]")
    assert len(model.asked) == 1
    assert len({row["pair_id"] for row in kept}) == 2
    for row in kept:
        names = ("document_id", "instruction_generation_id", "response_generation_id")
        assert row["pair_id"] == content_id("pair", *(row[name] for name in names))
    assert {row["pair_id"] for row in rt.lineage.tables["pair"]} == {row["pair_id"] for row in kept}
    inputs = {(row["document_id"], row["instruction_id"]) for row in rt.lineage.tables["generation_input"]}
    assert inputs == {(row["document_id"], row["instruction_generation_id"]) for row in rows}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (ANSWER, "response_markers_missing"),
        ("[RES]I'm sorry, but I cannot help with that.[/RES]", "response_refuses"),
        (f"[RES]{ANSWER} Let me know if you have questions.[/RES]", "wrapper_phrase"),
        (("too long",), "request_rejected_by_server"),
        (f"Sure, here it is: [RES]{ANSWER}[/RES]", ""),
        (f"[RES]{ANSWER} It was 1874 in Madrid, said Ada Byron.[/RES]", ""),
    ],
)
def test_what_is_no_answer_is_rejected_with_its_reason(said: Any, reason: str) -> None:
    """Nothing is compared to the document; the request that was answered is on record in any case."""
    rt, _, kept, rejected = distilled([scored(1, "How do I brew tea?")], lambda request: said, max_attempts=1)
    assert [row["reason"] for row in rejected] == ([reason] if reason else [])
    assert len(kept) == len(rt.lineage.tables.get("pair", [])) == (0 if reason else 1)
    assert len(rt.lineage.tables.get("generation", [])) == (0 if isinstance(said, tuple) else 1)


def test_a_bad_answer_is_asked_for_again() -> None:
    """As another attempt, up to the bound."""

    def say(request: Request) -> str:
        return f"[RES]{ANSWER}[/RES]" if request.attempt else "no markers"

    _, model, kept, _ = distilled([scored(1, "How do I brew tea?")], say)
    assert [request.attempt for request in model.asked] == [0, 1]
    assert kept[0]["response"] == ANSWER


def test_rows_keep_their_order_and_their_columns() -> None:
    """One outcome for every row, though the model answers in another order."""
    rows = [scored(number, f"How do I brew tea number {number}?") for number in range(4)]

    def say(request: Request) -> str:
        return "no markers" if "number 2?" in request.text else f"[RES]{ANSWER} {request.text.count('tea')}[/RES]"

    _, _, kept, rejected = distilled(rows, say, max_attempts=1)
    assert [row["document_id"] for row in kept] == [rows[number]["document_id"] for number in (0, 1, 3)]
    assert [row["document_id"] for row in rejected] == [rows[2]["document_id"]]
    assert kept[0].items() >= {name: rows[0][name] for name in ("text", "instruction", "draft_pair_id")}.items()
    assert all(row["pair_id"] != row["draft_pair_id"] for row in kept)


def test_nothing_curated_is_nothing_asked() -> None:
    """An empty shard is committed like any other."""
    _, model, kept, rejected = distilled([], lambda request: ANSWER)
    assert model.asked == kept == rejected == []
