"""`make bench`: what the corpus half costs, and the model half beside the model. Each part prints one line of JSON.

- `latency`: a server of 256 slots that answers after 200 ms, against the ideal of 256 / 0.2 s.
- `durable`: a server that answers at once, asked by the client alone, and by the whole backtranslate stage with
  lookups, chunk objects and lineage rows; peak memory at one and at four times the rows.
- `bundle`: peak memory of a task over eight shards of documents as long as the filters let through.
- `corpus`: the corpus half in one process against datatrove's equal chain and trafilatura alone, on Debian's
  documentation pages, where `make bench-peers` has made their environment; memory at 1, 4 and 16 times the pages; what
  each step takes beside gunzip and parse. `tests.bench.table` makes a table of it.
- `minhash`: documents of 500 words that get their keys in a CPU second, beside datasketch where it is installed.
- `extraction`: quality against speed of main-content extraction, ours and its peers on made pages with gold text.
- `engine`: our client against the bare engine, where `make test-engine` has made its environment.

Absolute rates depend on the machine; the servers, PostgreSQL and S3 share the cores with the stage.
"""

import json
import sys

from tests.bench import bundle_memory, corpus, durable, extraction, latency, minhash

PARTS = {
    "latency": latency.measure,
    "durable": durable.measure,
    "bundle": bundle_memory.measure,
    "corpus": corpus.measure,
    "extraction": extraction.measure,
    "minhash": minhash.measure,
}


def main() -> None:
    """Run the parts named on the command line, or all."""
    for name in sys.argv[1:] or [*PARTS, "engine"]:
        print(json.dumps({"part": name, **measure(name)}), flush=True)


def measure(name: str) -> dict[str, object]:
    """Run one part."""
    if name == "engine":
        from tests.bench import engine

        return engine.measure()
    return PARTS[name]()


if __name__ == "__main__":
    main()
