"""The tables of the corpus part are made of its JSON, between two marks of a document."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.table import END, KEPT, START, fill, tables

CHAIN = {"documents_per_cpu_second": 250.4, "cpu_seconds": 8.0, "kept": 1_856, "peak_mb": 180}
TOLD: dict[str, Any] = {
    "part": "corpus",
    "pages": 2_000,
    "html_mb": 72.6,
    "gopher": {"1": CHAIN, "4": CHAIN | {"peak_mb": 181}},
    "default": CHAIN | {"kept": 1_200},
    "milliseconds_a_page": {"floor": 0.8, "read": 0.2, "extract": 2.0},
    "datatrove": {"documents_per_cpu_second": 11.7, "cpu_seconds": 171.0, "kept": 1_143, "peak_mb": 1_264, "lost": 5},
    "extraction": {"ours": 500.0, "trafilatura": 25.5, "ratio": 19.6},
    "ratio": 21.4,
}


def test_every_figure_has_its_row() -> None:
    """The chains with rate, memory and documents kept; the steps as multiples of the floor."""
    rows = tables(TOLD).splitlines()
    assert "| backforth, Gopher's quality rules | 250.4 | 180 | 1,856 |" in rows
    assert "| backforth, Gopher's quality rules, 4 times the pages | 250.4 | 181 | 1,856 |" in rows
    assert "| datatrove, the same chain (5 pages lost to its time limit) | 11.7 | 1,264 | 1,143 |" in rows
    assert "| **ratio to datatrove** | **21.4** | | |" in rows
    assert "| extract | 2.00 | 2.5 |" in rows


def test_without_the_peers_their_rows_are_left_out() -> None:
    """Ours stand alone."""
    alone = {name: value for name, value in TOLD.items() if name not in {"datatrove", "extraction", "ratio"}}
    assert "datatrove" not in tables(alone | {"left_out": "no peer environment"})
    assert "| backforth, default settings, with near duplicates | 250.4 | 180 | 1,200 |" in tables(alone)


def test_the_tables_stand_between_the_marks() -> None:
    """Filled again, the document stays as it is; the rest of it is not touched."""
    document = f"# Title\n\n{START}\nold\n{END}\n\nEnd\n"
    filled = fill(document, tables(TOLD))
    assert filled == f"# Title\n\n{START}\n{tables(TOLD)}{END}\n\nEnd\n"
    assert fill(filled, tables(TOLD)) == filled


@pytest.mark.parametrize("document", ["no marks", f"{START} only", f"{END}{START}", f"{START}{END}{START}{END}"])
def test_a_document_without_the_marks_is_refused(document: str) -> None:
    """Rather than written over."""
    with pytest.raises(ValueError, match="once each"):
        fill(document, "text")


def test_the_readme_has_the_tables_of_the_kept_figures() -> None:
    """Where it has the marks, what stands between them is made of the JSON beside the module and of nothing else."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    if START in readme:
        assert fill(readme, tables(json.loads(KEPT.read_text(encoding="utf-8")))) == readme
