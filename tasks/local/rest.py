"""A client of the embedded Airflow's REST API: what the commands and tests need of it, and no more."""

import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Self

import httpx

from tasks.core.errors import ConfigError, RetriableError
from tasks.local.settings import UI_USER, Settings

Json = dict[str, Any]

# Airflow gives at most this many rows at a time ([api] maximum_page_limit).
PAGE = 100
# Seconds a call is repeated while the api-server is away or answers 5xx, as it does while it starts.
PATIENCE_SECONDS = 30.0


class AirflowRest:
    """The REST API, logged in as the UI's user. Usable as a context manager.

    Calls raise RetriableError when the api-server stays away, ConfigError when it refuses what was asked.
    """

    def __init__(self, settings: Settings, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._password = settings.secrets["ui_password"]
        self._patience = patience_seconds
        self._http = httpx.Client(base_url=settings.airflow_url, timeout=30, trust_env=False)
        self._token = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, **params: Any) -> Json:
        """GET /api/v2/<path>."""
        return self._call("GET", path, params=params)

    def post(self, path: str, body: Mapping[str, Any]) -> Json:
        """POST to /api/v2/<path>. It may be repeated, so name what is made in `body`."""
        return self._call("POST", path, body=body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Json:
        """PATCH /api/v2/<path>."""
        return self._call("PATCH", path, body=body)

    def health(self) -> Json:
        """Return the state of Airflow's components; needs no login."""
        return self._call("GET", "monitor/health", login=False)

    def dags(self) -> list[Json]:
        """Return all Dags."""
        return list(self._pages("dags", "dags"))

    def import_errors(self) -> list[Json]:
        """Return the Dag files that cannot be read: `filename` and `stack_trace` of each."""
        return list(self._pages("importErrors", "import_errors"))

    def unpause(self, dag_id: str) -> None:
        """Let the Dag's runs start."""
        self.patch(f"dags/{dag_id}", {"is_paused": False})

    def trigger(self, dag_id: str, partition_key: str | None = None, conf: Mapping[str, Any] | None = None) -> Json:
        """Start one run now, of one partition when its key is given; return the run."""
        # With an id of its own the call can be repeated: an answer that was lost does not make a second run.
        run_id = f"manual__{partition_key or 'run'}__{uuid.uuid4()}"
        body: Json = {"logical_date": None, "dag_run_id": run_id, "conf": dict(conf or {})}
        if partition_key is not None:
            body["partition_key"] = partition_key
        try:
            return self.post(f"dags/{dag_id}/dagRuns", body)
        except AlreadyThere:
            return self.dag_run(dag_id, run_id)

    def dag_run(self, dag_id: str, run_id: str) -> Json:
        """Return one run."""
        return self.get(f"dags/{dag_id}/dagRuns/{run_id}")

    def dag_runs(self, dag_id: str, partition_key: str | None = None) -> list[Json]:
        """Return the Dag's runs, of one partition when its key is given, oldest first."""
        pattern = {} if partition_key is None else {"partition_key_pattern": partition_key}
        runs = self._pages(f"dags/{dag_id}/dagRuns", "dag_runs", order_by="id", **pattern)
        return [run for run in runs if partition_key is None or run["partition_key"] == partition_key]

    def task_instances(self, dag_id: str, run_id: str) -> list[Json]:
        """Return the run's task instances, each mapped one for itself."""
        return list(self._pages(f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", "task_instances"))

    def upstream_events(self, dag_id: str, run_id: str) -> list[Json]:
        """Return the asset events that the run consumed: none when it was not triggered by assets.

        `source_dag_id` and `source_run_id` of each name the run that made it. Of a run whose `start_date` is null
        Airflow 3.3 answers 500 instead.
        """
        events: list[Json] = self.get(f"dags/{dag_id}/dagRuns/{run_id}/upstreamAssetEvents")["asset_events"]
        return events

    def ensure_pool(self, name: str, *, slots: int, description: str = "") -> None:
        """Make the pool when there is none of this name; one that is there keeps its slots."""
        if name in {pool["name"] for pool in self._pages("pools", "pools")}:
            return
        try:
            self.post("pools", {"name": name, "slots": slots, "description": description})
        except AlreadyThere:
            return

    def _pages(self, path: str, key: str, **params: Any) -> Iterator[Json]:
        offset = 0
        while True:
            page = self.get(path, limit=PAGE, offset=offset, **params)
            rows: list[Json] = page[key]
            yield from rows
            offset += len(rows)
            if not rows or offset >= page["total_entries"]:
                return

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        login: bool = True,
    ) -> Json:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                if login and not self._token:
                    self._token = self._log_in()
                headers = {"Authorization": f"Bearer {self._token}"} if login else {}
                answer = self._http.request(method, f"/api/v2/{path}", params=params, json=body, headers=headers)
                if answer.status_code == httpx.codes.UNAUTHORIZED:
                    self._token = ""  # expired, or the api-server was started anew with another secret
                elif answer.status_code < 500:
                    return _content(answer, f"{method} {path}")
                wrong = f"answered {answer.status_code}: {answer.text[:300]}"
            except httpx.HTTPError as error:
                wrong = f"cannot be reached ({str(error) or type(error).__name__})"
            if time.monotonic() > deadline:
                raise RetriableError(
                    f"Airflow at {self._http.base_url}: {method} {path} {wrong}; see `backforth status`"
                )
            time.sleep(0.5)

    def _log_in(self) -> str:
        answer = self._http.post("/auth/token", json={"username": UI_USER, "password": self._password})
        answer.raise_for_status()
        return str(answer.json()["access_token"])


class AlreadyThere(ConfigError):
    """What was to be made exists (HTTP 409)."""


def _content(answer: httpx.Response, what: str) -> Json:
    if answer.is_success:
        return dict(answer.json()) if answer.content else {}
    kind = AlreadyThere if answer.status_code == httpx.codes.CONFLICT else ConfigError
    raise kind(f"Airflow refused {what} with {answer.status_code}: {answer.text[:500]}")
