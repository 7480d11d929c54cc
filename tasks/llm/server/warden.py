"""Ends what is left of a model server whose supervisor is gone, so that nothing keeps a GPU.

`python -m tasks.llm.server.warden LEASE` waits until its standard input ends: the other end is the supervisor's alone,
and closes when that ends, however it ends. Every process of the server carries the lease in its environment, which its
children inherit: so they are found whatever became of their parent, their session or their process group.
Linux only, as are the GPUs.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

LEASE_VARIABLE = "BACKFORTH_LEASE"
PROC = Path("/proc")
# Rounds of SIGKILL, a tenth of a second apart: a dying parent may still have started a child.
ROUNDS = 50


def processes_of(lease_id: str) -> list[int]:
    """Return the pids of the living processes of a lease's server; those of other users are not seen."""
    mark = f"{LEASE_VARIABLE}={lease_id}".encode()
    found = []
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def kill_all(lease_id: str) -> int:
    """Kill the processes of a lease's server; return how many did not go."""
    left = processes_of(lease_id)
    for _ in range(ROUNDS):
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not left:
            break
        time.sleep(0.1)
        left = processes_of(lease_id)
    return len(left)


def main() -> int:
    """Wait for the supervisor's end, then kill; return 1 where something is left."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(sys.stdin.fileno(), 4096):
        pass
    return min(1, kill_all(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
