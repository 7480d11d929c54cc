"""Rows stream through generation: several answers for each, in bounded memory, whatever order answers come in."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.core.errors import BudgetExceeded, RetriableError
from tasks.core.ids import sha256_text
from tasks.core.stage import Rejected
from tasks.llm import generate as module
from tasks.llm.generate import Generated
from tasks.llm.request import Request
from tasks.llm.tokenizer import LocalTokenizer, tokenizer_sha256
from tests.fakes.objects import MemoryObjects
from tests.llm.answering import MODEL, AnsweringLineage, Model, document, runtime
from tests.llm.asking import client
from tests.llm.generating import Counted, LastFirst, documents, ids, run, stream
from tests.llm.made_tokenizer import make_tokenizer
from tests.llm.model_server import ModelServer, Reply, as_json, chat, completion


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 4 rows, 16 rows ahead."""
    monkeypatch.setattr(module, "BLOCK_ROWS", 4)
    monkeypatch.setattr(module, "MAX_ROWS_AHEAD", 16)


def number_of(request: Request) -> int:
    return int(request.text.split()[2])


# Several answers for a row


def test_each_sample_is_a_request_of_its_own() -> None:
    """Independent answers, in the order of the samples, though they come in another."""
    model = Model(lambda request: f"{number_of(request)} as {request.attempt}")
    rt = runtime(model)
    outcomes = run(documents(3), rt, samples=3)
    assert [[item.value for item in outcome.answers] for outcome in outcomes if isinstance(outcome, Generated)] == [
        [f"{number} AS {sample}" for sample in range(3)] for number in range(3)
    ]
    assert len({request.seed for request in model.asked}) == len({r.generation_id for r in model.asked}) == 9
    assert (rt.metrics["rows_in"], rt.metrics["requests_sent"]) == (3, 9)
    first = outcomes[0]
    assert isinstance(first, Generated)
    assert (first.value, first.answer) == (first.answers[0].value, first.answers[0].answer)


def test_a_sample_that_does_not_parse_is_asked_again_by_itself() -> None:
    """Sample s is sent as the attempts s, s + samples, s + 2 samples; no two samples share an attempt."""
    model = Model(lambda request: "bad" if request.attempt in {1, 3, 4, 7} else f"good {request.attempt}")
    (outcome,) = run(documents(1), runtime(model), samples=3, max_attempts=3)
    assert isinstance(outcome, Generated)
    assert [item.value for item in outcome.answers] == ["GOOD 0", "GOOD 2"], "sample 1 went 1, 4, 7 and stayed bad"
    assert sorted(request.attempt for request in model.asked) == [0, 1, 2, 4, 7]


def test_a_row_without_any_answer_tells_the_first_samples_reason() -> None:
    """Of the last attempt at the first sample."""
    model = Model(lambda request: ("too long",) if request.attempt == 1 else f"bad {request.attempt}")
    (outcome,) = run(documents(1), runtime(model), samples=2, max_attempts=2)
    assert isinstance(outcome, Rejected)
    assert outcome.reason == "score_missing" and "bad 2" in outcome.detail
    assert sorted(request.attempt for request in model.asked) == [0, 1, 2], "what was refused is not asked again"


def test_one_refused_sample_leaves_the_others() -> None:
    """A row needs one answer."""
    model = Model(lambda request: ("too long",) if request.attempt == 0 else "good")
    (outcome,) = run(documents(1), runtime(model), samples=2)
    assert isinstance(outcome, Generated) and [item.value for item in outcome.answers] == ["GOOD"]


def test_samples_are_reused_one_by_one() -> None:
    """More votes than the last time ask for those that are missing."""
    lineage = AnsweringLineage()
    run(documents(2), runtime(Model(), lineage=lineage), samples=2)
    model = Model()
    rt = runtime(model, lineage=lineage, run_id="run-2")
    outcomes = run(documents(2), rt, samples=3)
    assert [len(outcome.answers) for outcome in outcomes if isinstance(outcome, Generated)] == [3, 3]
    assert [request.attempt for request in model.asked] == [2, 2]
    assert (rt.metrics["requests_reused"], rt.metrics["requests_sent"]) == (4, 2)


# Memory


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("model", [Model, LastFirst])
def test_rows_are_not_read_far_ahead(model: type[Model]) -> None:
    """However late the first answer comes; and all rows come out, in their order."""
    rows = Counted(documents(200))
    rt = runtime(model())
    outcomes = rows.take(stream(rows, rt, flush_rows=3))
    assert ids(outcomes) == ids_of(documents(200))
    assert all(isinstance(item, Generated) for item in outcomes)
    assert rows.most_ahead <= 16 + 4
    assert rt.metrics["rows_in"] == rt.metrics["requests_sent"] == 200


def ids_of(rows: list[dict[str, Any]]) -> list[str]:
    return [row["document_id"] for row in rows]


@pytest.mark.usefixtures("small")
def test_a_large_shard_that_is_answered_asks_nothing() -> None:
    """All rows come out of the store, a block at a time; the model is not asked, and every row is counted once."""
    lineage = AnsweringLineage()
    run(documents(150), runtime(Model(), lineage=lineage))
    rows, model = Counted(documents(150)), Model()
    rt = runtime(model, lineage=lineage, run_id="run-2")
    outcomes = rows.take(stream(rows, rt))
    assert ids(outcomes) == ids_of(documents(150))
    assert model.asked == []
    assert rows.most_ahead <= 16 + 4
    assert (rt.metrics["rows_in"], rt.metrics["requests_reused"], rt.metrics["requests_sent"]) == (150, 150, 0)


def test_long_rows_are_bounded_by_their_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows of a megabyte are as much as thousands of short ones."""
    monkeypatch.setattr(module, "MAX_BYTES_AHEAD", 10_000)
    rows = Counted(document(number, f"{number} " + "x" * 3_000) for number in range(30))
    assert len(rows.take(stream(rows, runtime(LastFirst())))) == 30
    assert rows.most_ahead <= 4
    rows = Counted(document(number, f"{number} " + "x" * 50_000) for number in range(3))
    assert len(rows.take(stream(rows, runtime(LastFirst())))) == 3
    assert rows.most_ahead == 1


def test_shards_side_by_side_share_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shard among four reads a quarter as far ahead, and text outside ASCII counts as what it takes."""
    monkeypatch.setattr(module, "MAX_BYTES_AHEAD", 40_000)

    def most_ahead(letter: str, shards_beside: int) -> int:
        rows = Counted(document(number, f"{number} " + letter * 3_000) for number in range(30))
        rt = replace(runtime(LastFirst()), shards_beside=shards_beside)
        assert len(rows.take(stream(rows, rt))) == 30
        return rows.most_ahead

    assert most_ahead("x", 1) > 10
    assert most_ahead("x", 4) <= 4
    assert most_ahead("\u044f", 1) <= 4


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("model", [Model, LastFirst])
def test_identical_text_in_other_blocks_is_asked_once(model: type[Model]) -> None:
    """Whether its answer is in flight, just stored, or stored long ago: every document is linked to it."""
    rows = [document(number, f"text {number % 3}") for number in range(40)]
    asking = model()
    rt = runtime(asking)
    assert ids(run(rows, rt, flush_rows=1)) == ids_of(rows)
    assert sorted(asking.texts()) == ["Judge: text 0", "Judge: text 1", "Judge: text 2"]
    links = rt.lineage.tables["generation_input"]
    assert {link["document_id"] for link in links} == set(ids_of(rows))
    assert len(links) == 40


@pytest.mark.usefixtures("small")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_any_shard_comes_out_right(seed: int) -> None:
    """Repeated texts, answers that do not parse, refusals, two samples, stored answers: each row gets its own."""
    chance = random.Random(seed)
    count, samples, attempts = chance.randrange(60), chance.choice([1, 2]), chance.choice([1, 3])
    texts = [f"Document {chance.randrange(1, 40)} says" for _ in range(count)]
    rows = [document(number, text) for number, text in enumerate(texts)]
    fate = {
        (f"Judge: {text}", attempt): chance.choice(["bad", "good", "good", ("refused",)])
        for text in sorted(set(texts))
        for attempt in range(samples * attempts)
    }

    def say(request: Request) -> Any:
        found = fate[request.text, request.attempt]
        return found if isinstance(found, tuple) else f"{found} {request.text} {request.attempt}"

    lineage = AnsweringLineage()
    config = {"samples": samples, "max_attempts": attempts, "flush_rows": chance.choice([1, 3, 50])}
    some = [row for row in rows if chance.random() < 0.3]
    run(some, runtime(Model(say), lineage=lineage), **config)
    before = {row["generation_id"] for row in lineage.tables.get("generation", [])}
    model = chance.choice([Model, LastFirst])(say)
    rt = runtime(model, lineage=lineage, run_id="run-2")
    outcomes = run(rows, rt, **config)

    def expected(text: str) -> list[str]:
        """Return the values of the samples that come to something."""
        found = []
        for sample in range(samples):
            for attempt in range(sample, samples * attempts, samples):
                said = fate[f"Judge: {text}", attempt]
                if said == "good":
                    found.append(f"good Judge: {text} {attempt}".upper())
                if said != "bad":
                    break
        return found

    assert ids(outcomes) == ids_of(rows)
    for row, outcome in zip(rows, outcomes, strict=True):
        values = [item.value for item in outcome.answers] if isinstance(outcome, Generated) else []
        assert values == expected(row["text"])
    answered = [request for request in model.asked if not isinstance(fate[request.text, request.attempt], tuple)]
    assert max(Counter(request.generation_id for request in answered).values(), default=1) == 1
    assert not before & {request.generation_id for request in model.asked}
    assert rt.metrics.get("rows_in", 0) == count
    linked = {(link["generation_id"], link["document_id"]) for link in lineage.tables.get("generation_input", [])}
    for outcome in outcomes:
        if isinstance(outcome, Generated):
            assert {(item.answer.generation_id, outcome.row["document_id"]) for item in outcome.answers} <= linked


# What ends it early


def test_a_caller_that_stops_early_keeps_the_answers() -> None:
    """What was answered is stored though nobody waits for it, and the model's iterator is closed."""
    ended: list[int] = []

    class Model2(LastFirst):
        def complete(self, requests: Any) -> Any:
            try:
                yield from super().complete(requests)
            finally:
                ended.append(len(lineage.tables["generation"]))

    lineage = AnsweringLineage()
    outcomes = stream(documents(40), runtime(Model2(), lineage=lineage), flush_rows=8)
    next(outcomes)
    stored = len(lineage.tables["generation"])
    outcomes.close()
    assert ended == [stored], "first nothing more is asked, then what there is is written"
    assert len(lineage.tables["generation"]) >= stored
    assert len(lineage.tables["generation"]) == len(lineage.tables["generation_output"])


class Bound:
    """A budget of so many answers."""

    def __init__(self, answers: int) -> None:
        self.left = answers

    def spend(self, model: Any, prompt_tokens: int, output_tokens: int) -> None:
        self.left -= output_tokens // 3
        if self.left < 0:
            raise BudgetExceeded("spent")


def test_a_budget_that_is_spent_keeps_the_answers() -> None:
    """All that was paid for is stored, as rows and as a chunk, and is not asked for again."""
    lineage, objects, model = AnsweringLineage(runs=["run-1"]), MemoryObjects(), Model()
    rt = runtime(model, lineage=lineage, objects=objects)
    rt.budget = Bound(10)
    with pytest.raises(BudgetExceeded):
        run(documents(40), rt, flush_rows=4)
    stored = len(lineage.tables["generation"])
    assert stored == 12 == len(lineage.tables["generation_output"]) == rt.metrics["requests_sent"]
    assert len(objects.content) == 3
    second = Model()
    assert len(run(documents(40), runtime(second, lineage=lineage, objects=objects, run_id="run-2"))) == 40
    assert len(second.asked) == 40 - stored


@pytest.mark.parametrize("store", ["objects", "lineage"])
def test_a_store_that_is_away_for_a_moment_loses_nothing(store: str) -> None:
    """The try fails, but what could not be written at first is written at its end."""
    failures = [RetriableError("away")]

    class Objects(MemoryObjects):
        def put(self, *args: Any, **kwargs: Any) -> None:
            if store == "objects" and failures:
                raise failures.pop()
            super().put(*args, **kwargs)

    class Lineage(AnsweringLineage):
        def insert_all(self, batches: Any) -> int:
            if store == "lineage" and failures and batches[0][0] == "generation":
                raise failures.pop()
            return super().insert_all(batches)

    lineage = Lineage()
    rt = runtime(Model(), lineage=lineage, objects=Objects())
    with pytest.raises(RetriableError, match="away"):
        run(documents(10), rt, flush_rows=4)
    assert len(lineage.tables["generation"]) == len(lineage.tables["generation_output"]) == 4
    assert len(lineage.tables["generation_input"]) == 4
    assert rt.metrics["requests_sent"] == 4


def test_an_erased_answer_is_not_asked_for_again() -> None:
    """Another try neither sends the request nor writes anything of it; the row keeps its reason."""
    lineage = AnsweringLineage()
    run(documents(3), runtime(Model(), lineage=lineage), max_attempts=2)
    lineage.tables["generation_output"] = lineage.tables["generation_output"][1:]
    gone = {row["generation_id"] for row in lineage.tables["generation"]} - {
        row["generation_id"] for row in lineage.tables["generation_output"]
    }
    model, objects = Model(), MemoryObjects()
    rt = runtime(model, lineage=lineage, objects=objects, run_id="run-2")
    outcomes = run(documents(3), rt, max_attempts=2)
    (rejected,) = [item for item in outcomes if isinstance(item, Rejected)]
    assert rejected.reason == "answer_erased" and len(gone) == 1
    assert model.asked == [] and objects.content == {}
    assert rt.metrics["requests_reused"] == 2


# With the real client


def spoken(folder: Path, **model: Any) -> dict[str, Any]:
    """A model that is asked with many prompts a request."""
    make_tokenizer(folder)
    digest = tokenizer_sha256(folder)
    return {**MODEL, "api": "completions", "tokenizer": str(folder), "tokenizer_sha256": digest, **model}


def test_completions_send_the_written_out_conversation(tmp_path: Path) -> None:
    """Without a seed; the digest is of the text that is sent, and the template is recorded under its id."""
    model = Model()
    rt = runtime(model)
    outcomes = run(documents(2), rt, model=spoken(tmp_path), samples=2)
    assert all(isinstance(item, Generated) and len(item.answers) == 2 for item in outcomes)
    template = LocalTokenizer(tmp_path).chat_template()
    for request in model.asked:
        assert request.seed is None
        assert request.text.startswith("<s><|user|>Judge: Document") and request.text.endswith("<|end|><|assistant|>")
        assert request.rendered_sha256 == sha256_text(request.text)
        assert (request.sampling["api"], request.sampling["chat_template"]) == ("completions", template.config_id)
    assert len({request.generation_id for request in model.asked}) == 4, "samples are told apart by their attempt"
    (config,) = rt.lineage.tables["config"]
    assert (config["config_id"], config["kind"], config["body"]) == (
        template.config_id,
        "chat_template",
        template.body(),
    )
    assert {row["seed"] for row in rt.lineage.tables["generation"]} == {None}


def test_a_prompt_that_does_not_fit_is_not_sent(tmp_path: Path) -> None:
    """The row is rejected with the reason, and its neighbours are answered."""
    model = Model()
    rows = [document(1, "short"), document(2, "long " * 500), document(3, "brief")]
    rt = runtime(model)
    outcomes = run(rows, rt, model=spoken(tmp_path, context_tokens=1000), max_tokens=100, samples=2, max_attempts=3)
    assert [isinstance(item, Rejected) for item in outcomes] == [False, True, False]
    rejected = outcomes[1]
    assert isinstance(rejected, Rejected) and rejected.reason == "prompt_too_long"
    assert "the model has 1000" in rejected.detail
    assert len(model.asked) == 4
    assert len(rt.lineage.tables["generation"]) == 4


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("form", ["chat", "completions"])
def test_rows_stream_through_the_real_client(server: ModelServer, tmp_path: Path, form: str) -> None:
    """Over HTTP, with retries, refusals and repeated texts: one outcome per row, in order, nothing asked twice."""
    seen: Counter[str] = Counter()

    def judge(prompt: str) -> str:
        seen[prompt] += 1
        number = int(prompt.split()[2])
        return "bad" if number % 5 == 0 and seen[prompt] == 1 else f"said {number}"

    def reply(number: int, body: dict[str, Any]) -> Reply:
        prompts = body.get("prompt") or [body["messages"][0]["content"]]
        if any("Document 7 " in prompt for prompt in prompts):
            return as_json({"error": "no"}, 400)
        return completion(body, judge) if "prompt" in body else chat(judge(prompts[0]))

    server.reply = reply
    rows = Counted(document(number, f"Document {number % 60} tells how") for number in range(150))
    model = spoken(tmp_path) if form == "completions" else MODEL
    asking = client(server.url, concurrency=8, prompts_per_request=4)
    rt = runtime(lambda config: asking)  # type: ignore[arg-type]
    outcomes = rows.take(stream(rows, rt, model=model, max_attempts=2, flush_rows=5))
    assert ids(outcomes) == ids_of([document(number) for number in range(150)])
    for number, outcome in enumerate(outcomes):
        if number % 60 == 7:
            assert isinstance(outcome, Rejected) and outcome.reason == "request_rejected_by_server"
        else:
            assert isinstance(outcome, Generated) and outcome.value == f"SAID {number % 60}"
    assert set(seen.values()) == {1, 2} and len(seen) == 59
    assert rt.metrics["rows_in"] == 150 and rt.metrics["requests_sent"] == sum(seen.values()) == 59 + 12
    assert rows.most_ahead <= 16 + 4
