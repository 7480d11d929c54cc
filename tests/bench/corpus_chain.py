"""One process of the corpus half: `python -m tests.bench.corpus_chain FILE FILTERS` prints what it took as JSON.

The stages are the Dag's own, with their digests, Parquet shards and manifests, over folders. FILTERS is `gopher`: the
rules of datatrove's Gopher quality filter, and nothing that its chain does not do but the language of what is kept; or
`default`: everything that `backforth extract` does, with opt-outs, personal data and near duplicates.
"""

import json
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tasks.commands.local_corpus import SHARD_BYTES, CorpusSettings, filtered_shard, local_runtime, run_corpus
from tasks.core.config import ExtractConfig, FilterConfig
from tasks.core.refs import ShardRef, SourceRef
from tasks.core.text.language import identify
from tasks.extract.plan import plan
from tasks.storage.manifest import funnel

# In datatrove's order (its pipeline/filters/gopher_quality_filter.py), with the same bounds, which are the paper's.
GOPHER_QUALITY = (
    "gopher_word_count",
    "bad_mean_word_length",
    "too_many_symbols",
    "too_many_list_lines",
    "too_many_ellipsis_lines",
    "too_few_alphabetic_words",
    "too_few_stop_words",
)


def run(file: Path, filters: str, folder: Path) -> list[ShardRef]:
    """Run the chain over one file into `folder`."""
    source = SourceRef(kind="warc", root=str(file.parent), uri=file.name, byte_count=file.stat().st_size)
    settings = CorpusSettings.of(None)
    if filters == "default":
        return run_corpus(folder, [source], settings, jobs=1, advance=lambda done: None)
    equal = replace(
        settings,
        extract=ExtractConfig.model_validate({"personal_data": {"action": "keep"}, "opt_out": {"signals": ()}}),
        filters=FilterConfig.model_validate({"rules": GOPHER_QUALITY}),
    )
    return [filtered_shard(folder, shard, equal) for shard in plan([source], shard_bytes=SHARD_BYTES, max_shards=99)]


def main() -> None:
    """Run once and print a line of JSON."""
    file, filters = Path(sys.argv[1]), sys.argv[2]
    identify("Loads the model, as the other chain loads its own before the clock starts.")
    with tempfile.TemporaryDirectory(prefix="backforth-bench-") as name:
        started, cpu = time.perf_counter(), time.process_time()
        shards = run(file, filters, Path(name))
        took = {"cpu_seconds": time.process_time() - cpu, "seconds": time.perf_counter() - started}
        lines = funnel(local_runtime(Path(name)).objects, shards)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**took, "pages": lines[0].read, "kept": lines[-1].kept, "peak_mb": round(peak)}))


if __name__ == "__main__":
    main()
