"""Against a server of fixed latency and slots: how near the client comes to the ideal rate.

The client has a quarter more prompts in flight than the server has slots, as `concurrency` should be set for a real
engine: a prompt then waits in the server's queue whenever a slot becomes free, and the way there costs nothing.
"""

import time

from tasks.llm.client import OpenAIClient
from tasks.llm.request import Answer
from tests.bench.served import config, requests, served

SLOTS, LATENCY_MS = 256, 200
ROWS = 20_000


def measure() -> dict[str, object]:
    """Return the rate reached, the ideal, and their ratio; the client's CPU time is told apart."""
    settings = config(concurrency=SLOTS * 5 // 4)
    asked = requests(ROWS, settings)
    with served(latency_ms=LATENCY_MS, slots=SLOTS) as (url, _):
        client = OpenAIClient(base_url=url, model=settings.served_by)
        started, cpu = time.perf_counter(), time.process_time()
        answered = sum(isinstance(answer, Answer) for answer in client.complete(asked))
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    ideal = SLOTS / (LATENCY_MS / 1000)
    return {
        "rows": answered,
        "rows_per_second": round(answered / seconds, 1),
        "ideal_rows_per_second": ideal,
        "client_cpu_seconds": round(cpu_seconds, 2),
        "ratio": round(answered / seconds / ideal, 3),
    }
