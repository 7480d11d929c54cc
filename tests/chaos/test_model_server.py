"""A model server that misbehaves or goes away costs time or ends in a clear error; it never costs rows or answers."""

import httpx
import pytest

from tests.chaos.test_llm_task import ROWS, asked, document, finish, job, rows_of, start
from tests.llm.standin_process import standin

__all__ = ["job"]  # the fixture, under its own name
pytestmark = pytest.mark.stack


@pytest.mark.parametrize("mode", ["429", "500", "malformed", "empty_choices", "null_content", "html"])
def test_passing_faults_are_retried(job: dict[str, object], standin_url: str, mode: str) -> None:
    """A dozen bad answers among the good ones: the task still ends with every row, and nothing is answered twice."""
    httpx.post(f"{standin_url}/faults", json={"mode": mode, "rate": 1.0, "count": 6}, trust_env=False)
    ref = finish(start(job))
    assert [row["document_id"] for row in rows_of(job, ref)] == [document(n)["document_id"] for n in range(ROWS)]
    assert set(asked(standin_url).values()) == {1}


def test_server_that_goes_away_is_named_and_nothing_is_lost(job: dict[str, object]) -> None:
    """Killed in the middle, the server is named in the error; afterwards only the missing answers are asked for."""
    with standin("--latency-ms", "40") as client:
        process = start({**job, "model_url": str(client.base_url).rstrip("/")})
        while client.get("/ledger").json()["answered"] < ROWS // 2:
            pass
        client.post("/faults", json={"mode": "500", "rate": 1.0})
        _, err = process.communicate(timeout=120)
        answered = client.get("/ledger").json()["answered"]
    assert process.returncode != 0
    assert "RetriableError: model backforth-standin at http://127.0.0.1" in err
    assert "no usable answer after 5 tries" in err
    with standin() as client:
        url = str(client.base_url).rstrip("/")
        ref = finish(start({**job, "model_url": url}))
        assert sum(asked(url).values()) == ROWS - answered
    assert len(rows_of(job, ref)) == ROWS
