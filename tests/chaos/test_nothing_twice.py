"""What other tools were seen to get wrong, on the real services: asked again, mixed up, answered by the wrong model.

Each test counts the requests at the model server, over HTTP.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tasks.backtranslate.run import run
from tasks.core.config import BacktranslateConfig
from tasks.core.ids import digest_of
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_rows
from tests.chaos.stage_process import commit_documents, make_runtime
from tests.chaos.test_llm_task import document
from tests.llm.model_server import ModelServer, Reply, chat, model_server

pytestmark = pytest.mark.stack


def say(number: int, body: dict[str, Any]) -> Reply:
    """Answer with what was asked: the model's name and the jar's number."""
    prompt = body["messages"][0]["content"]
    jar = prompt.split("jar number ", 1)[1].split()[0]
    return chat(f"How does {body['model']} label jar {jar} well?", model=body["model"])


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as running:
        running.reply = say
        yield running


@pytest.fixture
def job(lineage_url: str, s3_arguments: dict[str, str], server: ModelServer) -> dict[str, Any]:
    """The real stores, and the server that counts."""
    return {"lineage_url": lineage_url, "s3": s3_arguments, "model_url": server.url}


def backtranslate(job: dict[str, Any], numbers: list[int], **changes: Any) -> dict[str, str]:
    """Run the stage over a shard of these documents, as a task of its own; return text -> instruction."""
    shard = commit_documents(job, map(document, numbers), input_sha256=digest_of(numbers))
    rt = make_runtime(job)
    model = {"connection": "x", "name": "first", "revision": "1", "concurrency": 4, **changes.pop("model", {})}
    ref = run(shard, BacktranslateConfig.model_validate({"model": model, **changes}), rt)
    return {row["text"]: row["instruction"] for row in read_rows(rt.objects, open_shard(rt.objects, ref).kept.key)}


def expected(numbers: list[int], model: str = "first") -> dict[str, str]:
    return {str(document(n)["text"]): f"How does {model} label jar {n} well?" for n in numbers}


def test_a_second_run_ends_and_asks_nothing(job: dict[str, Any], server: ModelServer) -> None:
    """The same work again: the same rows, no request (a peer was seen to hang)."""
    numbers = list(range(40))
    first = backtranslate(job, numbers)
    assert backtranslate(job, numbers) == first == expected(numbers)
    assert len(server.asked) == 40


def test_one_appended_row_is_one_request(job: dict[str, Any], server: ModelServer) -> None:
    """A corpus that grew by a row costs a request (a peer was seen to ask 1,002)."""
    backtranslate(job, list(range(100)))
    assert backtranslate(job, list(range(101))) == expected(list(range(101)))
    assert len(server.asked) == 101


def test_a_changed_corpus_is_never_mixed_with_the_one_before(job: dict[str, Any], server: ModelServer) -> None:
    """Each run holds the rows of its own corpus, in its order, and shared documents are not asked again."""
    backtranslate(job, list(range(30)))
    other = [*range(35, 25, -1)]
    assert list(backtranslate(job, other).items()) == list(expected(other).items())
    assert len(server.asked) == 30 + 6


@pytest.mark.parametrize(
    "change",
    [
        {"model": {"name": "second"}},
        {"model": {"revision": "2"}},
        {"temperature": 0.5},
        {"top_p": 0.5},
        {"max_tokens": 99},
        {"seed": 1},
    ],
    ids=str,
)
def test_another_question_is_asked_anew(job: dict[str, Any], server: ModelServer, change: dict[str, Any]) -> None:
    """Another model or parameter never gets the answers of the one before (a peer was seen to give them)."""
    numbers = list(range(10))
    backtranslate(job, numbers)
    name = change.get("model", {}).get("name", "first")
    assert backtranslate(job, numbers, **change) == expected(numbers, name)
    assert len(server.asked) == 20
    assert backtranslate(job, numbers) == expected(numbers), "and what was there before is still there"
    assert len(server.asked) == 20


def test_another_prompt_is_asked_anew(
    job: dict[str, Any], server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new version of the prompt asks again, and changes nothing that the old one made."""
    from tasks.backtranslate import run as stage
    from tasks.llm.prompts import Prompt, load_prompt

    numbers = list(range(10))
    backtranslate(job, numbers)
    old = load_prompt("backtranslate", 1)
    monkeypatch.setattr(
        stage,
        "load_prompt",
        lambda name, version: Prompt(name, version, old.template if version == 1 else "As said. " + old.template),
    )
    assert backtranslate(job, numbers, prompt=2) == expected(numbers)
    assert len(server.asked) == 20
    backtranslate(job, numbers)
    assert len(server.asked) == 20
