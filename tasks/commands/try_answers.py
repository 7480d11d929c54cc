"""The answers of a try: kept in files by request, so that nothing is asked twice, and in no lineage store.

Stored answers of real runs are read, so that what the present prompt made is shown and not asked again. What a try is
told goes to the folder alone, which may be removed at any time; an erasure does not reach it.
"""

import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.commands.scratch import NoLineage
from tasks.core.runtime import LineageStore, Row

ANSWERED = "answered_generations"
COLUMNS = ("generation_id", "finish_reason", "prompt_tokens", "output_tokens", "output_text", "facts")


class TriedAnswers(NoLineage):
    """The lineage store of one prompt's try. `about` lists the answers that a row's request got, attempt by attempt."""

    def __init__(self, folder: Path, stored: LineageStore) -> None:
        self._folder = folder
        self._stored = stored
        self._facts: dict[str, Mapping[str, Any]] = {}
        self._read: dict[str, Row] = {}
        self._about: dict[str, list[str]] = defaultdict(list)

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
        if table == "generation":
            self._facts |= {row["generation_id"]: row for row in rows}
        elif table == "generation_output":
            for row in rows:
                self._keep({**self._facts[row["generation_id"]], **row})
        elif table == "generation_input":
            for row in rows:
                if row["generation_id"] not in self._about[row["document_id"]]:
                    self._about[row["document_id"]].append(row["generation_id"])
        return len(rows)

    def fetch_by_ids(self, query: str, ids: Sequence[str]) -> list[Row]:
        if query != ANSWERED:
            return []
        found = {str(row["generation_id"]): row for row in self._stored.fetch_by_ids(ANSWERED, ids)}
        for key in ids:
            path = self._path(key)
            if key not in found and path.is_file():
                found[key] = json.loads(path.read_text(encoding="utf-8"))
        self._read |= found
        return list(found.values())

    def about(self, document_id: str) -> list[Row]:
        """Return the answers that were given for a document, in the order of the attempts."""
        return [self._read[key] for key in self._about[document_id] if key in self._read]

    def _keep(self, row: Row) -> None:
        """Write one answer in one step: another try may be reading."""
        kept = {name: row.get(name) for name in COLUMNS}
        self._read[row["generation_id"]] = kept
        path = self._path(row["generation_id"])
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        fresh.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        fresh.replace(path)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"
