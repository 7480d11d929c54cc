"""What a vLLM server says of itself at /metrics while a task asks it, as integers for `run_metric`.

The figures are of the whole server over the time of one try: tasks that share a server see each other's.
"""

import math
import re
import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self

import httpx

SAMPLE_SECONDS = 5.0
TIMEOUT_SECONDS = 3.0

# Series of vLLM (docs/design/metrics.md there) by the names used here. The engines of a data-parallel server have one
# each, which are added up; of the shares the largest counts. Older versions call the cache `gpu_cache_usage_perc`.
RUNNING, WAITING, CACHE = "running", "waiting", "kv_cache"
_SERIES = {
    "vllm:num_requests_running": RUNNING,
    "vllm:num_requests_waiting": WAITING,
    "vllm:kv_cache_usage_perc": CACHE,
    "vllm:gpu_cache_usage_perc": CACHE,
    "vllm:prompt_tokens_total": "prompt_tokens",
    "vllm:generation_tokens_total": "generation_tokens",
    "vllm:num_preemptions_total": "preemptions",
    "vllm:prefix_cache_queries_total": "prefix_cache_queries",
    "vllm:prefix_cache_hits_total": "prefix_cache_hits",
}
GAUGES = {RUNNING, WAITING, CACHE}
_LINE = re.compile(r"^(vllm:[a-z_]+)(?:\{.*\})?\s+(\S+)", re.MULTILINE)


def parse(text: str) -> dict[str, float]:
    """Return the figures of a page in Prometheus' text format, by our names; those that it lacks are left out."""
    found: dict[str, float] = {}
    for series, written in _LINE.findall(text):
        name = _SERIES.get(series)
        try:
            value = float(written)
        except ValueError:
            continue
        if name is None or not math.isfinite(value):
            continue
        found[name] = max(found.get(name, 0.0), value) if name == CACHE else found.get(name, 0.0) + value
    return found


class Sampler:
    """Samples servers at the start, at the end and every few seconds in between; `metrics()` tells the outcome.

    A server without /metrics, or one that does not answer, is passed over: a figure is never worth a failed task.
    """

    def __init__(self, urls: Iterable[str], *, seconds: float = SAMPLE_SECONDS) -> None:
        self._urls, self._seconds = tuple(urls), seconds
        self._last: dict[str, Mapping[str, float]] = {}
        self._counts: dict[str, float] = {}
        self._max: dict[str, float] = {}
        self._sample_count = self._idle_count = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="server-metrics", daemon=True)
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        self._sample()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
        if error is None:
            self._sample()
        self._client.close()

    def metrics(self) -> dict[str, int]:
        """Return counts, maxima and shares in thousandths; {} where no server told anything."""
        if not self._last:
            return {}
        counts = dict(self._counts)
        hits, queries = counts.pop("prefix_cache_hits", 0.0), counts.pop("prefix_cache_queries", 0.0)
        found = {f"server_{name}": int(value) for name, value in counts.items()}
        found |= {f"server_{name}_max": int(value) for name, value in self._max.items() if name != CACHE}
        if CACHE in self._max:
            found["server_kv_cache_max_per_mille"] = round(1000 * self._max[CACHE])
        if queries:
            found["server_prefix_cache_hit_per_mille"] = round(1000 * hits / queries)
        if self._sample_count:
            found["server_idle_per_mille"] = round(1000 * self._idle_count / self._sample_count)
        return found

    def _run(self) -> None:
        while not self._done.wait(self._seconds):
            self._sample(during=True)

    def _sample(self, *, during: bool = False) -> None:
        gauges: dict[str, float] = {}
        for url in self._urls:
            try:
                page = self._client.get(f"{url}/metrics")
            except httpx.HTTPError:
                continue
            seen = parse(page.text) if page.status_code == httpx.codes.OK else {}
            for name, value in seen.items():
                if name in GAUGES:
                    gauges[name] = max(gauges.get(name, 0.0), value) if name == CACHE else gauges.get(name, 0.0) + value
                else:
                    self._count(name, value, self._last.get(url))
            if seen:
                self._last[url] = seen
        for name, value in gauges.items():
            self._max[name] = max(self._max.get(name, 0.0), value)
        # The first and last sample lie before and after the work: they say nothing of how busy the server was.
        if during and RUNNING in gauges:
            self._sample_count += 1
            self._idle_count += gauges[RUNNING] == 0

    def _count(self, name: str, value: float, before: Mapping[str, float] | None) -> None:
        """Add what a counter grew by; one that fell was started again from zero."""
        known = value if before is None else before.get(name, 0.0)
        self._counts[name] = self._counts.get(name, 0.0) + (value - known if value >= known else value)
