"""trafilatura alone: `.venv-peers/bin/python -m tests.bench.corpus_trafilatura < pages.jsonl`.

Reads decoded pages, a JSON string a line. Prints JSON: the CPU seconds of `extract` with its own settings, and how
many pages have a text.
"""

import json
import sys
import time
from importlib.metadata import version

from trafilatura import extract


def main() -> None:
    """Run once over stdin and print a line of JSON."""
    seconds, pages, texts = 0.0, 0, 0
    for line in sys.stdin:
        markup = json.loads(line)
        started = time.process_time()
        text = extract(markup)
        seconds += time.process_time() - started
        pages += 1
        texts += bool(text)
    print(json.dumps({"version": version("trafilatura"), "cpu_seconds": seconds, "pages": pages, "texts": texts}))


if __name__ == "__main__":
    main()
