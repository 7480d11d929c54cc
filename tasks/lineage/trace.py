"""From one id back to the bytes: everything that lineage knows about a pair, a document or a generation."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.core.errors import DataError
from tasks.core.runtime import LineageStore, Row
from tasks.lineage.tree import render_tree

__all__ = ["Trace", "render_tree", "to_json", "trace"]

# Fewer digits would match too much to be meant.
MIN_PREFIX_DIGITS = 4
SHOWN_MATCHES = 10
_RUN = ("run_id", "job", "dag_run_id", "try_number", "code_version", "started_at")
_SOURCE = (
    "source_record_id",
    "source_kind",
    "source_uri",
    "locator",
    "record_sha256",
    "claimed_digest",
    "record_name",
    "target_uri",
    "record_at",
    "datasets",
)


@dataclass(frozen=True)
class Trace:
    """What is known about one id. `kind` is pair, document or generation; `parts` maps a part's name to its facts.

    A pair has the parts releases, pair, response, decisions, scores, instruction, document, source_record, runs;
    a document has pairs and generations in place of the first six; a generation has generation and documents.
    """

    kind: str
    id: str
    parts: dict[str, Any]


def trace(store: LineageStore, id_or_prefix: str, release: tuple[str, str] | None = None) -> Trace:
    """Return the trace of the pair, document or generation with this id or beginning of an id.

    `release` is (dataset, version): the pair must be in it. Raises DataError with the reason not_an_id, unknown_id,
    ambiguous_id (and the ids there are) or not_in_release.
    """
    kind, found = _resolve(store, id_or_prefix)
    if kind == "pair":
        return Trace(kind, found, _pair(store, found, release))
    if release:
        raise DataError("not_in_release", f"{found} is a {kind}; a release holds pairs")
    if kind == "document":
        return Trace(kind, found, _document(store, found))
    return Trace(kind, found, _generation(store, found))


def to_json(found: Trace) -> dict[str, Any]:
    """Return a trace as JSON values: kind, id and the parts; times are ISO 8601 text."""
    body: dict[str, Any] = _plain({"kind": found.kind, "id": found.id, **found.parts})
    return body


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _resolve(store: LineageStore, id_or_prefix: str) -> tuple[str, str]:
    digits = id_or_prefix.strip().lower().replace("-", "")
    if not re.fullmatch(rf"[0-9a-f]{{{MIN_PREFIX_DIGITS},32}}", digits):
        raise DataError(
            "not_an_id", f"{id_or_prefix!r}: give an id, or at least its first {MIN_PREFIX_DIGITS} hexadecimal digits"
        )
    low, high = digits.ljust(32, "0"), digits.ljust(32, "f")
    rows = store.fetch("find_by_id_prefix", low=low, high=high, limit=SHOWN_MATCHES + 1)
    if not rows:
        raise DataError("unknown_id", f"no pair, document or generation has an id that begins with {id_or_prefix}")
    if len(rows) > 1:
        told = ", ".join(f"{row['kind']} {row['id']}" for row in rows[:SHOWN_MATCHES])
        raise DataError("ambiguous_id", f"{id_or_prefix} could be {told}{', …' if len(rows) > SHOWN_MATCHES else ''}")
    return str(rows[0]["kind"]), str(rows[0]["id"])


class _About:
    """Everything about one document, fetched once."""

    def __init__(self, store: LineageStore, document_id: str) -> None:
        by = {"document_id": document_id}
        row = store.fetch("trace_document", **by)[0]
        self.source_record = {name: row[name] for name in _SOURCE}
        self.document = {name: value for name, value in row.items() if name not in _SOURCE}
        self.generations = store.fetch("generations_of_document", **by)
        self.pairs = store.fetch("pairs_of_document", **by)
        self._by_id = {row["generation_id"]: row for row in self.generations}
        self._scores = store.fetch("scores_of_document", **by)
        self._decisions = store.fetch("decisions_of_document", **by)
        self._examples = store.fetch("examples_of_document", **by)

    def generation(self, generation_id: str | None) -> Row | None:
        return self._by_id.get(generation_id) if generation_id else None

    def chain(self, pair: Row) -> dict[str, Any]:
        """Return the parts that belong to one pair; its draft's scores and decisions are among its own."""
        drafts = [p for p in self.pairs if p["response_id"] is None and p["instruction_id"] == pair["instruction_id"]]
        ids = {draft["pair_id"]: "document" for draft in drafts} | (
            {pair["pair_id"]: "response"} if pair["response_id"] else {}
        )
        return {
            "releases": [row for row in self._examples if row["pair_id"] == pair["pair_id"]],
            "pair": pair,
            "response": self.generation(pair["response_id"]),
            "decisions": [
                {"of": of, **row} for key, of in ids.items() for row in self._decisions if row["pair_id"] == key
            ],
            "scores": [
                {"of": of, **row, "judgement": self.generation(row["generation_id"])}
                for key, of in ids.items()
                for row in self._scores
                if row["pair_id"] == key
            ],
            "instruction": self.generation(pair["instruction_id"]),
        }

    def origin(self) -> dict[str, Any]:
        return {"document": self.document, "source_record": self.source_record}


def _pair(store: LineageStore, pair_id: str, release: tuple[str, str] | None) -> dict[str, Any]:
    pair = store.fetch("pair", pair_id=pair_id)[0]
    about = _About(store, pair["document_id"])
    parts = about.chain(pair)
    if release:
        parts["releases"] = [row for row in parts["releases"] if (row["dataset"], row["version"]) == release]
        if not parts["releases"]:
            raise DataError("not_in_release", f"pair {pair_id} is not in {release[0]} {release[1]}")
    judgements = [item["judgement"] for item in parts["scores"]]
    made = [about.document, parts["instruction"], *judgements, *parts["decisions"], parts["response"]]
    return {**parts, **about.origin(), "runs": _runs(made)}


def _document(store: LineageStore, document_id: str) -> dict[str, Any]:
    about = _About(store, document_id)
    chains = [about.chain(pair) for pair in about.pairs]
    pairs = [
        {**chain["pair"], **{name: chain[name] for name in ("releases", "decisions", "scores")}} for chain in chains
    ]
    decisions = [row for chain in chains for row in chain["decisions"]]
    runs = _runs([about.document, *about.generations, *decisions])
    return {"pairs": pairs, "generations": about.generations, **about.origin(), "runs": runs}


def _generation(store: LineageStore, generation_id: str) -> dict[str, Any]:
    links = store.fetch("documents_of_generation", generation_id=generation_id)
    if not links:
        raise DataError(
            "unknown_id",
            f"generation {generation_id} is not joined to a document yet: its task was stopped, or still runs",
        )
    found = [_About(store, link["document_id"]) for link in links]
    used = [p for about in found for p in about.pairs if generation_id in (p["instruction_id"], p["response_id"])]
    generation = found[0].generation(generation_id)
    return {
        "generation": generation,
        "pairs": used,
        "documents": [about.origin() for about in found],
        "runs": _runs([generation, *(about.document for about in found)]),
    }


def _runs(made: Iterable[Row | None]) -> list[Row]:
    """Return the runs behind these rows, each once, in the order they started."""
    runs = {row["run_id"]: {name: row.get(name) for name in _RUN} for row in made if row}
    return sorted(runs.values(), key=lambda run: (run["started_at"], run["run_id"]))
