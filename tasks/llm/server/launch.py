"""Starts the supervisor of a model server on this host, detached from the task, with devices and a port."""

import os
import random
import socket
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.core.errors import ConfigError, RetriableError
from tasks.core.runtime import LineageStore
from tasks.llm.server.command import Server, argv
from tasks.llm.server.lease import end
from tasks.llm.server.supervisor import EXIT_SECONDS, Job

REPOSITORY = Path(__file__).resolve().parents[3]
SUPERVISOR = "tasks.commands.model_server"
# The embedded stack knows its processes by this variable (tasks/local/processes.py): `backforth down` ends the server
# with the rest, a restart of the scheduler, from whose tasks it was started, does not.
SERVICE_VARIABLE, SERVICE = "BACKFORTH_SERVICE", "model-server"
# Below Linux's ephemeral ports, from which the kernel takes ports for outgoing connections: vLLM imports for ten
# seconds before it listens. Apart from those of the embedded stack.
PORTS = range(22_100, 32_000)
# What a server must not see (secrets of Airflow), or what is of another environment than its own.
HIDDEN = ("AIRFLOW", "_AIRFLOW", "PYTHON", "VIRTUAL_ENV", "CELERY")


@dataclass(frozen=True)
class Place:
    """The worker that we are on. `address` is its name or address for other workers."""

    host: str
    address: str
    log_folder: Path
    lineage_url: str
    devices: tuple[str, ...] | None  # GPUs of this host that may be used; None where they are not known

    @property
    def bind(self) -> str:
        """Where a server listens: on all addresses only where other workers must reach it."""
        return "127.0.0.1" if self.address == "localhost" or self.address.startswith("127.") else "0.0.0.0"  # noqa: S104


def take(store: LineageStore, server: Server, holder: str, place: Place) -> "Started | None":
    """Take the lease of a server that nobody runs, and start it here; None where another was faster.

    Raises RetriableError while other servers have the GPUs, ConfigError where there are too few of them.
    """
    lease_id, port = str(uuid.uuid4()), free_port(place.bind)
    log_file = place.log_folder / f"model-server-{lease_id}.log"
    with store.lock("model_lease", place.host):
        gpus = _free_gpus(store, server, place)
        taken = store.execute(
            "take_lease",
            lease_id=lease_id,
            server_key=server.key,
            host=place.host,
            url=f"http://{place.address}:{port}",
            gpus=list(gpus),
            holder=holder,
            seconds=server.serve.lease_seconds,
            log_file=str(log_file),
        )
    if not taken:
        return None
    job = Job(
        lease_id=lease_id,
        lineage_url=place.lineage_url,
        argv=argv(server, host=place.bind, port=port),
        env=server_env(os.environ, server, gpus),
        health_url=f"http://127.0.0.1:{port}/health",
        log_file=str(log_file),
        start_seconds=server.serve.start_seconds,
        shutdown_seconds=server.serve.shutdown_seconds,
        lease_seconds=server.serve.lease_seconds,
        poll_seconds=poll_seconds(server),
        exit_seconds=EXIT_SECONDS,
    )
    try:
        return Started(lease_id, _start(job))
    except OSError as error:
        end(store, lease_id, error=f"its supervisor could not be started: {error}")
        raise RetriableError(
            f"the supervisor of a model server could not be started on {place.host}: {error}"
        ) from error


@dataclass(frozen=True)
class Started:
    """A server that this process started; `supervisor` is a handle of its supervisor."""

    lease_id: str
    supervisor: "subprocess.Popen[bytes]"


def poll_seconds(server: Server) -> float:
    """How often a supervisor, and whoever waits for it, looks at the lease."""
    return min(1.0, server.serve.lease_seconds / 20)


def server_env(environ: Mapping[str, str], server: Server, gpus: Sequence[str]) -> dict[str, str]:
    """Return the server's environment: the worker's, without what is Airflow's, plus the specification's."""
    env = {key: value for key, value in environ.items() if not key.startswith(HIDDEN)}
    devices = {"CUDA_VISIBLE_DEVICES": ",".join(gpus)} if gpus else {}
    # SPT_NOENV: vLLM's process titles are not written over the environment, by which the warden knows its processes.
    marks = {"PYTHONUNBUFFERED": "1", "VLLM_NO_USAGE_STATS": "1", "SPT_NOENV": "1", SERVICE_VARIABLE: SERVICE}
    return env | marks | devices | server.serve.env


def free_port(host: str) -> int:
    """Return a port that nobody listens on now."""
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise RetriableError(f"no free port between {PORTS.start} and {PORTS.stop} on {host}")


def _free_gpus(store: LineageStore, server: Server, place: Place) -> tuple[str, ...]:
    wanted = server.serve.gpus
    if not wanted or place.devices is None:
        return ()
    if wanted > len(place.devices):
        raise ConfigError(
            f"the server of {server.title} takes {wanted} GPUs, {place.host} has {len(place.devices)} "
            f"({', '.join(place.devices) or 'none'}): set serve.gpus and the flags to what such a worker has"
        )
    leases = store.fetch("leases_of_host", host=place.host)
    used = {device: lease for lease in leases for device in lease["gpus"]}
    free = tuple(device for device in place.devices if device not in used)
    if len(free) < wanted:
        holders = sorted({holder for lease in leases if lease["gpus"] for holder in lease["holders"]})
        raise RetriableError(
            f"the server of {server.title} takes {wanted} GPUs, of the {len(place.devices)} on {place.host} "
            f"{len(free)} are free; others are with {', '.join(holders) or 'servers about to stop'}: wait for them"
        )
    return free[:wanted]


def _start(job: Job) -> "subprocess.Popen[bytes]":
    """Start the supervisor in a session of its own, so that no signal to the task reaches it."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW", "_AIRFLOW"))}
    log_file = Path(job.log_file)
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", SUPERVISOR, job.lease_id],
            cwd=REPOSITORY,
            env={**env, "PYTHONPATH": str(REPOSITORY), SERVICE_VARIABLE: SERVICE},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    assert supervisor.stdin
    with supervisor.stdin as pipe:
        pipe.write(job.to_json().encode())
    return supervisor
