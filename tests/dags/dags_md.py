"""Writes dags/DAGS.md from the runbooks in the Dag files: `python -m tests.dags.dags_md` (or `make dags-md`)."""

import ast
from pathlib import Path

DAGS = Path(__file__).parents[2] / "dags"
TARGET = DAGS / "DAGS.md"
# In the order in which data goes through them.
ORDER = ["web_corpus", "instruction_pairs", "dataset_release", "lineage_audit"]
INTRODUCTION = """<!-- Generated from the docstrings in dags/*.py by `make dags-md`; do not edit. -->

The Dags, in the order in which data goes through them. Each dataset in `dags/datasets/` has the first three, named
`<family>__<dataset>`; the audit looks after all of them. The same text stands in the Airflow UI under *Docs*.
"""


def render(folder: Path = DAGS) -> str:
    """Return the text of DAGS.md: every runbook, in the order of the data, unknown files last."""
    files = sorted(folder.glob("*.py"), key=lambda p: (ORDER.index(p.stem) if p.stem in ORDER else len(ORDER), p.stem))
    parts = [INTRODUCTION]
    for path in files:
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        parts.append(f"{doc.strip()}\n\n*`dags/{path.name}`*\n")
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
