"""Our corpus half against datatrove's equal chain and trafilatura alone, on the same pages in the same run.

Rates are documents per CPU second of one process, its children added, so that they can be compared where other work
shares the machine. Models are loaded before the clocks start.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tasks.core.errors import ConfigError
from tasks.extract.charset import decode
from tasks.extract.warc import SourceRecord, read
from tests.bench import corpus_pages
from tests.bench.served import ROOT

PEERS = ROOT / ".venv-peers"
NO_PEERS = "no peer environment: `make bench-peers` makes it"
TIMES = (1, 4, 16)


def measure(count: int = corpus_pages.PAGES, times: tuple[int, ...] = TIMES) -> dict[str, object]:
    """Return rates, ratios and peak memory; what the peers would add is left out where they are not installed."""
    with tempfile.TemporaryDirectory(prefix="backforth-bench-") as name:
        home = Path(name)
        file = home / "pages.warc.gz"
        try:
            pages, html_bytes = corpus_pages.pack(file, count)
        except ConfigError as error:
            return {"left_out": str(error)}
        told: dict[str, Any] = {"pages": pages, "html_mb": round(html_bytes / 1e6, 1)}
        gopher: dict[str, Any] = {}
        for number in times:
            many = home / f"{number}.warc.gz"
            corpus_pages.repeat(file, number, many)
            gopher[str(number)] = _rate(_run(sys.executable, "corpus_chain", many, "gopher"), number * pages)
            many.unlink()
        told["gopher"] = gopher
        told["default"] = _rate(_run(sys.executable, "corpus_chain", file, "default"), pages)
        steps = _run(sys.executable, "corpus_steps", file)
        told["milliseconds_a_page"] = _milliseconds(steps)
        return told | _against_peers(file, home, pages, gopher["1"], steps)


def _against_peers(
    file: Path, home: Path, pages: int, ours: dict[str, Any], steps: dict[str, float]
) -> dict[str, object]:
    if not (PEERS / "bin" / "python").exists():
        return {"left_out": NO_PEERS}
    python = str(PEERS / "bin" / "python")
    datatrove = _run(python, "corpus_datatrove", file, home / "datatrove")
    lost = pages - datatrove["kept"] - datatrove["removed"]
    alone = _run(python, "corpus_trafilatura", pages=file, path=PEERS / "trafilatura")
    extraction = {
        "ours": round(pages / steps["extract"], 1),
        "trafilatura": round(pages / alone["cpu_seconds"], 1),
        "ratio": round(alone["cpu_seconds"] / steps["extract"], 1),
    }
    rate = _rate(datatrove, pages) | {"lost": lost}
    ratio = round(ours["documents_per_cpu_second"] / rate["documents_per_cpu_second"], 1)
    return {"datatrove": rate, "extraction": extraction, "ratio": ratio}


def _run(python: str, module: str, *arguments: object, pages: Path | None = None, path: Path | None = None) -> Any:
    """Run a module of this folder in a process of its own; return the JSON of its last line.

    It is given the decoded pages of a WARC file where there are `pages`, and looks for packages in `path` first.
    """
    command = [python, "-m", f"tests.bench.{module}", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(item) for item in (path, ROOT) if item)}
    with tempfile.TemporaryFile() as given:
        for page in _decoded(pages) if pages else ():
            given.write(json.dumps(page).encode() + b"\n")
        given.seek(0)
        done = subprocess.run(command, stdin=given, capture_output=True, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} failed: {done.stderr.decode('utf-8', 'replace')[-2_000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _decoded(file: Path) -> Any:
    for record in read(file, max_record_bytes=16_000_000):
        if isinstance(record, SourceRecord):
            yield decode(record.payload, content_type=record.content_type)[0]


def _rate(took: dict[str, Any], pages: int) -> dict[str, Any]:
    return {
        "documents_per_cpu_second": round(pages / took["cpu_seconds"], 1),
        "cpu_seconds": round(took["cpu_seconds"], 1),
        "kept": took["kept"],
        "peak_mb": took["peak_mb"],
    }


def _milliseconds(steps: dict[str, float]) -> dict[str, float]:
    """Return what each step takes of a page on average."""
    return {name: round(1_000 * value / steps["pages"], 3) for name, value in steps.items() if name != "pages"}
