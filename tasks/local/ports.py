"""Free ports on the loopback address."""

import random
import socket
from collections.abc import Collection

import psutil

from tasks.core.errors import ConfigError

# Below the ephemeral range of Linux (32768 and up), from which the kernel takes ports for outgoing connections:
# a port remembered from there could be in use for a moment when it is wanted again. The S3 server's parts speak
# gRPC on the port 10,000 above, which stays below that range as well.
FIRST, LAST = 12_000, 22_000
GRPC_OFFSET = 10_000


def is_free(port: int) -> bool:
    """Say whether a server could listen on `port` of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_ports(count: int, *, avoid: Collection[int] = ()) -> list[int]:
    """Return `count` different ports that are free, and free 10,000 above, apart from those in `avoid`."""
    chosen: list[int] = []
    for port in random.SystemRandom().sample(range(FIRST, LAST), LAST - FIRST):
        if len(chosen) == count:
            return chosen
        if port not in avoid and is_free(port) and is_free(port + GRPC_OFFSET):
            chosen.append(port)
    raise ConfigError(f"no {count} free ports between {FIRST} and {LAST} on 127.0.0.1")


def holder_of(port: int) -> str:
    """Return who listens on `port`, in words; 'another process' where we may not know."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,)
            if listens and connection.pid:
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        pass
    return "another process"
