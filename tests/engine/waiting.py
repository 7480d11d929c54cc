"""Waiting for something that another process does."""

import time
from collections.abc import Callable

# Far more than any of it takes: only a test that fails waits so long.
SECONDS = 60


def wait_until(is_so: Callable[[], bool]) -> None:
    """Return as soon as it is so; fail when it is not so for a minute."""
    deadline = time.monotonic() + SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError("it never came to that point")
        time.sleep(0.05)
