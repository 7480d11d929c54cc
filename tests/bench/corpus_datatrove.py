"""One process of datatrove's chain: `.venv-peers/bin/python -m tests.bench.corpus_datatrove FILE OUT`.

The steps are as in its own examples. Its extractor works in a forked child with a limit of wall-clock time; what the
child takes is added. Prints JSON.
"""

import gzip
import json
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import GopherQualityFilter
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.word_tokenizers import load_word_tokenizer


def main() -> None:
    """Run once and print a line of JSON."""
    file, out = Path(sys.argv[1]), Path(sys.argv[2])
    load_word_tokenizer("eng").word_tokenize("Loads the model.")
    steps = [
        WarcReader(str(file.parent), glob_pattern=file.name),
        Trafilatura(favour_precision=True),
        GopherQualityFilter(exclusion_writer=JsonlWriter(str(out / "removed"))),
        JsonlWriter(str(out / "kept")),
    ]
    executor = LocalPipelineExecutor(pipeline=steps, tasks=1, workers=1, logging_dir=str(out / "logs"))
    started, cpu = time.perf_counter(), _cpu_seconds()
    executor.run()
    took = {"cpu_seconds": _cpu_seconds() - cpu, "seconds": time.perf_counter() - started}
    counts = {name: sum(_lines(path) for path in (out / name).glob("*.gz")) for name in ("kept", "removed")}
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({"version": version("datatrove"), **took, **counts, "peak_mb": round(peak)}))


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _lines(path: Path) -> int:
    with gzip.open(path) as file:
        return sum(1 for _ in file)


if __name__ == "__main__":
    main()
