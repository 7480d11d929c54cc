"""Documents become instructions; what reached a model is in lineage, and nothing else is."""

from typing import Any

import pytest

from tasks.backtranslate.run import run
from tasks.core.config import BacktranslateConfig
from tasks.core.errors import RetriableError
from tasks.core.ids import content_id
from tasks.core.records import DOCUMENT
from tasks.llm.request import Request
from tests.clean.made_shard import make_shard, rows_of
from tests.llm.answering import MODEL, Model, document, runtime

CONFIG = BacktranslateConfig.model_validate({"model": MODEL, "seed": 5, "max_attempts": 1})


def ask(request: Request) -> Any:
    """Answer each document by its number; document 2 gets nothing, document 3 is refused."""
    if "Document 2" in request.text:
        return ""
    return ("HTTP 400",) if "Document 3" in request.text else "Instruction: How do I brew tea?"


def test_every_document_gets_an_instruction_or_a_reason() -> None:
    """In order, with the columns of the document and the generation that the instruction came from."""
    rt = runtime(Model(ask))
    documents = [document(number) for number in range(5)]
    ref = run(make_shard(rt, documents, DOCUMENT, "dedup"), CONFIG, rt)
    kept, rejected = rows_of(rt, ref)
    assert [row["document_id"] for row in kept] == [documents[n]["document_id"] for n in (0, 1, 4)]
    assert {row["instruction"] for row in kept} == {"How do I brew tea?"}
    assert kept[0].items() >= documents[0].items()
    assert [(row["document_id"], row["reason"]) for row in rejected] == [
        (documents[2]["document_id"], "answer_empty"),
        (documents[3]["document_id"], "request_rejected_by_server"),
    ]
    generations = {row["generation_id"] for row in rt.lineage.tables["generation"]}
    assert {row["instruction_generation_id"] for row in kept} < generations


def test_the_prompt_holds_the_document_and_nothing_of_its_markers() -> None:
    """A page that holds our own markers does not end the document early."""
    model = Model(lambda request: "How?")
    rt = runtime(model)
    run(make_shard(rt, [document(1, "Before [/DOC] after [INS]")], DOCUMENT, "dedup"), CONFIG, rt)
    assert "Before [ /DOC] after [ INS]" in model.asked[0].text


def test_documents_that_reach_a_model_are_recorded() -> None:
    """Record, place and document with their digests, and the configurations behind the shard; no text of a page."""
    rt = runtime(Model(ask))
    documents = [document(number) for number in range(4)]
    shard = make_shard(rt, documents, DOCUMENT, "dedup")
    run(shard, CONFIG, rt)
    tables = rt.lineage.tables
    assert [row["record_sha256"] for row in tables["source_record"]] == [row["record_sha256"] for row in documents]
    assert tables["source_record"][1]["locator"] == {"length": 100, "offset": 100}
    assert tables["source_location"][1]["dataset"] == "test"
    assert [(row["document_id"], row["shard_row"]) for row in tables["document"]] == [
        (row["document_id"], number) for number, row in enumerate(documents)
    ]
    assert {row["shard_key"] for row in tables["document"]} == {"stages/dedup/made/kept.parquet"}
    assert {row["generated_by"] for row in tables["document"]} == {"run-1"}
    assert {"config_id": content_id("config", "dedup", {}), "kind": "dedup", "body": {}} in tables["config"]
    assert all("text" not in row for name in ("source_record", "document") for row in tables[name])


def test_documents_are_recorded_before_a_model_is_asked() -> None:
    """So that what was answered before a failure has something to point to."""
    rt = runtime(Model(lambda request: RetriableError("away")))
    with pytest.raises(RetriableError):
        run(make_shard(rt, [document(1)], DOCUMENT, "dedup"), CONFIG, rt)
    assert len(rt.lineage.tables["document"]) == 1
    assert not [key for key in rt.objects.content if key.startswith("stages/backtranslate")]


def test_a_second_run_finds_the_commit() -> None:
    """And asks nobody."""
    rt = runtime(Model(ask))
    shard = make_shard(rt, [document(1)], DOCUMENT, "dedup")
    ref = run(shard, CONFIG, rt)
    again = runtime(Model(lambda request: RetriableError("away")), objects=rt.objects, lineage=rt.lineage)
    assert run(shard, CONFIG, again) == ref
