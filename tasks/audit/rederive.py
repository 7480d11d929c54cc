"""Derives published rows again, link by link, and says which link of which row is broken.

Everything but the sampling itself is repeated: fetch the record, extract the text, render the prompts, parse the
stored answers, check the grounding, compare with the published row. This composes the stages, which is why it may
import them all.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tasks.backtranslate import run as backtranslate
from tasks.core.config import DatasetSpec, ExtractConfig
from tasks.core.errors import ConfigError, DataError, FatalError, PipelineError, RetriableError
from tasks.core.ids import content_id, sha256_bytes, sha256_text
from tasks.core.runtime import LineageStore, ObjectStore, Row
from tasks.extract.rederive import rederive
from tasks.extract.sources import source_root
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer
from tasks.publish.verify_files import verify_release_files
from tasks.rewrite import run as rewrite
from tasks.score import run as score
from tasks.storage.shards import read_rows


@dataclass(frozen=True)
class Broken:
    """One broken link: of which row, between what, and how it shows."""

    pair_id: str
    link: str
    message: str

    def __str__(self) -> str:
        return f"{self.pair_id}: {self.link}: {self.message}"


class _LinkError(Exception):
    def __init__(self, link: str, message: str) -> None:
        super().__init__(message)
        self.link = link


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
        self._source = open_source(source_root(spec.source, found[0]["partition_key"]))
        self._shards: dict[str, list[Row]] = {}

    def rows(self, pair_id: str | None = None) -> list[Row]:
        """Return what lineage knows of the release's rows, or of one."""
        return self._lineage.fetch("examples_to_verify", dataset=self._dataset, version=self._version, pair_id=pair_id)

    def verify_files(self) -> list[Broken]:
        """Compare the release's manifest with its recorded digest, and every file with the manifest."""
        problems = verify_release_files(
            self._objects, self._dataset, self._version, manifest_sha256=self._manifest_sha256
        )
        return [Broken("-", "release files", problem) for problem in problems]

    def verify(self, rows: list[Row]) -> Iterator[Broken | None]:
        """Yield, for each row, the first broken link or None. Raises RetriableError when a store is away."""
        judgements = {str(row["pair_id"]): _judgement(row) for row in rows}
        wanted = {str(row[name]) for row in rows for name in ("instruction_id", "response_id")}
        wanted |= {item["generation_id"] for item in judgements.values() if item}
        found = self._lineage.fetch_by_ids("generations_to_verify", sorted(wanted))
        generations = {str(row["generation_id"]): row for row in found}
        for row in rows:
            try:
                self._verify_row(row, judgements[str(row["pair_id"])], generations)
            except RetriableError:
                raise  # a store that is away says nothing of the row
            except _LinkError as error:
                yield Broken(str(row["pair_id"]), error.link, str(error))
            except (PipelineError, KeyError) as error:
                yield Broken(str(row["pair_id"]), "chain", f"{type(error).__name__}: {error}")
            else:
                yield None

    def _verify_row(self, row: Row, judgement: Row | None, generations: dict[str, Row]) -> None:
        text = self._text(row)
        asked = _Asked(generations)
        instruction = asked.value("instruction", str(row["instruction_id"]), {"text": text}, backtranslate)
        pair = {"text": text, "instruction": instruction}
        if judgement is None:
            raise _LinkError("score", "no judgement is recorded for this pair")
        value = asked.value("score", judgement["generation_id"], pair, score)
        if value != judgement["value"]:
            raise _LinkError("score", f"the stored judgement reads {value}, the recorded score is {judgement['value']}")
        response = asked.value("response", str(row["response_id"]), pair, rewrite)
        expected = content_id("pair", str(row["document_id"]), str(row["instruction_id"]), str(row["response_id"]))
        if expected != str(row["pair_id"]):
            raise _LinkError("pair", f"its document, instruction and response give the id {expected}")
        self._compare_published(row, instruction, value, response)

    def _text(self, row: Row) -> str:
        """Fetch the record and extract its text again."""
        locator = row["locator"]
        where = f"{row['source_uri']} at {locator['offset']}, {locator['length']} bytes"
        try:
            data = self._source.get_range(row["source_uri"], locator["offset"], locator["length"])
        except KeyError as error:
            raise _LinkError("source record", f"{where}: the file is gone ({error})") from error
        if sha256_bytes(data) != row["record_sha256"]:
            raise _LinkError("source record", f"{where}: digest {sha256_bytes(data)}, recorded {row['record_sha256']}")
        try:
            page = rederive(data, ExtractConfig.model_validate(row["extract_config"]))
        except DataError as error:
            raise _LinkError("document", f"{where}: no text can be extracted any more ({error})") from error
        if sha256_text(page.text) != row["text_sha256"]:
            made = (
                f"; it was made by {row['extractor']}, this is {page.extractor}"
                if page.extractor != row["extractor"]
                else ""
            )
            raise _LinkError("document", f"{where}: the text extracted now differs from the recorded one{made}")
        return page.text

    def _compare_published(self, row: Row, instruction: str, value: int, response: str) -> None:
        key, number = row["shard_key"], row["shard_row"]
        shard = self._published(key)
        if number >= len(shard):
            raise _LinkError("published row", f"{key} has {len(shard)} rows, this one should be row {number}")
        published = shard[number]
        derived = {
            "id": str(row["pair_id"]),
            "messages": [{"role": "user", "content": instruction}, {"role": "assistant", "content": response}],
            "score": value,
            "source_url": row["target_uri"],
            "document_id": str(row["document_id"]),
        }
        for name, expected in derived.items():
            if published[name] != expected:
                raise _LinkError("published row", f"{key} row {number}: {name} differs from what is derived")

    def _published(self, key: str) -> list[Row]:
        if key not in self._shards:
            try:
                self._shards[key] = list(read_rows(self._objects, key))
            except KeyError as error:
                raise _LinkError("published row", f"{key}: the shard is gone") from error
            except FatalError as error:
                raise _LinkError("published row", str(error)) from error
        return self._shards[key]


class _Asked:
    """The stored requests of one row, asked again on paper: rendered, compared, parsed."""

    def __init__(self, generations: dict[str, Row]) -> None:
        self._generations = generations

    def value(self, link: str, generation_id: str, row: Row, stage: Any) -> Any:
        """Return what the stored answer of a generation says, after every digest on the way was compared."""
        stored = self._generations.get(generation_id)
        if stored is None:
            raise _LinkError(link, f"generation {generation_id} is not recorded")
        try:
            prompt = load_prompt(stored["stage"], stored["prompt_version"])
        except ConfigError as error:
            raise _LinkError(link, str(error)) from error
        if sha256_text(prompt.template) != stored["template_sha256"]:
            raise _LinkError(link, f"prompt {prompt.name}: the file was changed after it was used")
        rendered = sha256_text(prompt.render(**stage.values(row)))
        if rendered != stored["rendered_sha256"]:
            raise _LinkError(
                link, f"generation {generation_id}: the prompt rendered now differs from the one that was sent"
            )
        key = content_id(
            "generation",
            stored["stage"],
            rendered,
            f"{stored['model_name']}@{stored['model_revision']}",
            stored["sampling"],
            stored["seed"],
            stored["attempt"],
        )
        if key != generation_id:
            raise _LinkError(link, f"generation {generation_id}: its request gives the id {key}")
        if stored["output_text"] is None:
            raise _LinkError(link, f"generation {generation_id}: erased, or its stored output is missing")
        if sha256_text(stored["output_text"]) != stored["output_sha256"]:
            raise _LinkError(link, f"generation {generation_id}: the stored output was changed")
        answer = Answer(generation_id, stored["output_text"], stored["finish_reason"], 0, 0)
        try:
            return stage.read_answer(answer)
        except DataError as error:
            raise _LinkError(
                link, f"generation {generation_id}: the stored output no longer parses ({error})"
            ) from error


def _judgement(row: Row) -> Row | None:
    scores = row["scores"] if isinstance(row["scores"], list) else json.loads(row["scores"])
    judged = [item for item in scores if item["metric"] == score.METRIC and item["value"] is not None]
    return judged[0] if judged else None
