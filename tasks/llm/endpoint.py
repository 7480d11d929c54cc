"""One address of a model server: how many prompts it may hold, and whether it is well.

The limit adapts to what the server sustains, as TCP does: halved when the server says "too much" or does not answer
in time, a little more after each round of good answers. A server that fails again and again is left alone for a
while, so that others of the same model take its work; then one prompt tries whether it is well again.
"""

import time
from collections.abc import Callable, Sequence

# Failures in a row after which an address is left alone, and for how many seconds: doubled each time, up to the most.
EJECT_AFTER = 3
EJECT_SECONDS, MAX_EJECT_SECONDS = 1.0, 30.0
# Rounds of good answers after which a limit that fell to nothing is whole again, at most: a round of a model server
# takes seconds, and one prompt more in each would leave a limit of 256 at half for the rest of the day.
ROUNDS_TO_RECOVER = 32


class Endpoint:
    """`most` bounds the prompts in flight; `share()` bounds them further by what other tasks leave to this one.

    `sent_at` is the time.monotonic() at which what failed was sent. What was on its way already when the limit was
    halved, or the address left alone, tells nothing new: many prompts fail at once and are one failure.
    """

    def __init__(self, url: str, most: int, share: Callable[[], int] | None = None) -> None:
        self.url = url.rstrip("/")
        self.in_flight = 0
        self._most = most
        self._share = share
        self._limit = float(most)
        self._halved_at = self._ejected_at = self._ejected_until = float("-inf")
        self._failures = 0

    @property
    def limit(self) -> int:
        """How many prompts may be in flight now, at least one."""
        shared = self._share() if self._share else self._most
        return max(1, min(int(self._limit), shared, self._most))

    @property
    def room(self) -> int:
        """How many more prompts may be sent now: none while it is left alone, then one until that one is answered."""
        if self.is_ejected:
            return 0
        return max(0, (1 if self._failures >= EJECT_AFTER else self.limit) - self.in_flight)

    @property
    def is_ejected(self) -> bool:
        return time.monotonic() < self._ejected_until

    @property
    def is_well(self) -> bool:
        """Whether the last that was heard of it was no failure."""
        return not self._failures

    def succeeded(self, prompts: int) -> None:
        """Note good answers: after as many as the limit, the limit is higher by a step."""
        self._failures = 0
        self._ejected_until = float("-inf")
        step = max(1.0, self._most / ROUNDS_TO_RECOVER)
        self._limit = min(float(self._most), self._limit + step * prompts / self._limit)

    def overloaded(self, sent_at: float) -> None:
        """Note that it had too much: half of it from now on."""
        if sent_at >= self._halved_at:
            self._halved_at = time.monotonic()
            self._limit = max(1.0, min(self._limit, float(self.in_flight)) / 2)

    def failed(self, sent_at: float) -> None:
        """Note that it is sick; after several times in a row it is left alone for a while."""
        if sent_at < self._ejected_at:
            return
        self._failures += 1
        if self._failures >= EJECT_AFTER:
            pause = EJECT_SECONDS * 2 ** min(10, self._failures - EJECT_AFTER)
            self._ejected_at = time.monotonic()
            self._ejected_until = self._ejected_at + min(pause, MAX_EJECT_SECONDS)


def freest(endpoints: Sequence[Endpoint], failed_at: Endpoint | None = None) -> Endpoint | None:
    """Return the endpoint with the least load for its limit that has room, None when all are full or sick.

    What one of them failed to answer (`failed_at`) waits for another that is well, as long as that one is not.
    """
    if failed_at is not None and (failed_at.is_well or not any(it.is_well for it in endpoints if it is not failed_at)):
        failed_at = None
    open_ones = [endpoint for endpoint in endpoints if endpoint is not failed_at and endpoint.room]
    return min(open_ones, key=lambda endpoint: endpoint.in_flight / endpoint.limit, default=None)
