"""A command that starts a worker as `backforth extract` does, and is killed once that has done its work."""

import multiprocessing
import os
import signal
import tempfile
from concurrent.futures import ProcessPoolExecutor

from tasks.commands import local_corpus

if __name__ == "__main__":
    pool = ProcessPoolExecutor(
        1, multiprocessing.get_context("spawn"), local_corpus._start_worker, (tempfile.gettempdir(),)
    )
    print(pool.submit(os.getpid).result(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
