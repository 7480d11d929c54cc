"""What a server writes: to a log file that cannot fill the disk, and its last lines to whoever waits."""

import os
import threading
from collections import deque
from pathlib import Path
from typing import IO

# Two files of this size at most: the present one, and the one before under `<name>.1`.
MAX_BYTES = 16_000_000
MAX_LINE_BYTES = 8_192
TAIL_LINES = 40
TAIL_LINE_CHARS = 400


class ServerLog:
    """Copies a stream, line by line, to `path` in a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._count = 0
        self._thread: threading.Thread | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._open()

    def copy(self, stream: IO[bytes]) -> None:
        """Begin to copy `stream`, until it ends."""
        self._thread = threading.Thread(target=self._copy, args=(stream,), name="server-log", daemon=True)
        self._thread.start()

    def say(self, words: str) -> None:
        """Add a line of the supervisor's own."""
        self._write(f"supervisor: {words}\n".encode())

    def tail(self) -> tuple[int, str]:
        """Return how many lines there were, and the last of them."""
        with self._lock:
            return self._count, "\n".join(self._tail)

    def close(self, wait_seconds: float = 2.0) -> None:
        """Wait for the rest of the stream, which an orphan may hold open, and close the file."""
        if self._thread:
            self._thread.join(wait_seconds)
        with self._lock:
            self._file.close()

    def _copy(self, stream: IO[bytes]) -> None:
        while line := stream.readline(MAX_LINE_BYTES):
            self._write(line)

    def _write(self, line: bytes) -> None:
        # PostgreSQL takes no NUL. A progress bar rewrites its line: only its last state is shown.
        text = line.decode("utf-8", "replace").replace("\0", "").rstrip().rsplit("\r", 1)[-1]
        with self._lock:
            self._count += 1
            self._tail.append(text[:TAIL_LINE_CHARS])
            if self._file.closed:
                return
            if self._file.tell() > MAX_BYTES:
                self._file.close()
                self._path.replace(f"{self._path}.1")
                self._file = self._open()
            self._file.write(line)

    def _open(self) -> IO[bytes]:
        return os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0)
