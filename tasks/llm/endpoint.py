"""One address of a model server: how many prompts it may hold, and whether it is well.

The limit adapts to what the server sustains, as TCP does: halved when the server says "too much" or does not answer
in time, one more after each round of good answers. A server that fails again and again is left alone for a while,
so that others of the same model take its work.
"""

import time
from collections.abc import Callable

# Failures in a row after which an address is left alone, and for how many seconds: doubled each time, up to the most.
EJECT_AFTER = 3
EJECT_SECONDS, MAX_EJECT_SECONDS = 1.0, 30.0


class Endpoint:
    """`most` bounds the prompts in flight; `share()` bounds them further by what other tasks leave to this one."""

    def __init__(self, url: str, most: int, share: Callable[[], int] | None = None) -> None:
        self.url = url.rstrip("/")
        self.in_flight = 0
        self._most = most
        self._share = share
        self._limit = float(most)
        self._failures = 0
        self._ejected_until = 0.0

    @property
    def limit(self) -> int:
        """How many prompts may be in flight now, at least one."""
        shared = self._share() if self._share else self._most
        return max(1, min(int(self._limit), shared, self._most))

    @property
    def room(self) -> int:
        """How many more prompts may be sent now; none while it is left alone."""
        return 0 if self.is_ejected else max(0, self.limit - self.in_flight)

    @property
    def is_ejected(self) -> bool:
        return time.monotonic() < self._ejected_until

    def succeeded(self, prompts: int) -> None:
        """Note good answers: after as many as the limit, the limit is one more."""
        self._failures = 0
        self._limit = min(float(self._most), self._limit + prompts / max(1.0, self._limit))

    def overloaded(self) -> None:
        """Note that it had too much: half of it from now on."""
        self._limit = max(1.0, min(self._limit, float(max(1, self.in_flight))) / 2)

    def failed(self) -> None:
        """Note that it is sick; after several times in a row it is left alone for a while."""
        self._failures += 1
        if self._failures >= EJECT_AFTER:
            pause = EJECT_SECONDS * 2 ** min(10, self._failures - EJECT_AFTER)
            self._ejected_until = time.monotonic() + min(pause, MAX_EJECT_SECONDS)


def freest(endpoints: list[Endpoint]) -> Endpoint | None:
    """Return the endpoint with the least load for its limit that has room, None when all are full or sick."""
    open_ones = [endpoint for endpoint in endpoints if endpoint.room]
    return min(open_ones, key=lambda endpoint: endpoint.in_flight / endpoint.limit, default=None)
