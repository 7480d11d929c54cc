"""The tables of the corpus part: `python -m tests.bench corpus | python -m tests.bench.table README.md`.

Keeps what it is given in `corpus.json` beside this file, and writes the tables made of that between two marks in the
document. Without input the tables are made of what was kept.
"""

import json
import sys
from pathlib import Path
from typing import Any

KEPT = Path(__file__).with_name("corpus.json")
START, END = "<!-- made by tests.bench.table: begin -->", "<!-- made by tests.bench.table: end -->"


def tables(told: dict[str, Any]) -> str:
    """Return the figures as Markdown: the chains side by side, the steps of a page, and where they were measured."""
    lines = ["| Chain | documents per CPU second | peak MB | documents kept |", "|---|---:|---:|---:|"]
    for times, one in told["gopher"].items():
        many = "" if times == "1" else f", {times} times the pages"
        lines.append(_chain(f"backforth, Gopher's quality rules{many}", one))
    if "datatrove" in told:
        lost = told["datatrove"]["lost"]
        lines.append(_chain(f"datatrove, the same chain ({lost} pages lost to its time limit)", told["datatrove"]))
        lines.append(f"| **ratio to datatrove** | **{told['ratio']}** | | |")
    lines.append(_chain("backforth, default settings, with near duplicates", told["default"]))
    if "extraction" in told:
        alone = told["extraction"]
        lines += [
            f"| extraction alone, backforth | {alone['ours']:,} | | |",
            f"| extraction alone, trafilatura | {alone['trafilatura']:,} | | |",
            f"| **ratio to trafilatura** | **{alone['ratio']}** | | |",
        ]
    steps = told["milliseconds_a_page"]
    lines += ["", "| Step | ms a page | times the floor |", "|---|---:|---:|"]
    lines.append(f"| floor: gunzip, decode and parse, nothing else | {steps['floor']:.2f} | 1.0 |")
    lines += [
        f"| {name} | {value:.2f} | {value / steps['floor']:.1f} |" for name, value in steps.items() if name != "floor"
    ]
    lines += ["", f"{told['pages']:,} pages, {told['html_mb']} MB of HTML; one process, its children added."]
    return "\n".join(lines) + "\n"


def fill(document: str, text: str) -> str:
    """Return `document` with `text` between the marks; ValueError when they are not there, in this order, once."""
    before, start, rest = document.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end or START in after or END in before:
        raise ValueError(f"the document must hold {START!r} and then {END!r}, once each")
    return f"{before}{START}\n{text}{END}{after}"


def _chain(name: str, one: dict[str, Any]) -> str:
    return f"| {name} | {one['documents_per_cpu_second']:,} | {one['peak_mb']:,} | {one['kept']:,} |"


def main() -> None:
    """Keep what is read from stdin, and fill the document named on the command line."""
    for line in sys.stdin if not sys.stdin.isatty() else ():
        if line.startswith("{") and (told := json.loads(line)).get("part") == "corpus":
            KEPT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    document = Path(sys.argv[1])
    text = tables(json.loads(KEPT.read_text(encoding="utf-8")))
    document.write_text(fill(document.read_text(encoding="utf-8"), text), encoding="utf-8")


if __name__ == "__main__":
    main()
