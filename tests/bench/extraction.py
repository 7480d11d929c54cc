"""Quality against speed of main-content extraction: ours and its peers on the same made pages, in the same run.

`python -m tests.bench.extraction` prints a table: precision, recall and F1 of 4-word runs over the made pages of all
layouts and languages, documents per CPU second on them, and on the documentation pages below /usr/share/doc (or the
folder that BACKFORTH_BENCH_PAGES names). A peer is measured where it can be imported, from this environment or from the
site-packages folder that BACKFORTH_BENCH_PEERS names; `trafilatura` and `readability-lxml` are the ones worth having.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import mean

from tasks.core.errors import DataError
from tasks.extract.html import EXTRACTOR, extract
from tests.extract.made import layouts_blogs, layouts_more, layouts_news, layouts_pieces
from tests.extract.made.layouts import LAYOUTS
from tests.extract.made.measure import f1, precision_recall
from tests.extract.made.words import SENTENCES, Words

assert all((layouts_blogs, layouts_more, layouts_news, layouts_pieces))  # they fill LAYOUTS
SEEDS = range(4)
MAX_PAGES = 300
PASSES = 2  # the quicker counts: others may run on the machine
Engine = Callable[[str], str]


def measure() -> dict[str, object]:
    """Return, for each engine that is here, its quality on made pages and its speed on both sorts of pages."""
    made = [LAYOUTS[name](Words(seed, lang)) for name in LAYOUTS for lang in SENTENCES for seed in SEEDS]
    pages = _pages()
    return {
        "made_pages": len(made),
        "real_pages": len(pages),
        "real_kilobytes": round(sum(len(page) for page in pages) / max(1, len(pages)) / 1_000, 1),
        "engines": {name: _measured(engine, made, pages) for name, engine in _engines().items()},
    }


def _measured(engine: Engine, made: list[tuple[str, str]], pages: list[str]) -> dict[str, float]:
    texts = [engine(html) for html, _ in made]
    made_seconds = min(_seconds(engine, [html for html, _ in made]) for _ in range(PASSES))
    real_seconds = min(_seconds(engine, pages) for _ in range(PASSES))
    found = [precision_recall(gold, text) for text, (_, gold) in zip(texts, made, strict=True)]
    precision, recall = mean(p for p, _ in found), mean(r for _, r in found)
    return {
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(f1(precision, recall), 3),
        "made_per_second": round(len(made) / made_seconds, 1),
        "real_per_second": round(len(pages) / real_seconds, 1) if pages else 0.0,
    }


def _seconds(engine: Engine, pages: list[str]) -> float:
    begun = time.process_time()
    for page in pages:
        engine(page)
    return time.process_time() - begun


def _pages() -> list[str]:
    """Return every n-th page of documentation, so that at most MAX_PAGES are read."""
    folder = Path(os.environ.get("BACKFORTH_BENCH_PAGES", "/usr/share/doc"))
    found = sorted(path for path in folder.rglob("*.html") if path.is_file())
    step = -(-len(found) // MAX_PAGES) or 1
    return [path.read_bytes().decode("utf-8", "replace") for path in islice(found, 0, None, step)]


def _engines() -> dict[str, Engine]:
    """Return the engines that can be imported, by name@version."""
    if peers := os.environ.get("BACKFORTH_BENCH_PEERS"):
        sys.path.append(peers)
    engines: dict[str, Engine] = {EXTRACTOR: _ours}
    try:
        from resiliparse.extract.html2text import extract_plain_text

        engines["resiliparse main content"] = lambda html: extract_plain_text(html, main_content=True, alt_texts=False)
    except ImportError:
        pass
    try:
        import trafilatura

        version = trafilatura.__version__
        engines[f"trafilatura@{version}"] = lambda html: trafilatura.extract(html, include_comments=False) or ""
        engines[f"trafilatura@{version} fast"] = lambda html: (
            trafilatura.extract(html, include_comments=False, fast=True) or ""
        )
    except ImportError:
        pass
    try:
        import lxml.html
        from readability import Document

        engines["readability-lxml"] = lambda html: lxml.html.fromstring(Document(html).summary()).text_content()
    except ImportError:
        pass
    return engines


def _ours(html: str) -> str:
    try:
        return extract(html.encode("utf-8", "replace")).text
    except DataError:
        return ""


def table(measured: dict[str, object]) -> str:
    """Return the engines as a table of Markdown, ours first."""
    engines = measured["engines"]
    assert isinstance(engines, dict)
    lines = ["| engine | precision | recall | F1 | made pages/s | real pages/s |", "|---|---|---|---|---|---|"]
    for name, row in engines.items():
        cells = (row["precision"], row["recall"], row["f1"], row["made_per_second"], row["real_per_second"])
        lines.append(f"| {name} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    result = measure()
    sys.stdout.write(f"{json.dumps(result)}\n{table(result)}\n")
