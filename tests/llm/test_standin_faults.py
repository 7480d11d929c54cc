"""The stand-in's fault switches, as a client meets them."""

import json
import time
from collections.abc import Iterator

import httpx
import pytest

from tasks.llm.prompts import load_prompt
from tasks.llm.standin.faults import Fault, Faults, read_faults
from tasks.llm.standin.protocol import RequestError
from tests.llm.standin_process import ask, content, standin
from tests.llm.standin_texts import HINGE

INSTRUCTION = "How do I fix a squeaking door hinge?"
BACK = load_prompt("backtranslate", 1).render(document=HINGE)
SCORE = load_prompt("score", 1).render(document=HINGE, instruction=INSTRUCTION)
REWRITE = load_prompt("rewrite", 1).render(document=HINGE, instruction=INSTRUCTION)


@pytest.fixture(scope="module")
def server() -> Iterator[httpx.Client]:
    with standin() as started:
        yield started


@pytest.fixture
def client(server: httpx.Client) -> Iterator[httpx.Client]:
    yield server
    server.post("/faults", json=[])


def set_fault(client: httpx.Client, **fault: object) -> None:
    assert client.post("/faults", json=fault).status_code == 200


def test_429_says_when_to_come_back(client: httpx.Client) -> None:
    """Too many requests come with Retry-After, and stop when the count is used up."""
    set_fault(client, mode="429", seconds=2, count=1)
    first, second = ask(client, BACK), ask(client, BACK)
    assert (first.status_code, first.headers["retry-after"]) == (429, "2")
    assert first.json()["error"]["code"] == 429
    assert second.status_code == 200


def test_500_is_an_error_object(client: httpx.Client) -> None:
    """An internal error has a status and a body that can be read."""
    set_fault(client, mode="500")
    response = ask(client, BACK)
    assert (response.status_code, response.json()["error"]["code"]) == (500, 500)


def test_only_the_named_stage_goes_wrong(client: httpx.Client) -> None:
    """A fault for one stage leaves the others alone."""
    set_fault(client, mode="500", stage="score")
    assert [ask(client, prompt).status_code for prompt in (BACK, SCORE, REWRITE)] == [200, 500, 200]


def test_truncated_ends_with_length(client: httpx.Client) -> None:
    """A cut answer says so, and lacks its end."""
    set_fault(client, mode="truncated")
    choice = ask(client, REWRITE).json()["choices"][0]
    assert choice["finish_reason"] == "length"
    assert "[/RES]" not in choice["message"]["content"]


def test_malformed_is_no_json(client: httpx.Client) -> None:
    """The body breaks off in the middle."""
    set_fault(client, mode="malformed")
    response = ask(client, BACK)
    assert response.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        response.json()


def test_html_comes_with_status_200(client: httpx.Client) -> None:
    """A proxy's error page looks like success."""
    set_fault(client, mode="html")
    response = ask(client, BACK)
    assert response.status_code == 200
    assert response.text.startswith("<html>")


def test_null_content_and_empty_choices(client: httpx.Client) -> None:
    """Answers without an answer keep the rest of the protocol."""
    set_fault(client, mode="null_content")
    assert content(ask(client, BACK)) is None
    set_fault(client, mode="empty_choices")
    assert ask(client, BACK).json()["choices"] == []


@pytest.mark.parametrize(("prompt", "missing"), [(SCORE, "Score:"), (REWRITE, "[RES]")], ids=["score", "rewrite"])
def test_wrong_format_leaves_out_what_is_parsed(client: httpx.Client, prompt: str, missing: str) -> None:
    """The answer is there, but not in the form that was asked for."""
    assert missing in content(ask(client, prompt))
    set_fault(client, mode="wrong_format")
    answer = content(ask(client, prompt))
    assert len(answer) > 20
    assert missing not in answer


def test_slow_answers_after_the_wait(client: httpx.Client) -> None:
    """A slow answer is a right answer."""
    usual = content(ask(client, BACK))
    set_fault(client, mode="slow", seconds=0.3)
    started = time.monotonic()
    assert content(ask(client, BACK)) == usual
    assert time.monotonic() - started >= 0.3


def test_hang_outlasts_the_client(client: httpx.Client) -> None:
    """A hanging request ends by the client's own time limit, and others are answered meanwhile."""
    set_fault(client, mode="hang", stage="score")
    with pytest.raises(httpx.ReadTimeout):
        client.post(
            "/v1/chat/completions",
            json={"model": "backforth-standin", "messages": [{"role": "user", "content": SCORE}]},
            timeout=0.4,
        )
    assert ask(client, BACK).status_code == 200


def test_late_answers_count_only_where_somebody_waits(client: httpx.Client) -> None:
    """After the client's time limit nothing is answered; a client that waits gets its answer."""
    answered = client.get("/ledger").json()["answered"]
    set_fault(client, mode="late", seconds=1.0)
    with pytest.raises(httpx.ReadTimeout):
        client.post(
            "/v1/chat/completions",
            json={"model": "backforth-standin", "messages": [{"role": "user", "content": BACK}]},
            timeout=0.2,
        )
    assert content(ask(client, BACK))
    assert client.get("/ledger").json()["answered"] == answered + 1


def test_half_json_ends_with_the_connection(client: httpx.Client) -> None:
    """The body that was promised never comes to its end."""
    set_fault(client, mode="half_json")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(client, BACK)
    assert client.get("/health").status_code == 200


def test_wrong_model_answers_under_another_name(client: httpx.Client) -> None:
    """All is well but for the name."""
    set_fault(client, mode="wrong_model")
    body = ask(client, BACK).json()
    assert body["model"] == "another-model"
    assert body["choices"][0]["message"]["content"]


def complete(client: httpx.Client, *prompts: str, **sampling: object) -> list[dict]:
    """Ask many prompts in one request; return the choices."""
    body = {"model": "backforth-standin", "prompt": list(prompts), "max_tokens": 400, **sampling}
    return client.post("/v1/completions", json=body).json()["choices"]


def test_twice_gives_an_answer_that_nobody_asked_for(client: httpx.Client) -> None:
    """One prompt gets two choices; several get as many as they are, one index twice."""
    set_fault(client, mode="twice")
    assert [choice["index"] for choice in ask(client, BACK).json()["choices"]] == [0, 0]
    assert [choice["index"] for choice in complete(client, BACK, SCORE, REWRITE)] == [2, 1, 2]


def test_weights_change_every_answer_but_not_its_form(client: httpx.Client) -> None:
    """Another model behind the same name answers another text, with other probabilities."""
    asked = {"temperature": 0, "max_tokens": 16, "logprobs": True}
    usual = ask(client, "Hello", **asked).json()["choices"][0]
    assert ask(client, "Hello", **asked).json()["choices"][0] == usual
    set_fault(client, mode="weights")
    other = ask(client, "Hello", **asked).json()["choices"][0]
    assert other["message"] != usual["message"]
    assert other["logprobs"] != usual["logprobs"]
    assert "Score: " in content(ask(client, SCORE))


def test_many_prompts_go_wrong_one_by_one(client: httpx.Client) -> None:
    """Where a request holds many prompts, a fault of the answer hits those of its stage and no other."""
    usual = complete(client, BACK, SCORE, REWRITE)
    for mode, wrong in (("truncated", "length"), ("null_content", None)):
        set_fault(client, mode=mode, stage="score")
        back, score, rewrite = complete(client, BACK, SCORE, REWRITE)
        assert (back, rewrite) == (usual[0], usual[2])
        assert wrong in (score["finish_reason"], score["text"])
    set_fault(client, mode="truncated", count=2)
    ends = [choice["finish_reason"] for choice in complete(client, BACK, SCORE, REWRITE)]
    assert ends == ["length", "length", "stop"]


def test_token_limit_holds_for_each_prompt(client: httpx.Client) -> None:
    """A short answer beside a long one is whole; the counts are those of all."""
    body = {"model": "backforth-standin", "prompt": [BACK, REWRITE], "max_tokens": 40}
    response = client.post("/v1/completions", json=body).json()
    assert [choice["finish_reason"] for choice in response["choices"]] == ["stop", "length"]
    alone = [client.post("/v1/completions", json={**body, "prompt": one}).json() for one in (BACK, REWRITE)]
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert response["usage"][name] == sum(one["usage"][name] for one in alone)


def test_faults_are_shown_with_how_often_they_fired(client: httpx.Client) -> None:
    """A test can see that its fault was met."""
    set_fault(client, mode="500", count=5)
    ask(client, BACK)
    (shown,) = client.get("/faults").json()["faults"]
    assert (shown["mode"], shown["fired"], shown["count"]) == ("500", 1, 5)
    assert client.post("/faults", json={}).json() == {"faults": []}


def test_faulty_answers_are_not_in_the_ledger(client: httpx.Client) -> None:
    """Only what a client could use counts as answered."""
    before = client.get("/ledger").json()
    set_fault(client, mode="malformed")
    ask(client, BACK)
    set_fault(client, mode="truncated")
    ask(client, BACK)
    after = client.get("/ledger").json()
    assert after["answered"] - before["answered"] == 1
    assert after["faults"]["malformed"] == before["faults"].get("malformed", 0) + 1


def test_rate_picks_by_prompt() -> None:
    """About the wanted share of prompts is hit, and always the same ones."""
    prompts = [f"prompt {number}" for number in range(2000)]
    first = [Fault("500", rate=0.3).hits(prompt, "score") for prompt in prompts]
    second = [Fault("500", rate=0.3).hits(prompt, "score") for prompt in prompts]
    assert first == second
    assert 0.25 < sum(first) / len(first) < 0.35


def test_count_bounds_the_hits() -> None:
    """After `count` hits everything is well again."""
    faults = Faults([Fault("500", count=2)])
    assert [faults.of_request("p", "score") is not None for _ in range(4)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({"mode": "rain"}, "rain"),
        ({"rate": 0.5}, "mode"),
        ({"mode": "500", "rate": 2}, "rate"),
        ({"mode": "500", "rate": True}, "rate"),
        ({"mode": "500", "count": 1.5}, "count"),
        ({"mode": "500", "stage": "sleep"}, "sleep"),
        ({"mode": "500", "speed": 1}, "speed"),
        (["500"], "object"),
    ],
)
def test_bad_switches_are_refused(fault: object, word: str) -> None:
    """A mistyped switch is named instead of ignored."""
    with pytest.raises(RequestError, match=word):
        read_faults(fault)
