"""One service: started detached, recognised, and explained when it fails."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tasks.local.processes import end_processes, processes_of, service_of
from tasks.local.service import (
    Service,
    ServiceError,
    child_env,
    failure,
    last_lines,
    main_process,
    pid_file,
    start,
    state_of,
)
from tasks.local.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A home whose processes are ended after the test."""
    settings = load_settings(tmp_path / "home")
    yield settings
    end_processes(lambda: processes_of(settings.home), grace_seconds=0)


@pytest.fixture
def service(settings: Settings, tmp_path: Path) -> Service:
    """A small web server."""
    port = settings.ports["standin"]
    url = f"http://127.0.0.1:{port}"

    def check() -> str:
        try:
            return "" if httpx.get(url, timeout=2, trust_env=False).is_success else "not well"
        except httpx.HTTPError as error:
            return str(error)

    return Service(
        name="web",
        command=(sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)),
        env=child_env(settings, "web"),
        folder=tmp_path,
        port=port,
        url=url,
        check=check,
        advice="turn it off and on again",
        stop_signal=signal.SIGTERM,
        stop_seconds=5,
        start_seconds=10,
    )


def _wait(settings: Settings, service: Service) -> None:
    while state_of(settings, service).state != "healthy":
        pass


def test_a_service_is_down_then_healthy_then_down(settings: Settings, service: Service) -> None:
    """The state follows the process, in a session of its own with its output in the log."""
    assert state_of(settings, service).state == "down"
    start(settings, service)
    _wait(settings, service)
    state = state_of(settings, service)
    assert state.pid == int(pid_file(settings, "web").read_text())
    assert os.getsid(state.pid) == state.pid
    assert any("GET /" in line for line in last_lines(settings.log_file("web")))
    os.kill(state.pid, signal.SIGKILL)
    while main_process(settings, "web"):
        pass
    assert state_of(settings, service).state == "down"


def test_a_pid_given_to_another_process_is_not_the_service(settings: Settings, service: Service) -> None:
    """After a reboot the remembered pid may be anyone's: it is neither called healthy nor ever signalled."""
    pid_file(settings, "web").write_text(f"{os.getpid()}\n")
    assert main_process(settings, "web") is None
    assert state_of(settings, service).state == "down"


def test_a_service_just_started_is_never_called_down(
    settings: Settings, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel shows no environment for a moment after a start; a child of our own is known without it."""
    start(settings, service)
    monkeypatch.setattr("psutil.Process.environ", lambda process: {})
    assert state_of(settings, service).state != "down"
    os.kill(int(pid_file(settings, "web").read_text()), signal.SIGKILL)
    while main_process(settings, "web"):
        pass
    assert state_of(settings, service).state == "down"


def test_a_killed_services_orphans_are_ended_before_the_next_start(settings: Settings, service: Service) -> None:
    """A child that still holds the port does not keep the service from starting."""
    start(settings, service)
    _wait(settings, service)
    pid_file(settings, "web").unlink()
    (orphan,) = processes_of(settings.home)
    start(settings, service)
    _wait(settings, service)
    assert service_of(orphan, settings.home) is None
    assert [process.pid for process in processes_of(settings.home)] == [main_process(settings, "web").pid]


def test_a_taken_port_is_named_with_its_holder(
    settings: Settings, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port somebody else has is an error that says who, and how to get another one."""
    monkeypatch.setattr("tasks.local.service.PORT_SECONDS", 0.2)
    with socket.socket() as other:
        other.bind(("127.0.0.1", service.port))
        other.listen()
        with pytest.raises(ServiceError, match=rf"web .*port {service.port} is taken by process {os.getpid()}"):
            start(settings, service)
    assert state_of(settings, service).state == "down"


def test_a_missing_program_is_a_clear_error(settings: Settings, service: Service) -> None:
    """A binary that is not there is said with its name."""
    with pytest.raises(ServiceError, match=r"web cannot start: .*no-such-program"):
        start(settings, replace(service, command=("/no-such-program",)))


def test_a_failure_shows_the_end_of_the_log_and_what_to_try(settings: Settings, service: Service) -> None:
    """The message has the service, the log's path, its last 15 lines and the advice."""
    log = settings.log_file("web")
    log.write_text("".join(f"line {number} {'x' * 200}\n" for number in range(100)))
    message = str(failure(settings, service, "ended"))
    assert message.startswith("web ended.")
    assert str(log) in message
    assert "line 85 " in message
    assert "line 84 " not in message
    assert message.endswith("turn it off and on again")


def test_a_childs_environment_is_clean_and_marked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another Airflow's settings and PYTHONDONTWRITEBYTECODE stay out; home and service are named."""
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", "x")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    env = child_env(settings, "web", {"MORE": "1"})
    assert not {key for key in env if key.startswith("AIRFLOW")}
    assert "PYTHONDONTWRITEBYTECODE" not in env
    assert (env["BACKFORTH_HOME"], env["BACKFORTH_SERVICE"], env["MORE"]) == (str(settings.home), "web", "1")
