"""A real vLLM server on the fixture, as a process that tests may stop, kill and start again at the same address."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import httpx
import psutil

from tasks.local.ports import choose_ports
from tests.engine.place import PYTHON, ROOT, fixture_folder

MODEL = "tiny"
# Also served under names of their own.
ADAPTERS = ("backward", "judge")
CONTEXT_TOKENS = 2048
# Starting took 29 s alone on two cores, 47 s beside other work.
START_SECONDS = 240
STOP_SECONDS = 60

ENGINE_FLAGS = (
    f"--max-model-len={CONTEXT_TOKENS}",
    "--dtype=float32",
    "--enforce-eager",
    # A prompt that is prefilled in pieces and brings a seed kills vLLM 0.32's engine on a CPU.
    "--max-num-batched-tokens=65536",
    "--max-num-seqs=256",
)


def engine_environment() -> dict[str, str]:
    """Return the environment of a process of the model environment: nothing is fetched, nothing is reported."""
    home = ROOT / ".cache" / "engine"
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "VLLM_CPU_KVCACHE_SPACE": "1",
        # One thread computes, the other core is for the server, which tokenizes, and for those who ask.
        "OMP_NUM_THREADS": "1",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "VLLM_CACHE_ROOT": str(home / "vllm"),
        "VLLM_CONFIG_ROOT": str(home / "vllm"),
        "VLLM_NO_USAGE_STATS": "1",
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(home / "huggingface"),
    }


class EngineServer:
    """Not running until `start`. Its address never changes; `log` holds the output of all starts."""

    def __init__(self, log: Path, *flags: str) -> None:
        (port,) = choose_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._flags = (f"--port={port}", *flags)
        self._process: subprocess.Popen[bytes] | None = None
        self._failure = ""

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it is healthy. What failed once is not waited for again."""
        if self._failure:
            raise RuntimeError(self._failure)
        folder = fixture_folder()
        missing = [path for path in (PYTHON, folder) if not path.exists()]
        if missing:
            raise FileNotFoundError(f"{missing[0]} is missing: run `make test-engine`, which makes it")
        command = [
            str(PYTHON),
            *("-m", "vllm.entrypoints.openai.api_server"),
            *("--model", str(folder / "model"), "--served-model-name", MODEL, "--host", "127.0.0.1"),
            *ENGINE_FLAGS,
            *self._flags,
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=engine_environment(), start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_healthy():
            if not self.is_running or time.monotonic() > deadline:
                self.kill()
                self._failure = f"the engine did not start:\n{self.log.read_text('utf-8', 'replace')[-4000:]}"
                raise RuntimeError(self._failure)
            time.sleep(0.2)

    def terminate(self) -> None:
        """Ask it to stop, as a supervisor would, and do not wait."""
        assert self._process
        self._process.terminate()

    def wait(self) -> int:
        """Wait until its first process has ended; return the status."""
        assert self._process
        return self._process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """End it with all its processes at once; nothing of it can be left over."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def cpu_seconds(self) -> float:
        """Return what its processes have used until now."""
        assert self._process
        parent = psutil.Process(self._process.pid)
        times = [process.cpu_times() for process in (parent, *parent.children(recursive=True))]
        return sum(time.user + time.system for time in times)

    def total(self, series: str, **labels: str) -> int:
        """Return the sum over /metrics of `vllm:<series>` with these labels; counters begin at 0 with each start."""
        found = 0.0
        for line in httpx.get(f"{self.url}/metrics", timeout=30, trust_env=False).text.splitlines():
            name, _, rest = line.partition("{")
            held, _, value = rest.rpartition("} ")
            if name == f"vllm:{series}" and all(f'{label}="{wanted}"' in held for label, wanted in labels.items()):
                found += float(value)
        return int(found)

    def answered(self) -> int:
        """Return how many prompts it answered since it was started."""
        return sum(self.total("request_success_total", finished_reason=how) for how in ("stop", "length"))

    def in_flight(self) -> int:
        """Return how many prompts it works on, or holds in its queue."""
        return self.total("num_requests_running") + self.total("num_requests_waiting")

    def _is_healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False
