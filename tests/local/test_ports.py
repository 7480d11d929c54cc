"""Free ports."""

import os
import random
import socket

import pytest

from tasks.local import ports
from tasks.local.ports import FIRST, GRPC_OFFSET, LAST, choose_ports, holder_of, is_free


def test_taken_ports_are_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port is chosen only where it is free, free 10,000 above, and not promised already."""
    taken = {FIRST, FIRST + 1 + GRPC_OFFSET}
    monkeypatch.setattr(ports, "is_free", lambda port: port not in taken)
    monkeypatch.setattr(random.SystemRandom, "sample", lambda self, population, k: list(population)[:k])
    assert choose_ports(2, avoid={FIRST + 2}) == [FIRST + 3, FIRST + 4]


def test_chosen_ports_stay_below_the_ephemeral_range() -> None:
    """No chosen port, nor its gRPC port, can be taken by the kernel for an outgoing connection."""
    chosen = choose_ports(20)
    assert len(set(chosen)) == 20
    assert all(FIRST <= port < LAST and port + GRPC_OFFSET < 32_768 for port in chosen)


def test_a_listener_is_seen_and_named() -> None:
    """A port somebody listens on is not free, and it is said who has it."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert not is_free(port)
        assert str(os.getpid()) in holder_of(port)
    assert is_free(port)
