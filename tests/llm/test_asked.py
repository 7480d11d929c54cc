"""The requests of a shard in the stores: what is found again, what is written when, and what is counted."""

from typing import Any

import pytest

from tasks.core.config import LlmConfig
from tasks.core.errors import BudgetExceeded
from tasks.core.stage import Rejected
from tasks.lineage.store import PostgresLineage
from tasks.llm import asked as module
from tasks.llm.asked import Asked, declare
from tasks.llm.generate import Generated
from tasks.llm.prompts import Prompt
from tasks.llm.request import Answer, Refused
from tasks.llm.tokenizer import ChatTemplate
from tests.fakes.objects import MemoryObjects
from tests.lineage.chain import add_chain, add_run
from tests.llm.answering import MODEL, AnsweringLineage, Model, document, runtime
from tests.llm.asking import request
from tests.llm.generating import PROMPT, run

CONFIG = LlmConfig.model_validate({"model": MODEL, "flush_rows": 3, "flush_seconds": 100.0})
PREFIX = "generations/score/shard"
# The chains of the real store hold a first version.
SECOND = Prompt(stage="score", version=2, template=PROMPT.template)


@pytest.fixture
def rt() -> Any:
    return runtime(Model())


def asked_for(rt: Any, config: LlmConfig = CONFIG) -> Asked:
    return Asked(config, rt, PREFIX)


def answer(number: int, **facts: Any) -> Answer:
    return Answer(request(f"q {number}").generation_id, f"a {number}", "stop", 7, 3, facts)


def linked(key: str) -> list[dict[str, Any]]:
    return [{"generation_id": key, "document_id": f"d {key}", "instruction_id": None}]


def test_nothing_is_written_before_it_is_time(rt: Any) -> None:
    """Answers are gathered up to `flush_rows`; what the server refused waits with them and is written nowhere."""
    asked = asked_for(rt)
    for number in range(4):
        asked.expect(request(f"q {number}"))
    refused = Refused(request("q 3").generation_id, "HTTP 400")
    assert [asked.take(item) for item in (refused, answer(0), answer(1), answer(2))] == [False, False, False, True]
    assert rt.objects.content == {}
    settled = asked.flush(linked)
    assert settled == {item.generation_id: item for item in (refused, answer(0), answer(1), answer(2))}
    assert len(rt.objects.content) == 1
    assert len(rt.lineage.tables["generation"]) == len(rt.lineage.tables["generation_input"]) == 3
    assert asked.flush(linked) == {} and len(rt.objects.content) == 1


def test_time_flushes_what_there_is(rt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After `flush_seconds` one answer is enough, and so is a refusal."""
    asked = asked_for(rt, CONFIG.model_copy(update={"flush_seconds": 5.0}))
    now = module.time.monotonic()
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    asked.expect(request("q 0"))
    assert asked.flush(linked) == {}
    assert not asked.take(answer(0))
    now += 5.1
    asked.expect(request("q 1"))
    assert asked.take(Refused(request("q 1").generation_id, "HTTP 400"))
    assert len(asked.flush(linked)) == 2
    asked.expect(request("q 2"))
    assert not asked.take(answer(2)), "the clock starts again at every flush"


def test_what_is_counted(rt: Any) -> None:
    """Tokens and times are those of answers that were stored now; reused ones are counted apart."""
    asked = asked_for(rt)
    assert {name: rt.metrics[name] for name in ("requests_sent", "requests_reused", "prompt_tokens")} == {
        "requests_sent": 0,
        "requests_reused": 0,
        "prompt_tokens": 0,
    }
    for number in range(2):
        asked.expect(request(f"q {number}"))
        asked.take(answer(number, seconds=0.25, queue_seconds=0.5))
    asked.flush(linked)
    keys = [request(f"q {number}").generation_id for number in range(3)]
    assert set(asked.stored(keys)) == set(keys[:2])
    assert {name: rt.metrics[name] for name in rt.metrics if name != "rows_in"} == {
        "requests_sent": 2,
        "requests_reused": 2,
        "prompt_tokens": 14,
        "output_tokens": 6,
        "answer_milliseconds": 500,
        "queue_milliseconds": 1000,
    }


def test_facts_come_back_with_a_stored_answer(rt: Any) -> None:
    """Probabilities that a judge's score is weighted by are stored, and read on reuse."""
    asked = asked_for(rt)
    digits = [{"offset": 7, "top": {"4": -0.25, "5": -1.5}}]
    asked.expect(request("q 0"))
    asked.take(answer(0, digit_logprobs=digits))
    asked.flush(linked)
    key = request("q 0").generation_id
    found = asked.stored([key])[key]
    assert isinstance(found, Answer) and found.facts == {"digit_logprobs": digits}
    rt.lineage.tables.clear()
    found = asked_for(rt).stored([key])[key]
    assert isinstance(found, Answer) and found.facts == {"digit_logprobs": digits}, "from the chunk, by the next try"


def test_the_watcher_is_told_now_and_then(rt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts are written every few seconds, not at every flush."""

    def reports() -> int:
        return sum(name == "set_run_metric" for _, name, _ in rt.lineage.calls)

    asked = asked_for(rt)
    now = module.time.monotonic()
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    asked.report()
    first = reports()
    assert first > 0
    for number, seconds in enumerate((0.0, 1.0, 1.5)):
        now += seconds
        asked.expect(request(f"q {number}"))
        asked.take(answer(number))
        asked.flush(linked)
        assert (reports() > first) == (number == 2)


def test_a_spent_budget_is_known_before_the_first_request(rt: Any) -> None:
    """It is asked whether anything may be spent when nothing is under way."""
    spent: list[tuple[int, int]] = []

    class Budget:
        def spend(self, model: Any, prompt_tokens: int, output_tokens: int) -> None:
            spent.append((prompt_tokens, output_tokens))
            if len(spent) > 2:
                raise BudgetExceeded("spent")

    rt.budget = Budget()
    asked = asked_for(rt)
    asked.expect(request("q 0"))
    asked.expect(request("q 1"))
    assert spent == [(0, 0)]
    asked.take(answer(0))
    asked.take(answer(1))
    asked.flush(linked)
    assert spent == [(0, 0), (14, 6)]
    with pytest.raises(BudgetExceeded):
        asked.expect(request("q 2"))


def test_what_generations_point_to_is_declared(rt: Any) -> None:
    """The prompt, the model, and the chat template where there is one; declaring twice is declaring once."""
    template = ChatTemplate("{{ messages[0].content }}", (("bos_token", "<s>"),))
    for _ in range(2):
        declare(PROMPT, CONFIG.served_by, template, rt)
    assert [len(rt.lineage.tables[name]) for name in ("prompt", "model", "config")] == [1, 1, 1]
    assert rt.lineage.tables["config"][0]["body"] == template.body()
    other = runtime(Model())
    declare(PROMPT, CONFIG.served_by, None, other)
    assert other.lineage.tables["config"] == []


@pytest.fixture
def rows(lineage_store: PostgresLineage) -> list[dict[str, Any]]:
    """Four rows whose documents the store knows."""
    return [{**document(n), "document_id": add_chain(lineage_store, n).document_id} for n in range(4)]


def test_an_erasure_holds_for_every_try_to_come(lineage_store: PostgresLineage, rows: list[dict[str, Any]]) -> None:
    """On the real store: what was erased is neither found, nor asked again, nor written anew; the others are found."""
    objects = MemoryObjects()

    def generate_with(model: Model) -> tuple[list[Any], Any]:
        rt = runtime(model, lineage=lineage_store, objects=objects, run_id=add_run(lineage_store))  # type: ignore[arg-type]
        return run(rows, rt, max_attempts=2, prompt=SECOND), rt

    first, rt = generate_with(Model())
    assert all(isinstance(item, Generated) for item in first)
    (row,) = lineage_store.fetch_by_ids("answered_generations", [first[2].answer.generation_id])
    lineage_store.execute("erase_output", sha256=row["output_sha256"], reason="asked for")
    objects.content.clear()

    model = Model(lambda request: "something else")
    second, rt = generate_with(model)
    assert model.asked == [] and objects.content == {}
    assert rt.metrics["requests_reused"] == 3
    rejected = second.pop(2)
    assert isinstance(rejected, Rejected) and rejected.reason == "answer_erased"
    assert [item.value for item in second] == [first[number].value for number in (0, 1, 3)]


def test_every_document_is_linked_once_on_the_real_store(
    lineage_store: PostgresLineage, rows: list[dict[str, Any]]
) -> None:
    """Rows of the same text share an answer whenever they come; a link that is known is no conflict."""
    same = [{**row, "text": "the same"} for row in rows]
    objects = MemoryObjects()
    for number in range(2):
        model = Model()
        rt = runtime(model, lineage=lineage_store, objects=objects, run_id=add_run(lineage_store))  # type: ignore[arg-type]
        outcomes = run(iter([*same, same[0]]), rt, flush_rows=1, prompt=SECOND)
        assert [item.row["document_id"] for item in outcomes] == [row["document_id"] for row in [*rows, rows[0]]]
        assert len(model.asked) == 1 - number
    generation_id = outcomes[0].answer.generation_id  # type: ignore[union-attr]
    links = lineage_store.fetch("documents_of_generation", generation_id=generation_id)
    assert sorted(str(link["document_id"]) for link in links) == sorted(row["document_id"] for row in rows)


def test_another_tasks_answer_is_taken_over() -> None:
    """Where the store had one first, that one counts, and its tokens are those of the other task."""
    lineage = AnsweringLineage()
    other = runtime(Model(), lineage=lineage)
    mine = asked_for(other)
    theirs = Asked(CONFIG, runtime(Model(), lineage=lineage, run_id="run-2"), "generations/score/other")
    for asked, text in ((theirs, "theirs"), (mine, "mine")):
        asked.expect(request("q 0"))
        asked.take(Answer(request("q 0").generation_id, text, "stop", 7, 3))
        (found,) = asked.flush(lambda key: []).values()
        assert isinstance(found, Answer) and found.output_text == "theirs"
