"""A server's own figures: read from its page, summed over the time of a try, and never a reason to fail."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tasks.llm.server.metrics import Sampler, parse

PAGE = """# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{{engine="0",model_name="org/m {{x}}"}} {running}
vllm:num_requests_running{{engine="1",model_name="org/m {{x}}"}} 2.0
vllm:num_requests_waiting{{engine="0"}} 1.0
vllm:kv_cache_usage_perc{{engine="0"}} 0.25
vllm:kv_cache_usage_perc{{engine="1"}} {cache}
vllm:prompt_tokens_total{{engine="0"}} {prompt}
vllm:generation_tokens_total{{engine="0"}} 1.5e+03
vllm:generation_tokens_created{{engine="0"}} 1.7e+09
vllm:prefix_cache_queries_total{{engine="0"}} {queries}
vllm:prefix_cache_hits_total{{engine="0"}} {hits}
vllm:e2e_request_latency_seconds_sum{{engine="0"}} 3.5
python_gc_objects_collected_total{{generation="0"}} 5.0
"""


def page(*, running: float = 3.0, cache: float = 0.5, prompt: float = 10.0, queries: float = 0, hits: float = 0) -> str:
    return PAGE.format(running=running, cache=cache, prompt=prompt, queries=queries, hits=hits)


class Pages(BaseHTTPRequestHandler):
    """Answers each request with the next page, the last one again and again; None is a 404."""

    pages: list[str | None]

    def do_GET(self) -> None:
        body = self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len((body or "").encode())))
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_is_read() -> None:
    """Engines are added up, the fullest cache counts, and what we do not know is left out."""
    assert parse(page()) == {
        "running": 5.0,
        "waiting": 1.0,
        "kv_cache": 0.5,
        "prompt_tokens": 10.0,
        "generation_tokens": 1500.0,
        "prefix_cache_queries": 0.0,
        "prefix_cache_hits": 0.0,
    }


@pytest.mark.parametrize("text", ["", "<html>", "vllm:num_requests_running NaN", "vllm:num_requests_running x y", "\0"])
def test_another_page_has_no_figures(text: str) -> None:
    """Whatever stands at /metrics is no reason to fail."""
    assert parse(text) == {}


def test_the_old_name_of_the_cache_is_known() -> None:
    """Servers before the renaming count too."""
    assert parse("vllm:gpu_cache_usage_perc 0.125\n") == {"kv_cache": 0.125}


def test_counters_are_told_as_growth_and_gauges_as_maxima(url: str) -> None:
    """Tokens of earlier runs are not ours; a counter that was reset by a restart goes on from zero."""
    Pages.pages = [
        page(running=0, prompt=1000, queries=100, hits=100),
        page(running=7, cache=0.75, prompt=1100, queries=300, hits=250),
        page(running=0, prompt=40, queries=0, hits=0),
    ]
    with Sampler([url], seconds=0.01) as sampler:
        while len(Pages.pages) > 1:
            pass
    found = sampler.metrics()
    assert found["server_prompt_tokens"] == 100 + 40
    assert found["server_generation_tokens"] == 0
    assert (found["server_running_max"], found["server_waiting_max"]) == (9, 1)
    assert found["server_kv_cache_max_per_mille"] == 750
    assert found["server_prefix_cache_hit_per_mille"] == 750
    assert all(type(value) is int for value in found.values())


def test_an_idle_server_is_told(url: str) -> None:
    """The share of samples in which nothing ran is what an idle GPU costs."""
    Pages.pages = ["vllm:num_requests_running 0.0\n"]
    with Sampler([url], seconds=0.01) as sampler:
        while not sampler._sample_count:
            pass
    assert sampler.metrics()["server_idle_per_mille"] == 1000


def test_a_server_without_figures_is_quiet(url: str) -> None:
    """No /metrics, or nobody there: no figures, no error."""
    Pages.pages = [None]
    with Sampler([url, "http://127.0.0.1:9"], seconds=0.01) as sampler:
        pass
    assert sampler.metrics() == {}


def test_the_error_of_the_work_is_not_hidden(url: str) -> None:
    """A sampler neither swallows nor replaces what went wrong under it."""
    Pages.pages = [page()]
    with pytest.raises(ZeroDivisionError), Sampler([url]):
        raise ZeroDivisionError
