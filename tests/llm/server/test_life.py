"""The life of a model server: real processes, the real PostgreSQL, and only the engine is made up."""

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import psycopg2
import pytest
from psycopg2 import sql

from tasks.core.errors import ConfigError, FatalError, RetriableError
from tasks.llm.server.ensure import let_go
from tasks.llm.server.launch import Place
from tasks.llm.server.lease import held, join, lease_by_id
from tasks.llm.server.metrics import RUNNING, parse
from tasks.llm.server.warden import processes_of
from tasks.local.settings import Settings
from tests.llm.server.conftest import LEASE_SECONDS, Host, healthy, made_server, until

pytestmark = pytest.mark.stack


def test_a_server_is_started_used_and_stopped(host: Host) -> None:
    """Set-up gives a healthy server with the model's name; the teardown leaves no process and a clean row."""
    server = made_server()
    lease = host.ensure(server)
    names = httpx.get(f"{lease.url}/v1/models", trust_env=False).json()["data"]
    assert [item["id"] for item in names] == ["judge"]
    let_go(host.store, server, "dag/run1")
    row = host.row(lease)
    assert (row["state"], row["exit_status"], row["last_error"]) == ("ended", 0, None)
    assert processes_of(lease.lease_id) == []
    assert "fake vllm: draining" in row["log_tail"]
    assert not healthy(lease.url)


def test_a_second_run_shares_the_server_and_the_last_one_stops_it(host: Host) -> None:
    """Two runs of the same models hold one server, which goes on until both have let go."""
    server = made_server()
    first, second = host.ensure(server, "dag/run1"), host.ensure(server, "dag/run2")
    assert first.lease_id == second.lease_id
    with held(host.store, second.lease_id, "dag/run2", seconds=LEASE_SECONDS):
        let_go(host.store, server, "dag/run1")
        assert healthy(second.url)
    let_go(host.store, server, "dag/run2")
    assert host.row(first)["state"] == "ended"


def test_of_two_set_ups_that_race_one_starts_the_server(host: Host) -> None:
    """Eight set-ups at once get the same server, and one process runs."""
    server = made_server(env={"FAKE_START_SECONDS": "0.5"})
    with ThreadPoolExecutor(8) as pool:
        leases = list(pool.map(lambda number: host.ensure(server, f"dag/run{number}"), range(8)))
    assert len({lease.lease_id for lease in leases}) == len(host.rows()) == 1
    assert len(processes_of(leases[0].lease_id)) == 1
    assert set(host.rows()[0]["holders"]) == {f"dag/run{number}" for number in range(8)}


def test_another_configuration_is_another_server(host: Host) -> None:
    """A run with other flags does not get a server that was started with ours."""
    first = host.ensure(made_server())
    second = host.ensure(made_server(flags=["--max-loras=2"]))
    assert first.url != second.url


def test_a_lease_that_nobody_renews_lapses_and_frees_the_gpu(host: Host) -> None:
    """A killed worker renews nothing: its server and the engine's own processes are gone after `lease_seconds`."""
    lease = host.ensure(made_server(env={"FAKE_ENGINE": "1"}))
    assert len(processes_of(lease.lease_id)) == 2
    row = host.ended(lease)
    assert row["last_error"] == "its lease lapsed: dag/run1 did not renew it"
    assert processes_of(lease.lease_id) == []


def test_kill_9_of_the_worker_frees_the_gpu(host: Host, lineage_url: str) -> None:
    """The server outlives the task that started it, whose whole process group is killed, and then its lease lapses."""
    job = {"lineage_url": lineage_url, "log_folder": str(host.place.log_folder), "lease_seconds": LEASE_SECONDS}
    task = subprocess.Popen(
        [sys.executable, "-m", "tests.llm.server.holding_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert task.stdin
    assert task.stdout
    task.stdin.write(json.dumps(job))
    task.stdin.close()
    lease = lease_by_id(host.store, task.stdout.readline().strip())
    os.killpg(task.pid, signal.SIGKILL)
    task.wait()
    assert healthy(lease.url)
    assert "did not renew it" in host.ended(lease)["last_error"]
    assert processes_of(lease.lease_id) == []


def test_a_working_task_keeps_its_server(host: Host) -> None:
    """Renewing outlasts the lease several times over."""
    lease = host.ensure(made_server())
    with held(host.store, lease.lease_id, "dag/run1", seconds=LEASE_SECONDS):
        threading.Event().wait(2 * LEASE_SECONDS)
        assert healthy(lease.url)
        assert host.row(lease)["state"] == "ready"


@pytest.mark.parametrize("engine", [{}, {"FAKE_ENGINE": "1"}])
def test_a_killed_supervisor_takes_its_server_along(host: Host, engine: dict[str, str]) -> None:
    """kill -9 of the supervisor leaves nothing on the GPU, not even an engine in a session of its own."""
    server = made_server(env=engine)
    lease = host.ensure(server)
    os.kill(host.row(lease)["pid"], signal.SIGKILL)
    until(lambda: not processes_of(lease.lease_id), "the server is gone")
    again = host.ensure(server)
    assert again.lease_id != lease.lease_id
    assert healthy(again.url)
    assert "supervisor on testhost is gone" in host.row(lease)["last_error"]


def test_a_killed_server_is_restarted_by_the_next_retry(host: Host) -> None:
    """kill -9 of the server is known at once, its engine is swept away, and `ensure` starts another."""
    server = made_server(env={"FAKE_ENGINE": "1"})
    lease = host.ensure(server)
    os.kill(host.server_pid(lease), signal.SIGKILL)
    again = host.ensure(server)
    assert again.lease_id != lease.lease_id
    row = host.ended(lease)
    assert (row["exit_status"], row["last_error"]) == (-9, "ended by itself, killed by SIGKILL")
    assert processes_of(lease.lease_id) == []


def test_a_supervisor_that_hangs_is_not_waited_for(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its server is dead and it says nothing: another one is started, and it finds itself replaced when it wakes up."""
    monkeypatch.setattr("tasks.llm.server.ensure.SILENT_SECONDS", 8.0)
    server = made_server()
    lease = host.ensure(server)
    supervisor = host.row(lease)["pid"]
    os.kill(supervisor, signal.SIGSTOP)
    try:
        os.kill(host.server_pid(lease), signal.SIGKILL)
        again = host.ensure(server, "dag/run2")
    finally:
        os.kill(supervisor, signal.SIGCONT)
    assert "supervisor on testhost is gone" in host.row(lease)["last_error"]
    assert healthy(again.url)


def test_a_server_out_of_reach_is_told(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that cannot reach the address in the lease says so, and names the setting that mends it."""
    monkeypatch.setattr("tasks.llm.server.ensure.UNREACHABLE_SECONDS", 0.2)
    # An address that the server does not listen on: it is bound to 127.0.0.1.
    host.place = Place(**{**vars(host.place), "address": "127.0.0.2"})
    with pytest.raises(RetriableError, match=r"well on testhost, but cannot be reached.*Set BACKFORTH_SERVE_HOST"):
        host.ensure(made_server())


def test_a_server_that_ends_at_once_is_told_with_its_last_words(host: Host) -> None:
    """The error names the host, the status and the end of the log; the third failure in a row calls a person."""
    server = made_server(env={"FAKE_EXIT": "7"})
    for _ in range(2):
        with pytest.raises(RetriableError, match=r"did not come up on testhost.*with status 7") as caught:
            host.ensure(server)
    assert "| RuntimeError: the engine core did not start\n" in str(caught.value)
    with pytest.raises(FatalError, match="failed 3 times in a row"):
        host.ensure(server)


def test_a_server_that_never_gets_healthy_is_stopped(host: Host) -> None:
    """After `start_seconds` the GPU is free again, and the error says what was waited for."""
    server = made_server(env={"FAKE_START_SECONDS": "-1"}, start_seconds=1)
    with pytest.raises(RetriableError, match=r"(?s)did not answer /health within 1 s.*fake vllm: listening") as caught:
        host.ensure(server)
    assert "models.*.serve" not in str(caught.value)
    assert processes_of(str(host.rows()[0]["lease_id"])) == []


def test_a_command_that_does_not_exist_is_named(host: Host) -> None:
    """A missing model environment is told as such."""
    with pytest.raises(RetriableError, match=r"/nowhere/vllm could not be started.*serve\.command"):
        host.ensure(made_server(command=["/nowhere/vllm", "serve"]))


def test_requests_in_flight_are_answered_before_the_stop(host: Host) -> None:
    """The teardown of one run does not lose the last answer of another."""
    server = made_server()
    lease = host.ensure(server)
    body = {"model": "judge", "prompt": "echo", "seconds": 1.5}
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx.post, f"{lease.url}/v1/completions", json=body, timeout=20, trust_env=False)
        until(lambda: is_busy(lease.url), "the request is running")
        let_go(host.store, server, "dag/run1")
        assert answer.result().json()["choices"][0]["text"] == "echo"


def test_a_server_that_does_not_stop_is_killed(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deaf server holds its GPU no longer than `shutdown_seconds` and the time to leave."""
    monkeypatch.setattr("tasks.llm.server.launch.EXIT_SECONDS", 0.5)
    server = made_server(env={"FAKE_DEAF": "1"}, shutdown_seconds=0)
    lease = host.ensure(server)
    let_go(host.store, server, "dag/run1")
    row = host.row(lease)
    assert (row["state"], row["exit_status"]) == ("ended", -9)


def test_a_database_that_is_away_for_too_long_stops_the_server(host: Host, stack_settings: Settings) -> None:
    """A supervisor that cannot read its lease frees the GPU, as nobody can renew it; the next set-up starts afresh."""
    server = made_server()
    lease = host.ensure(server)
    with closing(psycopg2.connect(stack_settings.admin_url)) as admin:
        admin.autocommit = True
        name = sql.Identifier(host.place.lineage_url.rsplit("/", 1)[1])
        with admin.cursor() as cursor:
            cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name.strings[0]]
            )
            try:
                until(lambda: not processes_of(lease.lease_id), "the server is gone")
            finally:
                cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
    assert host.ended(lease)["last_error"] == "the database was away for as long as a lease lasts"
    assert healthy(host.ensure(server).url)


def test_gpus_are_given_to_one_server_at_a_time(host: Host) -> None:
    """Devices are counted per host: a server that finds them taken waits, and gets those that are free."""
    host.place = Place(**{**vars(host.place), "devices": ("4", "7")})
    first = host.ensure(made_server(gpus=1))
    environ = httpx.get(f"{first.url}/environ", trust_env=False).json()
    assert (first.gpus, environ["CUDA_VISIBLE_DEVICES"]) == (("4",), "4")
    two = made_server(gpus=2, flags=["--tensor-parallel-size=2"])
    with pytest.raises(
        RetriableError, match=r"takes 2 GPUs, of the 2 on testhost 1 are free; others are with dag/run1"
    ):
        host.ensure(two, "dag/run2")
    assert host.ensure(made_server(gpus=1, flags=["--max-loras=1"]), "dag/run2").gpus == ("7",)
    three = made_server(gpus=3, flags=["--data-parallel-size=3"])
    with pytest.raises(ConfigError, match=r"takes 3 GPUs, testhost has 2 \(4, 7\)"):
        host.ensure(three)


def test_the_server_sees_no_secret_of_airflow(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a worker holds passwords: the server gets what is left without them, and its own."""
    monkeypatch.setenv("AIRFLOW_CONN_BACKFORTH_LINEAGE", "pass-of-ours")
    monkeypatch.setenv("HF_HOME", "/models")
    lease = host.ensure(made_server(env={"VLLM_LOGGING_LEVEL": "INFO"}))
    environ = httpx.get(f"{lease.url}/environ", trust_env=False).json()
    assert "pass-of-ours" not in str(environ)
    assert host.place.lineage_url not in str(environ)
    wanted = {"SPT_NOENV": "1", "HF_HOME": "/models", "VLLM_LOGGING_LEVEL": "INFO", "BACKFORTH_SERVICE": "model-server"}
    assert wanted.items() <= environ.items()


def test_a_server_about_to_stop_is_not_joined(host: Host) -> None:
    """Who comes while a server stops waits for its end and gets another."""
    server = made_server()
    lease = host.ensure(server)
    host.store.execute("stop_lease", lease_id=lease.lease_id)
    assert not join(host.store, lease.lease_id, "dag/run2", seconds=5)
    assert host.ensure(server, "dag/run2").lease_id != lease.lease_id


def is_busy(url: str) -> bool:
    """Whether a request is in flight at the server."""
    return parse(httpx.get(f"{url}/metrics", trust_env=False).text)[RUNNING] > 0
