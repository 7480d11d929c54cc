"""Derives published rows again, link by link, and says which link of which row is broken.

Everything but the sampling itself is repeated: fetch the record, extract the text, render the prompts, parse the
stored answers, check the grounding, take the decisions, compare with the published row. This composes the stages,
which is why it may import them all.
"""

import json
from collections.abc import Callable, Iterator
from functools import cached_property

from tasks.audit import faithful, judged
from tasks.audit.asked import Asked
from tasks.audit.decisions import insist_on_curate, insist_on_verify
from tasks.audit.links import Broken, LinkError, recorded_config
from tasks.audit.published import PublishedRows, insist_on_same
from tasks.backtranslate import run as backtranslate
from tasks.core.config import DatasetSpec, ExtractConfig
from tasks.core.errors import ConfigError, DataError, FatalError
from tasks.core.ids import content_id, sha256_bytes, sha256_text
from tasks.core.runtime import LineageStore, ObjectStore, Row
from tasks.core.variants import FAITHFULNESS, FLOWS
from tasks.distil import run as distil
from tasks.extract.fetch import fetch
from tasks.extract.kept import KeptRecords
from tasks.extract.rederive import rederive
from tasks.publish.candidate import chat
from tasks.publish.verify_files import verify_release_files
from tasks.rewrite import run as rewrite

# Rows whose stored answers, of some kilobytes each, are in memory at once.
BATCH_ROWS = 500
# The stages that write a response; in a flow without one of them the document is the response.
RESPONDING = {"rewrite": rewrite, "distil": distil}


class Release:
    """One release, opened for verification."""

    def __init__(
        self,
        *,
        spec: DatasetSpec,
        version: str,
        objects: ObjectStore,
        lineage: LineageStore,
        open_source: Callable[[str], ObjectStore],
    ) -> None:
        self._dataset = spec.name
        self._version = version
        self._objects = objects
        self._lineage = lineage
        found = lineage.fetch("release_by_version", dataset=spec.name, version=version)
        if not found:
            raise ConfigError(f"dataset {spec.name} has no release {version}")
        self._manifest_sha256 = found[0]["manifest_sha256"]
        self._flow = FLOWS[found[0]["variant"]]
        self._source = open_source(spec.source.root(found[0]["partition_key"]))
        self._kept = KeptRecords(objects)
        self._published = PublishedRows(objects, spec.name, version)

    def rows(self, pair_id: str | None = None) -> list[Row]:
        """Return what lineage knows of the release's rows, or of one."""
        return self._lineage.fetch("examples_to_verify", dataset=self._dataset, version=self._version, pair_id=pair_id)

    def sample(self, row_count: int, salt: str) -> list[Row]:
        """Return `row_count` of the release's rows by chance, the same for the same `salt`; no others are loaded."""
        chosen = self._lineage.fetch(
            "example_ids_of_release", dataset=self._dataset, version=self._version, salt=salt, row_limit=row_count
        )
        rows = [row for item in chosen for row in self.rows(str(item["pair_id"]))]
        return sorted(rows, key=lambda row: (row["shard_key"], row["shard_row"]))

    def verify_files(self) -> list[Broken]:
        """Compare the release's manifest with its recorded digest, and every file with the manifest."""
        problems = verify_release_files(
            self._objects, self._dataset, self._version, manifest_sha256=self._manifest_sha256
        )
        return [Broken("-", "release files", problem) for problem in problems]

    def verify(self, rows: list[Row]) -> Iterator[Broken | None]:
        """Yield, for each row, the first broken link or None.

        Raises RetriableError when a store is away and ConfigError when it refuses us: neither says anything of a row.
        """
        for start in range(0, len(rows), BATCH_ROWS):
            yield from self._verify_batch(rows[start : start + BATCH_ROWS])

    def _verify_batch(self, rows: list[Row]) -> Iterator[Broken | None]:
        wanted = {str(row[name]) for row in rows for name in ("instruction_id", "response_id") if row[name]}
        judgements = [item for row in rows for item in judged.judgements_of(row) + faithful.judgements_of(row)]
        wanted |= {str(item["generation_id"]) for item in judgements}
        found = self._lineage.fetch_by_ids("generations_to_verify", sorted(wanted))
        asked = Asked(self._lineage, found)
        for row in rows:
            try:
                self._verify_row(row, asked)
            except LinkError as error:
                yield Broken(str(row["pair_id"]), error.link, str(error))
            except (DataError, FatalError, KeyError) as error:
                yield Broken(str(row["pair_id"]), "chain", f"{type(error).__name__}: {error}")
            else:
                yield None

    def _verify_row(self, row: Row, asked: Asked) -> None:
        """Go along the chain, and compare its end with the row in the files."""
        text = self._text(row)
        instruction = asked.again("instruction", str(row["instruction_id"]), {"text": text}, backtranslate)
        pair = {"text": text, "instruction": instruction.value}
        published = self._published.at(row["shard_key"], row["shard_row"])
        judgement = None
        if "score" in self._flow:
            judgement = judged.judgement(row, [*published.values()][-1], pair, asked)
            insist_on_curate(row, judgement.value)
        stage = next((stage for name, stage in RESPONDING.items() if name in self._flow), None)
        response = asked.again("response", str(row["response_id"]), pair, stage) if stage else None
        response_id = str(row["response_id"]) if row["response_id"] else None
        expected = content_id("pair", str(row["document_id"]), str(row["instruction_id"]), response_id)
        if expected != str(row["pair_id"]):
            raise LinkError("pair", f"its document, instruction and response give the id {expected}")
        answer = response.value if response else text
        grounding = insist_on_verify(row, text, instruction.value, answer) if "verify" in self._flow else None
        if self._is_judged_faithful:
            faithful.insist_on_faithful(row, text, answer, asked)
        derived = {
            "id": expected,
            "messages": chat(instruction.value, answer, self._tag),
            "source_url": row["target_uri"],
            "document_id": str(row["document_id"]),
            "score": judgement.value if judgement else None,
            "language": row["language"],
            "grounding": grounding,
            "extractor": row["extractor"],
        }
        for role, told in (("instruction", instruction), ("judge", judgement), ("response", response)):
            derived |= {f"{role}_model": told and told.model, f"{role}_prompt": told and told.prompt}
        insist_on_same(published, row["shard_row"], derived)

    @cached_property
    def _manifest(self) -> Row:
        """The release's manifest, which says how its rows were made."""
        key = f"releases/{self._dataset}/{self._version}/manifest.json"
        try:
            data = self._objects.get(key)
        except KeyError as error:
            raise LinkError("release files", f"{key}: the manifest is gone") from error
        if sha256_bytes(data) != self._manifest_sha256:
            raise LinkError("release files", f"{key}: digest {sha256_bytes(data)}, recorded {self._manifest_sha256}")
        manifest: Row = json.loads(data)
        return manifest

    @property
    def _tag(self) -> str:
        """The sentence that ends every request of the release; empty for none."""
        return str(self._manifest["spec"]["release"].get("data_tag", ""))

    @property
    def _is_judged_faithful(self) -> bool:
        """Whether the pairs went through the optional stage: a variant alone does not say so."""
        return any(item["stage"] == FAITHFULNESS for item in self._manifest.get("stages", ()))

    def _text(self, row: Row) -> str:
        """Fetch the record and extract its text again."""
        locator = row["locator"]
        where = f"{row['source_uri']} at {', '.join(f'{name} {value}' for name, value in sorted(locator.items()))}"
        data = self._record(row, where)
        config = recorded_config(ExtractConfig, row["extract_config"], "document")
        try:
            page = rederive(data, config, row["text_sha256"], kind=row["source_kind"])
        except DataError as error:
            raise LinkError("document", f"{where}: no text can be extracted any more ({error})") from error
        if sha256_text(page.text) != row["text_sha256"]:
            made = (
                f"; it was made by {row['extractor']}, this is {page.extractor}"
                if page.extractor != row["extractor"]
                else ""
            )
            raise LinkError("document", f"{where}: the text extracted now differs from the recorded one{made}")
        record_id = content_id("source_record", row["source_kind"], row["source_uri"], locator, row["record_sha256"])
        config_id = content_id("config", "extract", row["extract_config"])
        expected = content_id("document", record_id, config_id, row["text_sha256"])
        if expected != str(row["document_id"]):
            raise LinkError("document", f"its record, configuration and text give the id {expected}")
        return page.text

    def _record(self, row: Row, where: str) -> bytes:
        """Return the bytes of a record: our own copy where it was kept, so that the source may be gone or changed."""
        kept = self._kept.get(row["source_kind"], row["source_uri"], row["record_sha256"])
        if kept is not None and sha256_bytes(kept) == row["record_sha256"]:
            return kept
        try:
            data = fetch(self._source, row["source_kind"], row["source_uri"], row["locator"])
        except KeyError as error:
            raise LinkError("source record", f"{where}: the file is gone ({error})") from error
        except DataError as error:
            raise LinkError("source record", f"{where}: {error}") from error
        found = sha256_bytes(data)
        if found != row["record_sha256"]:
            raise LinkError("source record", f"{where}: digest {found}, recorded {row['record_sha256']}")
        return data
