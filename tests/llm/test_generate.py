"""Asking a model about every row: once, in order, resumable, and never silent about what failed."""

from typing import Any

import pytest

from tasks.core.errors import ConfigError, RetriableError
from tasks.core.ids import sha256_text
from tasks.core.stage import Rejected
from tasks.llm.generate import Generated
from tasks.llm.request import Request
from tests.fakes.objects import MemoryObjects
from tests.llm.answering import MODEL, AnsweringLineage, Model, document, runtime
from tests.llm.generating import PROMPT, documents, ids, run


def test_outcomes_come_in_the_order_of_the_rows() -> None:
    """One outcome per row, each with its own answer, though answers arrive in another order."""
    rows = documents(7)
    outcomes = run(iter(rows), runtime(Model(lambda request: request.text)))
    assert ids(outcomes) == [row["document_id"] for row in rows]
    assert [item.value for item in outcomes if isinstance(item, Generated)] == [
        f"JUDGE: {row['text']}".upper() for row in rows
    ]


def test_no_rows_is_no_question() -> None:
    """An empty shard is a shard."""
    model = Model()
    assert run([], runtime(model)) == []
    assert model.asked == []


def test_identical_text_is_asked_once() -> None:
    """Two documents with the same text share the generation; lineage links it to both."""
    model = Model()
    rt = runtime(model)
    rows = [document(1, "the same"), document(2, "another"), document(3, "the same")]
    outcomes = run(rows, rt)
    assert sorted(model.texts()) == ["Judge: another", "Judge: the same"]
    first, _, third = [item for item in outcomes if isinstance(item, Generated)]
    assert first.answer == third.answer and first.row["document_id"] != third.row["document_id"]
    links = {(row["generation_id"], row["document_id"]) for row in rt.lineage.tables["generation_input"]}
    assert {(item.answer.generation_id, item.row["document_id"]) for item in outcomes} == links
    assert len(links) == 3


def test_only_rows_that_did_not_parse_are_asked_again() -> None:
    """A retry is another attempt with another seed, for the rows that need it and no others."""
    model = Model(lambda request: "bad" if "2" in request.text and request.attempt < 2 else "good")
    rt = runtime(model)
    outcomes = run(documents(4), rt, max_attempts=3)
    assert all(isinstance(item, Generated) for item in outcomes)
    asked = sorted((request.attempt, request.text) for request in model.asked)
    bad = "Judge: Document 2 tells how to brew tea."
    assert asked == sorted(
        [(0, f"Judge: Document {n} tells how to brew tea.") for n in range(4)] + [(1, bad), (2, bad)]
    )
    assert len({request.seed for request in model.asked if request.text == bad}) == 3
    assert len(rt.lineage.tables["generation"]) == len(rt.lineage.tables["generation_input"]) == 6
    assert (rt.metrics["requests_sent"], rt.metrics["rows_in"]) == (6, 4)


def test_a_row_that_never_parses_is_rejected_with_its_reason() -> None:
    """The reason is the parser's, the detail names the last generation, and all attempts are kept."""
    model = Model(lambda request: f"bad {request.attempt}" if "1" in request.text else "good")
    outcomes = run(documents(3), runtime(model), max_attempts=2)
    assert [isinstance(item, Rejected) for item in outcomes] == [False, True, False]
    rejected = outcomes[1]
    assert isinstance(rejected, Rejected) and rejected.reason == "score_missing"
    last = next(request for request in model.asked if request.attempt == 1)
    assert last.generation_id in rejected.detail and "bad 1" in rejected.detail


def test_a_refused_request_is_a_reject_and_is_not_asked_again() -> None:
    """What the server will never answer is not sent again under another seed, and leaves no generation."""
    model = Model(lambda request: ("HTTP 400: too long",) if "1" in request.text else "good")
    rt = runtime(model)
    outcomes = run(documents(3), rt, max_attempts=3)
    rejected = outcomes[1]
    assert isinstance(rejected, Rejected)
    assert (rejected.reason, rejected.detail) == ("request_rejected_by_server", "HTTP 400: too long")
    assert len(model.asked) == 3
    assert len(rt.lineage.tables["generation"]) == len(rt.lineage.tables["generation_input"]) == 2


def test_stored_answers_are_not_asked_for() -> None:
    """A second try with the same store sends nothing and finds the same."""
    rows = documents(5)
    lineage, first = AnsweringLineage(), Model()
    before = run(rows, runtime(first, lineage=lineage))
    second = Model(lambda request: "something else")
    rt = runtime(second, lineage=lineage, run_id="run-2")
    after = run([*rows, document(9)], rt)
    assert [request.text for request in second.asked] == ["Judge: Document 9 tells how to brew tea."]
    assert [item.value for item in after[:5]] == [item.value for item in before]
    assert (rt.metrics["requests_reused"], rt.metrics["requests_sent"]) == (5, 1)


def test_another_question_is_asked() -> None:
    """Another seed, sampling, model revision or prompt is another request."""
    lineage, row = AnsweringLineage(), documents(1)
    changes: list[dict[str, Any]] = [
        {},
        {"seed": 6},
        {"temperature": 0.1},
        {"max_tokens": 9},
        {"model": {**MODEL, "revision": "r2"}},
        {"model": {**MODEL, "name": "big"}},
    ]
    for change in changes:
        model = Model()
        run(row, runtime(model, lineage=lineage), **change)
        assert len(model.asked) == 1, change
    model = Model()
    run(row, runtime(model, lineage=lineage), flush_rows=1, flush_seconds=9, max_reject_rate=0.5)
    assert model.asked == [], "operational fields do not change a question"


@pytest.mark.parametrize("error", [RetriableError("away"), ConfigError("wrong key")])
def test_what_was_answered_before_a_failure_is_kept(error: Exception) -> None:
    """The failed try leaves its answers behind, as rows and as a chunk; the next one asks only for the rest."""
    rows = documents(6)

    def say(request: Request) -> Any:
        return error if "Document 2" in request.text else "good"

    lineage, objects = AnsweringLineage(runs=["run-1"]), MemoryObjects()
    with pytest.raises(type(error), match=str(error)):
        run(rows, runtime(Model(say), lineage=lineage, objects=objects))
    assert len(lineage.tables["generation"]) == len(lineage.tables["generation_output"]) == 3
    assert len(list(objects.list("generations/score/shard/"))) == 1

    model = Model()
    assert len(run(rows, runtime(model, lineage=lineage, objects=objects, run_id="run-2"))) == 6
    assert sorted(model.texts()) == [f"Judge: Document {number} tells how to brew tea." for number in range(3)]


def test_answers_are_flushed_as_they_come() -> None:
    """Each chunk object is written before its rows, and holds no more than `flush_rows` of them."""
    objects = MemoryObjects()

    class Ordered(AnsweringLineage):
        def insert_all(self, batches: Any) -> int:
            if batches[0][0] == "generation" and batches[0][1]:
                seen.append((len(batches[0][1]), len(list(objects.list("generations/")))))
            return super().insert_all(batches)

    seen: list[tuple[int, int]] = []
    run(documents(7), runtime(Model(), lineage=Ordered(), objects=objects), flush_rows=3)
    assert seen == [(3, 1), (3, 2), (1, 3)]


def test_slow_answers_are_flushed_by_the_clock() -> None:
    """A long generation does not wait for `flush_rows`."""
    objects = MemoryObjects()
    run(documents(4), runtime(Model(), objects=objects), flush_seconds=1e-9)
    assert len(list(objects.list("generations/"))) == 4


def test_chunks_without_rows_are_loaded_by_the_next_try() -> None:
    """A store that was lost, or killed between the chunk and its rows, gets them from the chunks."""
    objects, rows = MemoryObjects(), documents(5)
    run(rows, runtime(Model(), objects=objects))
    model, lineage = Model(), AnsweringLineage(runs=[])
    outcomes = run(rows, runtime(model, lineage=lineage, objects=objects, run_id="run-2"))
    assert model.asked == []
    assert all(isinstance(item, Generated) for item in outcomes)
    assert {row["generated_by"] for row in lineage.tables["generation"]} == {"run-2"}, "run-1 is unknown there"


def test_a_known_run_keeps_its_answers() -> None:
    """`generated_by` of a loaded chunk is the try that made it, where that is known."""
    objects, rows = MemoryObjects(), documents(2)
    run(rows, runtime(Model(), objects=objects))
    lineage = AnsweringLineage(runs=["run-1"])
    run(rows, runtime(Model(), lineage=lineage, objects=objects, run_id="run-2"))
    assert {row["generated_by"] for row in lineage.tables["generation"]} == {"run-1"}


def test_the_stored_answer_counts() -> None:
    """Where another task's answer to the same request came first, it goes downstream, not ours."""
    row = documents(1)
    other = runtime(Model(lambda request: "theirs"))
    run(row, other)

    class Late(AnsweringLineage):
        """Does not know of the other's answer until ours is written."""

        def insert_all(self, batches: Any) -> int:
            if batches[0][0] == "generation" and batches[0][1]:
                for table in ("generation", "generation_output"):
                    super().insert(table, other.lineage.tables[table])
            return super().insert_all(batches)

    (outcome,) = run(row, runtime(Model(lambda request: "ours"), lineage=Late()))
    assert isinstance(outcome, Generated) and outcome.value == "THEIRS"


def test_an_erased_answer_is_a_reject() -> None:
    """An erasure forbids to store the text again; the row is rejected with that reason, the others go on."""
    rows, objects = documents(3), MemoryObjects()

    class Erased(AnsweringLineage):
        """Takes no text of the first document's answer, as PostgreSQL after an erasure."""

        def insert(self, table: str, rows: Any) -> int:
            is_output = table == "generation_output"
            kept = [row for row in rows if not (is_output and "Document 0" in row["output_text"])]
            return super().insert(table, kept)

    model, lineage = Model(), Erased()
    first, *others = run(rows, runtime(model, lineage=lineage, objects=objects), max_attempts=3)
    assert isinstance(first, Rejected) and first.reason == "answer_erased"
    assert all(isinstance(item, Generated) for item in others)
    assert len(model.asked) == 3
    assert len(lineage.tables["generation_input"]) == 3, "what a request was about is no secret"


def test_what_is_recorded_of_a_generation() -> None:
    """Everything that can change the answer, the digest of the answer, and the server's own counts."""
    rt = runtime(Model(lambda request: "said"))
    row = {**document(1), "instruction_generation_id": "i-1"}
    (outcome,) = run([row], rt, temperature=0.3, top_p=0.8, max_tokens=99)
    assert isinstance(outcome, Generated)
    (generation,) = rt.lineage.tables["generation"]
    assert generation["sampling"] == {"temperature": 0.3, "top_p": 0.8, "max_tokens": 99}
    assert generation["rendered_sha256"] == sha256_text(f"Judge: {row['text']}")
    assert generation["output_sha256"] == sha256_text("said")
    assert (generation["prompt_tokens"], generation["output_tokens"]) == (7, 3)
    assert generation["generated_by"] == "run-1"
    assert "output_text" not in generation, "the text lies apart, so that it can be erased"
    assert rt.lineage.tables["generation_output"] == [
        {"generation_id": generation["generation_id"], "output_text": "said"}
    ]
    (link,) = rt.lineage.tables["generation_input"]
    assert (link["document_id"], link["instruction_id"]) == (row["document_id"], "i-1")
    (prompt,), (model,) = rt.lineage.tables["prompt"], rt.lineage.tables["model"]
    assert (prompt["prompt_id"], prompt["template"]) == (generation["prompt_id"], PROMPT.template)
    assert (model["model_id"], model["name"], model["revision"]) == (generation["model_id"], "tiny", "r1")


def test_one_task_at_a_time() -> None:
    """The work is done under a lock named by stage and shard."""
    rt = runtime(Model())
    run(documents(1), rt)
    assert rt.lineage.locks == [("generate", "score", "shard")]
